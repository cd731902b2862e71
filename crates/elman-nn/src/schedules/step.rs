//! factor^⌊s / step_size⌋. PyTorch's `StepLR`.

use super::{Progress, ScheduleConfig};

pub(super) fn factor(config: &ScheduleConfig, _: &Progress, step: u64, _: u64) -> f64 {
    config.factor.powf((step / config.step_size) as f64)
}
