//! Files of other kinds than text tables: JSON, tsf, Parquet, Arrow, workbooks; and texts to learn.

use super::{Case, case};

#[rustfmt::skip]
pub const CASES: &[Case] = &[
    case("JSON cut off", "[{\"ds\":\"2020-01-01\",\"y\":1},{\"ds\":\"2020-", "forecast in.json --horizon 1", 3, ["in.json", "JSON", "help: "]),
    case("a line of JSON cut off", "{\"ds\":\"2020-01-01\",\"y\":1}\n{\"ds\":\"2020-01-02\",\"y\":2}\n{\"ds\":\"20", "forecast in.jsonl --horizon 1", 3, ["in.jsonl:3", "JSON", "help: "]),
    case("one key twice", "{\"ds\":\"2020-01-01\",\"y\":1,\"y\":5}\n{\"ds\":\"2020-01-02\",\"y\":2,\"y\":5}\n", "forecast in.jsonl --horizon 1", 3, ["in.jsonl:1", "`y`", "help: "]),
    case("an object in an object", "{\"ds\":\"2020-01-01\",\"y\":{\"a\":1}}\n{\"ds\":\"2020-01-02\",\"y\":{\"a\":2}}\n", "forecast in.jsonl --horizon 1", 3, ["in.jsonl:1", "y", "help: "]),
    case("numbers between objects", "{\"ds\":\"2020-01-01\",\"y\":1}\n17\n{\"ds\":\"2020-01-02\",\"y\":2}\n", "forecast in.jsonl --horizon 1", 3, ["in.jsonl:2", "object", "help: "]),
    case("a text for a number in JSON", "{\"ds\":\"2020-01-01\",\"y\":1}\n{\"ds\":\"2020-01-02\",\"y\":\"many\"}\n{\"ds\":\"2020-01-03\",\"y\":2}\n", "train in.jsonl", 3, ["in.jsonl:2", "not a number", "--missing interpolate"]),
    case("an empty list", "[]", "forecast in.json --horizon 1", 3, ["in.json", "empty", "help: "]),
    case("tsf without data", "@relation x\n@attribute series_name string\n@frequency monthly\n", "forecast in.tsf --horizon 1", 3, ["in.tsf", "@data", "help: "]),
    case("tsf with a word for a value", "@relation x\n@attribute series_name string\n@attribute start_timestamp date\n@frequency monthly\n@missing false\n@equallength false\n@data\nT1:2000-01-01 00-00-00:1,2,abc,4\n", "forecast in.tsf --horizon 1", 3, ["in.tsf:8", "not a number", "help: "]),
    case("tsf without its start", "@relation x\n@attribute series_name string\n@attribute start_timestamp date\n@frequency monthly\n@missing false\n@equallength false\n@data\nT1:1,2,3,4\n", "forecast in.tsf --horizon 1", 3, ["in.tsf:8", "1 attribute before the values, not 2", "a colon before the values"]),
    case("tsf with a frequency of its own", "@relation x\n@attribute series_name string\n@attribute start_timestamp date\n@frequency fortnightly\n@missing false\n@equallength false\n@data\nT1:2000-01-01 00-00-00:1,2,3,4\n", "forecast in.tsf --horizon 1", 3, ["in.tsf:4", "fortnightly", "help: "]),
    #[cfg(feature = "columnar")]
    case("Parquet cut off", "", "forecast cut.parquet --horizon 1", 3, ["cut.parquet", "Parquet", "help: "]),
    #[cfg(feature = "columnar")]
    case("Arrow cut off", "", "forecast cut.arrow --horizon 1", 3, ["cut.arrow", "Arrow", "help: "]),
    #[cfg(feature = "columnar")]
    case("no such column in Parquet", "", "forecast whole.parquet --horizon 1 --target elmn", 3, ["whole.parquet", "no column `elmn`", "did you mean one of elman"]),
    #[cfg(feature = "excel")]
    case("no such sheet", "", "forecast shop.xlsx --horizon 1 --sheet Slaes", 3, ["shop.xlsx", "no sheet `Slaes`", "help: "]),
    #[cfg(feature = "excel")]
    case("no such sheet in ods", "", "forecast shop.ods --horizon 1 --sheet 99", 3, ["shop.ods", "no sheet `99`", "help: "]),
    #[cfg(feature = "excel")]
    case("a workbook cut off", "", "forecast cut.xlsx --horizon 1", 3, ["cut.xlsx", "workbook", "help: "]),
    #[cfg(feature = "excel")]
    case("a zip that is no workbook", "", "forecast none.xlsx --horizon 1", 3, ["none.xlsx", "workbook", "help: "]),
    #[cfg(feature = "excel")]
    case("an error of a formula", "", "train shop.xlsx --missing error", 3, ["shop.xlsx, row 9", "not a number", "--missing interpolate"]),
    // Texts to learn.
    case("no text", "", "text train nowhere.txt", 1, ["nowhere.txt", "No such file", "help: "]),
    case("a folder for a text", "", "text train folder.csv", 3, ["folder.csv", "is a directory", "give a file in it"]),
    case("an empty text", "", "text train empty.csv", 3, ["empty.csv", "empty", "help: "]),
    case("a text of one character", "x", "text train in.txt", 3, ["in.txt", "character", "help: "]),
    case("a text in Latin-1", "", "text train latin.txt", 3, ["latin.txt", "UTF-8", "--bytes"]),
    case("a text with an unknown character", "to be {or} not", "text eval text.safetensors in.txt", 3, ["in.txt", "character 7 of in.txt is '{'", "the vocabulary has"]),
    case("a beginning with an unknown character", "", "text sample text.safetensors --prompt {", 3, ["--prompt", "character 1 of", "the vocabulary has"]),
    case("weights of a model of another kind", "", "text train words.txt --init one.safetensors", 3, ["one.safetensors", "character model", "help: "]),
    case("weights from a text", "", "text train words.txt --init words.txt", 3, ["words.txt", "not a safetensors file", "help: "]),
    case("a text too short for its streams", "", "text train words.txt --batch-size 1000", 3, ["words.txt", "characters", "help: "]),
    case("nothing left to train on", "", "text train words.txt --held-out 0.9", 2, ["--held-out", "0.9", "must be from 0 to 0.5"]),
    case("a temperature below zero", "", "text sample text.safetensors --temperature -1", 2, ["--temperature", "-1", "must be 0 or above"]),
    case("none of the likely characters", "", "text sample text.safetensors --top-k 0", 2, ["--top-k", "0", "must be 1 or above"]),
    case("a probability of two", "", "text sample text.safetensors --top-p 2", 2, ["--top-p", "2", "must be above 0 and at most 1"]),
];
