//! Language models of characters or bytes.
//!
//! The text is cut into lanes of a batch, which are trained window by window with the hidden state carried. At every
//! character the network outputs the probability of each character to be the next one. The last part of the text is the
//! validation set, which is evaluated with the hidden state carried, too.
//!
//! ```
//! use elman::text::{Corpus, Sampling, TextTrainingRun, TextSettings, Tokenizer};
//!
//! let corpus = Corpus::of("to be, or not to be: that is the question. ".repeat(20).as_bytes(), "hamlet", Tokenizer::Characters, None)?;
//! let mut settings = TextSettings::for_corpus(&corpus);
//! settings.train.max_steps = 5;
//! let mut training = TextTrainingRun::new(corpus, settings, None)?;
//! training.run(|_, _| std::ops::ControlFlow::Continue(()))?;
//! let model = training.into_model();
//! let mut text = model.generator("to be", &Sampling::default())?;
//! println!("{}", text.characters(40)?);
//! # Ok::<(), elman::Error>(())
//! ```

mod corpus;
mod generator;
mod model;
mod run;
mod settings;
#[cfg(test)]
mod tests;

pub use corpus::Corpus;
pub use elman_nn::tokens::{Evaluation, Evaluator, Sampling, Tokenizer, Tokens, Vocabulary};
pub use generator::Generator;
pub use model::{TextMetadata, TextModel};
pub use run::TextTrainingRun;
pub use settings::TextSettings;
