//! Export of trained networks for other programs: ONNX models, and a loader for PyTorch.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use elman::export::{self, OnnxOptions};
//! use elman::nn::file::ModelFile;
//!
//! let file = ModelFile::read(Path::new("sales.safetensors"))?;
//! for model in export::onnx(&file, &OnnxOptions::default())?.models {
//!     println!("{}: {} bytes, inputs {:?}", model.network, model.bytes.len(), model.inputs);
//! }
//! # Ok::<(), elman::Error>(())
//! ```

mod network;
mod onnx;
mod pytorch;
mod weights;

pub use onnx::{OnnxExport, OnnxModel, OnnxOptions, onnx};
pub use pytorch::pytorch;
