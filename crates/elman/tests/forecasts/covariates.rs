//! What is known beside the values: covariates, dates, and values that are missing.

use elman::backtest::{Backtest, BacktestSettings};
use elman::data::Series;
use elman::io::read::{Missing, MissingDates, ReadOptions, read_panel_from};
use elman::select::{AutoForecaster, FittedForecaster, RunContext};

const HORIZON: usize = 5;

fn noise(seed: &mut u64) -> f64 {
    *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    (*seed >> 33) as f64 / (1_u64 << 31) as f64 - 0.5
}

/// Three shops over `days` and `ahead` more without sales. A promotion is worth 40; its days follow no
/// rhythm.
fn shops(days: usize, ahead: usize) -> String {
    let mut csv = "shop,date,region,promo,heat,units\n".to_owned();
    for shop in 0..3 {
        let mut seed = shop + 1;
        for t in 0..days + ahead {
            let (month, day) = (1 + t / 28, 1 + t % 28);
            let promo = u8::from(noise(&mut seed) > 0.2);
            let heat = 10.0 + noise(&mut seed);
            let units = 100.0 + 40.0 * f64::from(promo) + 4.0 * noise(&mut seed);
            let units = if t < days { format!("{units:.2}") } else { String::new() };
            let region = if shop == 1 { "south" } else { "north" };
            csv.push_str(&format!(
                "s{shop},2020-{month:02}-{day:02},{region},{promo},{heat:.3},{units}\n"
            ));
        }
    }
    csv
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn options() -> ReadOptions {
    ReadOptions {
        target: Some("units".to_owned()),
        id_col: Some("shop".to_owned()),
        missing: Missing::Mask,
        // Its months have 28 days.
        missing_dates: MissingDates::Skip,
        futr_exog: names(&["promo"]),
        ..ReadOptions::default()
    }
}

fn read(csv: &str, options: &ReadOptions) -> Vec<Series> {
    read_panel_from(csv.as_bytes(), "shops.csv", options).unwrap().series
}

fn refused(csv: &str, options: &ReadOptions) -> String {
    read_panel_from(csv.as_bytes(), "shops.csv", options).unwrap_err().to_string()
}

fn settings() -> AutoForecaster {
    AutoForecaster { max_steps: Some(100), seasons: Some(vec![]), ..AutoForecaster::new(HORIZON) }
}

#[test]
fn what_is_known_ahead_is_read_and_foreseen() {
    let csv = shops(120, HORIZON);
    let panel = read(&csv, &options());
    assert_eq!(panel[0].len(), 120);
    assert_eq!(panel[0].covariates.future[0].values.len(), 125);
    let fitted = settings().fit(&panel).unwrap();
    let forecast = fitted.predict_ahead(&panel, HORIZON).unwrap();
    assert_eq!(forecast.selection.covariates, ["promo"]);
    assert!(
        forecast
            .selection
            .candidate_scores
            .iter()
            .any(|t| t.selected && t.preprocessing.use_covariates)
    );
    let mut promotions = 0;
    for (series, said) in panel.iter().zip(&forecast.values) {
        for (promo, y) in series.covariates.future[0].values[120..].iter().zip(said) {
            assert!((y - 100.0 - 40.0 * promo).abs() < 12.0, "{promo}: {y}");
            promotions += usize::from(*promo == 1.0);
        }
    }
    assert!((1..14).contains(&promotions), "both kinds of days: {promotions}");
    // Other plans change what is foreseen, and what they change lies ahead.
    let mut other = panel.clone();
    for series in &mut other {
        series.covariates.future[0].values[120..]
            .iter_mut()
            .for_each(|promo| *promo = 1.0 - *promo);
    }
    let two = fitted.predict_ahead(&other, HORIZON).unwrap();
    for (a, b) in forecast.values.iter().flatten().zip(two.values.iter().flatten()) {
        assert!((a - b).abs() > 15.0, "{a} {b}");
    }
}

#[test]
fn a_future_that_is_not_known_is_an_error_that_names_the_dates() {
    let panel = read(&shops(60, 3), &options());
    let error = settings().fit_predict(&panel).unwrap_err().to_string();
    assert!(
        error.contains("`promo` of series `s0` is not known for 2020-03-08 to 2020-03-09"),
        "{error}"
    );
    // Nearer, it is.
    let near = AutoForecaster { horizon: 3, max_steps: Some(4), ..settings() };
    let fitted = near.fit(&panel).unwrap();
    assert!(fitted.predict_ahead(&panel, 3).is_ok());
    assert!(fitted.predict_ahead(&panel, 4).is_err());

    let csv = shops(60, 3);
    let gap = csv.replacen("s0,2020-03-06", "s0,2020-03-16", 1);
    let error = refused(&gap, &ReadOptions { sort: true, ..options() });
    assert!(error.contains("is not the next date") && error.contains("2020-03-06"), "{error}");
    let hole = csv.replacen("s0,2020-01-09,north,1,", "s0,2020-01-09,north,,", 1);
    let hole = hole.replacen("s0,2020-01-09,north,0,", "s0,2020-01-09,north,,", 1);
    let error = refused(&hole, &options());
    assert!(error.contains("shops.csv:10, column 4 (\"promo\")"), "{error}");
}

#[test]
fn nothing_behind_a_cutoff_is_looked_at_but_what_is_known_ahead() {
    let all =
        ReadOptions { hist_exog: names(&["heat"]), static_exog: names(&["region"]), ..options() };
    let panel = read(&shops(70, 0), &all);
    let mut poisoned = panel.clone();
    for series in &mut poisoned {
        series.values[65..].iter_mut().for_each(|y| *y = 1e9);
        series.covariates.past[0].values[65..].iter_mut().for_each(|x| *x = 1e9);
    }
    let settings = BacktestSettings {
        forecaster: AutoForecaster { max_steps: Some(20), calendar: true, ..settings() },
        n_windows: 1,
        step_size: 1,
        refit: false,
    };
    let [one, other] =
        [&panel, &poisoned].map(|p| Backtest::run(p, &settings, &RunContext::default()).unwrap());
    assert_eq!(one.forecasts, other.forecasts);
    assert_eq!(one.intervals, other.intervals);
    assert_eq!(one.selection.covariates, ["promo", "heat", "region", "calendar"]);
}

#[test]
fn static_covariates_are_categories_or_numbers_and_do_not_change() {
    let all = ReadOptions { static_exog: names(&["region"]), futr_exog: vec![], ..options() };
    let csv = shops(40, 0);
    let panel = read(&csv, &all);
    assert_eq!(panel[1].covariates.fixed, [("region".to_owned(), "south".to_owned())]);
    let small = AutoForecaster { max_steps: Some(10), ..settings() };
    let fitted = small.fit(&panel).unwrap();
    let mut other = panel.clone();
    other[0].covariates.fixed[0].1 = "west".to_owned();
    let error = fitted.predict_ahead(&other, 5).unwrap_err().to_string();
    assert!(
        error.contains("knows no `region` of \"west\"") && error.contains("north, south"),
        "{error}"
    );
    other[0].covariates.fixed.clear();
    let error = fitted.predict_ahead(&other, 5).unwrap_err().to_string();
    assert!(error.contains("no covariate `region`"), "{error}");

    let changes = ReadOptions { static_exog: names(&["promo"]), futr_exog: vec![], ..options() };
    let error = refused(&csv, &changes);
    assert!(error.contains("changes within a series") && error.contains("--hist-exog"), "{error}");
    let words = ReadOptions { hist_exog: names(&["region"]), ..options() };
    assert!(refused(&csv, &words).contains("is not a number"));
}

#[test]
fn kept_networks_know_their_covariates() {
    let panel = read(&shops(60, 5), &ReadOptions { static_exog: names(&["region"]), ..options() });
    let small = AutoForecaster { max_steps: Some(20), calendar: true, ..settings() };
    let fitted = small.fit(&panel).unwrap();
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("m.safetensors");
    fitted.save(&path, &options()).unwrap();
    let (again, read) = FittedForecaster::load(&path).unwrap();
    assert_eq!(read.futr_exog, ["promo"]);
    let [one, other] = [&fitted, &again].map(|f| f.predict_ahead(&panel, 5).unwrap());
    assert_eq!(one.values, other.values);
}

#[test]
fn a_calendar_knows_the_end_of_the_month_and_needs_dates() {
    // Months are of unlike length, so that no season says when they end.
    let mut csv = "ds,y\n".to_owned();
    let mut seed = 1;
    for t in 0..16 {
        let month = t % 12;
        let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month];
        for day in 1..=days {
            let y = 100.0 + if day + 4 > days { 40.0 } else { 0.0 } + 2.0 * noise(&mut seed);
            csv.push_str(&format!("{}-{:02}-{day:02},{y:.2}\n", 2021 + t / 12, month + 1));
        }
    }
    let options = ReadOptions::default();
    let dated = read_panel_from(csv.as_bytes(), "x.csv", &options).unwrap().series;
    let mae = |calendar: bool| {
        let panel = AutoForecaster {
            calendar,
            max_steps: Some(250),
            hidden_size: 12,
            seasons: Some(vec![]),
            ..AutoForecaster::new(5)
        };
        let settings =
            BacktestSettings { forecaster: panel, n_windows: 20, step_size: 3, refit: false };
        let back = Backtest::run(&dated, &settings, &RunContext::default()).unwrap();
        assert_eq!(back.selection.covariates.len(), usize::from(calendar));
        back.scores[0].metrics[0].unwrap()
    };
    let (with, without) = (mae(true), mae(false));
    assert!(with < 0.75 * without, "{with} {without}");

    let undated = read_panel_from("y\n1\n2\n3\n4\n5\n6\n".as_bytes(), "x.csv", &options).unwrap();
    let calendar = AutoForecaster { calendar: true, ..AutoForecaster::new(5) };
    let error = calendar.fit_predict(&undated.series).unwrap_err().to_string();
    assert!(error.contains("features need dates"), "{error}");
}

#[test]
fn missing_values_have_no_part_and_words_are_still_refused() {
    let csv = shops(120, 0);
    let lines: Vec<&str> = csv.lines().collect();
    let holed: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(i, line)| match line.rsplit_once(',') {
            Some((rest, _)) if i > 0 && i % 9 == 0 => format!("{rest},NA"),
            _ => (*line).to_owned(),
        })
        .collect();
    let holed = format!("{}\n", holed.join("\n"));
    let panel = read(&holed, &options());
    let missing = panel.iter().flat_map(|s| &s.values).filter(|y| y.is_nan()).count();
    assert!((35..=40).contains(&missing), "{missing}");
    assert!(panel[0].describe().contains("of them missing"), "{}", panel[0].describe());
    let panel_settings = AutoForecaster { max_steps: Some(60), hidden_size: 12, ..settings() };
    let settings =
        BacktestSettings { forecaster: panel_settings, n_windows: 4, step_size: 5, refit: false };
    let back = Backtest::run(&panel, &settings, &RunContext::default()).unwrap();
    let whole = Backtest::run(&read(&csv, &options()), &settings, &RunContext::default()).unwrap();
    for scored in &back.scores {
        let found = scored.metrics.iter().all(|m| m.is_some_and(f64::is_finite));
        assert!(found, "{scored:?}");
    }
    // Nearly as good as with all of them.
    let mae = |back: &Backtest| back.scores[0].metrics[0].unwrap();
    assert!(mae(&back) < 2.0 * mae(&whole) + 2.0, "{} {}", mae(&back), mae(&whole));
    assert!(back.forecasts.iter().flatten().flatten().all(|y| y.is_finite()));
    assert!(back.coverage.iter().all(|share| (0.3..=1.0).contains(share)), "{:?}", back.coverage);

    let word = csv.replacen("s1,2020-01-03,south,", "s1,2020-01-03,south,oops,", 1);
    assert!(read_panel_from(word.as_bytes(), "x.csv", &options()).is_err());
    let word = {
        let mut lines: Vec<String> = holed.lines().map(str::to_owned).collect();
        let (rest, _) = lines[14].rsplit_once(',').map(|(a, b)| (a.to_owned(), b)).unwrap();
        lines[14] = format!("{rest},oops");
        lines.join("\n")
    };
    let error = refused(&word, &options());
    assert!(error.contains("shops.csv:15") && error.contains("oops"), "{error}");
    // All missing at both ends: left out, and said.
    let ends = read_panel_from(
        "y\nNA\n1\n2\nNA\n3\n4\n\"\"\n".as_bytes(),
        "x.csv",
        &ReadOptions { missing: Missing::Mask, ..ReadOptions::default() },
    );
    let ends = ends.unwrap();
    assert_eq!(ends.series[0].len(), 5);
    assert!(ends.notes[0].contains("1 missing value masked"), "{:?}", ends.notes);
}

#[test]
fn a_target_is_no_covariate_and_a_series_a_line_has_none() {
    let csv = "ds,y,x\n2020-01-01,1,2\n2020-01-02,2,3\n2020-01-03,3,4\n";
    let itself = ReadOptions {
        futr_exog: names(&["y"]),
        target: Some("y".to_owned()),
        ..ReadOptions::default()
    };
    let error = refused(csv, &itself);
    assert!(error.contains("cannot be a covariate"), "{error}");
    let m4 = "V1,V2,V3,V4\nA,1,2,3\nB,4,5,6\n";
    let asked = ReadOptions { hist_exog: names(&["x"]), ..ReadOptions::default() };
    let error = refused(m4, &asked);
    assert!(error.contains("no column `x`"), "{error}");
}

#[test]
fn what_cannot_be_tried_is_not_believed() {
    let csv = "ds,y\n2020-01-01,5\n2020-01-02,\n2020-01-03,\n2020-01-04,8\n";
    let masked = ReadOptions { missing: Missing::Mask, ..ReadOptions::default() };
    let panel = read_panel_from(csv.as_bytes(), "x.csv", &masked).unwrap().series;
    let forecast = AutoForecaster::new(2).fit_predict(&panel).unwrap();
    assert!(forecast.values[0].iter().all(|y| (6.0..9.0).contains(y)), "{:?}", forecast.values);
    // No bands, and the columns of the table are still there.
    let mut table = Vec::new();
    let columns = elman::io::write::Columns::with(&forecast.levels);
    elman::io::write::csv(&mut table, &columns, forecast.rows(&panel)).unwrap();
    let table = String::from_utf8(table).unwrap();
    assert_eq!(table.lines().nth(1).unwrap().matches(',').count(), 6, "{table}");
    assert!(table.lines().all(|line| !line.contains("NaN")), "{table}");
}

#[test]
fn networks_with_covariates_are_not_blended_with_models_that_lack_them() {
    // Two forecasts of the last eight values: few, but the covariate decides the series.
    let promotion = |t: usize| if (t * t + t / 3) % 5 < 2 { 1.0 } else { 0.0 };
    let rows = (0..104).map(|t| {
        let y = if t < 96 { (20.0 + 30.0 * promotion(t)).to_string() } else { String::new() };
        format!("2020-{:02}-{:02},{y},{}\n", 1 + t / 28, 1 + t % 28, promotion(t))
    });
    let csv = format!("ds,y,promotion\n{}", rows.collect::<String>());
    let options = ReadOptions {
        futr_exog: names(&["promotion"]),
        target: Some("y".to_owned()),
        missing_dates: MissingDates::Skip,
        ..ReadOptions::default()
    };
    let panel = read_panel_from(csv.as_bytes(), "x.csv", &options).unwrap().series;
    let forecast = AutoForecaster::new(8).fit_predict(&panel).unwrap();
    assert!(forecast.selection.evidence.independent < 10, "{:?}", forecast.selection.evidence);
    assert_eq!(forecast.selection.network_weight, 1.0);
    for (k, y) in forecast.values[0].iter().enumerate() {
        let right = 20.0 + 30.0 * promotion(96 + k);
        assert!((y - right).abs() < 8.0, "{k}: {y} for {right}");
    }
}
