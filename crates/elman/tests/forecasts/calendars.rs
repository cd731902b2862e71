//! Calendars that are found in dates: which dates come next, and what is said where none fits.

use elman::data::Series;
use elman::data::calendar::{Frequency, FutureIndex, NamedFrequency};
use elman::io::read::{LoadedPanel, Missing, MissingDates, ReadOptions, read_panel_from};
use elman::season;
use proptest::prelude::*;

/// A row for each date.
fn rows<'a>(dates: impl IntoIterator<Item = &'a str>) -> String {
    let rows = dates.into_iter().enumerate().map(|(i, date)| format!("{date},{}\n", i % 11 + 1));
    format!("ds,y\n{}", rows.collect::<String>())
}

fn read(csv: &str, options: &ReadOptions) -> Result<LoadedPanel, String> {
    read_panel_from(csv.as_bytes(), "data.csv", options).map_err(|e| e.to_string())
}

fn usual() -> ReadOptions {
    ReadOptions { missing: Missing::Mask, ..ReadOptions::default() }
}

fn next(series: &Series, n: usize) -> String {
    (0..n).map(|k| series.label(series.len() + k)).collect::<Vec<_>>().join(" ")
}

/// A calendar in words and the next five dates.
fn goes_on(dates: &[String], frequency: &str, want: &str) {
    let loaded = read(&rows(dates.iter().map(String::as_str)), &usual()).unwrap();
    let series = &loaded.series[0];
    assert_eq!(series.frequency().unwrap().to_string(), frequency, "{dates:?}");
    assert_eq!(next(series, 5), want, "{frequency}");
    assert!(!loaded.notes.iter().any(|note| note.contains("WARNING")), "{:?}", loaded.notes);
}

/// Days from 2024-01-01, a Monday, on.
fn day(n: usize) -> String {
    let mut left = n;
    for (month, days) in [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().enumerate() {
        if left < days {
            return format!("2024-{:02}-{:02}", month + 1, left + 1);
        }
        left -= days;
    }
    format!("2025-01-{:02}", left + 1)
}

/// Times of these days, in minutes of the day.
fn times(days: impl Iterator<Item = usize>, minutes: &[usize]) -> Vec<String> {
    let at =
        |d: usize, m: &usize| format!("{} {:02}:{:02}", day(d + m / 1440), m / 60 % 24, m % 60);
    days.flat_map(|d| minutes.iter().map(move |m| at(d, m))).collect()
}

fn every(step: usize, from: usize, to: usize) -> Vec<usize> {
    (from..=to).step_by(step).collect()
}

#[test]
fn hours_and_days_that_never_occur_are_not_forecast() {
    let working = |weeks: usize| (0..7 * weeks).filter(|d| d % 7 < 5);
    let trading = times(working(3), &every(30, 540, 990));
    goes_on(
        &trading,
        "half-hourly 09:00–16:30, Mon–Fri",
        "2024-01-22 09:00 2024-01-22 09:30 2024-01-22 10:00 2024-01-22 10:30 2024-01-22 11:00",
    );
    // A holiday, and an hour without trades.
    let holes = |at: &String| !at.starts_with("2024-01-10") && at != "2024-01-04 13:30";
    let some: Vec<String> =
        times(working(5), &every(30, 540, 990)).into_iter().filter(holes).collect();
    goes_on(
        &some,
        "half-hourly 09:00–16:30, Mon–Fri",
        "2024-02-05 09:00 2024-02-05 09:30 2024-02-05 10:00 2024-02-05 10:30 2024-02-05 11:00",
    );
    goes_on(
        &times(0..10, &every(15, 360, 1305)),
        "every 15 minutes 06:00–21:45",
        "2024-01-11 06:00 2024-01-11 06:15 2024-01-11 06:30 2024-01-11 06:45 2024-01-11 07:00",
    );
    goes_on(
        &times(working(3), &every(60, 0, 1380)),
        "hourly, Mon–Fri",
        "2024-01-22 00:00 2024-01-22 01:00 2024-01-22 02:00 2024-01-22 03:00 2024-01-22 04:00",
    );
    // Over midnight: an evening's session ends at 2:00 of the next day.
    goes_on(
        &times(0..9, &every(60, 1080, 1560)),
        "hourly 18:00–02:00",
        "2024-01-10 18:00 2024-01-10 19:00 2024-01-10 20:00 2024-01-10 21:00 2024-01-10 22:00",
    );
    // A break at noon.
    let morning_and_afternoon = [every(30, 570, 660), every(30, 780, 870)].concat();
    goes_on(
        &times(working(3), &morning_and_afternoon),
        "half-hourly 09:30–11:00 and 13:00–14:30, Mon–Fri",
        "2024-01-22 09:30 2024-01-22 10:00 2024-01-22 10:30 2024-01-22 11:00 2024-01-22 13:00",
    );
    // Currencies: from Sunday evening to Friday evening, without a night.
    let open = |at: &String| {
        let (date, time) = at.split_at(10);
        let weekday = (0..40).find(|d| day(*d) == date).unwrap() % 7;
        match weekday {
            4 => time < " 17:00",
            5 => false,
            6 => time >= " 17:00",
            _ => true,
        }
    };
    let currencies: Vec<String> =
        times(0..33, &every(60, 0, 1380)).into_iter().filter(open).collect();
    goes_on(
        &currencies,
        "hourly, Mon Tue Wed Thu Sun from 17:00",
        "2024-02-04 17:00 2024-02-04 18:00 2024-02-04 19:00 2024-02-04 20:00 2024-02-04 21:00",
    );
    // Nothing is left out day after day: a hole is a hole.
    let hole: Vec<String> =
        times(0..9, &every(60, 0, 1380)).into_iter().filter(|at| !at.contains("-04 0")).collect();
    goes_on(
        &hole,
        "hourly",
        "2024-01-10 00:00 2024-01-10 01:00 2024-01-10 02:00 2024-01-10 03:00 2024-01-10 04:00",
    );
}

#[test]
fn sessions_have_a_season_of_a_day() {
    let working = (0..21).filter(|d| d % 7 < 5);
    let csv = rows(times(working, &every(30, 540, 990)).iter().map(String::as_str));
    let series = read(&csv, &usual()).unwrap().series.remove(0);
    assert_eq!(season::natural(series.frequency().unwrap()), [2, 16, 80]);
    let day: Vec<f64> =
        (0..240).map(|i| f64::from((i % 16 - 8i32).pow(2) + i * i * 31 % 13)).collect();
    assert_eq!(season::find(&day, series.frequency()), Some(16));
}

#[test]
fn days_of_months_and_periods_of_weeks() {
    let dates = |list: &str| list.split(' ').map(str::to_owned).collect::<Vec<_>>();
    for (given, frequency, want) in [
        (
            "2023-10-02 2023-11-01 2023-12-01 2024-01-01 2024-02-01 2024-03-01 2024-04-01 2024-05-01",
            "monthly",
            "2024-06-03 2024-07-01 2024-08-01 2024-09-02 2024-10-01",
        ),
        (
            // 1 January was a holiday.
            "2023-10-02 2023-11-01 2023-12-01 2024-01-02 2024-02-01 2024-03-01 2024-04-01 2024-05-01",
            "monthly",
            "2024-06-03 2024-07-01 2024-08-01 2024-09-02 2024-10-01",
        ),
        (
            // Good Friday.
            "2023-11-30 2023-12-29 2024-01-31 2024-02-29 2024-03-28 2024-04-30",
            "monthly",
            "2024-05-31 2024-06-28 2024-07-31 2024-08-30 2024-09-30",
        ),
        (
            "2024-01-19 2024-02-16 2024-03-15 2024-04-19 2024-05-17",
            "monthly",
            "2024-06-21 2024-07-19 2024-08-16 2024-09-20 2024-10-18",
        ),
        (
            "2024-01-01 2024-01-15 2024-02-01 2024-02-15 2024-03-01 2024-03-15 2024-04-01 2024-04-15",
            "semimonthly, days 1 and 15",
            "2024-05-01 2024-05-15 2024-06-01 2024-06-15 2024-07-01",
        ),
        (
            "2023-12-15 2023-12-31 2024-01-15 2024-01-31 2024-02-15 2024-02-29 2024-03-15",
            "semimonthly, day 15 and the last day",
            "2024-03-31 2024-04-15 2024-04-30 2024-05-15 2024-05-31",
        ),
        (
            "2023-04-29 2023-05-27 2023-07-01 2023-07-29 2023-08-26 2023-09-30 2023-10-28 2023-11-25 \
             2023-12-30 2024-01-27 2024-02-24",
            "periods of 4, 4 and 5 weeks",
            "2024-03-30 2024-04-27 2024-05-25 2024-06-29 2024-07-27",
        ),
        (
            // 53 weeks: five and then six weeks, and the cycle begins a week later.
            "2022-10-29 2022-11-26 2022-12-31 2023-01-28 2023-02-25 2023-04-01 2023-04-29 2023-05-27 \
             2023-07-01 2023-07-29 2023-08-26 2023-09-30 2023-10-28 2023-11-25 2024-01-06 2024-02-03 \
             2024-03-02 2024-04-06 2024-05-04 2024-06-01",
            "periods of 4, 4 and 5 weeks",
            "2024-07-06 2024-08-03 2024-08-31 2024-10-05 2024-11-02",
        ),
        (
            "2020-01-06 2020-02-03 2020-03-02 2020-03-30 2020-04-27",
            "every 28 days",
            "2020-05-25 2020-06-22 2020-07-20 2020-08-17 2020-09-14",
        ),
        ("2019Q4 2020Q1 2020Q2 2020Q3", "quarterly", "2020Q4 2021Q1 2021Q2 2021Q3 2021Q4"),
    ] {
        goes_on(&dates(given), frequency, want);
    }
}

/// The dates of a named calendar from the first at or after a day, as pandas' `date_range` has them.
fn dates_of(name: &str, last: &str, n: usize) -> Vec<String> {
    let named: NamedFrequency = name.parse().unwrap();
    let options = ReadOptions {
        freq: Some(named.frequency),
        freq_anchor: named.anchor,
        one_row: true,
        ..usual()
    };
    let loaded = read(&rows([last]), &options).unwrap();
    (0..n).map(|k| loaded.series[0].label(k)).collect()
}

#[test]
fn a_weekday_of_each_month_is_no_retail_calendar() {
    for (name, first) in [
        ("LWOM-FRI", "2017-01-27"),
        ("LWOM-FRI", "2019-01-25"),
        ("LWOM-SAT", "2017-01-28"),
        ("LWOM-MON", "2015-02-23"),
        ("WOM-4FRI", "2017-01-27"),
        ("WOM-3WED", "2020-05-20"),
    ] {
        let all = dates_of(name, first, 95);
        for n in 6..90 {
            let loaded = read(&rows(all[..n].iter().map(String::as_str)), &usual()).unwrap();
            let want = all[n..n + 3].join(" ");
            assert_eq!(next(&loaded.series[0], 3), want, "{n} dates of {name} from {first}");
        }
    }
    // For two years the two calendars may be the same.
    let both = dates_of("LWOM-FRI", "2017-01-27", 10);
    let loaded = read(&rows(both.iter().map(String::as_str)), &usual()).unwrap();
    let said = |note: &String| note.contains("last Friday") && note.contains("`--freq 4-4-5`");
    assert!(loaded.notes.iter().any(said), "{:?}", loaded.notes);
    let monthly = dates_of("LWOM-FRI", "2017-01-27", 40);
    let loaded = read(&rows(monthly.iter().map(String::as_str)), &usual()).unwrap();
    assert!(!loaded.notes.iter().any(said), "{:?}", loaded.notes);
}

#[test]
fn every_second_business_day_leaves_weekends_out() {
    for n in [2, 3, 4, 6] {
        let all: Vec<String> = (0..).filter(|d| d % 7 < 5).map(day).step_by(n).take(45).collect();
        let want = all[40..].join(" ");
        goes_on(&all[..40], &format!("every {n} business days"), &want);
        let mut holes = all[..40].to_vec();
        holes.remove(11);
        let loaded = read(&rows(holes.iter().map(String::as_str)), &usual()).unwrap();
        assert_eq!((loaded.series[0].len(), next(&loaded.series[0], 5)), (40, want), "{n}");
    }
}

#[test]
fn a_calendar_given_by_hand() {
    let dates = |list: &str| list.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let given = |name: &str| {
        let named: NamedFrequency = name.parse().unwrap();
        ReadOptions { freq: Some(named.frequency), freq_anchor: named.anchor, ..usual() }
    };
    for (name, list, want) in [
        ("BMS", "2024-02-01 2024-03-01 2024-04-01 2024-05-01", "2024-06-03 2024-07-01"),
        ("BME", "2024-01-31 2024-02-29 2024-04-30", "2024-05-31 2024-06-28"),
        ("WOM-3FRI", "2024-01-19 2024-02-16 2024-03-15", "2024-04-19 2024-05-17"),
        ("LWOM-FRI", "2024-01-26 2024-02-23 2024-03-29", "2024-04-26 2024-05-31"),
        ("SMS", "2024-02-01 2024-02-15 2024-03-01", "2024-03-15 2024-04-01"),
        ("SME", "2024-01-31 2024-02-15 2024-02-29", "2024-03-15 2024-03-31"),
        ("SM@5,20", "2024-02-05 2024-02-20 2024-03-05", "2024-03-20 2024-04-05"),
        ("W-SUN", "2024-01-07 2024-01-14 2024-01-21", "2024-01-28 2024-02-04"),
        ("4-4-5", "2024-01-27 2024-02-24 2024-03-30", "2024-04-27 2024-05-25"),
        ("D@Mon-Sat", "2024-01-04 2024-01-05 2024-01-06", "2024-01-08 2024-01-09"),
        ("QS-OCT", "2023-10-01 2024-01-01 2024-04-01", "2024-07-01 2024-10-01"),
        ("4W-MON", "2024-01-01 2024-01-29 2024-02-26", "2024-03-25 2024-04-22"),
        ("2SMS", "2024-01-15 2024-02-15 2024-03-15", "2024-04-15 2024-05-15"),
        ("SMS-16", "2024-02-01 2024-02-16 2024-03-01", "2024-03-16 2024-04-01"),
        ("C", "2024-01-03 2024-01-04 2024-01-05", "2024-01-08 2024-01-09"),
        ("CBMS", "2024-02-01 2024-03-01 2024-04-01", "2024-05-01 2024-06-03"),
        ("2B", "2024-01-01 2024-01-03 2024-01-05", "2024-01-09 2024-01-11"),
        (
            "bh",
            "2024-01-05T15:00 2024-01-05T16:00 2024-01-08T09:00",
            "2024-01-08T10:00 2024-01-08T11:00",
        ),
        (
            "1h30min",
            "2024-01-05T15:00 2024-01-05T16:30 2024-01-05T18:00",
            "2024-01-05T19:30 2024-01-05T21:00",
        ),
    ] {
        let csv = rows(dates(list).iter().map(String::as_str));
        let loaded = read(&csv, &given(name)).unwrap();
        assert_eq!(next(&loaded.series[0], 2), want, "{name}");
    }
    let hours = times(0..1, &every(30, 900, 990));
    let csv = rows(hours.iter().map(String::as_str));
    let mut options = given("30min@9:00-16:30,Mon-Fri");
    assert_eq!(
        next(&read(&csv, &options).unwrap().series[0], 2),
        "2024-01-02 09:00 2024-01-02 09:30"
    );
    options.freq = Some("30min@9:00-15:30".parse().unwrap());
    let error = read(&csv, &options).unwrap_err();
    assert!(error.contains("does not have the step that `--freq` gives"), "{error}");
    // Sundays are no Mondays.
    let error =
        read(&rows(["2024-01-01", "2024-01-08", "2024-01-15"]), &given("W-SUN")).unwrap_err();
    assert!(error.contains("does not stand on the day that `--freq` names"), "{error}");
    for (bad, said) in [
        ("30min@9:00-16:45", "no whole number of steps"),
        ("30min@morning", "`morning` is neither hours nor days"),
        ("h@444444401-9:00", "`444444401-9:00` is neither hours nor days"),
        ("W@Mon-Fri", "steps of a day or below"),
        ("h@9-11,12-13,14-15", "one window of hours, or two"),
        ("W-FOO", "frequency"),
        ("WOM-9FRI", "frequency"),
        ("WOM-", "frequency"),
        ("SM@20,5", "no calendar"),
    ] {
        let error = bad.parse::<NamedFrequency>().unwrap_err().to_string();
        assert!(error.contains(said), "{bad}: {error}");
    }
}

#[test]
fn dates_that_cannot_be_right_are_refused_with_their_line() {
    let slip: Vec<String> = (0..60).map(day).chain(["2032-03-01".to_owned()]).collect();
    let csv = rows(slip.iter().map(String::as_str));
    let error = read(&csv, &usual()).unwrap_err();
    assert!(error.contains("is far away from all other dates"), "{error}");
    assert!(error.contains("data.csv:62") && error.contains("2032-03-01"), "{error}");
    assert!(error.contains("`--missing-dates skip`"), "{error}");
    let skip = ReadOptions { missing_dates: MissingDates::Skip, ..usual() };
    assert_eq!(read(&csv, &skip).unwrap().series[0].len(), 61);
    let first: Vec<String> =
        ["1924-01-01".to_owned()].into_iter().chain((0..60).map(day)).collect();
    let error = read(&rows(first.iter().map(String::as_str)), &usual()).unwrap_err();
    assert!(error.contains("data.csv:2") && error.contains("1924-01-01"), "{error}");
    // Steps of 30 days, and then days.
    let change: Vec<String> = (0..8).map(|k| day(30 * k)).chain((211..271).map(day)).collect();
    let error = read(&rows(change.iter().map(String::as_str)), &usual()).unwrap_err();
    assert!(error.contains("is where the step of the dates changes"), "{error}");
    assert!(error.contains("data.csv:9") && error.contains("every 30 days before it"), "{error}");
    assert!(error.contains("daily after it") && error.contains("`--time-col none`"), "{error}");
    // A hole of some weeks is nothing of that kind.
    let hole: Vec<String> = (0..40).chain(60..100).map(day).collect();
    let loaded = read(&rows(hole.iter().map(String::as_str)), &usual()).unwrap();
    assert_eq!(loaded.series[0].len(), 100);
    // Of several series, one with such a date is named and does not stop the others.
    let mut csv = "unique_id,ds,y\n".to_owned();
    for (id, dates) in [("a", &hole), ("b", &slip)] {
        dates.iter().for_each(|date| csv += &format!("{id},{date},1\n"));
    }
    let loaded = read(&csv, &usual()).unwrap();
    let note = loaded.notes.iter().find(|note| note.contains("far away")).unwrap();
    assert!(note.contains("line 142") && note.contains("2032-03-01"), "{note}");
}

#[test]
fn dates_without_a_calendar_are_warned_of() {
    let days = (0..50).scan(0, |at, k| {
        *at += 1 + k * k % 7;
        Some(*at)
    });
    let times: Vec<String> = days.map(|d| format!("{} {:02}:00", day(d), d * d % 13)).collect();
    let loaded = read(&rows(times.iter().map(String::as_str)), &usual()).unwrap();
    let note = &loaded.notes[0];
    assert!(note.contains("WARNING: the dates of series `y` are irregular"), "{note}");
    assert!(note.contains("`--freq`") && note.contains("`--time-col none`"), "{note}");
}

#[test]
fn jitter_of_seconds_is_no_irregularity() {
    let times: Vec<String> = (0..72)
        .filter(|h| *h != 30)
        .map(|h| format!("{} {:02}:00:{:02}", day(h / 24), h % 24, 1 + h * h % 9))
        .collect();
    let loaded = read(&rows(times.iter().map(String::as_str)), &usual()).unwrap();
    let series = &loaded.series[0];
    assert_eq!(series.frequency(), Some(Frequency::HOURLY));
    assert_eq!(series.len(), 72);
    assert_eq!(next(series, 2), "2024-01-04 00:00:00 2024-01-04 01:00:00");
    let notes = loaded.notes.join("\n");
    assert!(notes.contains("71 dates a little off a regular grid (hourly)"), "{notes}");
    assert!(notes.contains("1 date absent"), "{notes}");
}

#[test]
fn a_zone_keeps_the_day_over_daylight_saving() {
    // A fortnight around the last Sunday of March and of October, in UTC: a peak at 8 o'clock in Berlin.
    let zone: elman::data::calendar::Zone = "Europe/Berlin".parse().unwrap();
    for (days, switched, hours, said) in [
        (83..97, "2024-03-31 02:00", 14 * 24 + 1, "1 date absent"),
        (293..307, "2024-10-27 02:00", 14 * 24 - 1, "1 row of the hour that comes twice in autumn"),
    ] {
        let summer = |at: &str| ("2024-03-31 01:00".."2024-10-27 01:00").contains(&at);
        let all = times(days, &every(60, 0, 1380));
        let peak = |at: &str| {
            if at[11..13].parse::<u32>().unwrap() + if summer(at) { 2 } else { 1 } == 8 {
                9
            } else {
                1
            }
        };
        let csv: String = all.iter().map(|at| format!("{at}Z,{}\n", peak(at))).collect();
        let options = ReadOptions { tz: Some(zone.clone()), ..usual() };
        let loaded = read(&format!("ds,y\n{csv}"), &options).unwrap();
        let series = &loaded.series[0];
        assert_eq!(series.len(), hours, "{switched}");
        assert!(loaded.notes.iter().any(|note| note.contains(said)), "{:?}", loaded.notes);
        // One peak a day, at one hour of the day.
        let peaks: Vec<usize> = (0..hours).filter(|i| series.values[*i] > 5.0).collect();
        assert_eq!(peaks.len(), 14);
        assert!(peaks.windows(2).all(|w| w[1] - w[0] == 24), "{peaks:?}");
        // What comes next is written in UTC again.
        let last = all.last().unwrap();
        assert_eq!(series.label(hours - 1), format!("{last}Z"));
        assert_eq!(&series.label(hours)[10..], " 00:00Z");
    }
    // The hour that spring leaves out is no future one.
    let csv = rows(["2024-03-30 22:00+01:00", "2024-03-30 23:00+01:00", "2024-03-31 00:00+01:00"]);
    let options = ReadOptions { tz: Some(zone), ..usual() };
    let clock = read(&csv, &options).unwrap().series[0].clock();
    let next: Vec<String> = (1..=4).filter(|k| clock.exists(*k)).map(|k| clock.label(k)).collect();
    assert_eq!(
        next,
        ["2024-03-31 01:00+01:00", "2024-03-31 03:00+02:00", "2024-03-31 04:00+02:00"]
    );
}

fn any_calendar() -> impl Strategy<Value = String> {
    prop_oneof![
        (1u32..13).prop_map(|n| format!("{n}MS")),
        (1u32..40).prop_map(|n| format!("{n}D")),
        (1u32..500).prop_map(|n| format!("{n}min")),
        Just("B".to_owned()),
        Just("BMS".to_owned()),
        Just("BME".to_owned()),
        Just("SMS".to_owned()),
        Just("SME".to_owned()),
        Just("4-4-5".to_owned()),
        Just("2B".to_owned()),
        Just("D@Mon-Sat".to_owned()),
        Just("h@Mon-Fri".to_owned()),
        Just("30min@9:00-16:30,Mon-Fri".to_owned()),
        Just("15min@6:00-21:45".to_owned()),
        Just("h@18:00-2:00".to_owned()),
        Just("30min@9:30-11:00,13:00-14:30,Mon-Fri".to_owned()),
    ]
}

/// A clock on that calendar, at a day of 2023.
fn clock(name: &str, day: u32) -> FutureIndex {
    let named: NamedFrequency = name.parse().unwrap();
    let options = ReadOptions { freq: Some(named.frequency), one_row: true, ..usual() };
    let csv = format!("ds,y\n2023-{:02}-{:02} 00:00,1\n", day / 28 + 1, day % 28 + 1);
    let clock = read(&csv, &options).unwrap().series[0].clock();
    let FutureIndex::Dates { last, frequency, anchor, style } = clock else { panic!("no dates") };
    FutureIndex::Dates { last, frequency, anchor: named.anchor.unwrap_or(anchor), style }
}

proptest! {
    #[test]
    fn steps_at_once_are_steps_one_by_one(name in any_calendar(), day in 0u32..336) {
        let from = clock(&name, day);
        let mut at = from.clone();
        for k in 1..60 {
            if let FutureIndex::Dates { last, .. } = &mut at {
                *last = from.stamp(k - 1).filter(|_| k > 1).unwrap_or(*last);
            }
            prop_assert_eq!(from.label(k), at.label(1), "{}, step {}", name, k);
        }
        let json = serde_json::to_string(&from).unwrap();
        prop_assert_eq!(serde_json::from_str::<FutureIndex>(&json).unwrap(), from);
    }

    #[test]
    fn dates_of_a_calendar_are_found_to_be_of_it(name in any_calendar(), day in 0u32..336) {
        let from = clock(&name, day);
        // A month of half-hours, and ten years of months.
        let count = if from.position(2) - from.position(1) < 86_400.0 { 500 } else { 60 };
        let dates: Vec<String> = (1..=count).map(|k| from.label(k)).collect();
        let loaded = read(&rows(dates.iter().map(String::as_str)), &usual()).unwrap();
        let series = &loaded.series[0];
        prop_assert_eq!(series.len(), dates.len(), "{}: {:?}", name, loaded.notes);
        for k in 0..40 {
            prop_assert_eq!(series.label(count + k), from.label(count + k + 1), "{}", name);
        }
    }
}
