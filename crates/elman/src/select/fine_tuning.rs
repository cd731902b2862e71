//! Fine-tuning: the training of the pretrained network continues on the panel.

use std::ops::ControlFlow;

use elman_nn::Isa;
use elman_nn::train::Event;

use super::run::{Progress, RunContext};
use super::setup::SelectionSetup;
use super::weights::Prior;
use crate::data::HistoryView;
use crate::error::{Error, Result};
use crate::models::pretrained::{Pretrained, PretrainingConfig, TrainingSet};

/// Optimizer steps of each network, and their peak learning rate. 100 steps have most of the gain of 200
/// (`docs/experiments.md`).
const STEPS: u64 = 100;
const LEARNING_RATE: f64 = 4e-3;

/// Least numbers of series and of values with which the automatic model compares the fine-tuned network with the pretrained
/// one. Of 20 short series the forecasts were up to 1.5 % worse (`docs/experiments.md`).
const MIN_SERIES: usize = 12;
const MIN_VALUES: usize = 4000;

/// Whether the automatic model may fine-tune for this panel. Where networks that are trained on the panel alone have most of the
/// weight, a fine-tuned network beside them made no forecast better.
pub(crate) fn is_worth_fine_tuning(panel: &[HistoryView<'_>], networks: Prior) -> bool {
    let values: usize = panel.iter().map(|series| series.cutoff).sum();
    panel.len() >= MIN_SERIES && values >= MIN_VALUES && !networks.is_most()
}

/// Continues the training of the pretrained network on the known values of `panel`. `None` if no series has enough values, or
/// if the training diverges.
///
/// # Errors
/// [`Error::Cancelled`]; the errors of training.
pub(crate) fn fine_tune(
    setup: &SelectionSetup<'_>,
    panel: &[HistoryView<'_>],
    run: &RunContext<'_>,
) -> Result<Option<Pretrained>> {
    let pretrained = Pretrained::shipped()?;
    let settings = setup.settings;
    let steps = settings.max_steps.unwrap_or(STEPS);
    let config = PretrainingConfig {
        max_steps: steps,
        learning_rate: LEARNING_RATE,
        seed: settings.seed,
        threads: settings.threads,
        isa: settings.isa.unwrap_or_else(Isa::detect),
        ..PretrainingConfig::default()
    };
    let set = TrainingSet {
        name: "the panel".to_owned(),
        class: setup.class,
        periods: setup.seasons.clone(),
        weight: 1.0,
        series: panel.iter().map(|series| series.filled().to_vec()).collect(),
    };
    let total = steps * pretrained.nets().len() as u64;
    let result = pretrained.fine_tune(vec![set], &config, |network, event| match event {
        Event::Step { step, .. } => run.report(Progress::FineTuning(network * steps + step, total)),
        _ => ControlFlow::Continue(()),
    });
    match result {
        Ok(network) => Ok(Some(network)),
        Err(Error::Data { .. } | Error::Network(elman_nn::Error::Diverged { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}
