//! Text generation: one character after the other, each of which becomes the next input.

use elman_nn::{State, Tape};

use super::model::TextModel;
use super::sampling::{Draw, Sampling};
use super::vocabulary::Tokenizer;
use crate::error::{Error, Result};

/// Characters of a prompt that are processed at a time.
const STRIDE: usize = 64;

/// A generator of text.
pub struct Generator<'m> {
    model: &'m TextModel,
    state: State<f32>,
    tape: Tape<f32>,
    logits: Vec<f32>,
    draw: Draw,
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
        let mut state = model.model().zero_state(1);
        let mut many = model.model().tape(STRIDE, 1);
        let shown: Vec<f32> = tokens.iter().map(|token| *token as f32).collect();
        let mut logits = Vec::new();
        for x in shown.chunks(STRIDE) {
            many.set_steps(x.len());
            model.model().forward(model.params(), x, &mut state, &mut many, None)?;
            logits.clear();
            let said = many.output();
            logits.extend(&said[said.len() - vocabulary.size()..]);
        }
        let tape = model.model().tape(1, 1);
        Ok(Self { model, state, tape, logits, draw: Draw::new(sampling) })
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
        model.forward(params, &[token as f32], &mut self.state, &mut self.tape, None)?;
        self.logits.copy_from_slice(self.tape.output());
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
