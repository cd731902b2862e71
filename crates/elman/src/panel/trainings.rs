//! Several networks are trained on one panel, side by side.

use std::sync::atomic::{AtomicU64, Ordering};

use elman_nn::{self as nn, Params};

use super::early::Early;
use super::jobs::each;
use super::net::{Net, NetSettings};
use super::past::Known;
use crate::error::{Error, Result};

/// A network to be trained.
pub(super) struct Training<'a> {
    pub(super) settings: NetSettings,
    /// The weights that it begins with; random ones, if none.
    pub(super) from: Option<&'a Params<f32>>,
}

impl From<NetSettings> for Training<'_> {
    fn from(settings: NetSettings) -> Self {
        Self { settings, from: None }
    }
}

/// The networks, in the order of `trainings`. Each has one thread, and the long ones come first, so that
/// in the end no thread waits long for another. `report` is told updates done, of so many.
///
/// # Errors
/// The first training that diverges.
pub(super) fn trained(
    trainings: &[Training<'_>],
    panel: &[Known<'_>],
    threads: usize,
    early: Option<&Early<'_>>,
    report: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<Net>> {
    attempted(trainings, panel, threads, early, report)?.into_iter().collect()
}

/// The same for model selection: a training that diverges gives no network, and no error.
pub(super) fn tried(
    trainings: &[Training<'_>],
    panel: &[Known<'_>],
    threads: usize,
    early: Option<&Early<'_>>,
    report: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<Option<Net>>> {
    let nets = attempted(trainings, panel, threads, early, report)?;
    nets.into_iter().map(unless_diverged).collect()
}

/// The network of a training, if it did not diverge.
pub(super) fn unless_diverged(net: Result<Net>) -> Result<Option<Net>> {
    match net {
        Err(Error::Network(nn::Error::Diverged { .. })) => Ok(None),
        net => net.map(Some),
    }
}

fn attempted(
    trainings: &[Training<'_>],
    panel: &[Known<'_>],
    threads: usize,
    early: Option<&Early<'_>>,
    report: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<Result<Net>>> {
    let of = trainings.iter().map(|training| training.settings.steps).sum();
    let done = AtomicU64::new(0);
    let step = || report(1 + done.fetch_add(1, Ordering::Relaxed), of);
    let mut order: Vec<(usize, &Training<'_>)> = trainings.iter().enumerate().collect();
    order.sort_by_key(|(_, training)| std::cmp::Reverse(training.settings.work()));
    let mut nets = each(&order, threads, |(place, training)| {
        let Training { settings, from } = training;
        Ok((*place, Net::train(panel, settings.clone(), *from, early, &step)))
    })?;
    nets.sort_by_key(|(place, _)| *place);
    Ok(nets.into_iter().map(|(_, net)| net).collect())
}
