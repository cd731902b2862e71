//! Text generation: one character after the other, each of which becomes the next input.

use elman_nn::tokens::{self, Sampling};

use super::model::TextModel;
use crate::error::{Error, Result};

/// A generator of text.
#[derive(Debug)]
pub struct Generator<'m> {
    model: &'m TextModel,
    tokens: tokens::Generator<'m>,
}

impl<'m> Generator<'m> {
    /// Processes `prompt`. An empty prompt is a line break if the vocabulary has one, else the first character.
    pub(super) fn new(model: &'m TextModel, prompt: &str, sampling: &Sampling) -> Result<Self> {
        let prompt = model.vocabulary().prompt(prompt, "`--prompt`")?;
        let tokens = tokens::Generator::new(model.model(), model.params(), &prompt, sampling)?;
        Ok(Self { model, tokens })
    }

    /// Generates one token, and appends its text: a character, or one byte of it.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub fn write(&mut self, text: &mut Vec<u8>) -> Result<()> {
        if !self.tokens.is_finite() {
            let reason = "the output of this network is not finite".to_owned();
            let help =
                "its weights are too large: train it again, with a smaller `--lr`".to_owned();
            return Err(Error::Data { reason, help });
        }
        self.model.vocabulary().decode(self.tokens.token()?, text);
        Ok(())
    }

    /// Generates `length` characters (or bytes, if these are the tokens; invalid UTF-8 is replaced).
    ///
    /// # Errors
    /// As [`write`](Generator::write).
    pub fn characters(&mut self, length: usize) -> Result<String> {
        let mut text = Vec::new();
        for _ in 0..length {
            self.write(&mut text)?;
        }
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}
