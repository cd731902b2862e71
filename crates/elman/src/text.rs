//! Text, character by character: the lesson's network with characters in place of numbers.
//!
//! The text is cut into streams that are walked side by side, window by window, with the memory carried; at every
//! character the network says how likely each one is to be the next. The last part of the text is held out, and walked over
//! with the memory carried, too.
//!
//! ```
//! use elman::text::{Corpus, Sampling, TextSession, TextSettings, Tokenizer};
//!
//! let corpus = Corpus::of("to be, or not to be: that is the question. ".repeat(20).as_bytes(), "hamlet", Tokenizer::Characters, None)?;
//! let mut settings = TextSettings::for_corpus(&corpus);
//! settings.train.steps = 5;
//! let mut session = TextSession::new(corpus, settings, None)?;
//! session.run(|_, _| std::ops::ControlFlow::Continue(()))?;
//! let model = session.finish();
//! let mut text = model.writer("to be", &Sampling::default())?;
//! println!("{}", text.characters(40)?);
//! # Ok::<(), elman::Error>(())
//! ```

mod baseline;
mod corpus;
mod evaluation;
mod model;
mod sampling;
mod session;
mod settings;
#[cfg(test)]
mod tests;
mod vocabulary;
mod writer;

pub use corpus::{Corpus, Tokens};
pub use evaluation::{Evaluation, Walked};
pub use model::{TextAbout, TextModel};
pub use sampling::Sampling;
pub use session::TextSession;
pub use settings::TextSettings;
pub use vocabulary::{Tokenizer, Vocabulary};
pub use writer::Writer;
