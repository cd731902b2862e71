//! Files of every kind, in and out.

use std::io::Write as _;
use std::process::Stdio;

use elman::io::read::{self, ReadOptions};
use elman::io::write::{self, Columns, Row};

use crate::run::{Room, monthly};

/// The rows of a table of two series, under the columns of a forecast.
fn rows(csv: &str) -> impl Iterator<Item = Row<'_>> + Clone {
    ["north", "south"].into_iter().flat_map(move |unique_id| {
        csv.lines().skip(1).filter_map(move |line| {
            let (ds, value) = line.split_once(',')?;
            let elman = value.parse::<f64>().ok()? + unique_id.len() as f64;
            Some(Row {
                unique_id,
                ds: ds.into(),
                tested: None,
                elman,
                bounds: Vec::new(),
                more: Vec::new(),
            })
        })
    })
}

#[test]
fn the_kind_of_file_changes_nothing() {
    let room = Room::new();
    let table = monthly(72);
    let [mut csv, mut parquet, mut arrow, mut lines] = [(); 4].map(|()| Vec::new());
    write::csv(&mut csv, &Columns::default(), rows(&table)).unwrap();
    write::parquet(&mut parquet, &Columns::default(), rows(&table)).unwrap();
    write::arrow(&mut arrow, &Columns::default(), rows(&table)).unwrap();
    write::json_lines(&mut lines, &Columns::default(), rows(&table)).unwrap();
    let forecast = |name: &str, content: &[u8]| {
        std::fs::write(room.path(name), content).unwrap();
        let ran = room.run(&format!("forecast {name} --horizon 3 --max-steps 20 --target elman"));
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        ran.out
    };
    let said = forecast("x.csv", &csv);
    assert!(said.lines().nth(1).unwrap().starts_with("north,2006-01-01,"), "{said}");
    // The content tells the kind, not the name.
    for (name, content) in
        [("x.parquet", &parquet), ("x.arrow", &arrow), ("x.jsonl", &lines), ("x.txt", &parquet)]
    {
        assert_eq!(forecast(name, content), said, "{name}");
    }
    let mut child = room
        .command("forecast - --horizon 3 --max-steps 20 --target elman --quiet")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&parquet).unwrap();
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), said);
    let trained = room.run("train x.parquet --series north --target elman --max-steps 20 --quiet");
    assert_eq!(trained.code, 0, "{}", trained.err);
}

#[test]
fn a_forecast_written_as_parquet_reads_back() {
    let room = Room::new();
    room.write("sales.csv", &monthly(72));
    let read = |name: &str, target: &str| {
        let target = Some(target.to_owned());
        read::read_panel(room.path(name), &ReadOptions { target, ..ReadOptions::default() })
            .unwrap()
    };
    for name in ["y.csv", "y.parquet", "y.arrow", "y.feather", "y.jsonl"] {
        let ran = room
            .run(&format!("forecast sales.csv --horizon 3 --max-steps 20 --quiet --out {name}"));
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        for target in ["elman", "elman-lo-80", "elman-hi-95"] {
            assert_eq!(read(name, target).series, read("y.csv", target).series, "{name}");
        }
    }
    let back =
        "backtest sales.csv --horizon 3 --n-windows 2 --max-steps 20 --quiet --out b.parquet";
    assert_eq!(room.run(back).code, 0);
    let start = std::fs::read(room.path("b.parquet")).unwrap();
    assert!(start.starts_with(b"PAR1"));
}
