//! Preprocessing, training windows, networks and intervals of small panels.

mod encoding;
mod fine_tuning;
mod intervals;
mod networks;
mod online;
mod selection;

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::Mutex;

use elman_nn::Runner;
use elman_nn::layers::Window;
use elman_nn::registry::Entry;
use elman_nn::train::Validator;
use elman_nn::windows::{Batch, Windows};

use super::config::AutoForecaster;
use super::prepared::PreparedPanel;
use super::search_space::search_space;
use super::setup::SelectionSetup;
use crate::data::{CovariateValues, History, HistoryView, Series};
use crate::features::{CovariateDims, EncodedSeries};
use crate::intervals::Conformal;
use crate::models::rnn::batches::{Panel, PanelBatches};
use crate::models::rnn::early_stopping::StoppingRule;
use crate::models::rnn::{
    Likelihood, OutputSpec, RnnConfig, RnnModel, RnnRef, StackConfig, ValidationLoss,
};
use crate::season::Decomposition;
use crate::transforms::scalers::Scaler;
use crate::transforms::series_transform::bridged;
use crate::transforms::{Preprocessing, TargetTransform};

/// An observer that lets a training continue.
fn go_on() -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// A growing series with a seasonal period of 4 and a seasonal amplitude of a quarter of the level.
fn sales(len: usize, start: f64) -> Vec<f64> {
    let season = [1.25, 0.9, 1.1, 0.75];
    (0..len).map(|t| (start + 2.0 * t as f64 + (t * t % 7) as f64) * season[t % 4]).collect()
}

fn all_views() -> Vec<Preprocessing> {
    let scales = [TargetTransform::LOG, TargetTransform::LOG_OFFSET, TargetTransform::MEAN_SCALE];
    let own = scales.into_iter().flat_map(|transform| search_space(transform, &[4], 5, 20));
    let scaled = Scaler::ALL.iter().flat_map(|scaler| {
        let scaler = Some(scaler.name.to_owned());
        let space = search_space(TargetTransform::MEAN_SCALE, &[4], 5, 20).into_iter();
        space.map(move |preprocessing| Preprocessing { scaler: scaler.clone(), ..preprocessing })
    });
    own.chain(scaled).collect()
}

fn settings(preprocessing: &Preprocessing, steps: u64) -> RnnConfig {
    RnnConfig {
        preprocessing: preprocessing.clone(),
        seasons: vec![4],
        horizon: 3,
        output: OutputSpec::by(Likelihood::Point, "mae", &[]),
        covariate_dims: CovariateDims::default(),
        cell: "lstm".to_owned(),
        hidden_size: 8,
        stack: StackConfig::default(),
        dropout: 0.0,
        batch_size: 2,
        seq_length: 16,
        carry: true,
        start: 0,
        max_steps: steps,
        stop: None,
        learning_rate: 1e-2,
        seed: 1,
        isa: None,
    }
}
