//! Validation loss: the training loss on values that a network is not trained on.

use elman_nn::losses::Loss;
use elman_nn::train::Validator;
use elman_nn::windows::{Batch, Windows};
use elman_nn::{Error, Model, Params, Runner};

use super::batches::PanelBatches;

/// Mean loss over all targets of `batches`. The hidden state is updated with each lane from its first value.
pub(crate) struct ValidationLoss {
    batches: PanelBatches,
    batch: Batch<f32>,
    loss: Loss<f32>,
    /// Whether the hidden state is carried from window to window.
    carry: bool,
}

impl ValidationLoss {
    pub(crate) fn new(batches: PanelBatches, loss: Loss<f32>, carry: bool) -> Self {
        Self { batch: Batch::new(&batches), batches, loss, carry }
    }
}

impl Validator<f32> for ValidationLoss {
    fn loss(&mut self, model: &Model<f32>, params: &Params<f32>) -> Result<f64, Error> {
        let Self { batches, batch, loss, carry } = self;
        let window = batches.window();
        let mut runner = Runner::new(model, window.steps, window.batch, 1)?;
        let (mut sum, mut targets) = (0.0, 0);
        let mut unused = Vec::new();
        for number in 0..batches.windows_in_epoch() {
            batches.fill(number, batch);
            if batch.fresh[0] || !*carry {
                runner.reset();
            }
            let outputs = runner.run(model, params, &batch.x)?;
            unused.resize(outputs.len(), 0.0);
            sum += loss.share(outputs, &batch.target, 1, &mut unused);
            targets += batch.target.iter().filter(|target| !target.is_nan()).count();
        }
        Ok(sum / targets.max(1) as f64)
    }
}
