//! Dates that a file leaves out, taken as values that are missing.

use elman::data::calendar::Frequency;
use elman::io::read::{
    LoadedPanel, Missing, MissingDates, ReadOptions, read_panel_from, read_series_from,
};
use elman::select::AutoForecaster;

fn read(csv: &str, options: &ReadOptions) -> Result<LoadedPanel, String> {
    let filled = ReadOptions { missing_dates: MissingDates::Fill, ..options.clone() };
    usual(csv, &filled)
}

/// As it is read if nothing is said about dates.
fn usual(csv: &str, options: &ReadOptions) -> Result<LoadedPanel, String> {
    read_panel_from(csv.as_bytes(), "data.csv", options).map_err(|e| e.to_string())
}

fn values(loaded: &LoadedPanel) -> String {
    let values = loaded.series[0].values.iter();
    values
        .map(|y| if y.is_nan() { "-".to_owned() } else { y.to_string() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// A row a date, with the values 1, 2, 3, …
fn rows(dates: &[&str]) -> String {
    let rows = dates.iter().enumerate().map(|(i, date)| format!("{date},{}\n", i + 1));
    format!("ds,y\n{}", rows.collect::<String>())
}

#[test]
fn each_date_left_out_is_a_value_that_is_not_known() {
    let days = ["2024-02-26", "2024-02-27", "2024-02-28", "2024-03-02", "2024-03-03", "2024-03-05"];
    let mask = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
    let loaded = read(&rows(&days), &mask).unwrap();
    assert_eq!(values(&loaded), "1 2 3 - - 4 5 - 6");
    assert_eq!(loaded.series[0].label(3), "2024-02-29");
    assert_eq!(loaded.series[0].label(9), "2024-03-06");
    assert_eq!(
        loaded.notes,
        ["3 dates absent from the file: added as missing values \
             (`--missing-dates skip` takes the next row as the next step)"]
    );
    assert_eq!(
        loaded.found(),
        "daily, 2024-02-26 to 2024-03-05, 9 values, 3 of them missing, no gaps"
    );
    let lines = ReadOptions { missing: Missing::Interpolate, ..ReadOptions::default() };
    let loaded = read(&rows(&days), &lines).unwrap();
    assert_eq!(values(&loaded)[..22], "1 2 3 3.333333333333333"[..22]);
    assert!(values(&loaded).ends_with(" 4 5 5.5 6"), "{}", values(&loaded));
    assert_eq!(
        loaded.notes,
        ["3 dates absent from the file: put in place and interpolated \
             (`--missing-dates skip` takes the next row as the next step)"]
    );
}

#[test]
fn the_step_of_the_file_decides_which_dates_there_are() {
    for (dates, want) in [
        // The last day of each month, one of which is short.
        (&["2023-11-30", "2023-12-31", "2024-03-31", "2024-04-30"][..], "1 2 - - 3 4"),
        (&["2023Q1", "2023Q2", "2023Q4", "2024Q1"], "1 2 - 3 4"),
        (
            &["2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 02:00", "2024-01-01 04:00"],
            "1 2 3 - 4",
        ),
        // Nothing is left out.
        (&["2024-01-01", "2024-01-02", "2024-01-03"], "1 2 3"),
    ] {
        let mask = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
        assert_eq!(values(&read(&rows(dates), &mask).unwrap()), want, "{dates:?}");
        assert_eq!(values(&usual(&rows(dates), &mask).unwrap()), want, "{dates:?}");
    }
    // Five weeks of working days, but for a Wednesday: weekends are no dates of this series.
    let working = |day: &u32| day % 7 < 5 && *day != 9;
    let days: Vec<String> = (0..35)
        .filter(working)
        .map(|d| format!("2024-{:02}-{:02}", 1 + d / 31, 1 + d % 31))
        .collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let mask = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
    let loaded = read(&rows(&days), &mask).unwrap();
    let unknown = loaded.series[0].values.iter().filter(|y| y.is_nan()).count();
    assert_eq!((loaded.series[0].len(), unknown), (25, 1));
    assert_eq!(loaded.series[0].label(7), "2024-01-10");
}

#[test]
fn what_cannot_be_filled_is_refused_with_the_next_step() {
    let refused = |csv: &str, options: &ReadOptions, said: &str| {
        let error = read(csv, options).unwrap_err();
        assert!(error.contains(said) && error.contains("help: "), "{error}");
    };
    let plain = ReadOptions::default();
    let hours = ["2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 02:00", "2024-01-01 02:30"];
    refused(
        &rows(&hours),
        &plain,
        "no whole number of steps from 2024-01-01 02:00 to 2024-01-01 02:30",
    );
    let typo = ["2024-01-01", "2024-01-02", "2024-01-03", "2042-01-04"];
    refused(&rows(&typo), &plain, "dates and has 4 values");
    refused("y\n1\n2\n3\n", &plain, "series `y` has no dates to be filled");
}

#[test]
fn covariates_keep_their_last_value_over_absent_dates() {
    let with = ReadOptions {
        target: Some("y".to_owned()),
        hist_exog: vec!["rain".to_owned()],
        futr_exog: vec!["price".to_owned()],
        missing: Missing::Mask,
        ..ReadOptions::default()
    };
    let csv = "ds,y,rain,price\n2024-01-01,1,0,5\n2024-01-02,2,1,6\n2024-01-03,3,2,7\n\
               2024-01-05,3,3,8\n2024-01-06,,0,9\n";
    for loaded in [usual(csv, &with).unwrap(), read(csv, &with).unwrap()] {
        assert_eq!(values(&loaded), "1 2 3 - 3");
        let covariates = &loaded.series[0].covariates;
        assert_eq!(covariates.past[0].values, [0.0, 1.0, 2.0, 2.0, 3.0]);
        assert_eq!(covariates.future[0].values, [5.0, 6.0, 7.0, 7.0, 8.0, 9.0]);
        assert!(loaded.notes[0].contains("; covariates keep their last known value there"));
    }
}

#[test]
fn one_series_for_one_network_is_filled_too() {
    let csv = rows(&["2024-01", "2024-02", "2024-04", "2024-05"]);
    let loaded = read_series_from(csv.as_bytes(), "data.csv", &ReadOptions::default()).unwrap();
    assert_eq!(loaded.series.values, [1.0, 2.0, 2.5, 3.0, 4.0]);
    assert!(loaded.notes[0].starts_with("1 date absent from the file: put in place and interpol"));
    let skip = ReadOptions { missing_dates: MissingDates::Skip, ..ReadOptions::default() };
    let loaded = read_series_from(csv.as_bytes(), "data.csv", &skip).unwrap();
    assert_eq!(loaded.series.values, [1.0, 2.0, 3.0, 4.0]);
    // Whoever leaves out rows without a value does not want them back.
    let drop = ReadOptions { missing: Missing::Drop, ..ReadOptions::default() };
    let csv = "ds,y\n2024-01,1\n2024-02,\n2024-03,3\n2024-04,4\n";
    let loaded = read_series_from(csv.as_bytes(), "data.csv", &drop).unwrap();
    assert_eq!(loaded.series.values, [1.0, 3.0, 4.0]);
}

#[test]
fn more_absent_dates_than_present_ones_stay_absent_with_a_note() {
    let loaded = usual(
        &rows(&["2024-01-06", "2024-01-07", "2024-01-15", "2024-01-16"]),
        &ReadOptions::default(),
    )
    .unwrap();
    assert_eq!(values(&loaded), "1 2 3 4");
    assert!(
        loaded.notes[0].starts_with("series `y` lacks more dates than it has (7 dates absent)")
    );
    assert!(loaded.notes[0].contains("`--freq`"), "{:?}", loaded.notes);
}

/// Working days from Monday 2024-01-01 on, but for those left out, each with its value.
fn working_days(days: u32, left_out: &[u32], value: impl Fn(u32) -> f64) -> String {
    let date = |d: u32| match d {
        0..31 => format!("2024-01-{:02}", d + 1),
        31..60 => format!("2024-02-{:02}", d - 30),
        _ => format!("2024-03-{:02}", d - 59),
    };
    let days = (0..days).filter(|d| d % 7 < 5 && !left_out.contains(d));
    let rows = days.map(|d| format!("{},{}\n", date(d), value(d)));
    format!("ds,y\n{}", rows.collect::<String>())
}

#[test]
fn a_holiday_gets_a_row_only_where_the_week_is_a_season() {
    let mask = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
    // Ten weeks, without the last Wednesday: 10, 20, 30, 40, 50.
    let weekly = working_days(70, &[65], |d| f64::from(10 * (d % 7) + 10));
    let loaded = usual(&weekly, &mask).unwrap();
    assert_eq!(loaded.series[0].len(), 50);
    assert!(loaded.series[0].values[47].is_nan());
    assert!(
        loaded.notes[0].contains("because the season is aligned by date"),
        "{:?}",
        loaded.notes
    );
    let walk = working_days(70, &[65], |d| f64::from(d * d % 83));
    let loaded = usual(&walk, &mask).unwrap();
    assert_eq!(loaded.series[0].len(), 49);
    assert!(loaded.notes[0].contains("1 date without a row (holidays?)"), "{:?}", loaded.notes);
    assert!(loaded.notes[0].contains("`--missing-dates fill`"));
}

#[test]
fn a_step_that_contradicts_the_dates_is_refused() {
    let daily = rows(&["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"]);
    let hourly = rows(&["2024-01-01 00:00", "2024-01-01 01:00", "2024-01-01 02:00"]);
    let weekly = rows(&["2024-01-01", "2024-01-08", "2024-01-15", "2024-01-22"]);
    for (csv, freq, line, help) in [
        (&daily, Frequency::WEEKLY, "data.csv:3", "the dates are daily, and `--freq` says weekly"),
        (&daily, Frequency::MONTHLY, "data.csv:3", "`--agg sum`"),
        (&hourly, Frequency::DAILY, "data.csv:3", "`--agg sum`"),
        (&weekly, Frequency::DAILY, "data.csv:3", "`--missing-dates fill`"),
    ] {
        let options = ReadOptions { freq: Some(freq), ..ReadOptions::default() };
        let error = usual(csv, &options).unwrap_err();
        assert!(error.contains("does not have the step that `--freq` gives"), "{error}");
        assert!(error.contains(line) && error.contains(help), "{error}");
    }
    // Days with a few absent ones are daily if that is said.
    let options = ReadOptions { freq: Some(Frequency::DAILY), ..ReadOptions::default() };
    let loaded = usual(&rows(&["2024-01-01", "2024-01-02", "2024-01-04"]), &options).unwrap();
    assert_eq!(loaded.series[0].len(), 4);
}

#[test]
fn a_season_stays_in_step_over_dates_that_are_left_out() {
    // Ten weeks of a weekly pattern without three of the days, one of them shortly before the end.
    let season = [20.0, 3.0, 1.0, 9.0, 14.0, 2.0, 6.0];
    let value = |day: usize| 40.0 + season[day % 7];
    let date = |day: usize| match day {
        0..31 => format!("2025-01-{:02}", day + 1),
        31..59 => format!("2025-02-{:02}", day - 30),
        _ => format!("2025-03-{:02}", day - 58),
    };
    let days = (0..70).filter(|day| ![20, 41, 67].contains(day));
    let rows: String = days.map(|day| format!("{},{}\n", date(day), value(day))).collect();
    let csv = format!("ds,y\n{rows}");
    let error = |loaded: LoadedPanel| {
        let settings = AutoForecaster {
            seasons: Some(vec![7]),
            max_steps: Some(60),
            ..AutoForecaster::new(7)
        };
        let forecast = settings.fit_predict(&loaded.series).unwrap();
        let said = forecast.values[0].iter().enumerate();
        said.map(|(k, y)| (y - value(70 + k)).abs()).sum::<f64>() / 7.0
    };
    let as_dates = error(read(&csv, &ReadOptions::default()).unwrap());
    let by_itself = error(usual(&csv, &ReadOptions::default()).unwrap());
    assert_eq!(by_itself, as_dates);
    let skip = ReadOptions { missing_dates: MissingDates::Skip, ..ReadOptions::default() };
    let as_rows = error(usual(&csv, &skip).unwrap());
    assert!(as_dates < 1.0 && as_rows > 3.0, "{as_dates} {as_rows}");
}

/// Rows at the numbers, with the values 1, 2, 3, …
fn numbered(numbers: impl Iterator<Item = i64>) -> String {
    let rows = numbers.enumerate().map(|(i, at)| format!("{at},{}\n", i + 1));
    format!("t,y\n{}", rows.collect::<String>())
}

#[test]
fn numbers_that_are_absent_are_missing_values() {
    let loaded = usual(&numbered([1, 2, 3, 6, 7, 9].into_iter()), &ReadOptions::default()).unwrap();
    assert_eq!(values(&loaded), "1 2 3 - - 4 5 - 6");
    assert_eq!((&loaded.series[0].label(3)[..], &loaded.series[0].label(8)[..]), ("4", "9"));
    assert_eq!(
        loaded.notes[0],
        "3 time steps absent from the file: added as missing values \
         (`--missing-dates skip` takes the next row as the next step)"
    );
    let even = numbered((0..6).map(|i| 10 + 2 * i).chain([24, 26]));
    let loaded = usual(&even, &ReadOptions::default()).unwrap();
    assert_eq!(values(&loaded), "1 2 3 4 5 6 - 7 8");
    assert_eq!(loaded.series[0].clock().label(1), "28");
    let skip = ReadOptions { missing_dates: MissingDates::Skip, ..ReadOptions::default() };
    assert_eq!(values(&usual(&even, &skip).unwrap()), "1 2 3 4 5 6 7 8");
}

#[test]
fn numbers_are_filled_beside_a_series_without_gaps() {
    let csv = "unique_id,ds,y\na,1,1\na,2,2\na,3,3\na,4,4\nb,1,1\nb,2,2\nb,3,3\nb,5,4\n";
    let loaded = read(csv, &ReadOptions::default()).unwrap();
    assert_eq!(loaded.series.iter().map(|s| s.len()).collect::<Vec<_>>(), [4, 5]);
}

#[test]
fn irregular_numbers_have_a_note() {
    let irregular = numbered([1, 4, 5, 9, 12, 13, 20, 22, 25, 29, 30, 36].into_iter());
    let loaded = usual(&irregular, &ReadOptions::default()).unwrap();
    let note = &loaded.notes[0];
    assert!(note.starts_with("WARNING: the times of series `y` are irregular: "), "{note}");
    assert!(note.contains("the forecast has steps of 3 nevertheless"), "{note}");
    let refused = read(&irregular, &ReadOptions::default()).unwrap_err();
    assert!(refused.contains("no whole number of steps from 4 to 5"), "{refused}");
}

/// Rows at multiples of a step in nanoseconds.
fn in_nanos(step: u64, rows: u64) -> String {
    let row = |i: u64| {
        let at = i * step;
        let (seconds, nanos) = (at / 1_000_000_000, at % 1_000_000_000);
        format!("2024-01-01 00:{:02}:{:02}.{nanos:09},{i}\n", seconds / 60, seconds % 60)
    };
    format!("ds,y\n{}", (0..rows).map(row).collect::<String>())
}

#[test]
fn steps_with_parts_of_a_millisecond_are_refused() {
    for step in [333_000, 1_500_000, 2_500_000, 16_667_000, 33_333_333] {
        let error = usual(&in_nanos(step, 200), &ReadOptions::default()).unwrap_err();
        assert!(error.contains("no whole number of milliseconds"), "{step}: {error}");
    }
    let loaded = usual(&in_nanos(20_000_000, 200), &ReadOptions::default()).unwrap();
    assert_eq!(loaded.notes, [""; 0]);
}

#[test]
fn parts_of_a_millisecond_beside_longer_steps_are_cut_off_with_a_note() {
    let hours = (0..20).map(|hour| format!("2024-01-01 {hour:02}:00:00.123456+00:00,{hour}\n"));
    let csv = format!("ds,y\n{}", hours.collect::<String>());
    let loaded = usual(&csv, &ReadOptions::default()).unwrap();
    assert!(loaded.notes[0].contains("`ds` has parts of a millisecond"), "{:?}", loaded.notes);
    assert_eq!(loaded.series[0].len(), 20);
}
