//! What the fuzzers do with their input. Nothing of it may panic, hang or take much memory; errors are fine.

use std::path::Path;

use elman::io::read::{self, Duplicates, LoadedPanel, Missing, ReadOptions};
use elman::nn::file::{TensorFile, seal};
use elman::select::FittedForecaster;
use elman::text::TextModel;
use elman::Series;

/// Lets fuzzing continue after a panic on the reader thread: the libraries for columnar files and workbooks panic at some
/// damaged files, and elman turns such a panic into an error.
pub fn let_readers_panic() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(read::READER_THREAD) {
            hook(panic);
        }
    }));
}

/// Reads a table in the ways that the first byte chooses, and says what was found.
pub fn table(data: &[u8]) {
    let Some((ways, file)) = data.split_first() else { return };
    let bit = |n: u8| ways >> n & 1 == 1;
    let options = ReadOptions {
        missing: if bit(0) { Missing::Mask } else { Missing::Interpolate },
        duplicates: if bit(1) { Duplicates::Mean } else { Duplicates::Error },
        sort: bit(2),
        wide: bit(3),
        one_row: bit(4),
        max_memory: Some(64 << 20),
        ..ReadOptions::default()
    };
    if let Ok(panel) = read::read_panel_from(file, "fuzz", &options) {
        look_at(&panel);
    }
    if bit(5) {
        let _ = read::read_series_from(file, "fuzz", &options);
    }
}

/// Everything that a front end asks of a panel before it is forecast.
fn look_at(panel: &LoadedPanel) {
    panel.found();
    for series in panel.series.iter().take(4) {
        assert!(series.values.iter().all(|y| y.is_finite() || y.is_nan()));
        for i in [0, series.len().saturating_sub(1), series.len(), series.len() + 3] {
            series.label(i);
        }
    }
}

/// Loads a model file whose hash is made to fit, as whatever it is, and forecasts with it.
pub fn model(data: &[u8]) {
    let mut file = data.to_vec();
    seal(&mut file);
    let Ok(file) = TensorFile::of(file, Path::new("fuzz")).and_then(|file| file.model::<f32>())
    else {
        return;
    };
    if let Ok((mut fitted, _)) = FittedForecaster::from_file(&file) {
        let _ = fitted.predict_continued(3);
        let _ = fitted.update(&Series::counted("fuzz", vec![1.5, 2.5]));
        let _ = fitted.predict_continued(3);
        let values = (0..40).map(|t| 10.0 + f64::from(t % 7)).collect();
        let series = Series::counted("fuzz", values);
        if let Ok(mut online) = fitted.online(&series) {
            let _ = online.update(1.5).and_then(|()| online.forecast());
        }
        let _ = fitted.predict_ahead(&[series], 3);
    }
    let _ = TextModel::from_file(&file);
}
