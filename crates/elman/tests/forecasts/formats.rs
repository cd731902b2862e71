//! Every kind of file gives the series that the same table gives as CSV; damaged ones say what is wrong.

use elman::data::calendar::Frequency;
use elman::io::read::{LoadedPanel, Missing, ReadOptions, read_panel_from, read_series_from};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;

fn panel(content: &[u8]) -> LoadedPanel {
    read_panel_from(content, "sales", &ReadOptions::default()).unwrap()
}

fn error(content: &[u8]) -> String {
    read_panel_from(content, "sales", &ReadOptions::default()).unwrap_err().to_string()
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

/// Two series of three days.
const CSV: &str = "unique_id,ds,y
a,2020-01-01,1.5
a,2020-01-02,2
a,2020-01-03,0.1
b,2020-01-01,-4
b,2020-01-02,5e20
b,2020-01-03,6
";

const LINES: &str = r#"{"unique_id":"a","ds":"2020-01-01","y":1.5}
{"y":2,"ds":"2020-01-02","unique_id":"a"}

{"unique_id":"a","ds":"2020-01-03","y":0.1}
{"unique_id":"b","ds":"2020-01-01","y":-4}
{"unique_id":"b","ds":"2020-01-02","y":5e20}
{"unique_id":"b","ds":"2020-01-03","y":6.0}
"#;

#[test]
fn lines_of_json_are_as_csv() {
    let series = panel(CSV.as_bytes()).series;
    assert_eq!(series.len(), 2);
    assert_eq!(panel(LINES.as_bytes()).series, series);
    assert_eq!(panel(&packed(LINES.as_bytes())).series, series);
    let objects: Vec<&str> = LINES.lines().filter(|line| !line.is_empty()).collect();
    for array in
        [format!("[{}]", objects.join(",")), format!("\n[\n  {}\n]\n", objects.join(",\n"))]
    {
        assert_eq!(panel(array.as_bytes()).series, series);
    }
}

#[test]
fn a_key_that_is_not_there_is_a_missing_cell() {
    let lines = "{\"y\":1}\n{\"y\":2,\"weather\":\"sun\"}\n{}\n{\"weather\":\"rain\"}\n{\"y\":null}\n{\"y\":6}\n";
    let read = |missing| {
        let options = ReadOptions { target: Some("y".into()), missing, ..ReadOptions::default() };
        read_series_from(lines.as_bytes(), "sales", &options)
    };
    assert_eq!(
        read(Missing::Error).unwrap_err().to_string(),
        "column `y` has an empty cell\n  --> sales:4, column 1 (\"y\"): \"\"\n  help: fill missing values with \
         `--missing interpolate`, leave these rows out with `--missing drop`, or name a text that means missing with `--missing-values`"
    );
    assert_eq!(read(Missing::Interpolate).unwrap().series.values, [1.0, 2.0, 4.0, 6.0]);
}

#[test]
fn json_that_is_none_names_the_line() {
    for (content, said) in [
        (
            "{\"y\":1}\n{\"y\":[1,2]}\n",
            "key `y` holds an array\n  --> sales:2\n  help: each key holds one number, text or null: \
             take it out, or give each of its values a key",
        ),
        (
            "[{\"y\":1},{\"y\":{\"z\":[2]}}]",
            "key `y` holds an object\n  --> sales, row 2\n  help: each key holds one number, text or \
             null: take it out, or give each of its values a key",
        ),
        (
            "{\"y\":1}\n\n{\"y\":NaN}\n",
            "this is not a JSON object (expected value in column 6)\n  --> sales:3\n  help: JSON has no \
             NaN: write null",
        ),
        (
            "{\"y\":1}\n{\"y\":2",
            "this is not a JSON object (EOF while parsing an object in column 6)\n  --> sales:2\n  help: \
             is the end of the file missing?",
        ),
        (
            "[{\"y\":1},\n{\"y\":2}\n",
            "this is not a JSON object (EOF while parsing a list in column 0)\n  --> sales:3\n  help: is \
             the end of the file missing?",
        ),
        (
            "{\"y\":1}\n5\n",
            "this is not a JSON object (invalid type: integer `5`, expected an object in column 1)\n  \
             --> sales:2\n  help: a line is an object such as {\"ds\":\"2020-01-01\",\"y\":1.5}",
        ),
        ("[]", "`sales` is empty: a series needs 2 values or more"),
        ("{}\n{}\n", "`sales` is empty: a series needs 2 values or more"),
        ("{\"y\":1}\n", "`sales` has 1 row of values: a series needs 2 values or more"),
    ] {
        assert_eq!(error(content.as_bytes()), said);
    }
}

const TSF: &str = "# A comment.
@relation shop
@attribute series_name string
@attribute start_timestamp date
@frequency monthly
@horizon 3
@missing true
@equallength false
@data
T1:1979-11-30 00-00-00:1.5,2,3
T2:2001-01-01 00-00-00:4,?,6,7
";

fn labels(panel: &LoadedPanel, series: usize, n: usize) -> Vec<String> {
    (0..n).map(|i| panel.series[series].label(i)).collect()
}

#[test]
fn tsf_gives_each_series_its_own_start() {
    let options = ReadOptions { missing: Missing::Interpolate, ..ReadOptions::default() };
    for text in [TSF.to_string(), TSF.replace('\n', "\r\n")] {
        let read = read_panel_from(text.as_bytes(), "shop.tsf", &options).unwrap();
        assert_eq!(read.series[0].name, "T1");
        assert_eq!(read.series[0].values, [1.5, 2.0, 3.0]);
        assert_eq!(labels(&read, 0, 4), ["1979-11-30", "1979-12-31", "1980-01-31", "1980-02-29"]);
        assert_eq!(read.series[1].values, [4.0, 5.0, 6.0, 7.0]);
        assert_eq!(labels(&read, 1, 5)[3..], ["2001-04-01", "2001-05-01"]);
        assert_eq!(read.found(), "2 series, monthly, 3 to 4 values each");
        assert_eq!(read.notes[0], "the file's own horizon is 3");
    }
    let drop = ReadOptions { missing: Missing::Drop, ..ReadOptions::default() };
    let read = read_panel_from(TSF.as_bytes(), "shop.tsf", &drop).unwrap();
    assert_eq!(labels(&read, 1, 3), ["2001-01-01", "2001-03-01", "2001-04-01"]);
    let one = ReadOptions { series: Some("T1".into()), ..ReadOptions::default() };
    assert_eq!(read_series_from(TSF.as_bytes(), "shop.tsf", &one).unwrap().series.values.len(), 3);
}

#[test]
fn tsf_of_other_steps_and_without_dates() {
    let hourly = "@attribute name string\n@attribute state string\n@attribute at date\n\
                  @frequency half_hourly\n@data\nx:N:2015-01-01 00-30-00:1,2,3\nx:S:2015-01-01 00-30-00:1,2\n";
    let read = panel(hourly.as_bytes());
    assert_eq!(read.series[1].name, "x/S");
    assert_eq!(read.series[0].frequency(), Some(Frequency::HALF_HOURLY));
    assert_eq!(
        labels(&read, 0, 3),
        ["2015-01-01 00:30:00", "2015-01-01 01:00:00", "2015-01-01 01:30:00"]
    );
    let counted = panel(b"@relation r\n@data\n1,2,3\n4,5\n");
    assert_eq!(labels(&counted, 0, 2), ["1", "2"]);
    assert_eq!(counted.series[1].name, "T2");
}

#[test]
fn tsf_that_is_damaged_names_the_line() {
    for (from, to, said) in [
        (
            "T2:2001-01-01 00-00-00:4,?,6,7",
            "T2:4,5",
            "1 attribute before the values, not 2\n  --> sales:11\n  help: each `@attribute` has its \
             value and a colon before the values",
        ),
        (
            "",
            "",
            "column 2 is not a number\n  --> sales:11, column 2: \"?\"\n  help: fill missing values with \
         `--missing interpolate`, leave these rows out with `--missing drop`, or name a text that means missing with `--missing-values`",
        ),
        (
            "1979-11-30 00-00-00",
            "1979-11-31 00-00-00",
            "column `start_timestamp` is not a date\n  --> sales:10, column 2 (\"start_timestamp\"): \
             \"1979-11-31 00-00-00\"\n  help: a start is written like 1979-01-01 00-00-00",
        ),
        (
            "monthly",
            "sometimes",
            "no frequency is called \"sometimes\"\n  --> sales:5\n  help: it is yearly, quarterly, \
             monthly, weekly, daily, hourly, half_hourly, minutely, 10_minutes or the like",
        ),
        (
            "series_name string",
            "series_name",
            "no type is known in \"@attribute series_name\"\n  --> sales:3\n  help: it is `@attribute \
             NAME string`, or numeric, or date",
        ),
        (
            "@data",
            "",
            "\"T1:1979-11-30 00-00-00:1.5,2,3\" stands above `@data`\n  --> sales:10\n  help: the \
             header's lines begin with @, the last of them is `@data`",
        ),
    ] {
        assert_eq!(error(TSF.replacen(from, to, 1).as_bytes()), said);
    }
    let header = &TSF[..TSF.find("@data").unwrap()];
    assert_eq!(
        error(header.as_bytes()),
        "the file ends without `@data`\n  --> sales:8\n  help: the line `@data` stands between the \
         header and the series"
    );
    assert_eq!(
        error(format!("{header}@data\n").as_bytes()),
        "`sales` has no series after `@data`: a series needs 2 values or more"
    );
}

#[test]
fn text_that_a_spreadsheet_would_run_is_known() {
    use elman::io::write::is_formula;
    for formula in [
        "=1+1", "+A1", "-A1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "－2+3", "-2+3",
        "-inf",
    ] {
        assert!(is_formula(formula), "{formula:?}");
    }
    // Numbers, and what has such a character later.
    for text in ["", "-1", "+3.5e2", "-.5", "a=b", "north", "'=1", "2024-01-01"] {
        assert!(!is_formula(text), "{text:?}");
    }
}
