//! Scalers, baselines, metrics and the table of a forecast, by hand.

use elman::error::Error;
use elman::io::read::{ReadOptions, read_series_from};
use elman::io::write;
use elman::metrics::Metric;
use elman::models::baselines::Baseline;
use elman::nn::registry::Entry;
use elman::transforms::scalers::Scaler;

#[test]
fn standard_scores_by_hand() {
    let fitted = Scaler::find("standard").unwrap().fit(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
    assert_eq!(fitted.transform_all(&[5.0, 9.0]), [0.0, 2.0]);
    let constant = Scaler::find("standard").unwrap().fit(&[0.1; 7]);
    assert!(constant.transform(1.1) - 1.0 < 1e-12, "the deviation of equal values is 1");
    let error = Error::from(Scaler::find("standart").unwrap_err()).to_string();
    assert!(error.contains("did you mean `standard`?"), "{error}");
}

#[test]
fn scores_by_quartiles_and_by_ends_by_hand() {
    // Quartiles on the line between neighbours, as those of NumPy are: 2.75, 4.5 and 6.5.
    let values = [9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0];
    let robust = Scaler::find("robust").unwrap().fit(&values);
    assert_eq!(robust.transform_all(&[4.5, 8.75]), [0.0, 4.25 / 3.75]);
    let outlier = [900.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0];
    assert_eq!(Scaler::find("robust").unwrap().fit(&outlier), robust, "outliers do not move it");
    let ends = Scaler::find("minmax").unwrap().fit(&values);
    assert_eq!(ends.transform_all(&[1.0, 5.0, 9.0]), [0.0, 0.5, 1.0]);
    for name in ["robust", "minmax"] {
        let alike = Scaler::find(name).unwrap().fit(&[0.1; 7]);
        assert_eq!(alike.transform_all(&[0.1, 1.1]), [0.0, 1.0], "{name}");
    }
}

#[test]
fn baselines_by_hand() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];
    let forecast = |name: &str, values: &[f64], horizon: usize| {
        Baseline::find(name).unwrap().forecast(values, horizon, 3)
    };
    assert_eq!(forecast("naive", &values, 2).unwrap(), [7.0, 7.0]);
    assert_eq!(forecast("mean", &[1.0, 3.0, 8.0, 100.0], 2).unwrap(), [28.0, 28.0]);
    let seasonal = forecast("seasonal_naive", &values, 5).unwrap();
    assert_eq!(seasonal, [5.0, 6.0, 7.0, 5.0, 6.0]);
    assert!(matches!(
        forecast("seasonal_naive", &values[..2], 1),
        Err(Error::ShortHistory { needed: 3, got: 2, .. })
    ));
    for baseline in Baseline::ALL {
        let none = baseline.forecast(&[], 1, 1);
        assert!(matches!(none, Err(Error::ShortHistory { .. })), "{}", baseline.name);
    }
}

#[test]
fn metrics_by_hand() {
    let score = |name: &str| {
        Metric::find(name).unwrap().score(&[1.0, 2.0, 3.0], &[1.0, 5.0, -1.0]).unwrap()
    };
    assert_eq!(score("mae"), 7.0 / 3.0);
    assert_eq!(score("rmse"), (25.0f64 / 3.0).sqrt());
    for metric in Metric::ALL {
        let perfect = metric.score(&[2.0], &[2.0]);
        let scaled = ["mase", "rmsse"].contains(&metric.name);
        assert_eq!(perfect.ok(), (!scaled).then_some(0.0), "{}", metric.name);
        assert!(matches!(metric.score(&[1.0], &[1.0, 2.0]), Err(Error::Length { .. })));
        assert!(matches!(
            metric.score(&[1.0, f64::NAN], &[1.0, 2.0]),
            Err(Error::NotFinite { index: 1, .. })
        ));
        assert!(matches!(metric.score(&[1.0], &[f64::INFINITY]), Err(Error::NotFinite { .. })));
        assert!(metric.score(&[], &[]).is_err());
    }
}

#[test]
fn a_forecast_is_written_as_it_is_read() {
    let rows = [("T, 1", "2020-01", 0.1), ("T, 1", "2020-02", -1e300)];
    let mut out = Vec::new();
    let row = |(unique_id, ds, elman): (_, &str, _)| write::Row {
        unique_id,
        ds: ds.into(),
        elman,
        tested: None,
        bounds: Vec::new(),
        more: Vec::new(),
    };
    write::csv(&mut out, &write::Columns::default(), rows.map(row)).unwrap();
    assert!(out.starts_with(b"unique_id,ds,elman\n\"T, 1\",2020-01,0.1\n"));
    let back = read_series_from(&out[..], "forecast.csv", &ReadOptions::default()).unwrap();
    assert_eq!((back.series.values, back.series.name), (vec![0.1, -1e300], "T, 1".to_string()));
}
