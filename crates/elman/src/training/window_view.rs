//! The window of the last optimizer step, for a chart.

use elman_nn::losses::Loss;

use super::run::TrainingRun;
use crate::data::Series;

/// One lane of the window of the last optimizer step, in the units of the data: positions on the time axis, and values. A
/// missing value is NaN.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowView {
    /// Index of the series of the lane.
    pub series: usize,
    /// The inputs of the network.
    pub input: Vec<(f64, f64)>,
    /// The predictions of the network, one step ahead, at the positions of their targets.
    pub prediction: Vec<(f64, f64)>,
    /// The actual values.
    pub target: Vec<(f64, f64)>,
}

impl TrainingRun {
    /// The longest lane of the window of the last optimizer step.
    pub fn window(&self) -> WindowView {
        // The last window has the number of the last optimizer step.
        let number = self.trainer.step().saturating_sub(1);
        let (place, lane) = self.prepared.batches.longest_lane(number);
        let series: &Series = &self.series[lane.series];
        let encoded = &self.prepared.batches.series()[lane.series];
        let before = series.len() - self.prepared.splits[lane.series].len;
        let value = |t: usize| (series.position(before + t), series.values[before + t]);
        let loss: &Loss<f32> = self.trainer.loss();
        let width = self.trainer.model().config().output_size;
        let outputs = self.trainer.output().chunks_exact(width * self.trainer.batch().fresh.len());
        let predicted = |(t, outputs): (usize, &[f32])| {
            let output = loss.point(&outputs[place * width..][..loss.outputs_per_target()]);
            (series.position(before + t + 1), encoded.inverse(t, 1, output))
        };
        WindowView {
            series: lane.series,
            input: lane.steps.clone().map(value).collect(),
            prediction: lane.steps.clone().zip(outputs).map(predicted).collect(),
            target: lane.steps.map(|t| value(t + 1)).collect(),
        }
    }
}
