//! Gradient norm through time: how far back the loss at the end of a window reaches the state of the last layer.

use elman_nn::gradients::{LossWindow, WindowGradients, of_window};
use elman_nn::{Error, State};
use serde::Serialize;

use super::run::Run;

/// Share of the largest norm below which the gradient has vanished.
const VANISHED: f64 = 0.01;

/// Norms of the gradient of the state of the last layer after each time step of a window, as in the training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GradientNorms {
    /// Time steps of the window: those of the training, or fewer in a short series.
    pub steps: usize,
    /// Norms over all tensors of the state, of the loss of the last time step of the window, the oldest time step first.
    pub of_last: Vec<f64>,
    /// The same of the loss of the whole window.
    pub of_window: Vec<f64>,
    /// Time steps before the end of the window from which on the gradient of the last loss is below 1 % of its largest
    /// norm; `None` if the gradient reaches the beginning of the window.
    pub vanishes: Option<usize>,
}

impl GradientNorms {
    fn of(gradients: &WindowGradients) -> Option<Self> {
        let [of_last, of_window] =
            [&gradients.of_last, &gradients.of_loss].map(|norms| of_all_tensors(norms));
        let newest_first: Vec<f64> = of_last.iter().rev().copied().collect();
        let reach = elman_nn::gradients::reach(&newest_first, VANISHED)?;
        let steps = of_last.len();
        // One time step has nothing to reach back to.
        (steps > 1).then(|| Self {
            steps,
            of_last,
            of_window,
            vanishes: Some(reach).filter(|at| *at < steps),
        })
    }

    /// Ratio of the norm at the beginning of the window to the norm at its end.
    pub fn ratio(&self) -> f64 {
        let [first, last] = [self.of_last.first(), self.of_last.last()];
        first.copied().unwrap_or(0.0) / last.copied().unwrap_or(1.0)
    }
}

/// The norm over all tensors of a state, for each time step.
fn of_all_tensors(norms: &[Vec<f64>]) -> Vec<f64> {
    let steps = norms.first().map_or(0, Vec::len);
    (0..steps).map(|t| norms.iter().map(|norms| norms[t].powi(2)).sum::<f64>().sqrt()).collect()
}

/// Time steps of the window: those of the training before the last time step that has a target.
pub(super) fn window(run: &Run<'_>) -> Option<std::ops::Range<usize>> {
    let settings = &run.net.settings;
    let mut targets = vec![0.0; settings.horizon];
    let last = (0..run.len.saturating_sub(settings.horizon)).rev().take(settings.seq_length).find(
        |t| {
            run.series.write_targets(*t, &mut targets);
            targets.iter().any(|target| !target.is_nan())
        },
    )?;
    Some((last + 1).saturating_sub(settings.seq_length)..last + 1)
}

/// The norms in the time steps `window`; `state` is the hidden state before them.
pub(super) fn norms(
    run: &Run<'_>,
    window: std::ops::Range<usize>,
    state: State<f32>,
) -> Result<Option<GradientNorms>, Error> {
    let settings = &run.net.settings;
    let mut targets = vec![0.0; window.len() * settings.horizon];
    for (t, targets) in window.clone().zip(targets.chunks_mut(settings.horizon)) {
        run.series.write_targets(t, targets);
    }
    let state = if settings.carry { state } else { run.net.model().zero_state(1) };
    let window = LossWindow { x: &run.rows(window), targets: &targets, state };
    let loss = settings.output.loss()?;
    let gradients = of_window(run.net.model(), run.net.params(), &loss, window)?;
    Ok(GradientNorms::of(&gradients))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gradient_vanishes_where_its_norm_stays_small() {
        let norms = |of_last: Vec<f64>| {
            let zeros = vec![0.0; of_last.len()];
            let of_last = vec![of_last, zeros.clone()];
            let gradients =
                WindowGradients { of_loss: vec![zeros.clone(), zeros], of_last, norm: 1.0 };
            GradientNorms::of(&gradients)
        };
        let vanishing = norms(vec![0.001, 0.005, 0.02, 0.5, 1.0]).unwrap();
        assert_eq!((vanishing.vanishes, vanishing.ratio()), (Some(3), 0.001));
        assert_eq!(norms(vec![0.4, 0.5, 1.0]).unwrap().vanishes, None);
        assert_eq!(norms(vec![0.0; 3]), None);
    }

    #[test]
    fn the_norm_is_over_all_tensors() {
        assert_eq!(of_all_tensors(&[vec![3.0, 0.0], vec![4.0, 2.0]]), [5.0, 2.0]);
    }
}
