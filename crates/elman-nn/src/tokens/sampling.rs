//! Sampling: drawing the next token from the outputs of a network.

use elman_math::Stream;
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// Settings of sampling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// Divisor of the logits: below 1 favors likely characters, above 1 unlikely ones; 0 takes the most likely one.
    pub temperature: f64,
    /// Only the `top_k` most likely tokens, if given.
    pub top_k: Option<usize>,
    /// Only the most likely tokens whose probabilities sum to `top_p`, if given (Holtzman et al., ICLR 2020).
    pub top_p: Option<f64>,
    /// The seed of the draws.
    pub seed: u64,
}

impl Default for Sampling {
    /// Draws with the probabilities of the network.
    fn default() -> Self {
        Self { temperature: 1.0, top_k: None, top_p: None, seed: 1 }
    }
}

impl Sampling {
    /// Checks the settings.
    ///
    /// # Errors
    /// A setting that is out of range.
    pub fn check(&self) -> Result<(), Error> {
        let setting = |name, got: String, must_be| Err(Error::Setting { name, got, must_be });
        if !(self.temperature >= 0.0 && self.temperature.is_finite()) {
            return setting("temperature", self.temperature.to_string(), "0 or above");
        }
        if self.top_k == Some(0) {
            return setting("top_k", "0".to_owned(), "1 or above");
        }
        match self.top_p {
            Some(p) if !(p > 0.0 && p <= 1.0) => {
                setting("top_p", p.to_string(), "above 0 and at most 1")
            }
            _ => Ok(()),
        }
    }
}

/// Draws tokens; its buffers are reused.
#[derive(Debug)]
pub struct Sampler {
    sampling: Sampling,
    stream: Stream,
    /// Tokens with their unnormalized probabilities.
    likely: Vec<(u32, f64)>,
}

impl Sampler {
    /// Draws with these settings, which [`Sampling::check`] accepts.
    pub fn new(sampling: &Sampling) -> Self {
        let stream = Stream::new(sampling.seed, "text");
        Self { sampling: sampling.clone(), stream, likely: Vec::new() }
    }

    /// Draws a token from the logits of all tokens.
    pub fn token(&mut self, logits: &[f32]) -> u32 {
        let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let first = || logits.iter().position(|logit| *logit == most).unwrap_or(0) as u32;
        let Sampling { temperature, top_k, top_p, .. } = self.sampling;
        if temperature == 0.0 {
            return first();
        }
        let weight = |logit: f32| (f64::from(logit - most) / temperature).exp();
        self.likely.clear();
        self.likely.extend((0..).zip(logits.iter().copied().map(weight)));
        if top_k.is_some() || top_p.is_some() {
            self.likely.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            self.likely.truncate(top_k.unwrap_or(usize::MAX));
            if let Some(p) = top_p {
                let enough = p * self.total();
                let mut sum = 0.0;
                let kept = self.likely.iter().position(|(_, weight)| {
                    sum += weight;
                    sum >= enough
                });
                self.likely.truncate(kept.map_or(usize::MAX, |last| last + 1));
            }
        }
        let mut left = self.stream.unit() * self.total();
        for (token, weight) in &self.likely {
            left -= weight;
            if left < 0.0 {
                return *token;
            }
        }
        // Rounding left the sum below the drawn number: take the last token.
        self.likely.last().map_or_else(first, |(token, _)| *token)
    }

    fn total(&self) -> f64 {
        self.likely.iter().map(|(_, weight)| weight).sum()
    }
}
