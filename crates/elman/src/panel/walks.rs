//! Training windows: series of like length walk side by side, from their first value to their last.

use std::cell::RefCell;

use elman_nn::Stream;
use elman_nn::layers::Window;
use elman_nn::windows::{Batch, Windows};

use super::seen::Seen;
use super::view::View;

/// Series of like length are walked together. The memory starts empty at their first values; where
/// they are longer than a window, it is carried from each to the next. What a shorter series lacks
/// at its end is not known, and has no part in the loss.
pub(super) struct Walks {
    pub(super) view: View,
    /// Numbers shown at a step.
    pub(super) inputs: usize,
    pub(super) horizon: usize,
    /// Those too short to be asked anything are left out.
    pub(super) series: Vec<Seen>,
    /// The size of a window, at most.
    pub(super) window: Window,
    pub(super) seed: u64,
    pub(super) plan: RefCell<Plan>,
}

/// One pass over all series.
#[derive(Default)]
pub(super) struct Plan {
    epoch: u64,
    /// The number of its first window.
    first: u64,
    /// Which series walk together, and which step each of their windows starts at.
    groups: Vec<Vec<usize>>,
    windows: Vec<(usize, usize)>,
}

impl Walks {
    /// Steps of a series that can be asked what comes next.
    fn walked(&self, series: usize) -> usize {
        self.series[series].known().saturating_sub(1)
    }

    fn plan(&self, epoch: u64, first: u64) -> Plan {
        let mut stream = Stream::new(self.seed.wrapping_add(epoch), "walks");
        let mut order: Vec<(f64, usize)> = (0..self.series.len())
            .filter(|s| self.walked(*s) > 0)
            .map(|s| (self.walked(s) as f64 + stream.uniform(0.0, 4.0), s))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut groups: Vec<Vec<usize>> = order
            .chunks(self.window.batch)
            .map(|group| group.iter().map(|(_, series)| *series).collect())
            .collect();
        for last in (1..groups.len()).rev() {
            groups.swap(last, (stream.unit() * (last + 1) as f64) as usize);
        }
        let mut windows = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            let starts = (0..self.steps(group)).step_by(self.window.steps);
            windows.extend(starts.map(|start| (index, start)));
        }
        Plan { epoch, first, groups, windows }
    }

    fn steps(&self, group: &[usize]) -> usize {
        group.iter().map(|series| self.walked(*series)).max().unwrap_or(0)
    }
}

impl Windows<f32> for Walks {
    fn window(&self) -> Window {
        self.window
    }

    fn input_size(&self) -> usize {
        self.inputs
    }

    fn target_size(&self) -> usize {
        self.horizon
    }

    fn fill(&self, number: u64, batch: &mut Batch<f32>) {
        let mut plan = self.plan.borrow_mut();
        if plan.windows.is_empty() || number < plan.first {
            *plan = self.plan(0, 0);
        }
        while number >= plan.first + plan.windows.len() as u64 {
            *plan = self.plan(plan.epoch + 1, plan.first + plan.windows.len() as u64);
        }
        let (group, start) = plan.windows[(number - plan.first) as usize];
        let group = &plan.groups[group];
        let steps = (self.steps(group) - start).min(self.window.steps);
        batch.set_steps(steps);
        batch.fresh.fill(start == 0);
        let (inputs, width) = (self.input_size(), self.window.batch);
        let rows =
            batch.x.chunks_exact_mut(inputs).zip(batch.target.chunks_exact_mut(self.horizon));
        for (row, (x, target)) in rows.enumerate() {
            let (t, stream) = (start + row / width, row % width);
            match group.get(stream).map(|s| &self.series[*s]) {
                Some(series) if t + 1 < series.known() => {
                    series.show(&self.view, self.horizon, t, x);
                    series.ask(t, target);
                }
                _ => {
                    x.fill(0.0);
                    target.fill(f32::NAN);
                }
            }
        }
    }
}
