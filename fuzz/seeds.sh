#!/usr/bin/env bash
# Writes small valid files of every kind into a folder for each fuzzer: seeds.sh FOLDER. They are made by the program itself.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds="$1"
cargo build --release --quiet
elman=target/release/elman
room="$(mktemp -d)"
trap 'rm -rf "$room"' EXIT
mkdir -p "$seeds"/{csv,json,tsf,columnar,sheets,model}

# The first byte chooses how a table is read.
table() { for ways in '\x01' '\x2e' '\x19'; do { printf "$ways"; cat "$3"; } > "$seeds/$1/$2-${ways: -2}"; done; }

head -40 examples/data/global-temperature.csv > "$room/months.csv"
printf 'unique_id;ds;y\na;01.01.2023;1,5\na;02.01.2023;2\nb;01.01.2023;"3"\nb;02.01.2023;NA\n' > "$room/two.csv"
printf 'V1,V2,V3\nA,1,2\nB,3,\n' > "$room/wide.csv"
printf 'ds,y\n2024-01-01 09:00,1\n2024-01-01 09:30,2\n2024-01-01 10:00,3\n' > "$room/hours.csv"
for file in months two wide hours; do table csv "$file" "$room/$file.csv"; done
printf '{"ds":"2023-01-01","y":1}\n{"ds":"2023-01-02","y":null}\n{"ds":"2023-01-03","y":2.5}\n' > "$room/lines.json"
printf '[{"ds":"2023Q1","y":1},{"ds":"2023Q2","y":"2"},{"ds":"2023Q3","y":3}]' > "$room/array.json"
for file in lines array; do table json "$file" "$room/$file.json"; done
printf '@attribute series_name string\n@attribute start_timestamp date\n@frequency monthly\n@missing true\n@data\nT1:1990-01-01 00-00-00:1,2,?,4\nT2:1990-02-01 00-00-00:3,4,5\n' > "$room/a.tsf"
table tsf a "$room/a.tsf"

small=(--horizon 2 --hidden-size 2 --max-steps 1 --quiet)
for kind in parquet arrow; do
    "$elman" forecast "$room/months.csv" "${small[@]}" --out "$room/out.$kind"
    table columnar "$kind" "$room/out.$kind"
done
for book in crates/elman/tests/workbooks/*.{xlsx,ods}; do table sheets "$(basename "$book")" "$book"; done
"$elman" forecast "$room/months.csv" "${small[@]}" --save "$seeds/model/panel" > /dev/null
"$elman" train "$room/months.csv" --hidden-size 2 --max-steps 4 --quiet --save "$seeds/model/series" > /dev/null
head -c 3000 examples/data/coriolanus.txt > "$room/text.txt"
"$elman" text train "$room/text.txt" --hidden-size 2 --max-steps 2 --seq-length 8 --quiet --save "$seeds/model/text" > /dev/null
