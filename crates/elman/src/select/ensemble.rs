//! Ensemble: networks that were selected and trained together, for all series of a panel or for one.

use super::blend::{Base, Blend};
use super::comparison::SeriesScores;
use super::config::{AutoForecaster, Point};
use super::run::RunContext;
use super::selection::SelectionReport;
use crate::data::parallel::each;
use crate::data::{Forecasts, History, HistoryView, Intervals, PredictionInterval};
use crate::error::Result;
use crate::intervals::{Conformal, RunningScale, range, widen};
use crate::models::pretrained::Pretrained;
use crate::models::rnn::{Predictions, RnnModel, all_ends};
use crate::transforms::borrowed_season::BorrowedSeason;
use crate::transforms::{Preprocessing, TargetTransform};

/// Series in one forward pass: a fixed size limits the working memory for any number of series.
const BLOCK: usize = 4096;

/// By series: the forecast values, and the intervals around them.
pub(crate) type Ahead = (Vec<Vec<f64>>, Vec<Vec<PredictionInterval>>);

/// Ensemble of networks, whose mean is the forecast, blended with statistical models where few validation forecasts
/// selected the networks; with the validation errors of the selection.
pub(crate) struct Ensemble {
    pub(crate) nets: Vec<RnnModel>,
    /// The pretrained network, fine-tuned on the panel; `None` as it is.
    pub(crate) fine_tuned: Option<Pretrained>,
    pub(crate) conformal: Option<Conformal>,
    /// Validation errors of each series; a model file does not keep them.
    pub(crate) by_series: Vec<SeriesScores>,
    /// Report of model selection.
    pub(crate) selection: SelectionReport,
}

impl Ensemble {
    /// Forecasts `horizon` values after each of `recent_values`, with their intervals. Beyond the trained horizon, the
    /// forecast continues recursively: the networks run over the values forecast so far.
    pub(crate) fn forecast(
        &self,
        settings: &AutoForecaster,
        recent_values: &[History<'_>],
        horizon: usize,
        run: &RunContext<'_>,
    ) -> Result<Ahead> {
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); recent_values.len()];
        let mut intervals: Vec<Vec<PredictionInterval>> = Vec::new();
        while values[0].len() < horizon {
            run.forecast_to(values[0].len(), horizon)?;
            let walked = recent_values
                .iter()
                .zip(&values)
                .map(|(history, predicted)| history.then(predicted));
            let walked: Vec<History<'_>> = walked.collect();
            let known =
                walked.iter().zip(recent_values).map(|(walked, y)| walked.up_to(y.values.len()));
            let ends: Vec<Vec<usize>> = walked.iter().map(|y| vec![y.values.len()]).collect();
            let (predicted, around) =
                self.predicted(settings, &known.collect::<Vec<_>>(), &ends)?;
            let more = settings.horizon.min(horizon - values[0].len());
            for (values, mut predicted) in values.iter_mut().zip(predicted) {
                values.extend(predicted.swap_remove(0).drain(..more));
            }
            if intervals.is_empty() {
                intervals = around.into_iter().map(|mut origins| origins.swap_remove(0)).collect();
            }
        }
        for ((intervals, values), history) in intervals.iter_mut().zip(&values).zip(recent_values) {
            self.extend(intervals, values, settings, range(&history.filled));
        }
        Ok((values, intervals))
    }

    /// Extends the `intervals` of the trained horizon over all of `values`: beyond it they grow as those of a random walk,
    /// within limits from the lowest and the highest value of the history.
    pub(super) fn extend(
        &self,
        intervals: &mut [PredictionInterval],
        values: &[f64],
        settings: &AutoForecaster,
        (lowest, highest): (f64, f64),
    ) {
        let transform = self.selection.transform;
        // A forecast may leave the range of the history: the limits then are those around it.
        let (least, most) = range(values);
        let (lowest, highest) = (lowest.min(least), highest.max(most));
        let is_longer = intervals.first().is_some_and(|trained| trained.lower.len() < values.len());
        for interval in intervals {
            interval.extend(transform, values);
            if is_longer {
                interval.limit(transform, lowest, highest);
            }
            interval.include(values);
            if settings.non_negative {
                interval.clamp_to_zero();
            }
        }
    }

    /// Refuses values that have no transformed value. `named` are the series with their values; `help` is the advice in the
    /// error.
    pub(crate) fn check_scale<'a>(
        &self,
        mut named: impl Iterator<Item = (&'a str, &'a [f64])>,
        help: &str,
    ) -> Result<()> {
        named.try_for_each(|(name, values)| self.selection.transform.check(name, values, help))
    }

    /// Scale of a history that grows, before its first value.
    pub(super) fn running_scale(&self) -> RunningScale {
        let without = || RunningScale::new(self.selection.transform, 1);
        self.conformal.as_ref().map_or_else(without, Conformal::running_scale)
    }

    /// Mean forecast of the networks for each series of `panel` at each of its `origins`, with prediction intervals.
    pub(crate) fn predicted(
        &self,
        settings: &AutoForecaster,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
    ) -> Result<(Forecasts, Intervals)> {
        let AutoForecaster { non_negative, ref levels, .. } = *settings;
        let own = self.nets.iter().all(RnnModel::has_own_intervals);
        let quantiles = if own { all_ends(levels) } else { Vec::new() };
        let all = self.in_blocks(panel, origins, &quantiles, settings)?;
        let (mut predicted, mut intervals) = all.split(if own { levels } else { &[] });
        let first = &self.nets[0].settings;
        let preprocessing = Preprocessing { deseasonalize: true, ..first.preprocessing.clone() };
        let borrowed = BorrowedSeason::of(&preprocessing, panel, &first.seasons);
        let mut means = match settings.point {
            Point::Median => None,
            Point::Mean => Some(self.means(panel, origins, &predicted, borrowed.as_ref())),
        };
        let bases = self.bases(settings, panel, origins)?;
        if let Some(bases) = &bases {
            let blend = self.blend(settings);
            mix(&blend, bases, panel, origins, &mut predicted, Point::Median);
            means
                .iter_mut()
                .for_each(|means| mix(&blend, bases, panel, origins, means, Point::Mean));
        }
        if !own {
            intervals =
                self.conformal_intervals(levels, panel, origins, &predicted, borrowed.as_ref());
        }
        if let Some(bases) = &bases {
            self.blend_intervals(settings, bases, &predicted, &mut intervals);
        }
        if let Some(borrowed) = &borrowed {
            self.widen_borrowed(&mut intervals, panel, origins, &predicted, borrowed);
        }
        // The intervals are those around the median.
        predicted = means.unwrap_or(predicted);
        for (intervals, predicted) in intervals.iter_mut().flatten().zip(predicted.iter().flatten())
        {
            intervals.iter_mut().for_each(|interval| interval.include(predicted));
        }
        if non_negative {
            clamp_to_zero(&mut predicted, &mut intervals);
        }
        Ok((predicted, intervals))
    }

    /// How the forecasts of the networks are blended.
    pub(super) fn blend(&self, settings: &AutoForecaster) -> Blend<'_> {
        let SelectionReport {
            model,
            network_weight,
            pretrained_share,
            ref seasons,
            transform,
            frequency_class,
            ..
        } = self.selection;
        Blend {
            network_weight,
            pretrained_share,
            model,
            fine_tuned: self.fine_tuned.as_ref(),
            seasons,
            class: frequency_class,
            transform,
            isa: settings.isa,
        }
    }

    /// Forecasts by the other models of the blend; `None` without a blend.
    fn bases(
        &self,
        settings: &AutoForecaster,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
    ) -> Result<Option<Vec<Vec<Base>>>> {
        let blend = self.blend(settings);
        let bases = || blend.bases_at(panel, origins, settings.horizon, settings.threads);
        blend.is_needed().then(bases).transpose()
    }

    /// Mean forecasts of the networks, whose `predicted` forecasts are medians: those of the calibrated intervals.
    fn means(
        &self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        predicted: &Forecasts,
        borrowed: Option<&BorrowedSeason>,
    ) -> Forecasts {
        let levels = PredictionInterval::MEAN_LEVELS;
        let intervals = self.conformal_intervals(&levels, panel, origins, predicted, borrowed);
        let mut means = predicted.clone();
        for (mean, intervals) in means.iter_mut().flatten().zip(intervals.iter().flatten()) {
            if let Some(known) = PredictionInterval::mean(intervals) {
                *mean = known;
            }
        }
        means
    }

    /// Replaces the `intervals` by those of the blend.
    fn blend_intervals(
        &self,
        settings: &AutoForecaster,
        bases: &[Vec<Base>],
        predicted: &Forecasts,
        intervals: &mut Intervals,
    ) {
        let blend = self.blend(settings);
        intervals.resize(bases.len(), Vec::new());
        for ((bases, predicted), intervals) in bases.iter().zip(predicted).zip(intervals) {
            intervals.resize(bases.len(), Vec::new());
            for ((base, predicted), intervals) in bases.iter().zip(predicted).zip(intervals) {
                *intervals = blend.intervals(base, predicted, &settings.levels, intervals);
            }
        }
    }

    /// Mean predictions of the networks, in blocks of series.
    fn in_blocks(
        &self,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        quantiles: &[f64],
        &AutoForecaster { threads, horizon, .. }: &AutoForecaster,
    ) -> Result<Predictions> {
        let mut all = Predictions::empty(horizon, &[]);
        for (panel, origins) in panel.chunks(BLOCK).zip(origins.chunks(BLOCK)) {
            let predicted =
                each(&self.nets, threads, |net| net.predictions(panel, origins, quantiles))?;
            all.extend(together(&self.nets, predicted, self.selection.transform));
        }
        Ok(all)
    }

    /// Conformal intervals around the forecasts `predicted`; none without a calibration.
    fn conformal_intervals(
        &self,
        levels: &[f64],
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        predicted: &Forecasts,
        borrowed: Option<&BorrowedSeason>,
    ) -> Intervals {
        let series = panel.iter().zip(origins).zip(predicted);
        let intervals = series.map(|((series, origins), predicted)| {
            let is_borrower = borrowed.is_some_and(|borrowed| borrowed.lends_to(series.history));
            let at = |(predicted, origin): (&Vec<f64>, &usize)| {
                let Some(made) = &self.conformal else { return Vec::new() };
                let scale = made.scale(&series.history.filled[..*origin]);
                // The unit of a series without a season of its own has the weight of its seasonal differences.
                let worth = if is_borrower { scale.steps } else { scale.values };
                let interval = |level: &f64| made.interval(*level, &scale, worth, predicted);
                levels.iter().map(interval).collect()
            };
            predicted.iter().zip(origins).map(at).collect()
        });
        intervals.collect()
    }

    /// Widens the intervals of the series that borrow their season.
    fn widen_borrowed(
        &self,
        intervals: &mut Intervals,
        panel: &[HistoryView<'_>],
        origins: &[Vec<usize>],
        predicted: &Forecasts,
        borrowed: &BorrowedSeason,
    ) {
        let series = panel.iter().zip(origins).zip(predicted.iter().zip(intervals));
        for ((series, origins), (predicted, intervals)) in series {
            if !borrowed.lends_to(series.history) {
                continue;
            }
            for ((known, predicted), intervals) in origins.iter().zip(predicted).zip(intervals) {
                widen(intervals, borrowed.spread, self.selection.transform, predicted, *known);
            }
        }
    }
}

/// Blends the forecasts of the networks with those of the other models.
fn mix(
    blend: &Blend<'_>,
    bases: &[Vec<Base>],
    panel: &[HistoryView<'_>],
    origins: &[Vec<usize>],
    networks: &mut Forecasts,
    point: Point,
) {
    for (s, (networks, bases)) in networks.iter_mut().zip(bases).enumerate() {
        for ((origin, networks), base) in origins[s].iter().zip(networks).zip(bases) {
            blend.mix(base, &panel[s].history.filled[..*origin], networks, point);
        }
    }
}

/// Sets forecasts and bounds below 0 to 0.
pub(crate) fn clamp_to_zero(forecasts: &mut Forecasts, intervals: &mut Intervals) {
    forecasts.iter_mut().flatten().flatten().for_each(|y| *y = y.max(0.0));
    intervals.iter_mut().flatten().flatten().for_each(PredictionInterval::clamp_to_zero);
}

/// Mean forecast of the networks. If all are the same untrained one, its forecast is returned bit for bit.
fn together(
    nets: &[RnnModel],
    mut predicted: Vec<Predictions>,
    transform: TargetTransform,
) -> Predictions {
    match has_one_forecast(nets) {
        true => predicted.swap_remove(0),
        false => Predictions::mean(&predicted, transform),
    }
}

/// Whether all networks are the same untrained one.
pub(super) fn has_one_forecast(nets: &[RnnModel]) -> bool {
    let first = &nets[0].settings;
    let is_first = |net: &RnnModel| {
        net.settings.is_untrained() && net.settings.preprocessing == first.preprocessing
    };
    nets.iter().all(is_first)
}
