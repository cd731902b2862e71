//! Finer values brought to the periods of a frequency: which values a period has, and which day dates it.

use elman::data::calendar::NamedFrequency;
use elman::data::{Aggregate, Series};
use elman::error::Error;
use elman::io::read::{LoadedPanel, ReadOptions, read_panel_from};

fn panel_with(text: &str, options: &ReadOptions) -> Result<LoadedPanel, Error> {
    read_panel_from(text.as_bytes(), "x.csv", options)
}

fn daily(from: &str, days: usize) -> String {
    let start: jiff::civil::Date = from.parse().unwrap();
    let mut text = "ds,y,price\n".to_owned();
    for t in 0..days {
        let day = start.checked_add(jiff::Span::new().days(t as i64)).unwrap();
        text.push_str(&format!("{day},{},{}\n", t + 1, 10 + t % 2));
    }
    text
}

fn aggregated(text: &str, freq: &str, agg: Aggregate) -> Result<LoadedPanel, Error> {
    let NamedFrequency { frequency, anchor, periods } = freq.parse().unwrap();
    let options = ReadOptions {
        freq: Some(frequency),
        freq_anchor: anchor,
        freq_periods: periods,
        agg: Some(agg),
        target: Some("y".into()),
        hist_exog: if text.contains("price") { vec!["price".into()] } else { vec![] },
        ..ReadOptions::default()
    };
    panel_with(text, &options)
}

fn labels(series: &Series) -> Vec<String> {
    (0..series.len()).map(|i| series.label(i)).collect()
}

#[test]
fn days_become_weeks_and_months_when_asked() {
    // 2020-01-01 is a Wednesday: of the first week and of the last, days are not there.
    let days = daily("2020-01-01", 31 + 29 + 15);
    let weeks = aggregated(&days, "weekly", Aggregate::Sum).unwrap();
    let series = &weeks.series[0];
    assert_eq!(labels(series)[..2], ["2020-01-06", "2020-01-13"]);
    // Days 6 to 12, then 13 to 19.
    assert_eq!(series.values[..2], [63.0, 112.0]);
    assert_eq!(series.len(), 10);
    assert_eq!(series.label(10), "2020-03-16");
    assert_eq!(series.frequency().unwrap().to_string(), "weekly");
    let means = &series.covariates.past[0].values;
    assert!(
        (means[0] - 73.0 / 7.0).abs() < 1e-12 || (means[0] - 74.0 / 7.0).abs() < 1e-12,
        "{means:?}"
    );
    assert!(
        weeks.notes[0].starts_with("weekly, from Monday to Sunday: the sum of each period"),
        "{:?}",
        weeks.notes
    );
    assert!(weeks.notes[0].ends_with("1 at the start, 0 at the end"), "{:?}", weeks.notes);
    let saturdays = aggregated(&days, "W-SAT", Aggregate::Sum).unwrap();
    assert_eq!(saturdays.series[0].label(0), "2020-01-11");
    for (agg, january, february) in [
        (Aggregate::Sum, 496.0, 1334.0),
        (Aggregate::Mean, 16.0, 46.0),
        (Aggregate::First, 1.0, 32.0),
        (Aggregate::Last, 31.0, 60.0),
        (Aggregate::Min, 1.0, 32.0),
        (Aggregate::Max, 31.0, 60.0),
    ] {
        let months = aggregated(&days, "monthly", agg).unwrap();
        assert_eq!(months.series[0].values, [january, february], "{agg:?}");
        assert_eq!(labels(&months.series[0]), ["2020-01-01", "2020-02-01"]);
        assert_eq!(months.series[0].label(2), "2020-03-01");
    }
}

#[test]
fn a_sum_without_one_of_its_days_is_missing() {
    let days = daily("2020-01-06", 21);
    let hole = days.replace("2020-01-15,10,11\n", "");
    assert_ne!(days, hole);
    let mut options = ReadOptions {
        freq: Some("W".parse().unwrap()),
        agg: Some(Aggregate::Sum),
        target: Some("y".into()),
        missing: elman::io::read::Missing::Mask,
        ..ReadOptions::default()
    };
    let weeks = panel_with(&hole, &options).unwrap().series.remove(0);
    assert!(weeks.values[1].is_nan(), "{:?}", weeks.values);
    assert_eq!(weeks.values[0], 28.0);
    options.agg = Some(Aggregate::Mean);
    let weeks = panel_with(&hole, &options).unwrap().series.remove(0);
    assert_eq!(weeks.values[1], (8.0 + 9.0 + 11.0 + 12.0 + 13.0 + 14.0) / 6.0);
}

#[test]
fn what_cannot_be_aggregated_is_refused() {
    let months = "ds,y\n2020-01,1\n2020-02,2\n2020-03,3\n2020-04,4\n";
    for (freq, said) in [
        ("W", "is monthly, and weekly is finer"),
        ("B", "is monthly, and daily, Mon–Fri is finer"),
        ("Y", "no series has a complete"),
    ] {
        let error = aggregated(months, freq, Aggregate::Sum).unwrap_err().to_string();
        assert!(error.contains(said), "{freq}: {error}");
    }
    assert!(
        aggregated("y\n1\n2\n3\n", "W", Aggregate::Sum)
            .unwrap_err()
            .to_string()
            .contains("has no dates")
    );
    let options = ReadOptions { agg: Some(Aggregate::Sum), ..ReadOptions::default() };
    assert!(panel_with(months, &options).unwrap_err().to_string().contains("`--freq`"));
    let quarters = aggregated(months, "Q", Aggregate::Sum).unwrap();
    assert_eq!(
        (labels(&quarters.series[0]), &quarters.series[0].values),
        (vec!["2020-03".to_string()], &vec![6.0])
    );
}

/// The date and the sum of the first complete periods, as pandas' `resample(freq).sum()` has them.
type Sums = [(&'static str, f64)];

fn has_sums(data: &str, freq: &str, first: &Sums) {
    let panel = aggregated(data, freq, Aggregate::Sum).unwrap();
    let series = &panel.series[0];
    let found: Vec<(String, f64)> = labels(series).into_iter().zip(series.values.clone()).collect();
    let first: Vec<(String, f64)> = first.iter().map(|(date, y)| (date.to_string(), *y)).collect();
    assert_eq!(found[..first.len()], first[..], "{freq}");
}

#[test]
fn months_become_the_quarters_and_years_that_are_named() {
    let month = |t: usize| format!("{}-{:02}-01,{}\n", 2020 + t / 12, t % 12 + 1, t + 1);
    let months: String = "ds,y\n".chars().map(String::from).chain((0..48).map(month)).collect();
    let table: [(&str, &Sums); 15] = [
        ("YE-JUN", &[("2021-06-30", 150.0), ("2022-06-30", 294.0)]),
        ("A-JUN", &[("2021-06-30", 150.0), ("2022-06-30", 294.0)]),
        ("YS-JUL", &[("2020-07-01", 150.0), ("2021-07-01", 294.0)]),
        ("QE-JAN", &[("2020-04-30", 9.0), ("2020-07-31", 18.0)]),
        ("QE-NOV", &[("2020-05-31", 12.0), ("2020-08-31", 21.0)]),
        ("QS-FEB", &[("2020-02-01", 9.0), ("2020-05-01", 18.0)]),
        ("ME", &[("2020-01-31", 1.0), ("2020-02-29", 2.0)]),
        ("MS", &[("2020-01-01", 1.0), ("2020-02-01", 2.0)]),
        ("Q", &[("2020-03-31", 6.0), ("2020-06-30", 15.0)]),
        ("QS", &[("2020-01-01", 6.0), ("2020-04-01", 15.0)]),
        ("YE", &[("2020-12-31", 78.0), ("2021-12-31", 222.0)]),
        ("YS", &[("2020-01-01", 78.0), ("2021-01-01", 222.0)]),
        ("2QE", &[("2020-09-30", 39.0), ("2021-03-31", 75.0)]),
        ("2QS", &[("2020-01-01", 21.0), ("2020-07-01", 57.0)]),
        ("yearly", &[("2020-01-01", 78.0), ("2021-01-01", 222.0)]),
    ];
    for (freq, first) in table {
        has_sums(&months, freq, first);
    }
}

#[test]
fn days_become_the_weeks_and_months_that_are_named() {
    let days = daily("2023-01-03", 200).replace("price", "other");
    let table: [(&str, &Sums); 12] = [
        ("BME", &[("2023-02-28", 1218.0), ("2023-03-31", 2263.0), ("2023-04-28", 2870.0)]),
        ("BMS", &[("2023-02-01", 1218.0), ("2023-03-01", 2442.0), ("2023-04-03", 2926.0)]),
        ("BQE-FEB", &[("2023-05-31", 9522.0)]),
        ("BQS-FEB", &[("2023-02-01", 6586.0)]),
        ("WOM-3FRI", &[("2023-01-20", 882.0), ("2023-02-17", 1666.0), ("2023-03-17", 3185.0)]),
        ("LWOM-FRI", &[("2023-01-27", 1078.0), ("2023-02-24", 2450.0), ("2023-03-31", 2842.0)]),
        ("W", &[("2023-01-15", 70.0), ("2023-01-22", 119.0)]),
        ("W-SUN", &[("2023-01-15", 70.0), ("2023-01-22", 119.0)]),
        ("W-WED", &[("2023-01-11", 42.0), ("2023-01-18", 91.0)]),
        ("2W", &[("2023-01-22", 189.0), ("2023-02-05", 385.0)]),
        ("7D", &[("2023-01-03", 28.0), ("2023-01-10", 77.0)]),
        ("weekly", &[("2023-01-09", 70.0), ("2023-01-16", 119.0)]),
    ];
    for (freq, first) in table {
        has_sums(&days, freq, first);
    }
}

#[test]
fn periods_go_on_by_the_day_that_dates_them() {
    let days = daily("2023-01-03", 400);
    for (freq, last, next, note) in [
        (
            "BME",
            "2024-01-31",
            "2024-02-29",
            "monthly, to the last business day: the sum of each period, dated by its last day",
        ),
        (
            "ME",
            "2024-01-31",
            "2024-02-29",
            "monthly: the sum of each period, dated by its last day",
        ),
        (
            "QS-FEB",
            "2023-11-01",
            "2024-02-01",
            "quarterly, such as February to April: the sum of each period, dated by its first day",
        ),
        (
            "YE-JAN",
            "2024-01-31",
            "2025-01-31",
            "yearly, from February to January: the sum of each period, dated by its last day",
        ),
        ("LWOM-FRI", "2023-12-29", "2024-01-26", "monthly, from the last Friday: the sum"),
    ] {
        let panel = aggregated(&days, freq, Aggregate::Sum);
        let panel = panel.unwrap_or_else(|error| panic!("{freq}: {error}"));
        let series = &panel.series[0];
        let n = series.len();
        assert_eq!([series.label(n - 1), series.label(n)], [last, next], "{freq}");
        assert!(panel.notes[0].starts_with(note), "{:?}", panel.notes);
    }
}

#[test]
fn days_of_changing_offsets_are_those_of_the_zone_that_is_named() {
    let hour = |t: usize| match t {
        0..2 => format!("2024-03-31T{t:02}:00+01:00,1\n"),
        2..23 => format!("2024-03-31T{:02}:00+02:00,1\n", t + 1),
        _ => format!("2024-04-{:02}T{:02}:00+02:00,1\n", (t + 1) / 24, (t + 1) % 24),
    };
    let csv: String = "ds,y\n".chars().map(String::from).chain((0..71).map(hour)).collect();
    let in_utc = aggregated(&csv, "D", Aggregate::Sum).unwrap();
    let said = |note: &String| note.contains("UTC offset of the dates changes");
    assert!(in_utc.notes.iter().any(said), "{:?}", in_utc.notes);
    let options = ReadOptions {
        freq: Some("D".parse().unwrap()),
        agg: Some(Aggregate::Sum),
        tz: Some("Europe/Berlin".parse().unwrap()),
        ..ReadOptions::default()
    };
    let local = panel_with(&csv, &options).unwrap();
    assert!(!local.notes.iter().any(said), "{:?}", local.notes);
    assert_eq!(local.series[0].values, [23.0, 24.0, 24.0]);
}
