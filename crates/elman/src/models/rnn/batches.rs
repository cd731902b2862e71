//! Training batches of a panel: series of similar length share a batch, from their first value to their last.

use std::cell::RefCell;

use elman_nn::Stream;
use elman_nn::layers::Window;
use elman_nn::windows::{Batch, Windows};

use crate::features::EncodedSeries;
use crate::transforms::Preprocessing;

/// Batches of a panel. Series of similar length share a batch, one in each lane. The hidden state is empty at the first
/// value; where the series are longer than a window, it is carried from window to window. After the end of a shorter
/// series its targets are masked, and excluded from the loss.
pub(crate) struct PanelBatches {
    pub(crate) preprocessing: Preprocessing,
    /// Inputs at a time step.
    pub(crate) inputs: usize,
    pub(crate) horizon: usize,
    /// Encoded series. A series that is too short to have a target is skipped.
    pub(crate) series: Vec<EncodedSeries>,
    /// Largest size of a window.
    pub(crate) window: Window,
    pub(crate) seed: u64,
    pub(crate) epoch: RefCell<Epoch>,
}

/// One pass over all series.
#[derive(Default)]
pub(crate) struct Epoch {
    epoch: u64,
    /// Number of the first window of this epoch.
    first: u64,
    /// Series of each batch; and for each window its group and its first time step.
    groups: Vec<Vec<usize>>,
    windows: Vec<(usize, usize)>,
}

impl PanelBatches {
    /// Time steps of a series that have a target.
    fn input_steps(&self, series: usize) -> usize {
        self.series[series].known().saturating_sub(1)
    }

    fn epoch(&self, epoch: u64, first: u64) -> Epoch {
        let mut stream = Stream::new(self.seed.wrapping_add(epoch), "walks");
        let mut order: Vec<(f64, usize)> = (0..self.series.len())
            .filter(|s| self.input_steps(*s) > 0)
            .map(|s| (self.input_steps(s) as f64 + stream.uniform(0.0, 4.0), s))
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
        Epoch { epoch, first, groups, windows }
    }

    fn steps(&self, group: &[usize]) -> usize {
        group.iter().map(|series| self.input_steps(*series)).max().unwrap_or(0)
    }
}

impl Windows<f32> for PanelBatches {
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
        let mut epoch = self.epoch.borrow_mut();
        if epoch.windows.is_empty() || number < epoch.first {
            *epoch = self.epoch(0, 0);
        }
        while number >= epoch.first + epoch.windows.len() as u64 {
            *epoch = self.epoch(epoch.epoch + 1, epoch.first + epoch.windows.len() as u64);
        }
        let (group, start) = epoch.windows[(number - epoch.first) as usize];
        let group = &epoch.groups[group];
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
                    series.write_inputs(&self.preprocessing, self.horizon, t, x);
                    series.write_targets(t, target);
                }
                _ => {
                    x.fill(0.0);
                    target.fill(f32::NAN);
                }
            }
        }
    }
}
