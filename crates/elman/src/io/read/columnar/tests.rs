//! Files of columns by pieces, of a size that a test has.

use super::{Batches, KINDS, in_memory, typed};
use crate::io::read::large::{self, Read};
use crate::io::read::memory::Memory;
use crate::io::read::{LoadedPanel, Missing, ReadOptions, read_panel_from, read_panel_of_batches};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::*;
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{DataType, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::sync::Arc;

const HOUR: i64 = 3600;

fn options() -> ReadOptions {
    ReadOptions { missing: Missing::Mask, ..ReadOptions::default() }
}

/// Hourly series of unlike length with missing values, a row of nothing between two of them, and a column that
/// is not read.
fn rows(order: impl Iterator<Item = i64>) -> RecordBatch {
    let mut rows: Vec<Option<(String, i64, Option<f64>)>> = Vec::new();
    for s in order {
        for t in 0..10 + s % 7 {
            let value = (t != 5).then_some((s * 100 + t) as f64 + 0.25);
            rows.push(Some((format!("s {s}"), (24 * s + t) * HOUR, value)));
        }
        rows.extend((s % 9 == 4).then_some(None));
    }
    let rows = || rows.iter().map(Option::as_ref);
    let lists = rows().map(|_| Some([Some(1)]));
    let columns: [(&str, ArrayRef); 4] = [
        ("tags", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists))),
        (
            "unique_id",
            Arc::new(DictionaryArray::<Int32Type>::from_iter(
                rows().map(|row| row.map(|(id, ..)| id.as_str())),
            )),
        ),
        (
            "ds",
            Arc::new(TimestampSecondArray::from_iter(rows().map(|row| row.map(|(_, at, _)| *at)))),
        ),
        ("y", Arc::new(Float64Array::from_iter(rows().map(|row| row.and_then(|(.., y)| *y))))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// The rows in each kind of file, in batches of 50.
fn files(rows: &RecordBatch) -> [Vec<u8>; 3] {
    let batches =
        || (0..rows.num_rows()).step_by(50).map(|at| rows.slice(at, 50.min(rows.num_rows() - at)));
    let [mut parquet, mut file, mut stream] = [Vec::new(), Vec::new(), Vec::new()];
    let groups = WriterProperties::builder().set_max_row_group_row_count(Some(120)).build();
    let mut writer = ArrowWriter::try_new(&mut parquet, rows.schema(), Some(groups)).unwrap();
    batches().for_each(|batch| writer.write(&batch).unwrap());
    writer.close().unwrap();
    let mut writer = FileWriter::try_new(&mut file, &rows.schema()).unwrap();
    batches().for_each(|batch| writer.write(&batch).unwrap());
    writer.finish().unwrap();
    let mut writer = StreamWriter::try_new(&mut stream, &rows.schema()).unwrap();
    batches().for_each(|batch| writer.write(&batch).unwrap());
    writer.finish().unwrap();
    [parquet, file, stream]
}

fn memory() -> Memory {
    Memory::within(None, "big")
}

fn batches(file: &[u8]) -> Batches {
    let (_, take) = KINDS.into_iter().find(|(magic, _)| file.starts_with(magic)).unwrap();
    let memory = memory();
    take(file.to_vec(), memory.hold(), "big", &memory).unwrap()
}

fn by_pieces(file: &[u8], cells: usize) -> Read {
    let batches = batches(file);
    let mut pieces = batches.pieces(cells).unwrap();
    large::panel(&mut pieces, &options(), &memory()).unwrap()
}

fn whole(file: &[u8]) -> LoadedPanel {
    read_panel_from(file, "big", &options()).unwrap()
}

#[test]
fn pieces_of_any_size_give_the_same_series_as_the_whole() {
    // Parquet is read in batches of 1,024 rows.
    let rows = rows(0..200);
    for file in files(&rows) {
        assert_eq!(batches(&file).cells(), 3 * rows.num_rows());
        let whole = whole(&file);
        assert_eq!(whole.series.len(), 200);
        for cells in [150, 151, 400, 900, 5000] {
            let Read::Panel(read) = by_pieces(&file, cells) else { panic!("{cells} cells") };
            // A missing value is equal to none, but is written like one.
            let same = format!("{:?}", read.series) == format!("{:?}", whole.series);
            assert!(same, "{cells} cells");
            assert_eq!((&read.target, &read.notes), (&whole.target, &whole.notes));
        }
    }
}

#[test]
fn a_table_in_memory_gives_the_same_series_as_its_file() {
    let rows = rows(0..200);
    let (first, rest) = (rows.slice(0, 70), rows.slice(70, rows.num_rows() - 70));
    let parts = vec![first, rest];
    let read = read_panel_of_batches(rows.schema(), parts, "big", &options()).unwrap();
    let [parquet, ..] = files(&rows);
    let whole = whole(&parquet);
    assert!(format!("{:?}", read.series) == format!("{:?}", whole.series));
    assert_eq!((&read.target, &read.notes), (&whole.target, &whole.notes));
}

#[test]
fn a_column_of_a_kind_that_is_not_read_is_named() {
    let values = new_null_array(&DataType::Duration(TimeUnit::Second), 30);
    let rows = RecordBatch::try_from_iter([("y", values)]).unwrap();
    let options = ReadOptions { target: Some("y".to_owned()), ..ReadOptions::default() };
    let error = read_panel_of_batches(rows.schema(), vec![rows], "frame", &options).unwrap_err();
    let said = "column `y` of `frame` has values of the type Duration(s), which are not read";
    assert_eq!(error.message(), said);
}

/// Names, days since 1970 and values of a series.
type Rows = Vec<(String, Option<i32>, Option<f64>)>;

/// Series, some of which have something to be named: clean ones, one with missing values inside and at its ends, one with
/// an absent date, one with a value that looks like a missing one, one of one row, months, a date without a value.
fn odd_rows(kind: usize, name: &str) -> Rows {
    let id = || name.to_owned();
    let wave = |t: i32| Some(50.25 + f64::from(t % 7));
    let days = |from: i32| (from..from + 40).map(move |t| (t, wave(t)));
    let rows: Vec<(i32, Option<f64>)> = match kind {
        0 | 1 => days(18_000).collect(),
        2 => days(18_000).map(|(t, y)| (t, y.filter(|_| t % 9 != 4))).collect(),
        3 => days(18_000).filter(|(t, _)| *t != 18_020).collect(),
        4 => days(18_000).map(|(t, y)| (t, if t == 18_011 { Some(-9999.0) } else { y })).collect(),
        5 => vec![(18_000, wave(1))],
        _ => days(18_000).map(|(t, y)| (t, if t > 18_035 { Some(f64::NAN) } else { y })).collect(),
    };
    rows.into_iter().map(|(t, y)| (id(), Some(t), y)).collect()
}

fn three_columns(rows: &Rows) -> RecordBatch {
    let ids = rows.iter().map(|(id, ..)| Some(id.as_str()));
    let ids: DictionaryArray<Int32Type> = ids.collect();
    let days = Date32Array::from_iter(rows.iter().map(|(_, at, _)| *at));
    let values = Float64Array::from_iter(rows.iter().map(|(.., y)| *y));
    let columns: [(&str, ArrayRef); 3] =
        [("unique_id", Arc::new(ids)), ("ds", Arc::new(days)), ("y", Arc::new(values))];
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Options that name the three columns.
fn named() -> ReadOptions {
    let name = |name: &str| Some(name.to_owned());
    let (id_col, time_col, target) = (name("unique_id"), name("ds"), name("y"));
    ReadOptions { id_col, time_col, target, ..options() }
}

#[test]
fn typed_columns_give_the_same_series_and_notes_as_text() {
    for kinds in [[0, 1, 0, 1, 0], [0, 2, 1, 3, 4], [2, 0, 5, 6, 1], [3, 3, 0, 0, 5]] {
        let numbered = kinds.into_iter().enumerate();
        let rows: Rows = numbered.flat_map(|(s, kind)| odd_rows(kind, &format!("s {s}"))).collect();
        let rows = three_columns(&rows);
        let [parquet, ..] = files(&rows);
        let text = read_panel_from(&parquet[..], "big", &named()).unwrap();
        let half = rows.num_rows() / 2;
        for parts in [
            vec![rows.clone()],
            vec![rows.slice(0, half), rows.slice(half, rows.num_rows() - half)],
        ] {
            let table = in_memory(rows.schema(), parts.clone(), "big", &memory()).unwrap();
            assert!(typed::panel(&table, &named(), &memory()).unwrap().is_some(), "{kinds:?}");
            let read = read_panel_of_batches(rows.schema(), parts, "big", &named()).unwrap();
            assert_eq!(format!("{:?}", read.series), format!("{:?}", text.series));
            assert_eq!(read.notes, text.notes, "{kinds:?}");
        }
    }
}

/// polars has categories with views of text, DuckDB large texts.
#[test]
fn names_of_each_type_of_text_are_read_without_text_cells() {
    let rows: Rows = (0..4).flat_map(|s| odd_rows(0, &format!("series {s}"))).collect();
    let batch = three_columns(&rows);
    let expected = read_panel_of_batches(batch.schema(), vec![batch.clone()], "big", &named());
    let expected = format!("{:?}", expected.unwrap().series);
    let categories = batch.column(0).as_dictionary::<Int32Type>();
    let texts = StringArray::from_iter(categories.downcast_dict::<StringArray>().unwrap());
    let names: Vec<&str> = texts.iter().flatten().collect();
    let values: Vec<&str> = categories.values().as_string::<i32>().iter().flatten().collect();
    let of_values = |values: ArrayRef| -> ArrayRef {
        Arc::new(DictionaryArray::new(categories.keys().clone(), values))
    };
    let columns: [ArrayRef; 5] = [
        of_values(Arc::new(LargeStringArray::from(values.clone()))),
        of_values(Arc::new(StringViewArray::from(values))),
        Arc::new(LargeStringArray::from(names.clone())),
        Arc::new(StringViewArray::from(names)),
        Arc::new(texts),
    ];
    for ids in columns {
        let kind = ids.data_type().clone();
        let [days, y] = [1, 2].map(|c| batch.column(c).clone());
        let batch =
            RecordBatch::try_from_iter([("unique_id", ids), ("ds", days), ("y", y)]).unwrap();
        let table = in_memory(batch.schema(), vec![batch], "big", &memory()).unwrap();
        let read = typed::panel(&table, &named(), &memory()).unwrap();
        assert_eq!(format!("{:?}", read.unwrap().series), expected, "{kind}");
    }
}

#[test]
fn typed_columns_whose_rows_stand_apart_become_text() {
    let mut rows: Rows = (0..4).flat_map(|s| odd_rows(0, &format!("s {s}"))).collect();
    rows.push(("s 0".to_owned(), Some(18_100), Some(1.0)));
    let batch = three_columns(&rows);
    let table = in_memory(batch.schema(), vec![batch.clone()], "big", &memory()).unwrap();
    assert!(typed::panel(&table, &named(), &memory()).unwrap().is_none());
    let read = read_panel_of_batches(batch.schema(), vec![batch], "big", &named()).unwrap();
    assert_eq!((read.series.len(), read.series[0].values.last()), (4, Some(&1.0)));
}

/// As a table in the order of dates has them, and in parts.
fn in_order_of_dates(rows: &Rows) -> (SchemaRef, Vec<RecordBatch>) {
    let mut rows = rows.clone();
    rows.sort_by_key(|(_, at, _)| *at);
    let batch = three_columns(&rows);
    let parts = [0..7, 7..60, 60..rows.len()].map(|part| batch.slice(part.start, part.len()));
    (batch.schema(), parts.into())
}

#[test]
fn typed_columns_in_the_order_of_dates_give_the_same_series_and_notes_as_text() {
    let names = ["s 0", "s 1", "s 2", "Total", "s 4"];
    let rows: Rows = names.into_iter().flat_map(|name| odd_rows(0, name)).collect();
    let (schema, parts) = in_order_of_dates(&rows);
    let table = in_memory(schema.clone(), parts.clone(), "big", &memory()).unwrap();
    let read = typed::panel(&table, &named(), &memory()).unwrap().expect("typed columns");
    let all = arrow_select::concat::concat_batches(&schema, &parts).unwrap();
    let [parquet, ..] = files(&all);
    let text = read_panel_from(&parquet[..], "big", &named()).unwrap();
    assert_eq!(format!("{:?}", read.series), format!("{:?}", text.series));
    assert_eq!((&read.notes, read.found()), (&text.notes, text.found()));
    let together = three_columns(&rows);
    let together = read_panel_of_batches(together.schema(), vec![together], "big", &named());
    assert_eq!(format!("{:?}", read.series), format!("{:?}", together.unwrap().series));
}

/// The note and the error number the rows of the table.
#[test]
fn odd_rows_in_the_order_of_dates_become_text() {
    let note_of_total = "left out: the row is a total";
    for (odd, expected) in [
        ((0, Some(18_020), Some(f64::INFINITY)), None),
        ((3, Some(18_021), None), None),
        ((4, None, Some(1.0)), None),
        ((9, None, Some(400.0)), Some(note_of_total)),
    ] {
        let (s, at, y) = odd;
        let name = if s == 9 { "Total".to_owned() } else { format!("s {s}") };
        let mut rows: Rows = (0..5).flat_map(|s| odd_rows(0, &format!("s {s}"))).collect();
        rows.retain(|(id, day, _)| (id, day) != (&name, &at));
        rows.sort_by_key(|(_, at, _)| *at);
        rows.push((name, at, y));
        let batch = three_columns(&rows);
        let table = in_memory(batch.schema(), vec![batch.clone()], "big", &memory()).unwrap();
        assert!(typed::panel(&table, &named(), &memory()).unwrap().is_none(), "{s}");
        let [parquet, ..] = files(&batch);
        let text = read_panel_from(&parquet[..], "big", &named());
        let read = read_panel_of_batches(batch.schema(), vec![batch], "big", &named());
        let said = |read: &crate::Result<LoadedPanel>| match read {
            Ok(panel) => format!("{:?} {:?}", panel.notes, panel.series),
            Err(error) => error.to_string(),
        };
        assert_eq!(said(&read), said(&text));
        assert!(expected.is_none_or(|note| said(&read).contains(note)), "{}", said(&read));
    }
}

#[test]
fn a_total_below_typed_columns_is_left_out_with_a_note() {
    let mut rows: Rows = (0..4).flat_map(|s| odd_rows(0, &format!("s {s}"))).collect();
    rows.push(("Total".to_owned(), None, Some(400.0)));
    let batch = three_columns(&rows);
    let read = read_panel_of_batches(batch.schema(), vec![batch], "big", &named()).unwrap();
    assert_eq!(read.series.len(), 4);
    let note = |note: &String| note.contains("left out: the row is a total");
    assert!(read.notes.iter().any(note), "{:?}", read.notes);
}

#[test]
fn a_table_in_memory_without_rows_is_an_error() {
    let rows = rows(0..1).slice(0, 0);
    let read = |parts| read_panel_of_batches(rows.schema(), parts, "frame", &options());
    for parts in [Vec::new(), vec![rows.clone()]] {
        let error = read(parts).err().unwrap().to_string();
        assert!(error.contains("`frame` has a header and no rows"), "{error}");
    }
}

#[test]
fn series_whose_rows_stand_apart_are_found() {
    let again = rows((0..150).chain(3..4));
    for file in files(&again) {
        let error = match by_pieces(&file, 300) {
            Read::Apart(error) => error,
            Read::Panel(panel) => panic!("read: {} series", panel.series.len()),
            Read::Other => panic!("left to others"),
        };
        let error = error.to_string();
        let row = again.num_rows() - 12;
        assert!(error.contains(&format!("series `s 3` comes again on row {row}")), "{error}");
    }
    for file in files(&rows([0, 1, 0, 1, 2, 3].into_iter())) {
        assert!(matches!(by_pieces(&file, 150), Read::Other));
    }
}

#[test]
fn trouble_far_inside_names_its_row() {
    let rows = rows(0..200);
    let mut values: Vec<Option<f64>> =
        rows.column(3).as_any().downcast_ref::<Float64Array>().unwrap().iter().collect();
    values[2000] = Some(f64::INFINITY);
    let mut columns = rows.columns().to_vec();
    columns[3] = Arc::new(Float64Array::from(values));
    let rows = RecordBatch::try_new(rows.schema(), columns).unwrap();
    for file in files(&rows) {
        let batches = batches(&file);
        let mut pieces = batches.pieces(300).unwrap();
        let error = large::panel(&mut pieces, &options(), &memory()).err().unwrap().to_string();
        assert!(error.contains("row 2001"), "{error}");
    }
}
