//! The events of training.

/// The result of one call of [`Trainer::advance`](super::Trainer::advance).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    /// One optimizer step.
    Step {
        /// Optimizer steps done, this one included.
        step: u64,
        /// The loss of the window, before the weights were updated.
        loss: f64,
        /// The norm of the gradient before clipping.
        grad_norm: f64,
        /// The learning rate of this step.
        rate: f64,
        /// The loss of the evaluation after this step, if there was one: the validation loss if there is a
        /// validator, otherwise the mean training loss of the last `val_every` steps.
        evaluation: Option<f64>,
    },
    /// The loss or its gradient was not finite: training rolled back, and the learning rate was halved.
    RolledBack {
        /// The optimizer step that failed.
        from: u64,
        /// The optimizer step from which training continues.
        to: u64,
        /// The scale of the learning rate that is left.
        lr_scale: f64,
    },
    /// All optimizer steps are done, or the evaluations no longer improve.
    Finished {
        /// Whether early stopping ended training before the last optimizer step.
        early: bool,
    },
}
