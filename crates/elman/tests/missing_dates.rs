//! Dates that a file leaves out, taken as values that are missing.

use elman::panel::{PanelForecast, PanelSettings};
use elman::read::{LoadedPanel, Missing, ReadOptions, panel_from};

fn read(csv: &str, options: &ReadOptions) -> Result<LoadedPanel, String> {
    let filled = ReadOptions { fill_missing_dates: true, ..options.clone() };
    panel_from(csv.as_bytes(), "data.csv", &filled).map_err(|e| e.to_string())
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
    let loaded = read(&rows(&days), &ReadOptions::default()).unwrap();
    assert_eq!(values(&loaded), "1 2 3 - - 4 5 - 6");
    assert_eq!(loaded.series[0].label(3), "2024-02-29");
    assert_eq!(loaded.series[0].label(9), "2024-03-06");
    assert_eq!(loaded.notes, ["3 dates left out in the file: missing values"]);
    assert_eq!(
        loaded.found(),
        "daily, 2024-02-26 to 2024-03-05, 9 values, 3 of them missing, no gaps"
    );
    let lines = ReadOptions { missing: Missing::Interpolate, ..ReadOptions::default() };
    let loaded = read(&rows(&days), &lines).unwrap();
    assert_eq!(values(&loaded)[..22], "1 2 3 3.333333333333333"[..22]);
    assert!(values(&loaded).ends_with(" 4 5 5.5 6"), "{}", values(&loaded));
    assert_eq!(loaded.notes, ["3 dates left out in the file: interpolated"]);
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
        let loaded = read(&rows(dates), &ReadOptions::default()).unwrap();
        assert_eq!(values(&loaded), want, "{dates:?}");
    }
    // Five weeks of working days, but for a Wednesday: weekends are no dates of this series.
    let working = |day: &u32| day % 7 < 5 && *day != 9;
    let days: Vec<String> = (0..35)
        .filter(working)
        .map(|d| format!("2024-{:02}-{:02}", 1 + d / 31, 1 + d % 31))
        .collect();
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let loaded = read(&rows(&days), &ReadOptions::default()).unwrap();
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
    let with = ReadOptions {
        target: Some("y".to_owned()),
        hist_exog: vec!["rain".to_owned()],
        ..ReadOptions::default()
    };
    let csv = "ds,y,rain\n2024-01-01,1,0\n2024-01-02,2,1\n2024-01-03,3,1\n2024-01-05,3,1\n";
    refused(csv, &with, "series `y` leaves out 1 date, and has covariates");
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
        let settings =
            PanelSettings { seasons: Some(vec![7]), steps: Some(60), ..PanelSettings::new(7) };
        let forecast = PanelForecast::of(&loaded.series, &settings, &|_| {}).unwrap();
        let said = forecast.values[0].iter().enumerate();
        said.map(|(k, y)| (y - value(70 + k)).abs()).sum::<f64>() / 7.0
    };
    let as_dates = error(read(&csv, &ReadOptions::default()).unwrap());
    let as_rows = error(panel_from(csv.as_bytes(), "data.csv", &ReadOptions::default()).unwrap());
    assert!(as_dates < 1.0 && as_rows > 3.0, "{as_dates} {as_rows}");
}
