//! When a training whose losses are all finite has diverged nevertheless.

/// How many times the loss of a simple prediction tells of divergence and not of a hard series. A network that has
/// learned nothing ends near 1; the lesson with `--lr 1000` ends at five million.
const FAR_ABOVE: f64 = 10.0;

/// Whether a training with these losses, one a step, ends far above where it began: its last loss is greater than
/// its first, and than [`FAR_ABOVE`] times `simple`, the loss of a prediction that needs no network.
pub(crate) fn has_diverged(losses: &[f64], simple: f64) -> bool {
    match losses {
        [first, .., last] => *last > *first && *last > FAR_ABOVE * simple,
        _ => false,
    }
}

/// Whether training has diverged by its validation error, relative to that of a baseline: far above 1, and far above the
/// error of the `untrained` network with which training began.
pub(crate) fn error_has_diverged(error: f64, untrained: f64) -> bool {
    error > FAR_ABOVE * untrained.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::{error_has_diverged, has_diverged};

    #[test]
    fn far_above_its_beginning_and_a_simple_prediction() {
        assert!(has_diverged(&[0.5, 0.1, 66_937.0], 0.012));
        // Not learned, but not run away either.
        assert!(!has_diverged(&[0.5, 0.4, 0.6], 0.5));
        // Still better than at the beginning: another step would help.
        assert!(!has_diverged(&[90.0, 70.0, 50.0], 1.0));
        assert!(!has_diverged(&[50.0], 1.0) && !has_diverged(&[], 1.0));
    }
    #[test]
    fn far_above_the_forecast_it_began_with() {
        assert!(error_has_diverged(11.0, 0.9) && !error_has_diverged(9.0, 0.1));
        // Where the level alone is bad, a network that stays near it has not run away.
        assert!(!error_has_diverged(30.0, 28.0) && error_has_diverged(300.0, 28.0));
    }
}
