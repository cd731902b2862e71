//! Networks trained on a panel: all that its forecasts need besides the values.

use super::Forecasts;
use super::bands::{Band, Calibration};
use super::beside::Encoding;
use super::forecaster::{PanelForecast, PanelSettings, Progress, check, natural, newest};
use super::jobs::each;
use super::net::Net;
use super::past::{Known, Past};
use super::plan::{Contest, Plan};
use super::sample::sample;
use super::view::Scale;
use crate::error::Result;
use crate::series::Series;

/// Series that are seen by networks at a time: so much memory is enough for any number of them.
const BLOCK: usize = 4096;

/// Networks trained on a panel, and how far they were from what came when they were chosen. They
/// forecast that panel, the same series when they are longer, and other series like them.
pub struct Fitted {
    pub(super) nets: Vec<Net>,
    pub(super) calibration: Option<Calibration>,
    /// How the networks were chosen.
    pub contest: Contest,
    /// What was asked for.
    pub settings: PanelSettings,
    pub(super) encoding: Encoding,
}

impl Fitted {
    /// Chooses networks for `panel`, and trains them.
    ///
    /// # Errors
    /// As [`PanelForecast::of`].
    pub fn of(
        panel: &[Series],
        settings: &PanelSettings,
        observe: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        check(panel, settings.horizon)?;
        let encoding = Encoding::of(panel, settings.calendar, settings.horizon)?;
        let widths = encoding.widths(panel);
        let pasts = newest(panel, &encoding, 0)?;
        let lengths: Vec<usize> = pasts.iter().map(|past| past.values.len()).collect();
        let sample = sample(&lengths, settings.seed);
        let known: Vec<Known<'_>> = sample.into_iter().map(|s| pasts[s].whole()).collect();
        let natural = natural(panel);
        Plan::new(&known, natural.as_deref(), settings, (encoding, widths)).run(observe)
    }

    /// The networks whose mean is the forecast.
    pub fn nets(&self) -> &[Net] {
        &self.nets
    }

    /// Forecasts `horizon` values behind every series of `panel`. Each is walked from its first value
    /// to its last; past the horizon that was trained, the walk goes on over what was forecast, and
    /// bands grow as the root of the steps, which nothing was measured for.
    ///
    /// # Errors
    /// No series, a series without a value, a horizon of 0; those of a forward pass.
    pub fn forecast(&self, panel: &[Series], horizon: usize) -> Result<PanelForecast> {
        check(panel, horizon)?;
        let newest = newest(panel, &self.encoding, horizon)?;
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); panel.len()];
        while values[0].len() < horizon {
            let walked = newest.iter().zip(&values).map(|(past, said)| past.then(said));
            let walked: Vec<Past<'_>> = walked.collect();
            let known = walked.iter().zip(&newest).map(|(walked, y)| walked.until(y.values.len()));
            let ends: Vec<Vec<usize>> = walked.iter().map(|y| vec![y.values.len()]).collect();
            let said = self.said(&known.collect::<Vec<_>>(), &ends)?;
            let more = self.settings.horizon.min(horizon - values[0].len());
            for (values, mut said) in values.iter_mut().zip(said) {
                values.extend(said.swap_remove(0).drain(..more));
            }
        }
        let bands = newest.iter().zip(&values).map(|(past, said)| self.bands(&past.filled, said));
        Ok(PanelForecast { bands: bands.collect(), values, contest: self.contest.clone() })
    }

    /// What the networks say in the mean of each series of `panel`, at each of its `origins`.
    pub(super) fn said(&self, panel: &[Known<'_>], origins: &[Vec<usize>]) -> Result<Forecasts> {
        let mut all = Vec::with_capacity(panel.len());
        for (panel, origins) in panel.chunks(BLOCK).zip(origins.chunks(BLOCK)) {
            let threads = self.settings.threads;
            let said = each(&self.nets, threads, |net| net.forecasts(panel, origins))?;
            all.extend(mean(said.iter(), self.contest.scale));
        }
        Ok(all)
    }

    /// The bands around a forecast made after `values`; none where there was too little to make them
    /// from.
    pub(super) fn bands(&self, values: &[f64], forecast: &[f64]) -> Vec<Band> {
        let Some(made) = &self.calibration else { return Vec::new() };
        let levels = self.settings.levels.iter();
        levels.map(|level| made.band(*level, values, forecast)).collect()
    }
}

/// A function of one number.
type Bend = fn(f64) -> f64;

/// The mean of several forecasts: of their logarithms, where the values are all above 0.
pub(super) fn mean<'a>(members: impl Iterator<Item = &'a Forecasts>, scale: Scale) -> Forecasts {
    let (into, back): (Bend, Bend) = match scale {
        Scale::Log => (f64::ln, f64::exp),
        Scale::SoftLog | Scale::Plain => (|y| y, |z| z),
    };
    let members: Vec<_> = members.collect();
    let n = members.len() as f64;
    let mut mean = members[0].clone();
    for (s, series) in mean.iter_mut().enumerate() {
        for (o, origin) in series.iter_mut().enumerate() {
            for (k, value) in origin.iter_mut().enumerate() {
                *value = back(members.iter().map(|m| into(m[s][o][k])).sum::<f64>() / n);
            }
        }
    }
    mean
}
