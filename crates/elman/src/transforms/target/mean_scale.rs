//! `z = y / mean |y|`, `y = z · mean |y|`.

use super::{Domain, Fitted, TargetTransform};

pub(super) const MEAN_SCALE: TargetTransform = TargetTransform {
    name: "mean_scale",
    summary: "scaled by the mean",
    domain: Domain::All,
    is_linear: true,
    has_errors_in_logs: false,
    furthest: f64::INFINITY,
    fit: |history, _| Fitted::to_mean(history),
    forward: |y, fitted| y / fitted.unit,
    inverse: |z, fitted| z * fitted.unit,
    shift: |y, season, fitted| y + season * fitted.unit,
};
