//! How well a network says what comes next in a text that it was not trained on.

use std::sync::Arc;

use elman_nn::losses::Loss;
use elman_nn::train::Validator;
use elman_nn::{Error, Inference, Model, Params};

use super::corpus::Tokens;

/// Characters of a window.
const STEPS: usize = 64;
/// Streams that a text is walked in; the memory is empty at the beginning of each, and carried from there on.
const STREAMS: usize = 8;

/// What came out of a walk over a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// The mean of -ln p over the characters, p being how likely the network said the one was that came.
    pub nats: f64,
    /// Characters that it was asked for.
    pub characters: usize,
    /// Streams that the text was walked in, side by side.
    pub streams: usize,
}

impl Evaluation {
    /// The same in bits a character: nats / ln 2.
    pub fn bits(&self) -> f64 {
        self.nats / std::f64::consts::LN_2
    }

    /// Among how many characters, all alike, the choice would be as hard: e^nats.
    pub fn perplexity(&self) -> f64 {
        self.nats.exp()
    }
}

/// Walks over a text, in a few streams side by side.
pub struct Walked {
    tokens: Arc<Tokens>,
    threads: usize,
    inference: Option<Inference<f32>>,
}

impl Walked {
    /// Over these tokens, on up to so many threads, which change no bit.
    pub fn new(tokens: Arc<Tokens>, threads: usize) -> Self {
        Self { tokens, threads, inference: None }
    }

    /// The mean loss. The text is cut into as many streams as are long enough for a window, eight at most; the
    /// character after the end of each is the first of the next one.
    ///
    /// # Errors
    /// Those of a forward pass.
    pub fn over(&mut self, model: &Model<f32>, params: &Params<f32>) -> Result<Evaluation, Error> {
        let asked = self.tokens.len().saturating_sub(1);
        let streams = (asked / STEPS).clamp(1, STREAMS);
        let stride = asked.div_ceil(streams);
        let classes = model.config().output_size;
        let loss = Loss::<f32>::new("cross-entropy", &[])?.among(classes).with_isa(model.isa());
        let inference = match &mut self.inference {
            Some(inference) => inference,
            None => self.inference.insert(Inference::new(model, STEPS, streams, self.threads)?),
        };
        let mut state = model.zero_state(streams);
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
            let logits = inference.run(model, params, &x, &mut state)?;
            nats += loss.share(logits, &target, 1, &mut unused);
        }
        Ok(Evaluation { nats: nats / asked.max(1) as f64, characters: asked, streams })
    }
}

impl Validator<f32> for Walked {
    fn loss(&mut self, model: &Model<f32>, params: &Params<f32>) -> Result<f64, Error> {
        Ok(self.over(model, params)?.nats)
    }
}
