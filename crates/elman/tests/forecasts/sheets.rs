//! Workbooks: typed dates, the sheet that is meant, and files that are larger than they look.

use std::io::{Cursor, Write};

use elman::io::read::{self, Missing, ReadOptions};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn options() -> ReadOptions {
    ReadOptions { missing: Missing::Mask, ..ReadOptions::default() }
}

fn path(name: &str) -> String {
    format!("{}/tests/workbooks/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// What stands in the sheets of `workbooks/make.py`.
fn value(month: usize) -> f64 {
    100.5 + 3.0 * (month % 12) as f64 + month as f64
}

#[test]
fn typed_dates_below_a_title_and_beside_a_hidden_sheet() {
    let loaded = read::read_series(path("shop.xlsx"), &options()).unwrap();
    let series = &loaded.series;
    assert_eq!((series.label(0), series.label(24)), ("2023-01-01".into(), "2025-01-01".into()));
    assert_eq!(series.len(), 24);
    for (month, y) in series.values.iter().enumerate() {
        // The sixth is #DIV/0!.
        assert!(if month == 5 { y.is_nan() } else { *y == value(month) }, "{month}: {y}");
    }
}

#[test]
fn an_error_of_a_formula_names_its_row_in_the_sheet() {
    let error =
        read::read_series(path("shop.xlsx"), &ReadOptions::default()).unwrap_err().to_string();
    assert!(error.contains("row 9") && error.contains("#DIV/0!"), "{error}");
}

#[test]
fn an_open_document_sheet() {
    let series = read::read_series(path("shop.ods"), &options()).unwrap().series;
    assert_eq!(series.values, (0..24).map(value).collect::<Vec<_>>());
    assert_eq!(series.label(24), "2025-01-01");
}

#[test]
fn of_several_sheets_one_is_named() {
    let error = read::read_series(path("hours.xlsx"), &options()).unwrap_err().to_string();
    assert!(error.contains("2 sheets with cells: Load, Price"), "{error}");
    assert!(error.contains("help: say which with `--sheet Load`"), "{error}");
    for sheet in ["Price", "price", "2"] {
        let options = ReadOptions { sheet: Some(sheet.into()), ..options() };
        let series = read::read_series(path("hours.xlsx"), &options).unwrap().series;
        assert_eq!(series.values[23], 46.0, "{sheet}");
        assert_eq!(series.label(1), "2024-01-01 01:00:00");
        assert_eq!(series.frequency().unwrap().to_string(), "hourly");
    }
    let options = ReadOptions { sheet: Some("Prise".into()), ..options() };
    let error = read::read_series(path("hours.xlsx"), &options).unwrap_err().to_string();
    assert!(error.contains("no sheet `Prise`") && error.contains("`Price`"), "{error}");
}

/// A workbook of these files.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn refused(workbook: &[u8]) -> String {
    let options = ReadOptions { max_memory: Some(16_000_000), ..options() };
    read::read_series_from(workbook, "book", &options).unwrap_err().to_string()
}

#[test]
fn small_files_of_large_sheets_are_refused() {
    let spaces = vec![b' '; 20_000_000];
    let unpacks = zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/styles.xml", &spaces)]);
    drop(spaces);
    assert!(unpacks.len() < 40_000);
    let shared = zipped(&[
        ("xl/workbook.xml", b"<workbook/>"),
        ("xl/sharedStrings.xml", b"<sst uniqueCount=\"1000000000000\"></sst>"),
    ]);
    let repeats = zipped(&[(
        "content.xml",
        br#"<table:table><table:table-row table:number-rows-repeated="1000000">
            <table:table-cell office:value-type="float" table:number-columns-repeated="10000"/>
            </table:table-row></table:table>"#,
    )]);
    for workbook in [unpacks, shared, repeats] {
        let error = refused(&workbook);
        assert!(error.contains("--max-memory"), "{error}");
    }
}

#[test]
fn other_and_damaged_zip_files_are_refused() {
    assert!(refused(&zipped(&[("a.csv", b"y\n1\n2\n")])).contains("no workbook"));
    let whole = std::fs::read(path("shop.xlsx")).unwrap();
    for cut in [10, 100, whole.len() / 2, whole.len() - 10] {
        refused(&whole[..cut]);
    }
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x20;
        // Some bytes decide about nothing; no damage ends in a panic.
        let _ = read::read_series_from(&damaged[..], "book", &options());
    }
}
