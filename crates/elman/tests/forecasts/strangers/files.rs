//! Small model files of every kind, to be changed.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use elman::data::Series;
use elman::io::read::ReadOptions;
use elman::nn::file::{ModelFile, seal};
use elman::select::{AutoForecaster, FittedForecaster, RnnForecaster, Scope};
use elman::text::{Corpus, Sampling, TextModel, TextSettings, TextTrainingRun, Tokenizer};
use elman::training::TrainingRun;
use safetensors::{SafeTensors, tensor::TensorView};
use serde_json::Value;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    Panel,
    Local,
    Series,
    Text,
    Checkpoint,
    TextCheckpoint,
}

impl Kind {
    pub const ALL: [Kind; 6] = [
        Kind::Panel,
        Kind::Local,
        Kind::Series,
        Kind::Text,
        Kind::Checkpoint,
        Kind::TextCheckpoint,
    ];
}

/// A folder with one file, which is made anew again and again.
pub struct Room(tempfile::TempDir);

fn panel() -> Vec<Series> {
    let value = |s: usize, t: usize| {
        50.0 + 2.0 * t as f64 + [9.0, -3.0, 1.0, -7.0][t % 4] + ((t * (5 + s)) % 7) as f64
    };
    let series =
        |s: usize| Series::counted(format!("s{s}"), (0..24).map(|t| value(s, t)).collect());
    (0..2).map(series).collect()
}

fn settings(scope: Scope, hidden_size: usize) -> AutoForecaster {
    AutoForecaster { max_steps: Some(2), hidden_size, scope, ..AutoForecaster::new(2) }
}

fn corpus() -> Corpus {
    let text = "abcab ".repeat(40);
    Corpus::of(text.as_bytes(), "text", Tokenizer::Characters, None).unwrap()
}

fn on_series() -> TrainingRun {
    let mut settings = RnnForecaster::new(1).hidden_size(3).max_steps(4);
    settings.train.val_every = 2;
    TrainingRun::new(vec![panel().swap_remove(0)], settings).unwrap()
}

fn on_text() -> TextTrainingRun {
    let corpus = corpus();
    let mut settings = TextSettings::for_corpus(&corpus);
    (settings.model.hidden_size, settings.model.embedding_size) = (3, 2);
    settings.model.num_layers = 1;
    (settings.seq_length, settings.batch_size) = (8, 2);
    (settings.train.max_steps, settings.train.val_every) = (4, 2);
    TextTrainingRun::new(corpus, settings, None).unwrap()
}

impl Room {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> PathBuf {
        self.0.path().join("model.safetensors")
    }

    pub fn write(&self, file: &[u8]) -> PathBuf {
        std::fs::write(self.path(), file).unwrap();
        self.path()
    }

    /// A file of this kind.
    pub fn make(&self, kind: Kind) -> Vec<u8> {
        let path = self.path();
        match kind {
            Kind::Panel => save(&settings(Scope::Global, 3), &path),
            Kind::Local => save(&settings(Scope::Local, 2), &path),
            Kind::Series => {
                let mut training = on_series();
                training.run(|_, _| ControlFlow::Continue(())).unwrap();
                training.into_fitted().unwrap().save(&path, &ReadOptions::default()).unwrap();
            }
            Kind::Text => {
                let mut training = on_text();
                training.run(|_, _| ControlFlow::Continue(())).unwrap();
                training.into_model().save(&path).unwrap();
            }
            Kind::Checkpoint => {
                let mut training = on_series();
                (0..2).for_each(|_| assert!(training.advance().is_ok()));
                training.write_checkpoint(&path).unwrap();
            }
            Kind::TextCheckpoint => {
                let mut training = on_text();
                (0..2).for_each(|_| assert!(training.advance().is_ok()));
                training.write_checkpoint(&path).unwrap();
            }
        }
        std::fs::read(path).unwrap()
    }

    /// A panel whose weights are most of its file.
    pub fn make_large(&self) -> Vec<u8> {
        save(&settings(Scope::Global, 300), &self.path());
        std::fs::read(self.path()).unwrap()
    }
}

fn save(settings: &AutoForecaster, path: &Path) {
    let fitted = settings.fit(&panel()).unwrap();
    fitted.save(path, &ReadOptions::default()).unwrap();
}

/// Loads a file and makes of it what it is for: the numbers that come out, or why none do.
pub fn used(kind: Kind, path: &Path) -> Result<Vec<f64>, String> {
    let used = || -> elman::Result<Vec<f64>> {
        Ok(match kind {
            Kind::Panel | Kind::Local => {
                let (fitted, _) = FittedForecaster::load(path)?;
                let forecast = fitted.predict_ahead(&panel(), 3)?;
                let bounds = forecast.intervals.iter().flatten().flat_map(|b| [&b.lower, &b.upper]);
                forecast.values.iter().chain(bounds).flatten().copied().collect()
            }
            Kind::Series => {
                let (mut fitted, _) = FittedForecaster::load(path)?;
                fitted.update(&Series::counted("s0", vec![61.0, 70.0]))?;
                let forecast = fitted.predict_continued(3)?;
                let bounds = forecast.intervals.iter().flatten().flat_map(|b| [&b.lower, &b.upper]);
                forecast.values.iter().chain(bounds).flatten().copied().collect()
            }
            Kind::Text => {
                let model = TextModel::load(path)?;
                let text = model.generator("ab", &Sampling::default())?.characters(4)?;
                let evaluation = model.evaluate(corpus(), 1)?;
                vec![text.chars().count() as f64, evaluation.nats]
            }
            Kind::Checkpoint => {
                let mut training = TrainingRun::resume(
                    &ModelFile::read(path)?,
                    Some(vec![panel().swap_remove(0)]),
                    Some(4),
                )?;
                (0..2).try_for_each(|_| training.advance().map(drop))?;
                training.trainer().history().to_vec()
            }
            Kind::TextCheckpoint => {
                let mut training =
                    TextTrainingRun::resume(&ModelFile::read(path)?, corpus(), Some(4))?;
                (0..2).try_for_each(|_| training.advance().map(drop))?;
                training.trainer().history().to_vec()
            }
        })
    };
    used().map_err(|error| error.to_string())
}

/// The document of a file, without its hash. Whole numbers that are too long for [`Value`], the states of random
/// streams, are strings that begin with `@`.
pub fn document(file: &[u8]) -> Value {
    let (_, header) = SafeTensors::read_metadata(file).unwrap();
    let mut document = String::new();
    for part in header.metadata().as_ref().unwrap()["elman"].split_inclusive(':') {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        match digits {
            20.. => document.push_str(&format!("\"@{}\"{}", &part[..digits], &part[digits..])),
            _ => document.push_str(part),
        }
    }
    let mut document: Value = serde_json::from_str(&document).unwrap();
    document.as_object_mut().unwrap().remove("hash").unwrap();
    document
}

/// The file with another document, sealed as if elman had written it.
pub fn with_document(file: &[u8], document: &Value) -> Vec<u8> {
    let tensors = SafeTensors::deserialize(file).unwrap();
    sealed(tensors.iter().map(|(name, view)| (name.to_owned(), view)), document)
}

/// The file with all its weights this large.
pub fn with_weights(file: &[u8], weight: f32) -> Vec<u8> {
    let tensors = SafeTensors::deserialize(file).unwrap();
    let large: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .iter()
        .map(|(name, view)| {
            let bytes = weight.to_le_bytes().repeat(view.data().len() / 4);
            (name.to_owned(), view.shape().to_vec(), bytes)
        })
        .collect();
    let views = large.iter().map(|(name, shape, bytes)| {
        (name.clone(), TensorView::new(safetensors::Dtype::F32, shape.clone(), bytes).unwrap())
    });
    sealed(views, &document(file))
}

fn sealed<'a>(
    tensors: impl Iterator<Item = (String, TensorView<'a>)>,
    document: &Value,
) -> Vec<u8> {
    let mut document = document.to_string();
    while let Some(start) = document.find("\"@") {
        document.replace_range(start..start + 2, "");
        let end = start + document[start..].find('"').unwrap();
        document.remove(end);
    }
    let with_room = format!("{{\"hash\":\"{:064}\",{}", 0, &document[1..]);
    let metadata = [("elman".to_owned(), with_room)].into();
    let mut file = safetensors::serialize(tensors.collect::<Vec<_>>(), Some(metadata)).unwrap();
    seal(&mut file);
    file
}
