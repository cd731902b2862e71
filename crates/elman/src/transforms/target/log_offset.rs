//! `z = ln (y / mean + 0.1)`, `y = (exp z - 0.1) · mean`, and 0 for a lower z: the offset gives 0 a logarithm.

use super::log::FURTHEST;
use super::{Domain, Fitted, TargetTransform};

/// Offset that is added to y / mean.
pub(crate) const OFFSET: f64 = 0.1;

pub(super) const LOG_OFFSET: TargetTransform = TargetTransform {
    name: "log_offset",
    summary: "log transform with an offset",
    domain: Domain::NonNegative,
    is_linear: false,
    has_errors_in_logs: false,
    furthest: FURTHEST,
    fit: |history, _| Fitted::to_mean(history),
    forward,
    inverse,
    shift: |y, season, fitted| inverse(forward(y, fitted) + season, fitted),
};

fn forward(y: f64, fitted: Fitted) -> f64 {
    (y / fitted.unit + OFFSET).ln()
}

fn inverse(z: f64, fitted: Fitted) -> f64 {
    ((z.exp() - OFFSET) * fitted.unit).max(0.0)
}
