//! Networks of a panel kept in a file.

use elman::TrainingRun;
use elman::data::Series;
use elman::io::read::ReadOptions;
use elman::nn::file::ModelFile;
use elman::select::{AutoForecaster, FittedForecaster, Forecast, ModelKind};

fn panel(len: usize) -> Vec<Series> {
    let season = [30.0, -10.0, 5.0, -25.0];
    (0..4)
        .map(|s| {
            let wobble = |t: usize| ((t * (7 + s) + t * t) % 11) as f64;
            let values = (0..len).map(|t| 200.0 + 3.0 * t as f64 + season[t % 4] + wobble(t));
            Series::counted(format!("s{s}"), values.collect())
        })
        .collect()
}

fn fitted(known: &[Series]) -> FittedForecaster {
    let settings = AutoForecaster { max_steps: Some(40), ..AutoForecaster::new(4) };
    settings.fit(known).unwrap()
}

fn assert_same(a: &Forecast, b: &Forecast) {
    assert_eq!(a.values, b.values);
    assert_eq!(a.intervals, b.intervals);
}

#[test]
fn what_is_read_back_forecasts_the_same_bits() {
    let (known, longer) = (panel(48), panel(52));
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("panel.safetensors");
    let fitted = fitted(&known);
    let read = ReadOptions { wide: true, ..ReadOptions::default() };
    fitted.save(&path, &read).unwrap();
    let (again, read_again) = FittedForecaster::load(&path).unwrap();
    assert_eq!(read_again, read);
    assert_eq!(again.selection, fitted.selection);
    assert_eq!(again.settings, fitted.settings);
    for (panel, horizon) in [(&known, 4), (&longer, 4), (&longer, 2), (&known, 9)] {
        let [one, other] = [&fitted, &again].map(|f| f.predict_ahead(panel, horizon).unwrap());
        assert_same(&one, &other);
        assert_eq!(one.values[0].len(), horizon);
        assert_eq!(one.intervals[0][1].upper.len(), horizon);
    }
    // New values change what comes next.
    let [before, after] =
        [&known, &longer].map(|p| again.predict_ahead(p, 1).unwrap().values[0][0]);
    assert!(after > before + 5.0, "a season later: {before} {after}");
}

#[test]
fn levels_that_are_no_per_cent_are_refused_by_the_forecast_and_in_a_file() {
    let known = panel(48);
    let settings = AutoForecaster { levels: vec![0.95], ..AutoForecaster::new(4) };
    let refused = settings.fit_predict(&known).unwrap_err().to_string();
    assert!(refused.contains("did you mean 95?"), "{refused}");
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("panel.safetensors");
    let mut fitted = fitted(&known);
    fitted.settings.levels = vec![80.0, 1e308];
    fitted.save(&path, &ReadOptions::default()).unwrap();
    let damaged = FittedForecaster::load(&path).err().unwrap().to_string();
    assert!(damaged.contains("must be above 0 and below 100, in per cent"), "{damaged}");
}

#[test]
fn past_the_trained_horizon_the_walk_goes_on_over_what_was_forecast() {
    let known = panel(48);
    let fitted = fitted(&known);
    let far = fitted.predict_ahead(&known, 10).unwrap();
    let near = fitted.predict_ahead(&known, 4).unwrap();
    for (s, series) in known.iter().enumerate() {
        assert_eq!(far.values[s][..4], near.values[s][..]);
        // Bands go on as the root of the steps, in logs.
        let width = |k: usize| {
            let band = &far.intervals[s][1];
            (band.upper[k] / band.lower[k]).ln()
        };
        let expected = width(3) * (10.0_f64 / 4.0).sqrt();
        assert!((width(9) - expected).abs() < 1e-9, "{} {expected}", width(9));
        assert_eq!(near.intervals[s][1].upper[..], far.intervals[s][1].upper[..4]);
        // A season and a trend, and not the last value again.
        let truth = &panel(58)[s].values[48..];
        let error: f64 = far.values[s].iter().zip(truth).map(|(f, y)| (f - y).abs()).sum();
        let naive: f64 = truth.iter().map(|y| (series.values[47] - y).abs()).sum();
        assert!(error < 0.6 * naive, "series {s}: {error} {naive}");
    }
}

#[test]
fn values_without_a_logarithm_are_refused_by_networks_that_work_on_it() {
    let fitted = fitted(&panel(30));
    let mut other = panel(34);
    other[2].values[31] = 0.0;
    let error = fitted.predict_ahead(&other, 4).unwrap_err().to_string();
    assert!(error.contains("`s2` has the value 0") && error.contains("above 0"), "{error}");
    other[2].values[31] = f64::NAN;
    assert!(fitted.predict_ahead(&other, 4).is_ok(), "what is missing needs none");
}

#[test]
fn a_file_of_another_kind_is_refused() {
    let room = tempfile::tempdir().unwrap();
    let path = room.path().join("panel.safetensors");
    fitted(&panel(30)).save(&path, &ReadOptions::default()).unwrap();
    let file = ModelFile::read(&path).unwrap();
    assert_eq!(ModelKind::of(&file), ModelKind::Auto);
    let Err(error) = TrainingRun::resume(&file, None, None) else { panic!("no checkpoint") };
    assert!(error.to_string().contains("the checkpoint of a training is needed"), "{error}");

    let whole = std::fs::read(&path).unwrap();
    // One letter of the JSON is another: the document stays as long as it is.
    let at = whole.windows(13).position(|w| w == b"\\\"settings\\\":").unwrap();
    let mut damaged = whole.clone();
    damaged[at + 3] = b'x';
    std::fs::write(&path, damaged).unwrap();
    let Err(error) = FittedForecaster::load(&path) else { panic!("damaged") };
    assert!(error.to_string().contains("damaged"), "{error}");

    std::fs::write(&path, &whole[..whole.len() - 100]).unwrap();
    assert!(FittedForecaster::load(&path).is_err(), "cut off");
}
