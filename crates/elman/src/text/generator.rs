//! Text generation: one character after the other, each of which becomes the next input.

use std::fmt;

use elman_nn::Runner;

use super::model::TextModel;
use super::sampling::{Draw, Sampling};
use super::vocabulary::Tokenizer;
use crate::error::{Error, Result};

/// Characters of a prompt that are processed at a time.
const STRIDE: usize = 64;

/// A generator of text.
pub struct Generator<'m> {
    model: &'m TextModel,
    runner: Runner<f32>,
    logits: Vec<f32>,
    draw: Draw,
}

impl fmt::Debug for Generator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

impl<'m> Generator<'m> {
    /// Processes `prompt`. An empty prompt is a line break if the vocabulary has one, else the first character.
    pub(super) fn new(model: &'m TextModel, prompt: &str, sampling: &Sampling) -> Result<Self> {
        sampling.check()?;
        let vocabulary = model.vocabulary();
        let mut tokens = vocabulary.encode(prompt, "`--prompt`")?;
        if tokens.is_empty() {
            let break_or_first = match vocabulary.tokenizer() {
                Tokenizer::Bytes => Some(u32::from(b'\n')),
                Tokenizer::Characters => vocabulary.number('\n'),
            };
            tokens.push(break_or_first.unwrap_or(0));
        }
        let mut runner = Runner::new(model.model(), STRIDE, 1, 1)?;
        let shown: Vec<f32> = tokens.iter().map(|token| *token as f32).collect();
        let mut logits = Vec::new();
        for x in shown.chunks(STRIDE) {
            let outputs = runner.run(model.model(), model.params(), x)?;
            logits.clear();
            logits.extend(&outputs[outputs.len() - vocabulary.size()..]);
        }
        Ok(Self { model, runner, logits, draw: Draw::new(sampling) })
    }

    /// Generates one token, and appends its text: a character, or one byte of it.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub fn write(&mut self, text: &mut Vec<u8>) -> Result<()> {
        if self.logits.iter().any(|logit| logit.is_nan() || *logit == f32::INFINITY) {
            let reason = "the output of this network is not finite".to_owned();
            let help =
                "its weights are too large: train it again, with a smaller `--lr`".to_owned();
            return Err(Error::Data { reason, help });
        }
        let token = self.draw.token(&self.logits);
        self.model.vocabulary().decode(token, text);
        let (model, params) = (self.model.model(), self.model.params());
        self.logits.copy_from_slice(self.runner.run(model, params, &[token as f32])?);
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
