//! The clock: how long a step takes, in several runs.

use std::time::Instant;

use super::drive::Steps;
use crate::failure::Failure;

/// How long a step took.
#[derive(Debug, Clone)]
pub struct Measured {
    /// Microseconds a step, of each run in the order of time.
    pub runs: Vec<f64>,
    /// Steps in each run.
    pub steps_per_run: u64,
}

/// Warms up, then times `runs` runs that take `seconds` together, but at least one step each.
/// `after_run` is called between two runs.
pub fn measure(
    mut steps: Steps,
    runs: u32,
    seconds: f64,
    mut after_run: impl FnMut(),
) -> Result<Measured, Failure> {
    let run_seconds = seconds / f64::from(runs);
    // The very first step touches all its memory for the first time, and says nothing.
    steps(1)?;
    let mut count = 1;
    let step_seconds = loop {
        let taken = time(&mut steps, count)?;
        // A quarter of a run is long enough to know how many steps fill one.
        if taken > run_seconds / 4.0 {
            break taken / count as f64;
        }
        count *= 2;
    };
    let steps_per_run = (run_seconds / step_seconds).round().max(1.0) as u64;
    let mut measured = Measured { runs: Vec::new(), steps_per_run };
    for _ in 0..runs {
        let taken = time(&mut steps, steps_per_run)?;
        measured.runs.push(1e6 * taken / steps_per_run as f64);
        after_run();
    }
    Ok(measured)
}

/// Seconds that `count` steps take. The clock is read outside of them: reading it in every step
/// would cost more than a step of the lesson.
fn time(steps: &mut Steps, count: u64) -> Result<f64, Failure> {
    let began = Instant::now();
    steps(count)?;
    Ok(began.elapsed().as_secs_f64())
}

impl Measured {
    /// The median of the runs, in microseconds a step.
    pub fn median(&self) -> f64 {
        let mut sorted = self.runs.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        match sorted.len() % 2 {
            1 => sorted[middle],
            _ => (sorted[middle - 1] + sorted[middle]) / 2.0,
        }
    }

    /// The fastest run, in microseconds a step.
    pub fn min(&self) -> f64 {
        self.runs.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    #[test]
    fn every_run_has_the_same_steps_and_at_least_one() {
        let counts = Rc::new(RefCell::new(Vec::new()));
        let seen = Rc::clone(&counts);
        let steps: Steps = Box::new(move |count| {
            seen.borrow_mut().push(count);
            Ok(())
        });
        let mut called = 0;
        let measured = measure(steps, 5, 1e-12, || called += 1).unwrap();
        assert_eq!((measured.runs.len(), called), (5, 5));
        let counts = counts.borrow();
        let timed = &counts[counts.len() - 5..];
        assert!(timed.iter().all(|&count| count == measured.steps_per_run && count >= 1));
    }

    #[test]
    fn median_and_fastest() {
        let of = |runs: &[f64]| Measured { runs: runs.to_vec(), steps_per_run: 1 };
        assert_eq!(of(&[9.0, 1.0, 4.0]).median(), 4.0);
        assert_eq!(of(&[9.0, 1.0, 4.0, 2.0]).median(), 3.0);
        assert_eq!(of(&[9.0, 1.0, 4.0]).min(), 1.0);
    }
}
