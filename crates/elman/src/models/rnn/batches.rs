//! Training batches of a panel: series of similar length share a batch, from their first value to their last.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use elman_nn::Stream;
use elman_nn::layers::Window;
use elman_nn::windows::{Batch, Windows};

use crate::features::EncodedSeries;
use crate::transforms::Preprocessing;

/// Batches of a panel. Series of similar length share a batch, one in each lane; a long series can be cut into several
/// lanes. The hidden state is empty at the first value of a lane; where the lanes are longer than a window, it is carried
/// from window to window. After the end of a shorter lane its targets are masked, and excluded from the loss.
#[derive(Clone)]
pub(crate) struct PanelBatches(Arc<Panel>);

/// The data of [`PanelBatches`].
pub(crate) struct Panel {
    pub(crate) preprocessing: Preprocessing,
    /// Inputs at a time step.
    pub(crate) inputs: usize,
    pub(crate) horizon: usize,
    /// Encoded series. A series that is too short to have a target is skipped.
    pub(crate) series: Vec<EncodedSeries>,
    /// Contiguous lanes that each series is cut into.
    pub(crate) lanes: usize,
    /// Largest size of a window.
    pub(crate) window: Window,
    pub(crate) seed: u64,
    pub(crate) epoch: Mutex<Epoch>,
}

/// A part of one series that a lane reads.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lane {
    pub(crate) series: usize,
    /// Time steps of the inputs.
    pub(crate) steps: Range<usize>,
}

/// One pass over all series.
#[derive(Default)]
pub(crate) struct Epoch {
    epoch: u64,
    /// Number of the first window of this epoch.
    first: u64,
    /// Lanes of each batch; and for each window its group and its first time step in the lanes.
    groups: Vec<Vec<Lane>>,
    windows: Vec<(usize, usize)>,
}

impl PanelBatches {
    pub(crate) fn new(panel: Panel) -> Self {
        Self(Arc::new(panel))
    }

    /// Encoded series.
    pub(crate) fn series(&self) -> &[EncodedSeries] {
        &self.0.series
    }

    /// The longest lane of window `number`: its place in the batch, and the part of its series that it reads.
    pub(crate) fn longest_lane(&self, number: u64) -> (usize, Lane) {
        self.0.with_window(number, |group, start| {
            let longest = group.iter().enumerate().max_by_key(|(_, lane)| lane.steps.len());
            let (place, Lane { series, steps }) = longest.expect("a window has a lane");
            let from = steps.start + start;
            let steps = from..steps.end.min(from + self.0.window.steps);
            (place, Lane { series: *series, steps })
        })
    }

    /// Windows of one pass over all series.
    pub(crate) fn windows_in_epoch(&self) -> u64 {
        self.0.epoch(0, 0).windows.len() as u64
    }
}

impl Panel {
    /// The lanes of a series: contiguous parts of the time steps that have a target.
    fn lanes_of(&self, series: usize) -> impl Iterator<Item = Lane> {
        let steps = self.series[series].known().saturating_sub(1);
        let lanes = self.lanes.min(steps);
        let end = move |lane: usize| lane * steps / lanes;
        (0..lanes).map(move |lane| Lane { series, steps: end(lane)..end(lane + 1) })
    }

    fn epoch(&self, epoch: u64, first: u64) -> Epoch {
        let mut stream = Stream::new(self.seed.wrapping_add(epoch), "walks");
        let lanes = (0..self.series.len()).flat_map(|series| self.lanes_of(series));
        let mut order: Vec<(f64, Lane)> =
            lanes.map(|lane| (lane.steps.len() as f64 + stream.uniform(0.0, 4.0), lane)).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut groups: Vec<Vec<Lane>> = order
            .chunks(self.window.batch)
            .map(|group| group.iter().map(|(_, lane)| lane.clone()).collect())
            .collect();
        for last in (1..groups.len()).rev() {
            groups.swap(last, (stream.unit() * (last + 1) as f64) as usize);
        }
        let mut windows = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            windows
                .extend((0..longest(group)).step_by(self.window.steps).map(|start| (index, start)));
        }
        Epoch { epoch, first, groups, windows }
    }

    /// Calls `with` with the lanes of window `number`, and its first time step in them.
    fn with_window<R>(&self, number: u64, with: impl FnOnce(&[Lane], usize) -> R) -> R {
        let mut epoch = self.epoch.lock().unwrap_or_else(PoisonError::into_inner);
        if epoch.windows.is_empty() || number < epoch.first {
            *epoch = self.epoch(0, 0);
        }
        while number >= epoch.first + epoch.windows.len() as u64 {
            *epoch = self.epoch(epoch.epoch + 1, epoch.first + epoch.windows.len() as u64);
        }
        let (group, start) = epoch.windows[(number - epoch.first) as usize];
        with(&epoch.groups[group], start)
    }
}

fn longest(group: &[Lane]) -> usize {
    group.iter().map(|lane| lane.steps.len()).max().unwrap_or(0)
}

impl Windows<f32> for PanelBatches {
    fn window(&self) -> Window {
        self.0.window
    }

    fn input_size(&self) -> usize {
        self.0.inputs
    }

    fn target_size(&self) -> usize {
        self.0.horizon
    }

    fn fill(&self, number: u64, batch: &mut Batch<f32>) {
        let Panel { preprocessing, inputs, horizon, series, window, .. } = &*self.0;
        self.0.with_window(number, |group, start| {
            batch.set_steps((longest(group) - start).min(window.steps));
            batch.fresh.fill(start == 0);
            let rows =
                batch.x.chunks_exact_mut(*inputs).zip(batch.target.chunks_exact_mut(*horizon));
            for (row, (x, target)) in rows.enumerate() {
                let (t, lane) = (start + row / window.batch, row % window.batch);
                match group.get(lane).filter(|lane| t < lane.steps.len()) {
                    Some(lane) => {
                        let (series, t) = (&series[lane.series], lane.steps.start + t);
                        series.write_inputs(preprocessing, *horizon, t, x);
                        series.write_targets(t, target);
                    }
                    None => {
                        x.fill(0.0);
                        target.fill(f32::NAN);
                    }
                }
            }
        });
    }
}
