//! A curve of limited length, however long the training is.

/// The most points; above, neighbors are merged. A curve goes to the page ten times a second, and its points are means over enough
/// windows to show a trend.
const MOST: usize = 256;

/// Losses over optimizer steps: each point is the mean of as many losses, at the last of their steps.
#[derive(Debug, Clone)]
pub(super) struct Curve {
    points: Vec<(u64, f64)>,
    /// Losses of one point.
    stride: u32,
    /// Losses since the last point: their number, their sum and the last step.
    count: u32,
    sum: f64,
    step: u64,
}

impl Default for Curve {
    fn default() -> Self {
        Self { points: Vec::new(), stride: 1, count: 0, sum: 0.0, step: 0 }
    }
}

impl Curve {
    /// Takes the loss of a step; one that is not finite has no place on a curve.
    pub(super) fn add(&mut self, step: u64, loss: f64) {
        if !loss.is_finite() {
            return;
        }
        self.count += 1;
        self.sum += loss;
        self.step = step;
        if self.count < self.stride {
            return;
        }
        self.points.push((step, self.sum / f64::from(self.count)));
        (self.count, self.sum) = (0, 0.0);
        if self.points.len() == MOST {
            let merged = self.points.chunks(2).map(|pair| {
                let sum: f64 = pair.iter().map(|point| point.1).sum();
                (pair[pair.len() - 1].0, sum / pair.len() as f64)
            });
            self.points = merged.collect();
            self.stride *= 2;
        }
    }

    /// The points, and one of the losses that are no point yet.
    pub(super) fn points(&self) -> Vec<(u64, f64)> {
        let rest = (self.count > 0).then(|| (self.step, self.sum / f64::from(self.count)));
        self.points.iter().copied().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Curve, MOST};

    #[test]
    fn a_short_curve_has_every_loss() {
        let mut curve = Curve::default();
        for (step, loss) in [(1, 4.0), (2, f64::NAN), (3, 2.0)] {
            curve.add(step, loss);
        }
        assert_eq!(curve.points(), [(1, 4.0), (3, 2.0)]);
    }

    #[test]
    fn a_long_curve_has_means_of_equal_parts() {
        let mut curve = Curve::default();
        let steps = 3 * MOST as u64 + 1;
        for step in 1..=steps {
            curve.add(step, step as f64);
        }
        let points = curve.points();
        assert!(points.len() <= MOST && points.len() > MOST / 2, "{}", points.len());
        // Four losses each; the last point is of the one that is left.
        assert_eq!(points[..2], [(4, 2.5), (8, 6.5)]);
        assert_eq!(points.last(), Some(&(steps, steps as f64)));
    }
}
