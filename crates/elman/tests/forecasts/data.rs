//! From a file to a series, as a caller sees it; and properties of the whole data side.

use elman::data::calendar::{DateOrder, Frequency, FutureIndex};
use elman::data::{Series, TimeAxis};
use elman::error::Error;
use elman::io::read::{
    Duplicates, Kind, Loaded, Missing, MissingDates, ReadOptions, read_series, read_series_from,
};
use elman::nn::registry::Entry;
use elman::season;
use elman::transforms::scalers;
use proptest::prelude::*;
use std::io::Write;

fn read_with(text: &str, options: &ReadOptions) -> Result<Loaded, Error> {
    read_series_from(text.as_bytes(), "sales.csv", options)
}

fn read(text: &str) -> Loaded {
    read_with(text, &ReadOptions::default()).unwrap()
}

fn error_with(text: &str, options: &ReadOptions) -> String {
    read_with(text, options).unwrap_err().to_string()
}

fn error(text: &str) -> String {
    error_with(text, &ReadOptions::default())
}

fn future(series: &Series, n: usize) -> Vec<String> {
    (series.len()..series.len() + n).map(|i| series.label(i)).collect()
}

/// The finding and the next three labels.
fn found(text: &str) -> (String, [String; 3]) {
    let series = read(text).series;
    (series.describe(), future(&series, 3).try_into().unwrap())
}

fn table(header: &str, times: &[&str]) -> String {
    let rows = times.iter().enumerate().map(|(i, t)| format!("{t},{}\n", i * i));
    format!("{header}\n{}", rows.collect::<String>())
}

#[test]
fn each_style_is_found_and_goes_on_as_it_is() {
    for (times, line, next) in [
        (
            &["1749-11", "1749-12", "1750-01"][..],
            "monthly, 1749-11 to 1750-01, 3 values, no gaps",
            ["1750-02", "1750-03", "1750-04"],
        ),
        (
            &["1-11", "1-12", "2-01"],
            "monthly, 1-11 to 2-01, 3 values, no gaps",
            ["2-02", "2-03", "2-04"],
        ),
        (
            &["1958-03-01", "1958-04-01"],
            "monthly, 1958-03-01 to 1958-04-01, 2 values, no gaps",
            ["1958-05-01", "1958-06-01", "1958-07-01"],
        ),
        (
            &["2020-01-31", "2020-02-29"],
            "monthly, 2020-01-31 to 2020-02-29, 2 values, no gaps",
            ["2020-03-31", "2020-04-30", "2020-05-31"],
        ),
        (
            &["1981Q3", "1981Q4"],
            "quarterly, 1981Q3 to 1981Q4, 2 values, no gaps",
            ["1982Q1", "1982Q2", "1982Q3"],
        ),
        (&["1850", "1851"], "yearly, 1850 to 1851, 2 values, no gaps", ["1852", "1853", "1854"]),
        (
            &["2006/01/30", "2006/01/31"],
            "daily, 2006/01/30 to 2006/01/31, 2 values, no gaps",
            ["2006/02/01", "2006/02/02", "2006/02/03"],
        ),
        (
            &["2018-08-03 22:00:00", "2018-08-03 23:00:00"],
            "hourly, 2018-08-03 22:00:00 to 2018-08-03 23:00:00, 2 values, no gaps",
            ["2018-08-04 00:00:00", "2018-08-04 01:00:00", "2018-08-04 02:00:00"],
        ),
        (
            &["2018-08-03T22:30", "2018-08-03T23:00"],
            "half-hourly, 2018-08-03T22:30 to 2018-08-03T23:00, 2 values, no gaps",
            ["2018-08-03T23:30", "2018-08-04T00:00", "2018-08-04T00:30"],
        ),
        (
            &["1749", "1749.08333333333", "1749.16666666667"],
            "monthly, 1749 to 1749.16666666667, 3 values, no gaps",
            ["1749.25", "1749.33333333333", "1749.41666666667"],
        ),
        (
            &["0.0", "0.5", "1.0"],
            "no dates, numbers with step 0.5, 0.0 to 1.0, 3 values",
            ["1.5", "2.0", "2.5"],
        ),
        (&["7", "8"], "no dates, steps 7 to 8, 2 values", ["9", "10", "11"]),
    ] {
        assert_eq!(found(&table("time,value", times)), (line.to_string(), next.map(String::from)));
    }
}

#[test]
fn trading_days_go_on_past_the_weekend() {
    // Without Thursday the 14th.
    let days = ["05", "06", "07", "08", "11", "12", "13", "15"].map(|d| format!("2017-12-{d}"));
    let text = table("Date,Close", &days.each_ref().map(String::as_str));
    let (line, next) = found(&text);
    assert_eq!(line, "daily, Mon–Fri, 2017-12-05 to 2017-12-15, 8 values, 1 gap (holidays?)");
    assert_eq!(next, ["2017-12-18", "2017-12-19", "2017-12-20"]);
}

#[test]
fn gaps_are_counted_where_dates_are_skipped() {
    let skip = ReadOptions { missing_dates: MissingDates::Skip, ..ReadOptions::default() };
    let dates = ["2020-01", "2020-02", "2020-06", "2020-07", "2020-09"];
    let loaded = read_with(&table("ds,y", &dates), &skip).unwrap();
    assert_eq!(loaded.found(), "monthly, 2020-01 to 2020-09, 5 values, 2 gaps (4 steps missing)");
    assert_eq!(loaded.series.values, [0.0, 1.0, 4.0, 9.0, 16.0]);
}

#[test]
fn the_clock_of_a_model_file_labels_what_the_series_would() {
    for times in [
        ["2006-01-03", "2006-01-04"],
        ["2020-01-31", "2020-02-29"],
        ["1981 Q3", "1981 Q4"],
        ["3", "4"],
        ["0.25", "0.50"],
    ] {
        let series = read(&table("time,value", &times)).series;
        let json = serde_json::to_string(&series.clock()).unwrap();
        let clock: FutureIndex = serde_json::from_str(&json).unwrap();
        for k in 1..20 {
            assert_eq!(clock.label(k), series.label(series.len() + k - 1));
            assert_eq!(clock.position(k), series.position(series.len() + k - 1));
        }
        // A forecast made one step earlier begins with the last label.
        assert_eq!(series.clock_after(1).label(1), times[1]);
        assert_eq!(series.head(1).label(1), times[1]);
        assert_eq!(
            serde_json::from_str::<Series>(&serde_json::to_string(&series).unwrap()).unwrap(),
            series
        );
    }
}

#[test]
fn positions_are_seconds_or_steps() {
    let dates = read(&table("ds,y", &["1970-01-02", "1970-01-03"])).series;
    assert_eq!([dates.position(0), dates.position(2)], [86400.0, 3.0 * 86400.0]);
    let counted = Series::counted("x", vec![1.0, 2.0]);
    assert_eq!([counted.position(0), counted.position(4)], [1.0, 5.0]);
}

#[test]
fn delimiters_marks_and_headers_are_found() {
    let german = read(
        "\u{feff}Datum;Umsatz\r\n30.01.2006;1.234,5\r\n31.01.2006;12,5\r\n01.02.2006;1.000\r\n",
    );
    assert_eq!(german.series.values, [1234.5, 12.5, 1000.0]);
    assert_eq!(german.series.label(3), "02.02.2006");
    assert_eq!(read("a\tb\n2020-01\t1\n2020-02\t2\n").series.name, "b");
    assert_eq!(
        read("\"Month\",\"Sales, all\"\n\"2020-01\",\"1,234\"\n\"2020-02\",5\n").series.values,
        [1234.0, 5.0]
    );
    let bare = read("2020-01,1\n2020-02,2\n");
    assert_eq!((bare.series.len(), bare.target.as_str()), (2, "2"));
    assert_eq!(read("5\n6\n8\n").series.values, [5.0, 6.0, 8.0]);
    assert_eq!(read("value\n5\n6\n8\n").series.name, "value");
    let rownames = read("rownames,x\n1,22262\n2,21756\n");
    assert_eq!(
        (rownames.target.as_str(), rownames.series.time),
        ("x", TimeAxis::Steps { first: 1 })
    );
    assert_eq!(read(",0\n0,5.5\n1,6\n2,7\n").series.values, [5.5, 6.0, 7.0]);
    let utf16: Vec<u8> = "\u{feff}ds\ty\n2020-01\t1\n2020-02\t2\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        read_series_from(&utf16[..], "excel.txt", &ReadOptions::default()).unwrap().series.len(),
        2
    );
}

#[test]
fn gzip_is_known_by_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    let mut gz = flate2::write::GzEncoder::new(
        std::fs::File::create(&path).unwrap(),
        flate2::Compression::fast(),
    );
    gz.write_all(b"ds,y\n2020-01,1\n2020-02,2\n").unwrap();
    gz.finish().unwrap();
    assert_eq!(read_series(&path, &ReadOptions::default()).unwrap().series.values, [1.0, 2.0]);
    assert!(
        read_series(folder.path(), &ReadOptions::default())
            .unwrap_err()
            .to_string()
            .contains("a directory")
    );
    let absent = read_series(folder.path().join("absent.csv"), &ReadOptions::default());
    assert!(matches!(absent, Err(Error::Io { .. })));
}

#[test]
fn columns_are_chosen_by_name_by_kind_or_not_at_all() {
    let stock = "Date,Open,Close,Name\n2020-01-06,1,2,KO\n2020-01-07,3,4,KO\n";
    assert_eq!(
        error(stock),
        "`sales.csv` has 2 columns that could be the target: Open, Close\n  help: say which with `--target Close`"
    );
    let options = ReadOptions { target: Some("close".into()), ..ReadOptions::default() };
    let close = read_with(stock, &options).unwrap();
    assert_eq!((close.target.as_str(), close.series.values), ("Close", vec![2.0, 4.0]));
    assert_eq!(close.columns[3].kind, Kind::Text);
    let options = ReadOptions { target: Some("Closs".into()), ..ReadOptions::default() };
    assert_eq!(
        error_with(stock, &options),
        "`sales.csv` has no column `Closs`\n  help: did you mean `Close`?"
    );
    let options = ReadOptions {
        time_col: Some("none".into()),
        target: Some("Open".into()),
        ..ReadOptions::default()
    };
    assert_eq!(read_with(stock, &options).unwrap().series.time, TimeAxis::Steps { first: 1 });
    let nixtla = read("unique_id,ds,x,y\nA,2020-01,9,1\nA,2020-02,9,2\n");
    assert_eq!((nixtla.series.name.as_str(), nixtla.series.values), ("A", vec![1.0, 2.0]));
    assert!(error("a,b\nx,y\nz,w\n").contains("`a` holds text"));
    assert!(error("a,b,c\n2020-01,2020-02,1\n2020-02,2020-03,2\n").contains("--time-col a"));
    let spaced = "ds,real price,cost\n2020-01,1,2\n2020-02,3,4\n";
    assert!(error(spaced).ends_with("`--target 'real price'`"));
}

#[test]
fn several_series_in_one_file_are_told_apart() {
    let long =
        "Source,Year,Mean\ngcag,2020-01,1\ngcag,2020-02,2\nGISTEMP,2020-01,3\nGISTEMP,2020-02,4\n";
    assert_eq!(
        error(long),
        "`sales.csv` holds 2 series in column `Source`: gcag, GISTEMP\n  help: say which with `--id-col Source --series GISTEMP`"
    );
    let pick = |id_col: Option<&str>, series: &str| {
        let options = ReadOptions {
            id_col: id_col.map(Into::into),
            series: Some(series.into()),
            ..ReadOptions::default()
        };
        read_with(long, &options)
    };
    let loaded = pick(Some("Source"), "GISTEMP").unwrap();
    assert_eq!((loaded.series.name.as_str(), loaded.series.values), ("GISTEMP", vec![3.0, 4.0]));
    assert_eq!(pick(None, "gcag").unwrap().series.values, [1.0, 2.0]);
    assert!(pick(None, "GISTEM").unwrap_err().to_string().contains("did you mean `GISTEMP`?"));
    // Counted times, as in M4's long form.
    assert!(
        error("series,day,value\nA,0,1\nA,1,2\nB,0,3\nB,1,4\n")
            .contains("--id-col series --series B")
    );
}

#[test]
fn a_row_of_the_m4_layout() {
    let wide = "V1,V2,V3,V4\nH1,5,6,7\nH2,8,9\n";
    assert!(error(wide).ends_with("each row is a series; say which with `--series H1`"));
    let options = ReadOptions { series: Some("H2".into()), ..ReadOptions::default() };
    let loaded = read_with(wide, &options).unwrap();
    assert_eq!((loaded.series.name.as_str(), loaded.series.values), ("H2", vec![8.0, 9.0]));
}

#[test]
fn a_time_in_several_columns_is_put_together() {
    let parts =
        read("No,year,month,day,hour,x\n1,2010,1,1,22,5\n2,2010,1,1,23,6\n3,2010,1,2,0,7\n");
    assert_eq!(parts.found(), "hourly, 2010-01-01 22:00 to 2010-01-02 00:00, 3 values, no gaps");
    assert_eq!(
        parts.notes,
        [
            "time put together from year, month, day, hour",
            "columns not used: No (numbers: `--target`)"
        ]
    );
    let beside = read("dteday,hr,cnt\n2011-01-01,23,5\n2011-01-02,0,6\n2011-01-02,1,6\n");
    assert_eq!(beside.found(), "hourly, 2011-01-01 23:00 to 2011-01-02 01:00, 3 values, no gaps");
}

#[test]
fn day_and_month_are_settled_by_the_column_or_asked_for() {
    assert_eq!(read(&table("ds,y", &["01/12/2006", "01/13/2006"])).series.label(2), "01/14/2006");
    assert_eq!(read(&table("ds,y", &["12/01/2006", "13/01/2006"])).series.label(2), "14/01/2006");
    let both = table("ds,y", &["01/03/2006", "01/04/2006"]);
    assert_eq!(
        error(&both),
        "the dates of column `ds` are ambiguous: no date has a day above 12, so day and month cannot be told apart\n  --> sales.csv:2, column 1 (\"ds\"): \
         \"01/03/2006\"\n  help: say which it is with `--date-order dmy` or `--date-order mdy`"
    );
    for (order, line) in [(DateOrder::Dmy, "monthly"), (DateOrder::Mdy, "daily")] {
        let options = ReadOptions { date_order: Some(order), ..ReadOptions::default() };
        assert!(read_with(&both, &options).unwrap().found().starts_with(line));
    }
}

#[test]
fn order_and_duplicates() {
    let falling = read(&table("ds,y", &["2020-01-05", "2020-01-04", "2020-01-03"]));
    assert_eq!(falling.series.values, [4.0, 1.0, 0.0]);
    assert_eq!(falling.notes, ["newest first in the file: turned round"]);
    let mixed = table("ds,y", &["2020-01-01", "2020-01-03", "2020-01-02"]);
    assert_eq!(
        error(&mixed),
        "the dates are not in order\n  --> sales.csv:4, column 1 (\"ds\"): \"2020-01-02\" comes after \"2020-01-03\"\n  \
         help: put the rows in order with `--sort`"
    );
    let options = ReadOptions { sort: true, ..ReadOptions::default() };
    assert_eq!(read_with(&mixed, &options).unwrap().series.values, [0.0, 4.0, 1.0]);
    let twice = table("ds,y", &["2020-01-01", "2020-01-02", "2020-01-02", "2020-01-03"]);
    assert!(error(&twice).starts_with(
        "duplicate date\n  --> sales.csv:4, column 1 (\"ds\"): \"2020-01-02\" is on line 3 already"
    ));
    for (how, value) in [(Duplicates::Mean, 2.5), (Duplicates::First, 1.0), (Duplicates::Last, 4.0)]
    {
        let options = ReadOptions { duplicates: how, ..ReadOptions::default() };
        assert_eq!(read_with(&twice, &options).unwrap().series.values, [0.0, value, 9.0]);
    }
}

const HOLES: &str = "ds,y\r\n2020-01-01,\r\n2020-01-02,1\r\n\r\n2020-01-03,n/a\r\n2020-01-04,inf\r\n2020-01-05,4\r\n2020-01-06,abc\r\n2020-01-07,6\r\n2020-01-08,7\r\n";

#[test]
fn bad_cells_name_their_line_and_column() {
    for (cell, message) in [
        ("n/a", "is not a number"),
        ("12O", "is not a number"),
        ("NaN", "is not finite"),
        ("", "has an empty cell"),
    ] {
        let text = format!("ds,y\n2020-01-01,1\n2020-01-02,{cell}\n2020-01-03,2\n");
        assert_eq!(
            error(&text),
            format!(
                "column `y` {message}\n  --> sales.csv:3, column 2 (\"y\"): {cell:?}\n  help: fill missing values with `--missing \
                 interpolate`, leave these rows out with `--missing drop`, or name a text that means missing with `--missing-values`"
            )
        );
    }
    let first = read_with(HOLES, &ReadOptions::default()).unwrap_err();
    assert!(
        matches!(&first, Error::BadCell { place, .. } if place.line == 2 && place.column == Some(2)),
        "{first}"
    );
}

#[test]
fn missing_values_are_interpolated_or_their_rows_dropped() {
    let options = ReadOptions { missing: Missing::Interpolate, ..ReadOptions::default() };
    let filled = read_with(HOLES, &options).unwrap();
    assert_eq!(filled.series.values, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    assert_eq!(filled.series.label(0), "2020-01-02");
    assert_eq!(
        filled.notes,
        ["3 missing values interpolated, the first on line 2: \"\"; 1 row at the ends left out"]
    );
    let options = ReadOptions { missing: Missing::Drop, ..ReadOptions::default() };
    let dropped = read_with(HOLES, &options).unwrap();
    assert_eq!(dropped.series.values, [1.0, 4.0, 6.0, 7.0]);
    assert_eq!(
        dropped.found(),
        "daily, 2020-01-02 to 2020-01-08, 4 values, 2 gaps (3 steps missing)"
    );
    assert!(error_with("ds,y\n2020-01,NA\n2020-02,NA\n", &options).contains("has no number"));
}

#[test]
fn lines_around_the_table_are_left_out_and_said() {
    let text =
        "Sales of all shops\n\nMonth,Sales,x\n2020-01,1,a\n2020-02,2,b\n\nSource: the shops\n";
    let loaded = read(text);
    assert_eq!(loaded.series.values, [1.0, 2.0]);
    assert_eq!(
        loaded.notes,
        [
            "line 1 above the table left out",
            "line 7 below the table left out: \"Source: the shops\"",
            "columns not used: x (text: `--id-col`)"
        ]
    );
    assert_eq!(
        read("# from us\nds,y\n2020-01,1\n2020-02,2\n").notes,
        ["1 line with # above the table left out"]
    );
    assert_eq!(read("ds,y,\n2020-01,1,\n2020-02,2,\n,,\n").series.len(), 2);
    let uneven = error("ds,y\n2020-01,1\n2020-02,2,3\n2020-03,4\n2020-04,5\n");
    assert!(
        uneven.starts_with("a row of 3 cells in a table of 2 columns\n  --> sales.csv:3\n"),
        "{uneven}"
    );
    assert!(
        error("ds,y\n2020-01,\"1\n2020-02,2\n2020-03,4\n")
            .starts_with("a quote is opened and never closed\n  --> sales.csv:2")
    );
}

#[test]
fn what_is_no_series_is_said_to_be_none() {
    for (bytes, message) in [
        (&b""[..], "`sales.csv` is empty: a series needs 2 values or more"),
        (b"\n \n", "`sales.csv` is empty: a series needs 2 values or more"),
        (b"ds,y\n", "`sales.csv` has a header and no rows: a series needs 2 values or more"),
        (b"ds,y\n2020-01,1\n", "`sales.csv` has 1 row of values: a series needs 2 values or more"),
        (
            b"a\0b",
            "`sales.csv` is not a table of text: a binary file\n  help: save the table as CSV",
        ),
        (
            b"PK\x03\x04",
            "`sales.csv` is not a table of text: a damaged zip file or workbook (invalid Zip archive: Could not find EOCD)\n  help: save it again, or save the sheet as CSV",
        ),
    ] {
        assert_eq!(
            read_series_from(bytes, "sales.csv", &ReadOptions::default()).unwrap_err().to_string(),
            message
        );
    }
    let latin =
        read_series_from(&b"ds,gr\xf6\xdfe\n2020-01,1\n"[..], "sales.csv", &ReadOptions::default());
    assert!(latin.unwrap_err().to_string().contains("line 1 is not UTF-8"));
    let broken =
        read_series_from(&b"\x1f\x8b\x08\x00abc"[..], "sales.csv.gz", &ReadOptions::default());
    assert!(broken.unwrap_err().to_string().contains("a damaged gzip file"));
    assert!(
        error("ds,y\n2020-02-28,1\n2020-02-30,2\n")
            .starts_with("column `ds` has a date that does not exist\n  --> sales.csv:3")
    );
    assert!(
        error("ds,y\n2020-02-28,1\nfoo,2\n2020-03-01,3\n")
            .starts_with("column `ds` is not a date\n  --> sales.csv:3")
    );
}

#[test]
fn a_frequency_given_is_kept() {
    let options = ReadOptions { freq: Some(Frequency::BUSINESS), ..ReadOptions::default() };
    let loaded = read_with(&table("ds,y", &["2020-01-02", "2020-01-03"]), &options).unwrap();
    assert_eq!(loaded.series.label(2), "2020-01-06");
    assert_eq!(
        read_with("5\n6\n7\n", &options).unwrap().notes,
        ["the frequency given is without effect: there are no dates"]
    );
}

proptest! {
    #[test]
    fn every_scaler_goes_there_and_back(values in prop::collection::vec(-1e9..1e9f64, 1..50), by in -9..9i32) {
        let values: Vec<f64> = values.iter().map(|v| v * 10f64.powi(by)).collect();
        let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        for scaler in scalers::Scaler::ALL {
            let fitted = scaler.fit(&values);
            let json = serde_json::to_string(&fitted).unwrap();
            prop_assert_eq!(serde_json::from_str::<scalers::FittedScaler>(&json).unwrap(), fitted);
            let back = fitted.inverse_all(&fitted.transform_all(&values));
            for (a, b) in values.iter().zip(back) {
                // Two roundings of numbers no larger than twice the largest.
                prop_assert!((a - b).abs() <= 4.0 * f64::EPSILON * largest, "{}: {a} {b}", scaler.name);
            }
        }
    }

    #[test]
    fn a_file_of_future_labels_goes_on_alike(
        two in prop::sample::select(vec![
            ["2006-01-03", "2006-01-04"],
            ["2020-01-31", "2020-02-29"],
            ["31.12.2019", "01.01.2020"],
            ["1981Q3", "1981Q4"],
            ["2018-08-03 00:00", "2018-08-03 00:15"],
        ]),
        skip in 1..500usize, count in 40..60usize, ahead in 1..30usize,
    ) {
        let clock = read(&table("ds,y", &two)).series.clock();
        let labels: Vec<String> = (skip..skip + count + ahead).map(|k| clock.label(k)).collect();
        let known: Vec<&str> = labels[..count].iter().map(String::as_str).collect();
        let loaded = read(&table("ds,y", &known));
        prop_assert!(loaded.found().ends_with("no gaps"), "{}", loaded.found());
        prop_assert_eq!(future(&loaded.series, ahead), &labels[count..]);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read_series_from(&bytes[..], "x", &ReadOptions::default());
    }

    #[test]
    fn no_table_makes_the_reader_panic(
        rows in prop::collection::vec(prop::collection::vec(0..CELLS.len(), 1..4), 0..9),
        delimiter in prop::sample::select(vec![",", ";", "\t"]), width in 1..4usize, drop in any::<bool>(),
    ) {
        let text: String = rows
            .iter()
            .map(|row| {
                // Most rows are alike in width, and some are not.
                let size = if row.len() == 1 { 1 } else { width };
                (0..size).map(|c| CELLS[row[c % row.len()]]).collect::<Vec<_>>().join(delimiter) + "\n"
            })
            .collect();
        let missing = if drop { Missing::Drop } else { Missing::Interpolate };
        let options = ReadOptions { missing, sort: true, duplicates: Duplicates::Mean, ..ReadOptions::default() };
        if let Ok(loaded) = read_with(&text, &options) {
            prop_assert!(loaded.series.len() >= 2, "{text:?}");
            prop_assert!(loaded.series.values.iter().all(|v| v.is_finite()), "{text:?}");
            let _ = (loaded.found(), future(&loaded.series, 400), season::find(&loaded.series.values, None));
        }
    }
}

/// Cells that are dates, numbers, almost such, and the ends of what can be.
const CELLS: [&str; 24] = [
    "1",
    "2",
    "3.5",
    "-1e308",
    "1e308",
    "1e999",
    "",
    "n/a",
    "x",
    "y",
    "ds",
    "V1",
    "V2",
    "2020-01-01",
    "2020-01-02",
    "9999-12-31",
    "0000-01-01",
    "9999",
    "1749.083",
    "1981Q3",
    "01/02/2006",
    "2020-01-01 23:59",
    "\"",
    "9223372036854775807",
];

#[test]
fn series_of_different_steps_are_not_mixed() {
    let mut csv = "unique_id,ds,y\n".to_owned();
    for t in 0..12 {
        csv.push_str(&format!("monthly,2020-{:02}-01,{t}\n", t + 1));
    }
    let alike = |days: usize| -> String {
        (0..12).map(|t| format!("other,2020-01-{:02},{t}\n", 1 + days * t)).collect()
    };
    let error = elman::io::read::read_panel_from(
        format!("{csv}{}", alike(1)).as_bytes(),
        "mixed.csv",
        &ReadOptions::default(),
    );
    let error = error.unwrap_err().to_string();
    assert!(error.contains("mixed.csv:14") && error.contains("daily in series `other`"), "{error}");
    assert!(error.contains("the first series is monthly"), "{error}");
    // A given step does not make days of months; two dates show none.
    let given = ReadOptions { freq: Some("D".parse().unwrap()), ..ReadOptions::default() };
    let error =
        elman::io::read::read_panel_from(format!("{csv}{}", alike(1)).as_bytes(), "x", &given);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("the dates are monthly, and `--freq` says daily"), "{error}");
    let few: String = alike(1).lines().take(2).map(|line| format!("{line}\n")).collect();
    let few = format!("{csv}{few}");
    assert!(elman::io::read::read_panel_from(few.as_bytes(), "x", &ReadOptions::default()).is_ok());
}
