use elman_nn::file::ModelFile;

use crate::Series;
use crate::data::{History, HistoryView};
use crate::io::read::ReadOptions;
use crate::models::pretrained::FrequencyClass;
use crate::select::fine_tuning::is_worth_fine_tuning;
use crate::select::weights::Prior;
use crate::select::{AutoForecaster, FittedForecaster, Model};

/// Series that alternate in a pattern of five steps, which a forecast without a season does not know, of different sizes.
fn panel(series: usize, values: usize) -> Vec<Series> {
    let pattern = [1.0, 1.3, 0.8, 1.6, 0.7];
    let of = |s: usize| {
        let y = |t: usize| 10.0 * (s + 1) as f64 * pattern[(t + s) % 5] * (1.0 + 0.001 * t as f64);
        Series::counted(format!("s{s}"), (0..values).map(y).collect())
    };
    (0..series).map(of).collect()
}

fn fine_tuned() -> AutoForecaster {
    AutoForecaster::new(5).model(Model::FineTuned).seasons([]).max_steps(12).threads(2)
}

#[test]
fn fine_tuning_learns_a_pattern_of_the_panel_and_is_in_the_model_file() {
    let panel = panel(4, 40);
    let fitted = fine_tuned().fit(&panel).unwrap();
    let scores = fitted.selection.fine_tuning.unwrap();
    assert!(scores.fine_tuned < 0.95 * scores.pretrained, "{scores:?}");
    assert!(fitted.selection.fine_tuned);
    let composition = fitted.selection.composition();
    assert_eq!(composition.iter().map(|c| c.model).collect::<Vec<_>>(), ["fine-tuned"]);

    let forecast = fitted.predict(&panel).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("model.safetensors");
    fitted.save(&file, &ReadOptions::default()).unwrap();
    let (loaded, _) = FittedForecaster::load(&file).unwrap();
    let again = loaded.predict(&panel).unwrap();
    assert_eq!((again.values, again.intervals), (forecast.values, forecast.intervals));
    assert!(again.notes.is_empty(), "{:?}", again.notes);

    let mut other = ModelFile::read(&file).unwrap();
    other.document.about["forecaster"]["pretrained"] = "of another version".into();
    let (loaded, _) = FittedForecaster::from_file(&other).unwrap();
    let notes = loaded.predict(&panel).unwrap().notes;
    assert!(notes[0].contains("another pretrained network"), "{notes:?}");
}

#[test]
fn fine_tuning_needs_a_series_of_six_values() {
    let few = fine_tuned().fit(&panel(3, 5)).unwrap();
    assert!(!few.selection.fine_tuned);
    assert_eq!(few.selection.composition()[0].model, "pretrained");
}

#[test]
fn the_automatic_model_fine_tunes_for_panels_of_middle_size() {
    let is_worth = |series: usize, values: usize| {
        let panel = panel(series, values);
        let histories: Vec<History<'_>> = panel.iter().map(|y| History::new(&y.values)).collect();
        let known: Vec<HistoryView<'_>> = histories.iter().map(History::full).collect();
        is_worth_fine_tuning(&known, Prior::of(Some(FrequencyClass::Month), values, series))
    };
    assert!(is_worth(40, 100));
    assert!(!is_worth(40, 99) && !is_worth(11, 400) && !is_worth(100, 100) && !is_worth(40, 500));
}
