//! Errors of a trained network on its test set, compared with those of the baselines, and its prediction intervals.

use super::split::Split;
use crate::data::HistoryView;
use crate::error::Result;
use crate::intervals::Conformal;
use crate::metrics::{Evaluation, Part};
use crate::models::rnn::{RnnModel, all_ends};
use crate::select::{Comparison, Model, SelectionReport, clamp_to_zero};

/// Most forecasts on the test set, at equal distances: the baselines are fitted anew for each of them.
const MAX_FORECASTS: usize = 300;

/// Evaluation of a network on the test sets of a panel.
pub(super) struct TestSet<'a> {
    pub(super) net: &'a RnnModel,
    pub(super) panel: &'a [HistoryView<'a>],
    pub(super) splits: &'a [Split],
    pub(super) levels: &'a [f64],
    /// Whether forecasts and bounds below 0 are set to 0.
    pub(super) non_negative: bool,
    pub(super) threads: usize,
}

/// Report of a network, and the calibration of its prediction intervals.
type Tested = (SelectionReport, Option<Conformal>);

impl TestSet<'_> {
    /// Origins of the forecasts: the numbers of values before them.
    fn origins(&self) -> Vec<Vec<usize>> {
        let horizon = self.net.settings.horizon;
        let possible = |split: &Split| (split.len + 1).saturating_sub(split.cutoff + horizon);
        let all: usize = self.splits.iter().map(possible).sum();
        let stride = all.div_ceil(MAX_FORECASTS).max(1);
        let origins = |split: &Split| {
            (split.cutoff..split.cutoff + possible(split)).step_by(stride).collect()
        };
        self.splits.iter().map(origins).collect()
    }

    /// Compares the network with the baselines, and calibrates its intervals. Units come from the values before the test
    /// set.
    pub(super) fn evaluate(&self) -> Result<Tested> {
        let Self { net, panel, splits, levels, non_negative, threads } = *self;
        let settings = &net.settings;
        let origins = self.origins();
        let evaluation = Evaluation {
            panel,
            origins: &origins,
            horizon: settings.horizon,
            season: settings.seasons.first().copied().unwrap_or(1),
            part: Part::All,
        };
        let mut report = self.report(&evaluation);
        if report.forecasts == 0 {
            return Ok((report, None));
        }
        let before: Vec<HistoryView<'_>> =
            panel.iter().zip(splits).map(|(y, split)| y.history.up_to(split.cutoff)).collect();
        let own = net.has_own_intervals();
        let quantiles = if own { all_ends(levels) } else { Vec::new() };
        let predicted = net.predictions(&before, &origins, &quantiles)?;
        let (mut forecasts, mut intervals) = predicted.split(if own { levels } else { &[] });
        if non_negative {
            clamp_to_zero(&mut forecasts, &mut intervals);
        }
        let scales = evaluation.scales();
        let comparison = Comparison::of(&evaluation, &scales, &forecasts, threads)?;
        (report.scores, report.best_baseline) = (comparison.scores, comparison.best_baseline);
        report.without_scale = evaluation.without_scale(&scales);
        let transform = settings.preprocessing.transform;
        let calibrated = Conformal::new(transform, &evaluation, &forecasts, 1.0, levels);
        let (conformal, coverage) = calibrated.unzip();
        report.coverage = match own {
            true => evaluation.coverage(&intervals, levels.len()),
            false => coverage.unwrap_or_default(),
        };
        Ok((report, conformal))
    }

    /// Report without scores.
    fn report(&self, evaluation: &Evaluation<'_>) -> SelectionReport {
        let Self { net, panel, splits, levels, .. } = *self;
        let evidence = evaluation.evidence(false);
        SelectionReport {
            seasons: net.settings.seasons.clone(),
            transform: net.settings.preprocessing.transform,
            covariates: Vec::new(),
            sampled: panel.len(),
            typical_length: panel.iter().map(|series| series.cutoff).max().unwrap_or(0),
            held_out: splits.iter().map(|split| split.len - split.cutoff).max().unwrap_or(0),
            forecasts: evidence.forecasts,
            evidence,
            candidate_scores: Vec::new(),
            scores: Vec::new(),
            best_baseline: None,
            without_scale: Vec::new(),
            levels: levels.to_vec(),
            coverage: Vec::new(),
            updates: net.updates(),
            model: Model::Network,
            network_weight: 1.0,
            pretrained_share: 0.0,
            fine_tuned: false,
            fine_tuning: None,
            frequency_class: None,
            series_by_seasons: Vec::new(),
        }
    }
}
