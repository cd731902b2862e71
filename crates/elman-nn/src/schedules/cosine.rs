//! floor + (1 - floor) (1 + cos(π s / total)) / 2 (Loshchilov and Hutter, 2017). PyTorch's
//! `CosineAnnealingLR`; stays at the floor after `total` steps.

use super::{Progress, ScheduleConfig};

pub(super) fn factor(config: &ScheduleConfig, _: &Progress, step: u64, total: u64) -> f64 {
    let done = (step as f64 / total.max(1) as f64).min(1.0);
    config.floor + (1.0 - config.floor) * 0.5 * (1.0 + (std::f64::consts::PI * done).cos())
}
