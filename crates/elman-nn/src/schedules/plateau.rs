//! A drop by `factor` after more than `plateau_patience` evaluations that did not improve the best
//! loss by at least a ten-thousandth of it. PyTorch's `ReduceLROnPlateau`.

use super::{Progress, ScheduleConfig};

/// The least relative improvement.
const THRESHOLD: f64 = 1e-4;

pub(super) fn factor(_: &ScheduleConfig, progress: &Progress, _: u64, _: u64) -> f64 {
    progress.scale
}

pub(super) fn observe(config: &ScheduleConfig, progress: &mut Progress, loss: f64) {
    if progress.best.is_none_or(|best| loss < best * (1.0 - THRESHOLD)) {
        progress.best = Some(loss);
        progress.bad = 0;
        return;
    }
    progress.bad += 1;
    if progress.bad > config.plateau_patience {
        progress.scale *= config.factor;
        progress.bad = 0;
    }
}
