//! Parquet and Arrow give the series that the same table gives as CSV, whatever types its columns have; and are written.

use arrow_array::types::Int32Type;
use arrow_array::*;
use arrow_ipc::reader::FileReader;
use arrow_ipc::writer::{FileWriter, StreamWriter};
use elman::data::Aggregate;
use elman::data::calendar::{NamedFrequency, Zone};
use elman::io::read::{LoadedPanel, Missing, ReadOptions, read_panel_from, read_series_from};
use elman::io::write::{self, Columns, Row, When};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

fn panel(content: &[u8]) -> LoadedPanel {
    read_panel_from(content, "sales", &ReadOptions::default()).unwrap()
}

fn error(content: &[u8]) -> String {
    read_panel_from(content, "sales", &ReadOptions::default()).unwrap_err().to_string()
}

fn batch<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

fn parquet_with(batch: &RecordBatch, compression: Compression) -> Vec<u8> {
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    out
}

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    parquet_with(batch, Compression::UNCOMPRESSED)
}

/// The batch in two parts, as an Arrow file.
fn arrow(batch: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = FileWriter::try_new(&mut out, &batch.schema()).unwrap();
    writer.write(&batch.slice(0, 1)).unwrap();
    writer.write(&batch.slice(1, batch.num_rows() - 1)).unwrap();
    writer.finish().unwrap();
    out
}

fn stream(batch: &RecordBatch) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = StreamWriter::try_new(&mut out, &batch.schema()).unwrap();
    writer.write(batch).unwrap();
    writer.finish().unwrap();
    out
}

const CSV: &str = "unique_id,ds,y
a,2020-01-01,1.5
a,2020-01-02,2
a,2020-01-03,0.1
b,2020-01-01,-4
b,2020-01-02,5e20
b,2020-01-03,6
";

const IDS: [&str; 6] = ["a", "a", "a", "b", "b", "b"];

/// 2020-01-01 to 03, twice, in days since 1970.
const DAYS: [i64; 6] = [18262, 18263, 18264, 18262, 18263, 18264];

fn table() -> RecordBatch {
    batch([
        ("unique_id", Arc::new(StringArray::from_iter_values(IDS))),
        ("ds", Arc::new(Date32Array::from_iter_values(DAYS.map(|day| day as i32)))),
        ("y", Arc::new(Float64Array::from(vec![1.5, 2.0, 0.1, -4.0, 5e20, 6.0]))),
    ])
}

#[test]
fn every_container_is_as_csv() {
    let series = panel(CSV.as_bytes()).series;
    let table = table();
    for content in [parquet(&table), arrow(&table), stream(&table)] {
        assert_eq!(panel(&content).series, series);
    }
    for compression in [
        Compression::SNAPPY,
        Compression::ZSTD(ZstdLevel::default()),
        Compression::GZIP(GzipLevel::default()),
        Compression::LZ4_RAW,
    ] {
        assert_eq!(panel(&parquet_with(&table, compression)).series, series, "{compression}");
    }
}

#[test]
fn every_type_of_names_and_dates_is_as_csv() {
    let series = panel(CSV.as_bytes()).series;
    let ids: Vec<ArrayRef> = vec![
        Arc::new(LargeStringArray::from_iter_values(IDS)),
        Arc::new(StringViewArray::from_iter_values(IDS)),
        Arc::new(BinaryArray::from_iter_values(IDS)),
        Arc::new(DictionaryArray::<Int32Type>::from_iter(IDS)),
    ];
    let times = |unit: i64| DAYS.map(|day| day * 86_400 * unit).to_vec();
    let dates: Vec<ArrayRef> = vec![
        Arc::new(Date64Array::from(times(1000))),
        Arc::new(TimestampSecondArray::from(times(1))),
        Arc::new(TimestampMillisecondArray::from(times(1000))),
        Arc::new(TimestampMicrosecondArray::from(times(1_000_000))),
        Arc::new(TimestampNanosecondArray::from(times(1_000_000_000))),
        Arc::new(StringArray::from_iter_values(CSV.lines().skip(1).map(|line| &line[2..12]))),
    ];
    let values = table().column(2).clone();
    for ids in &ids {
        for dates in &dates {
            let table =
                batch([("unique_id", ids.clone()), ("ds", dates.clone()), ("y", values.clone())]);
            assert_eq!(panel(&arrow(&table)).series, series, "{:?}", table.schema());
            assert_eq!(panel(&parquet(&table)).series, series, "{:?}", table.schema());
        }
    }
}

/// The labels and values that a column of values has beside these times.
fn read(times: ArrayRef, values: ArrayRef) -> (Vec<String>, Vec<f64>) {
    let table = batch([("at", times), ("y", values)]);
    let loaded = read_series_from(&parquet(&table)[..], "sales", &ReadOptions::default()).unwrap();
    let series = loaded.series;
    ((0..series.len() + 1).map(|i| series.label(i)).collect(), series.values)
}

#[test]
fn times_of_day_zones_and_fractions_are_kept() {
    let values: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3]));
    let hours = |unit: i64| [0, 1, 2].map(|h| (18262 * 24 + h) * 3600 * unit).to_vec();
    let labels = |times: ArrayRef| read(times, values.clone()).0;
    assert_eq!(
        labels(Arc::new(TimestampMicrosecondArray::from(hours(1_000_000)))),
        [
            "2020-01-01 00:00:00",
            "2020-01-01 01:00:00",
            "2020-01-01 02:00:00",
            "2020-01-01 03:00:00"
        ]
    );
    let zoned = |zone: &str| -> ArrayRef {
        Arc::new(TimestampMillisecondArray::from(hours(1000)).with_timezone(zone))
    };
    assert_eq!(
        labels(zoned("UTC"))[..2],
        ["2020-01-01 00:00:00+00:00", "2020-01-01 01:00:00+00:00"]
    );
    assert_eq!(
        labels(zoned("-03:30"))[..2],
        ["2019-12-31 20:30:00-03:30", "2019-12-31 21:30:00-03:30"]
    );
    assert_eq!(labels(zoned("Europe/Berlin"))[0], "2020-01-01 00:00:00+00:00");
    let table = batch([("at", zoned("Europe/Berlin")), ("y", values.clone())]);
    assert_eq!(panel(&arrow(&table)).notes, ["`at` is taken in UTC, not in Europe/Berlin"]);
    let quarters = [0, 250, 500].map(|ms| ms * 1_000_000).to_vec();
    assert_eq!(
        labels(Arc::new(TimestampNanosecondArray::from(quarters))),
        [
            "1970-01-01 00:00:00.000",
            "1970-01-01 00:00:00.250",
            "1970-01-01 00:00:00.500",
            "1970-01-01 00:00:00.750"
        ]
    );
    let before: ArrayRef = Arc::new(Date32Array::from(vec![-2, -1, 0]));
    assert_eq!(labels(before), ["1969-12-30", "1969-12-31", "1970-01-01", "1970-01-02"]);
}

/// Values of 1 an hour, from a moment in hours since 1970 on, of a column in a zone.
fn hourly(from: i64, hours: i64, zone: &str) -> RecordBatch {
    let moments: Vec<i64> = (from..from + hours).map(|hour| hour * 3_600_000).collect();
    let moments = TimestampMillisecondArray::from(moments).with_timezone(zone);
    let ones = Float64Array::from(vec![1.0; hours as usize]);
    batch([("at", Arc::new(moments)), ("y", Arc::new(ones))])
}

fn summed(content: &[u8], freq: &str, tz: Option<&str>) -> LoadedPanel {
    let named: NamedFrequency = freq.parse().unwrap();
    let options = ReadOptions {
        freq: Some(named.frequency),
        freq_periods: named.periods,
        agg: Some(Aggregate::Sum),
        tz: tz.map(|zone| zone.parse().unwrap()),
        ..ReadOptions::default()
    };
    let one = read_series_from(content, "data", &options).unwrap();
    let panel = read_panel_from(content, "data", &options).unwrap();
    assert_eq!((&one.series, &one.notes), (&panel.series[0], &panel.notes));
    panel
}

fn dated(panel: &LoadedPanel) -> Vec<(String, f64)> {
    let series = &panel.series[0];
    (0..series.len()).map(|i| (series.label(i), series.values[i])).collect()
}

#[test]
fn days_of_moments_are_those_of_their_zone() {
    // 2024-03-29 23:00 and 2024-10-25 22:00 in UTC are midnights in Berlin.
    let spring = parquet(&hourly(475_487, 96, "Europe/Berlin"));
    let autumn = parquet(&hourly(480_526, 97, "Europe/Berlin"));
    let days = |rows: &[(&str, f64)]| rows.iter().map(|(d, y)| (d.to_string(), *y)).collect();
    let in_spring: Vec<(String, f64)> = days(&[
        ("2024-03-30 00:00:00+01:00", 24.0),
        ("2024-03-31 00:00:00+01:00", 23.0),
        ("2024-04-01 00:00:00+02:00", 24.0),
        ("2024-04-02 00:00:00+02:00", 24.0),
    ]);
    let in_autumn: Vec<(String, f64)> = days(&[
        ("2024-10-26 00:00:00+02:00", 24.0),
        ("2024-10-27 00:00:00+02:00", 25.0),
        ("2024-10-28 00:00:00+01:00", 24.0),
        ("2024-10-29 00:00:00+01:00", 24.0),
    ]);
    for tz in [None, Some("Europe/Berlin")] {
        for (file, want) in [(&spring, &in_spring), (&autumn, &in_autumn)] {
            let panel = summed(file, "D", tz);
            assert_eq!(&dated(&panel), want, "{tz:?}");
            assert!(!panel.notes.iter().any(|note| note.contains("UTC")), "{:?}", panel.notes);
        }
    }
    // A zone that is asked for comes first.
    let tokyo = summed(&spring, "D", Some("Asia/Tokyo"));
    assert_eq!(dated(&tokyo)[0], ("2024-03-31 00:00:00+09:00".to_owned(), 24.0));
    // A quarter of a day begins at midnight in Berlin, and is 6 hours long.
    let six_hours = dated(&summed(&spring, "6h", None));
    assert_eq!(six_hours[0], ("2024-03-29 23:00:00+00:00".to_owned(), 6.0));
    // Where the column has no zone, or its zone is an offset, its days are those that it shows.
    let east = dated(&summed(&parquet(&hourly(475_487, 96, "+03:30")), "D", None));
    assert_eq!(east[0], ("2024-03-31 00:00:00+03:30".to_owned(), 24.0));
}

#[test]
fn midnights_of_a_zone_are_days() {
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let midnights = (0..24 * 400).map(|hour| (473_351 + hour) * 3_600_000i64);
    let midnights: Vec<i64> =
        midnights.filter(|ms| zone.day_begun(i128::from(*ms) * 1_000_000).is_some()).collect();
    let values = Float64Array::from((0..midnights.len()).map(|i| i as f64).collect::<Vec<_>>());
    let moments = TimestampMillisecondArray::from(midnights).with_timezone("Europe/Berlin");
    let file = parquet(&batch([("at", Arc::new(moments)), ("y", Arc::new(values))]));
    let panel = panel(&file);
    assert!(panel.notes.is_empty(), "{:?}", panel.notes);
    assert_eq!(panel.found(), "daily, 2024-01-01 to 2025-02-03, 400 values, no gaps");
    let months = dated(&summed(&file, "MS", None));
    assert_eq!(months[..2], [("2024-01-01".to_owned(), 465.0), ("2024-02-01".to_owned(), 1305.0)]);
}

#[test]
fn every_type_of_numbers_is_read() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![0, 1, 2]));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int8Array::from(vec![1, 2, 3])),
        Arc::new(Int16Array::from(vec![1, 2, 3])),
        Arc::new(Int32Array::from(vec![1, 2, 3])),
        Arc::new(UInt8Array::from(vec![1, 2, 3])),
        Arc::new(UInt16Array::from(vec![1, 2, 3])),
        Arc::new(UInt32Array::from(vec![1, 2, 3])),
        Arc::new(UInt64Array::from(vec![1, 2, 3])),
        Arc::new(Float32Array::from(vec![1.0, 2.0, 3.0])),
        Arc::new(
            Decimal128Array::from(vec![100, 200, 300]).with_precision_and_scale(9, 2).unwrap(),
        ),
        Arc::new(DictionaryArray::<Int32Type>::from_iter(["1", "2", "3"])),
    ];
    for column in columns {
        assert_eq!(read(days.clone(), column).1, [1.0, 2.0, 3.0]);
    }
    // As a table of text would have it, and not 0.10000000149011612.
    let tenth: ArrayRef = Arc::new(Float32Array::from(vec![0.1, 0.2, 0.3]));
    assert_eq!(read(days, tenth).1, [0.1, 0.2, 0.3]);
}

#[test]
fn null_and_nan_are_missing_and_errors_name_the_row() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![0, 1, 2, 3]));
    let gaps: ArrayRef =
        Arc::new(Float64Array::from(vec![Some(1.0), None, Some(f64::NAN), Some(4.0)]));
    let table = batch([("ds", days.clone()), ("y", gaps)]);
    assert_eq!(
        error(&parquet(&table)),
        "column `y` has an empty cell\n  --> sales, row 2, column 2 (\"y\"): \"\"\n  help: 2 such cells: \
         fill missing values with `--missing interpolate`, leave these rows out with `--missing drop`, or name a text that means missing with `--missing-values`"
    );
    let options = ReadOptions { missing: Missing::Interpolate, ..ReadOptions::default() };
    let read = read_panel_from(&parquet(&table)[..], "sales", &options).unwrap();
    assert_eq!(read.series[0].values, [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(read.notes, ["2 missing values interpolated, the first on row 2: \"\""]);
    let twice: ArrayRef = Arc::new(Date32Array::from(vec![0, 1, 1, 2]));
    let table = batch([("ds", twice), ("y", Arc::new(Int64Array::from(vec![1, 2, 3, 4])))]);
    assert_eq!(
        error(&arrow(&table)),
        "duplicate date\n  --> sales, row 3, column 1 (\"ds\"): \"1970-01-02\" is on row 2 already\n  \
         help: remove one of the rows, or combine the rows with `--duplicates mean` (or sum, first, last)"
    );
    let none: ArrayRef = Arc::new(DictionaryArray::<Int32Type>::from_iter([None::<&str>; 4]));
    let table = batch([("ds", days), ("x", none)]);
    assert_eq!(
        error(&parquet(&table)),
        "`sales` has no column of numbers to forecast: `ds` holds dates, `x` holds nothing"
    );
}

#[test]
fn columns_of_lists_are_left_out() {
    let lists =
        ListArray::from_iter_primitive::<Int32Type, _, _>([vec![Some(1)], vec![Some(2)]].map(Some));
    let table = batch([
        ("tags", Arc::new(lists) as ArrayRef),
        ("y", Arc::new(Int64Array::from(vec![5, 6]))),
    ]);
    let read = panel(&parquet(&table));
    assert_eq!(read.series[0].values, [5.0, 6.0]);
    assert_eq!(read.notes.len(), 1);
    assert!(read.notes[0].starts_with("column `tags` left out: it holds List"), "{:?}", read.notes);
}

#[test]
fn empty_files_say_so() {
    let empty = table().slice(0, 0);
    assert_eq!(
        error(&parquet(&empty)),
        "`sales` has a header and no rows: a series needs 2 values or more"
    );
    assert_eq!(error(b""), "`sales` is empty: a series needs 2 values or more");
    let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(0));
    let schema = Arc::new(arrow_schema::Schema::empty());
    let nothing = RecordBatch::try_new_with_options(schema, vec![], &options).unwrap();
    assert_eq!(error(&stream(&nothing)), "`sales` is empty: a series needs 2 values or more");
}

#[test]
fn files_that_are_cut_off_or_damaged_are_errors() {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    for (whole, kind) in [
        (parquet(&table()), "Parquet"),
        (parquet_with(&table(), zstd), "Parquet"),
        (arrow(&table()), "Arrow"),
    ] {
        for len in 8..whole.len() {
            let said = error(&whole[..len]);
            assert!(said.starts_with(&format!("cannot read `sales` as {kind}: ")), "{said}");
            assert!(said.ends_with("\n  help: is it whole? Write or copy it again"), "{said}");
        }
        // Any one byte: read or refused, but nothing else. (Some make the crates below panic, and every
        // backtrace costs 20 ms: not all bytes.)
        for at in (0..whole.len()).step_by(11) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xff;
            _ = read_panel_from(&damaged[..], "sales", &ReadOptions::default());
        }
    }
    let whole = stream(&table());
    for at in (0..whole.len()).step_by(11) {
        _ = read_panel_from(&whole[..at], "sales", &ReadOptions::default());
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        _ = read_panel_from(&damaged[..], "sales", &ReadOptions::default());
    }
}

#[test]
fn what_is_written_reads_back() {
    let rows = |tested: bool| {
        ["a", "a", "b", "b"].into_iter().enumerate().map(move |(i, unique_id)| Row {
            unique_id,
            ds: format!("2020-01-0{}", 1 + i % 2).as_str().into(),
            tested: tested.then(|| ("2019-12-31".into(), 0.5)),
            elman: 0.1 + i as f64,
            bounds: vec![(-1.0, 2.5), (f64::NEG_INFINITY, f64::INFINITY)],
            more: vec![7.0],
        })
    };
    let columns = Columns { more: vec!["theta".to_owned()], ..Columns::with(&[80.0, 95.5]) };
    for tested in [false, true] {
        let [mut csv, mut parquet, mut arrow] = [(); 3].map(|()| Vec::new());
        write::csv(&mut csv, &columns, rows(tested)).unwrap();
        write::parquet(&mut parquet, &columns, rows(tested)).unwrap();
        write::arrow(&mut arrow, &columns, rows(tested)).unwrap();
        for target in ["elman", "elman-lo-80", "elman-hi-80", "theta"] {
            let options = ReadOptions { target: Some(target.into()), ..ReadOptions::default() };
            let series = read_panel_from(&csv[..], "f", &options).unwrap().series;
            assert_eq!(read_panel_from(&parquet[..], "f", &options).unwrap().series, series);
            assert_eq!(read_panel_from(&arrow[..], "f", &options).unwrap().series, series);
        }
    }
    let mut none = Vec::new();
    write::parquet(&mut none, &Columns::with(&[80.0]), std::iter::empty()).unwrap();
    assert!(error(&none).contains("has a header and no rows"));
}

/// Null, and not a number that is none: other programs leave out the one and compute with the other.
#[test]
fn a_value_that_is_missing_is_written_as_null() {
    let row = |y: f64| Row {
        unique_id: "a",
        ds: "2020-01-01".into(),
        tested: Some(("2019-12-31".into(), y)),
        elman: 2.0,
        bounds: vec![(1.0, 3.0)],
        more: Vec::new(),
    };
    let rows = [f64::NAN, 0.5].map(row);
    let (_, batches) = write::batches(&Columns::with(&[80.0]), rows).unwrap();
    let column = |name: &str| batches[0].column_by_name(name).unwrap().null_count();
    assert_eq!(["y", "elman", "elman-lo-80"].map(column), [1, 0, 0]);
}

#[test]
fn dates_are_written_as_dates_and_read_back_the_same() {
    for (times, kind) in [
        (["2020-01-30", "2020-01-31"], "Date32"),
        (["31.12.2019", "01.01.2020"], "Date32"),
        (["2020-11", "2020-12"], "Date32"),
        (["1850", "1851"], "Date32"),
        (["1981Q3", "1981Q4"], "Date32"),
        (["2018-08-03 22:00", "2018-08-03 23:00"], "Timestamp(ms)"),
        (["2018-08-03T00:00:00+01:00", "2018-08-04T00:00:00+01:00"], "Timestamp(ms, \"+01:00\")"),
        (["2018-08-03 00:00:00-03:30", "2018-08-03 01:00:00-03:30"], "Timestamp(ms, \"-03:30\")"),
        (["2018-08-03 22:00:00Z", "2018-08-03 23:00:00Z"], "Timestamp(ms, \"UTC\")"),
        (["7", "8"], "Utf8"),
        (["9998-12-31", "9999-12-31"], "Utf8"),
    ] {
        let csv = format!("ds,y\n{},1\n{},2\n", times[0], times[1]);
        let known = read_panel_from(csv.as_bytes(), "f", &ReadOptions::default()).unwrap();
        let clock = known.series[0].clock();
        let rows = || {
            (1..=5).map(|k| Row {
                unique_id: "y",
                ds: When::after(&clock, k),
                tested: Some((When::after(&clock, 0), 0.5)),
                elman: k as f64,
                bounds: Vec::new(),
                more: Vec::new(),
            })
        };
        let [mut parquet, mut arrow] = [(); 2].map(|()| Vec::new());
        write::parquet(&mut parquet, &Columns::default(), rows()).unwrap();
        write::arrow(&mut arrow, &Columns::default(), rows()).unwrap();
        let schema = FileReader::try_new(std::io::Cursor::new(&arrow), None).unwrap().schema();
        for column in ["ds", "cutoff"] {
            let found = schema.field_with_name(column).unwrap().data_type();
            assert_eq!(found.to_string(), kind, "{times:?}");
        }
        let options = ReadOptions { target: Some("elman".into()), ..ReadOptions::default() };
        for file in [parquet, arrow] {
            let read = read_panel_from(
                &file[..],
                "f",
                &ReadOptions { time_col: Some("ds".into()), ..options.clone() },
            );
            if kind == "Utf8" {
                continue;
            }
            let series = read.unwrap().series.remove(0);
            assert_eq!(series.values, [1.0, 2.0, 3.0, 4.0, 5.0]);
            for i in 0..8 {
                assert_eq!(series.stamp(i), clock.stamp(i + 1), "{times:?} {i}");
            }
            if let Some((_, zone)) =
                times[0].split_at_checked(19).filter(|(_, zone)| zone.len() == 6)
            {
                assert!(series.label(6).ends_with(zone), "{times:?}: {}", series.label(6));
            }
        }
    }
}

/// A file of pyarrow's, since the crate writes no checksums.
#[test]
fn a_page_that_is_not_what_its_checksum_says_is_refused() {
    let path = format!("{}/tests/parquet/checksums.parquet", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read(path).unwrap();
    let read =
        |file: &[u8]| elman::io::read::read_series_from(file, "y.parquet", &ReadOptions::default());
    let values = |t: i32| f64::from(t * t % 97);
    assert_eq!(read(&file).unwrap().series.values, (0..60).map(values).collect::<Vec<_>>());
    let bytes: Vec<u8> = (0..60).flat_map(|t| values(t).to_le_bytes()).collect();
    let at = file.windows(bytes.len()).position(|window| window == bytes).unwrap();
    for byte in [at, at + 100, at + bytes.len() - 1] {
        let mut damaged = file.clone();
        damaged[byte] ^= 1;
        let error = read(&damaged).unwrap_err().to_string();
        assert!(error.contains("CRC") && error.contains("help: is it whole?"), "{error}");
    }
}

/// `file` with one more field of its footer: a list of as many elements that are true as a list can have.
fn with_endless_list(mut file: Vec<u8>) -> Vec<u8> {
    let end = file.len() - 8;
    let length = u32::from_le_bytes(file[end..end + 4].try_into().unwrap());
    // Field 200 is a list of i32::MAX booleans; then the end of the struct.
    let field = [0x09, 0x90, 0x03, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
    assert_eq!(file[end - 1], 0, "the end of the struct");
    file.splice(end - 1..end, field);
    let end = file.len() - 8;
    file[end..end + 4].copy_from_slice(&(length + 9).to_le_bytes());
    file
}

#[test]
fn lists_without_end_are_refused() {
    let footer = error(&with_endless_list(parquet(&table())));
    assert!(footer.contains("its footer is damaged"), "{footer}");
    // Found by fuzzing; the first byte is not part of the file. In the header of a page.
    let page = error(&include_bytes!("../../../../fuzz/found/columnar/endless-list")[1..]);
    // The header of this page begins in its column and ends after it.
    let after = error(&include_bytes!("../../../../fuzz/found/columnar/list-after-column")[1..]);
    assert!(after.contains("the header of a page is damaged"), "{after}");
    assert!(page.contains("the header of a page is damaged"), "{page}");
}
