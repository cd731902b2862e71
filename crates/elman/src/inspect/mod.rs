//! Description of a file: a data file, with its columns and series, or a model file, with its networks.
//!
//! ```no_run
//! use elman::inspect::{self, Inspection, Source};
//! use elman::io::read::ReadOptions;
//!
//! match inspect::file(&Source::path("sales.csv"), &ReadOptions::default(), 1)? {
//!     Inspection::Data(data) => println!("{} series, {:?}", data.series.len(), data.problems),
//!     Inspection::Model(model) => println!("{} parameters", model.parameters),
//! }
//! # Ok::<(), elman::Error>(())
//! ```

mod data;
mod forecaster;
mod model;
#[cfg(feature = "report")]
mod picture;
mod reading;
mod series;
mod source;
mod text;
mod value_counts;

use serde::Serialize;

use crate::error::Result;
use crate::io::read::ReadOptions;

pub use data::{DataInspection, MemoryNeed, Totals};
pub use forecaster::{ForecasterDescription, HiddenState, Network};
pub use model::{FileKind, ModelInspection, TrainingState};
pub use series::{ConstantStretch, OutlierStretch, SeriesDescription};
pub use source::Source;
pub use text::TextDescription;
pub use value_counts::ValueCounts;

/// Description of a file.
#[derive(Debug, Serialize)]
#[serde(tag = "file", rename_all = "snake_case")]
pub enum Inspection {
    /// A file with series.
    Data(Box<DataInspection>),
    /// A model, a checkpoint, or weights of another program.
    Model(Box<ModelInspection>),
}

/// Describes a file; its content decides whether it is a model file. `options` are the options of reading a data file, whose
/// series are described on up to `threads` threads.
///
/// A data file that a forecast refuses is read with other options where that is possible, and
/// [`DataInspection::problems`] has the errors.
///
/// # Errors
/// A file that cannot be read, and a data file that no options can read; a damaged model file.
pub fn file(source: &Source, options: &ReadOptions, threads: usize) -> Result<Inspection> {
    let input = source.open()?;
    match input.is_safetensors() {
        true => Ok(Inspection::Model(Box::new(ModelInspection::of(input)?))),
        false => {
            drop(input);
            Ok(Inspection::Data(Box::new(DataInspection::of(source, options, threads)?)))
        }
    }
}
