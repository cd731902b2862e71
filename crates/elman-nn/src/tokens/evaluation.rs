//! The loss of a language model on a text that it was not trained on.

use std::fmt;
use std::sync::Arc;

use super::Tokens;
use crate::error::Error;
use crate::losses::Loss;
use crate::model::Model;
use crate::params::Params;
use crate::runner::Runner;
use crate::train::Validator;

/// Time steps of a window.
const STEPS: usize = 64;
/// The most lanes of an evaluation; the hidden state starts at zero in each lane, and is carried from there on.
const STREAMS: usize = 8;

/// The result of an evaluation on a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// The mean of -ln p over the characters, where p is the probability that the network gave the actual character.
    pub nats: f64,
    /// The number of characters that were predicted.
    pub characters: usize,
    /// The number of lanes that the text was cut into.
    pub streams: usize,
}

impl Evaluation {
    /// The loss in bits per character: nats / ln 2.
    pub fn bits(&self) -> f64 {
        self.nats / std::f64::consts::LN_2
    }

    /// The perplexity, e^nats: among as many equally likely characters the choice would be as uncertain.
    pub fn perplexity(&self) -> f64 {
        self.nats.exp()
    }
}

/// Evaluates language models on a text, in a few lanes.
pub struct Evaluator {
    tokens: Arc<Tokens>,
    threads: usize,
    runner: Option<Runner<f32>>,
}

impl fmt::Debug for Evaluator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Evaluator").finish_non_exhaustive()
    }
}

impl Evaluator {
    /// An evaluator on these tokens, with up to `threads` threads, which do not change any bit of the results.
    pub fn new(tokens: Arc<Tokens>, threads: usize) -> Self {
        Self { tokens, threads, runner: None }
    }

    /// Computes the mean loss. The text is cut into as many lanes as are long enough for a window, eight at most; the
    /// target of the last character of a lane is the first character of the next lane.
    ///
    /// # Errors
    /// The errors of a forward pass.
    pub fn over(&mut self, model: &Model<f32>, params: &Params<f32>) -> Result<Evaluation, Error> {
        let asked = self.tokens.len().saturating_sub(1);
        let streams = (asked / STEPS).clamp(1, STREAMS);
        let stride = asked.div_ceil(streams);
        let classes = model.config().output_size;
        let loss = Loss::<f32>::new("cross-entropy", &[])?.among(classes).with_isa(model.isa());
        let runner = match &mut self.runner {
            Some(runner) => runner,
            None => self.runner.insert(Runner::new(model, STEPS, streams, self.threads)?),
        };
        runner.reset();
        let rows = STEPS * streams;
        let (mut x, mut target) = (vec![0.0; rows], vec![f32::NAN; rows]);
        let mut unused = vec![0.0; rows * classes];
        let mut nats = 0.0;
        for start in (0..stride).step_by(STEPS) {
            for row in 0..rows {
                let (step, stream) = (start + row / streams, row % streams);
                let at = stream * stride + step;
                let within = step < stride && at < asked;
                (x[row], target[row]) = match within {
                    true => (self.tokens.get(at) as f32, self.tokens.get(at + 1) as f32),
                    false => (0.0, f32::NAN),
                };
            }
            let logits = runner.run(model, params, &x)?;
            nats += loss.share(logits, &target, 1, &mut unused);
        }
        Ok(Evaluation { nats: nats / asked.max(1) as f64, characters: asked, streams })
    }
}

impl Validator<f32> for Evaluator {
    fn loss(&mut self, model: &Model<f32>, params: &Params<f32>) -> Result<f64, Error> {
        Ok(self.over(model, params)?.nats)
    }
}
