//! Parallel training of several networks on one panel.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use elman_nn::{self as nn, Params};

use super::config::RnnConfig;
use super::early_stopping::StoppingRule;
use super::model::RnnModel;
use crate::data::HistoryView;
use crate::data::parallel::each;
use crate::error::{Error, Result};

/// Observer of trainings, called with the optimizer steps done, and their total; it can cancel them.
pub(crate) type Report<'a> = dyn Fn(u64, u64) -> ControlFlow<()> + Sync + 'a;

/// Training of one network.
pub(crate) struct Training<'a> {
    pub(crate) settings: RnnConfig,
    /// Initial weights; `None` for random ones.
    pub(crate) from: Option<&'a Params<f32>>,
}

impl From<RnnConfig> for Training<'_> {
    fn from(settings: RnnConfig) -> Self {
        Self { settings, from: None }
    }
}

/// Trains the networks, and returns them in the order of `trainings`. Each has one thread, and the longest trainings
/// start first, so that no thread waits long at the end. `report` is called with the optimizer steps done, and their
/// total.
///
/// # Errors
/// The error of the first training that diverges; [`Error::Cancelled`].
pub(crate) fn fit_all(
    trainings: &[Training<'_>],
    panel: &[HistoryView<'_>],
    threads: usize,
    early: Option<&StoppingRule<'_>>,
    report: &Report<'_>,
) -> Result<Vec<RnnModel>> {
    attempts(trainings, panel, threads, early, report)?.into_iter().collect()
}

/// As [`fit_all`], for model selection: a training that diverges returns `None`, and no error.
pub(crate) fn fit_candidates(
    trainings: &[Training<'_>],
    panel: &[HistoryView<'_>],
    threads: usize,
    early: Option<&StoppingRule<'_>>,
    report: &Report<'_>,
) -> Result<Vec<Option<RnnModel>>> {
    let nets = attempts(trainings, panel, threads, early, report)?;
    nets.into_iter().map(unless_diverged).collect()
}

/// Network of a training; `None` if it diverged.
pub(crate) fn unless_diverged(net: Result<RnnModel>) -> Result<Option<RnnModel>> {
    match net {
        Err(Error::Network(nn::Error::Diverged { .. })) => Ok(None),
        net => net.map(Some),
    }
}

fn attempts(
    trainings: &[Training<'_>],
    panel: &[HistoryView<'_>],
    threads: usize,
    early: Option<&StoppingRule<'_>>,
    report: &Report<'_>,
) -> Result<Vec<Result<RnnModel>>> {
    let of = trainings.iter().map(|training| training.settings.max_steps).sum();
    let done = AtomicU64::new(0);
    let cancelled = AtomicBool::new(false);
    let step = || {
        if report(1 + done.fetch_add(1, Ordering::Relaxed), of).is_break() {
            cancelled.store(true, Ordering::Relaxed);
        }
        match cancelled.load(Ordering::Relaxed) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let mut order: Vec<(usize, &Training<'_>)> = trainings.iter().enumerate().collect();
    order.sort_by_key(|(_, training)| std::cmp::Reverse(training.settings.work()));
    let mut nets = each(&order, threads, |(place, training)| {
        let Training { settings, from } = training;
        match RnnModel::train(panel, settings.clone(), *from, early, &step) {
            Err(Error::Cancelled) => Err(Error::Cancelled),
            net => Ok((*place, net)),
        }
    })?;
    nets.sort_by_key(|(place, _)| *place);
    Ok(nets.into_iter().map(|(_, net)| net).collect())
}
