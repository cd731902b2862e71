//! `z = ln y`, `y = exp z`.

use super::{Domain, Fitted, TargetTransform};

/// Largest distance of a forecast from the level, in logs: a factor of twenty up or down.
pub(super) const FURTHEST: f64 = 3.0;

pub(super) const LOG: TargetTransform = TargetTransform {
    name: "log",
    summary: "log transform",
    domain: Domain::Positive,
    is_linear: false,
    has_errors_in_logs: true,
    furthest: FURTHEST,
    fit: |_, _| Fitted { unit: 1.0, power: 1.0 },
    forward: |y, _| y.ln(),
    inverse: |z, _| z.exp(),
    shift: |y, season, _| y * season.exp(),
};
