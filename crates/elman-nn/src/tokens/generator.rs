//! Generation: one token after the other, each of which becomes the next input.

use std::fmt;

use super::sampling::{Sampler, Sampling};
use crate::error::Error;
use crate::model::Model;
use crate::params::Params;
use crate::runner::Runner;

/// Tokens of a prompt that are processed at a time.
const STRIDE: usize = 64;

/// A generator of tokens.
pub struct Generator<'m> {
    model: &'m Model<f32>,
    params: &'m Params<f32>,
    runner: Runner<f32>,
    logits: Vec<f32>,
    sampler: Sampler,
}

impl fmt::Debug for Generator<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

impl<'m> Generator<'m> {
    /// Processes the tokens of a prompt, one at least.
    ///
    /// # Errors
    /// Sampling settings out of range; an empty prompt; the errors of a forward pass.
    pub fn new(
        model: &'m Model<f32>,
        params: &'m Params<f32>,
        prompt: &[u32],
        sampling: &Sampling,
    ) -> Result<Self, Error> {
        sampling.check()?;
        if prompt.is_empty() {
            let got = "no token".to_owned();
            return Err(Error::Setting { name: "prompt", got, must_be: "one token at least" });
        }
        let mut runner = Runner::new(model, STRIDE, 1, 1)?;
        let shown: Vec<f32> = prompt.iter().map(|token| *token as f32).collect();
        let mut logits = Vec::new();
        for x in shown.chunks(STRIDE) {
            let outputs = runner.run(model, params, x)?;
            logits.clear();
            logits.extend(&outputs[outputs.len() - model.config().output_size..]);
        }
        Ok(Self { model, params, runner, logits, sampler: Sampler::new(sampling) })
    }

    /// Whether the next token can be drawn: weights that are too large have outputs that are not finite.
    pub fn is_finite(&self) -> bool {
        !self.logits.iter().any(|logit| logit.is_nan() || *logit == f32::INFINITY)
    }

    /// Draws the next token.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub fn token(&mut self) -> Result<u32, Error> {
        let token = self.sampler.token(&self.logits);
        let logits = self.runner.run(self.model, self.params, &[token as f32])?;
        self.logits.copy_from_slice(logits);
        Ok(token)
    }
}
