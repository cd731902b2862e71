//! Totals that spreadsheets have at the end of a table: none of them is a value of a series.

use elman::io::read::{self, LoadedPanel, ReadOptions};

fn panel_with(text: &str, options: &ReadOptions) -> elman::Result<LoadedPanel> {
    read::read_panel_from(text.as_bytes(), "sales.csv", options)
}

fn panel(text: &str) -> LoadedPanel {
    panel_with(text, &ReadOptions::default()).unwrap()
}

const MONTHS: &str = "month,sales\n2024-01,5\n2024-02,6\n2024-03,7\n";

#[test]
fn a_total_below_the_dates_is_left_out_in_every_language() {
    for word in [
        "Total",
        "TOTAL",
        "total:",
        "Grand Total",
        "Total général",
        "Totale",
        "Sum",
        "Summe",
        "Gesamt",
        "Insgesamt",
        "Gesamtergebnis",
        "Suma",
        "Celkem",
        "Итого",
        "ИТОГО:",
        "合計",
        "合计",
        "Total 2024",
        "Durchschnitt",
        "Average",
    ] {
        let panel = panel(&format!("{MONTHS}{word},18\n"));
        assert_eq!(panel.series[0].values, [5.0, 6.0, 7.0], "{word}");
        let note = format!("line 5 left out: the row is a total ({word:?}), and has no date");
        assert_eq!(panel.notes, [note]);
    }
}

#[test]
fn several_totals_and_totals_beside_an_empty_date_are_left_out() {
    let both = panel(&format!("{MONTHS}Average,6\nTotal,18\n"));
    assert_eq!((both.series[0].len(), both.notes.len()), (3, 2), "{:?}", both.notes);
    let shops = "shop,ds,y\na,2024-01,1\na,2024-02,2\nb,2024-01,3\nb,2024-02,4\nTotal,,10\n";
    let shops = panel(shops);
    let names: Vec<&str> = shops.series.iter().map(|series| &series.name[..]).collect();
    assert_eq!(names, ["a", "b"], "{:?}", shops.notes);
    assert!(shops.notes[0].starts_with("line 6 left out"), "{:?}", shops.notes);
    // Years and names of months are dates, too, where all rows have them.
    let years = panel("year,y\n2021,1\n2022,2\n2023,4\nTotal,7\n");
    assert_eq!(years.series[0].values, [1.0, 2.0, 4.0]);
    let names = panel("month,y\nJan,1\nFeb,2\nMar,4\nTotal,7\n");
    assert_eq!(names.series[0].values, [1.0, 2.0, 4.0]);
    let lines: String = (1..4).map(|m| format!("{{\"ds\":\"2024-0{m}\",\"y\":{m}}}\n")).collect();
    let lines = panel(&format!("{lines}{{\"ds\":\"Total\",\"y\":6}}\n"));
    assert_eq!(lines.series[0].values, [1.0, 2.0, 3.0]);
}

#[test]
fn what_is_no_total_stays() {
    // A series that is called so, with dates.
    let shops = "unique_id,ds,y\na,2024-01,1\na,2024-02,2\nTotal,2024-01,1\nTotal,2024-02,2\n";
    assert_eq!(panel(shops).series.len(), 2);
    // A total in the middle is a mistake that is shown, and so is another word at the end.
    for row in ["Total,9\n2024-04,8\n", "Totally,18\n", "then,18\n"] {
        let error = panel_with(&format!("{MONTHS}{row}"), &ReadOptions::default()).unwrap_err();
        assert!(error.to_string().contains("sales.csv:5"), "{error}");
    }
    // Nothing above shows that the column is one of dates.
    assert!(
        panel_with("a,y\nx,1\nz,2\nTotal,3\n", &ReadOptions::default())
            .is_ok_and(|p| p.series[0].len() == 3)
    );
}

#[test]
fn totals_across_the_header_are_named() {
    let wide = ReadOptions { wide: true, ..ReadOptions::default() };
    let columns = panel_with("ds,a,b,Total\n2024-01,1,2,3\n2024-02,3,4,7\n", &wide).unwrap();
    assert_eq!(columns.series.len(), 3);
    let note = "column `Total` is forecast as a series of its own; if it is the total of the others, remove the column to leave the total out";
    assert!(columns.notes[0].starts_with(note), "{:?}", columns.notes);
    let dates = "shop,2024-01,2024-02,2024-03,Total\na,1,2,3,6\nb,4,5,6,15\nTotal,5,7,9,21\n";
    let dates = panel_with(dates, &wide).unwrap();
    assert_eq!(dates.series[0].values, [1.0, 2.0, 3.0]);
    assert_eq!(dates.series.len(), 3);
    assert!(
        dates.notes[0].starts_with("row `Total` is forecast as a series of its own"),
        "{:?}",
        dates.notes
    );
    assert_eq!(dates.notes[1], "column `Total` after the last date left out: its cells are totals");
}
