//! Data of a training: split, encoded, and cut into lanes and windows.

use elman_nn::layers::Window;

use super::split::{PART, Split};
use crate::data::{History, HistoryView, Series};
use crate::error::{Error, Result};
use crate::features::{CovariateSchema, EncodedSeries};
use crate::models::rnn::RnnConfig;
use crate::models::rnn::batches::PanelBatches;
use crate::season;
use crate::select::{RecentValues, RnnForecaster, candidate_periods, check, recent_values};

/// Most lanes of a training by default: of one series, and of a panel.
const MAX_LANES: usize = 16;
const MAX_LANES_OF_PANEL: usize = 64;
/// Sequence length by default: two seasons, or 20 time steps, up to 100.
const SEQ_LENGTHS: std::ops::RangeInclusive<usize> = 20..=100;
/// Season that stands for none there: 20 time steps are two of it.
const SEASON: usize = 10;
/// A sequence is at most this part of the longest series. Chosen by hand, not measured.
const SEQ_PART: usize = 4;
/// Windows of a lane by default, so that the hidden state is carried over several of them.
const MIN_WINDOWS: usize = 8;

/// Data of a training, encoded, before the trainer exists.
pub(super) struct Prepared {
    pub(super) settings: RnnForecaster,
    pub(super) notes: Vec<String>,
    pub(super) encoding: CovariateSchema,
    pub(super) splits: Vec<Split>,
    pub(super) network: RnnConfig,
    pub(super) batches: PanelBatches,
    /// Most values of a test set: these values of each series are never outliers.
    pub(super) held_back: usize,
    /// Batches whose targets are the validation sets, if there is one.
    pub(super) validation: Option<PanelBatches>,
}

impl Prepared {
    /// Splits and encodes `panel`. Units and seasonal periods come from the training set.
    pub(super) fn of(panel: &[Series], mut settings: RnnForecaster) -> Result<Self> {
        check(panel, settings.horizon)?;
        settings.check()?;
        let encoding = CovariateSchema::of(panel, settings.calendar, settings.horizon)?;
        let held_back = settings.holdout.unwrap_or_else(|| {
            let longest = panel.iter().map(Series::len).max().unwrap_or(0);
            longest / PART + settings.horizon
        });
        let forecasts = settings.forecasts(1);
        forecasts.check_choices(panel)?;
        let RecentValues { histories, notes } =
            recent_values(panel, &encoding, &forecasts, 0, held_back)?;
        for History { name, values, .. } in &histories {
            let help = "choose another `--transform`; `mean_scale` allows all values";
            settings.transform.check(name, values, help)?;
        }
        let splits = Split::of(&histories, &settings)?;
        let training: Vec<HistoryView<'_>> =
            histories.iter().zip(&splits).map(|(y, split)| y.up_to(split.fit_end)).collect();
        if settings.seasons.is_none() {
            let known: Vec<&[f64]> = training.iter().map(|y| y.filled()).collect();
            settings.seasons =
                Some(season::common_periods(&known, candidate_periods(panel).as_deref()));
        }
        let seasons = settings.seasons.clone().unwrap_or_default();
        derive_sizes(&mut settings, &training);
        let (window, lanes) = lanes(&settings, &training)?;
        let dims = encoding.covariate_dims(panel);
        let network = settings.network(panel.len(), &seasons, dims, window.steps);
        settings.model = network.config()?;
        let encoded = network.encoded(&training);
        let validation = splits.iter().any(Split::has_validation).then(|| {
            let targets = |(series, split): (&EncodedSeries, &Split)| {
                series.clone().with_targets(split.fit_end..split.cutoff)
            };
            let series: Vec<_> = encoded.iter().zip(&splits).map(targets).collect();
            let batch = series.len().min(MAX_LANES_OF_PANEL);
            network.batches(series, Window { batch, ..window }, 1)
        });
        let batches = network.batches(encoded, window, lanes);
        Ok(Self { settings, notes, encoding, splits, network, batches, held_back, validation })
    }
}

/// Windows of the training, and the lanes that each series is cut into.
///
/// # Errors
/// More lanes, or more lags, than time steps to train on.
fn lanes(settings: &RnnForecaster, training: &[HistoryView<'_>]) -> Result<(Window, usize)> {
    let [steps, batch] = [settings.seq_length, settings.batch_size].map(|n| n.unwrap_or(1));
    let targets = || training.iter().map(|y| y.cutoff.saturating_sub(1));
    let (all, longest) = (targets().sum::<usize>(), targets().max().unwrap_or(0));
    let refuse =
        |reason: String, help: &str| Err(Error::Forecast { reason, help: help.to_owned() });
    if settings.lags >= longest {
        let reason =
            format!("{} lags need more time steps to train on: there are {longest}", settings.lags);
        return refuse(reason, "choose fewer `--lags`");
    }
    if batch > all {
        let reason =
            format!("{batch} lanes need as many time steps to train on, and there are {all}");
        return refuse(reason, "choose a smaller `--batch-size`");
    }
    let lanes = (batch / training.len()).max(1);
    // Windows of equal length: a short one at the end of a lane would be an optimizer step on a few values.
    let lane = longest.div_ceil(lanes).max(1);
    let steps = lane.div_ceil(lane.div_ceil(steps));
    Ok((Window { steps, batch }, lanes))
}

/// Derives sequence length and batch size, where they are not given, from the season and the lengths of the series.
fn derive_sizes(settings: &mut RnnForecaster, training: &[HistoryView<'_>]) {
    let longest = training.iter().map(|y| y.cutoff).max().unwrap_or(0);
    let values: usize = training.iter().map(|y| y.cutoff).sum();
    let season = settings.seasons.iter().flatten().next().copied().unwrap_or(SEASON);
    let seq_length = *settings.seq_length.get_or_insert_with(|| {
        let two_seasons = (2 * season).clamp(*SEQ_LENGTHS.start(), *SEQ_LENGTHS.end());
        two_seasons.min(longest / SEQ_PART).max(1)
    });
    let most = if training.len() > 1 { MAX_LANES_OF_PANEL } else { MAX_LANES };
    settings.batch_size.get_or_insert((values / (MIN_WINDOWS * seq_length)).clamp(1, most));
}
