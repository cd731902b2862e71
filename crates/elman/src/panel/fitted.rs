//! Networks trained on a panel: all that its forecasts need besides the values.

use super::bands::Band;
use super::beside::Encoding;
use super::calibration::Calibration;
use super::forecaster::{PanelForecast, PanelSettings, Progress, check, newest};
use super::head::all_ends;
use super::jobs::each;
use super::net::Net;
use super::past::{Known, Past};
use super::plan::{Contest, Plan};
use super::ready::Ready;
use super::view::Scale;
use super::{Bands, Forecasts};
use crate::error::{Error, Result};
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
        let ready = Ready::of(panel, settings)?;
        let known = ready.known();
        Plan::new(&known, &ready, settings).run(observe)
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
    /// No series, a series without a value, a horizon of 0; values that the networks' scale does not have;
    /// those of a forward pass.
    pub fn forecast(&self, panel: &[Series], horizon: usize) -> Result<PanelForecast> {
        check(panel, horizon)?;
        self.settings.check_head(panel)?;
        self.check_scale(panel)?;
        let newest = newest(panel, &self.encoding, horizon)?;
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); panel.len()];
        let mut bands: Vec<Vec<Band>> = Vec::new();
        while values[0].len() < horizon {
            let walked = newest.iter().zip(&values).map(|(past, said)| past.then(said));
            let walked: Vec<Past<'_>> = walked.collect();
            let known = walked.iter().zip(&newest).map(|(walked, y)| walked.until(y.values.len()));
            let ends: Vec<Vec<usize>> = walked.iter().map(|y| vec![y.values.len()]).collect();
            let (said, around) = self.said(&known.collect::<Vec<_>>(), &ends)?;
            let more = self.settings.horizon.min(horizon - values[0].len());
            for (values, mut said) in values.iter_mut().zip(said) {
                values.extend(said.swap_remove(0).drain(..more));
            }
            if bands.is_empty() {
                bands = around.into_iter().map(|mut origins| origins.swap_remove(0)).collect();
            }
        }
        for (bands, values) in bands.iter_mut().zip(&values) {
            bands.iter_mut().for_each(|band| band.go_on(self.contest.scale, values));
            if self.settings.non_negative {
                bands.iter_mut().for_each(Band::keep_non_negative);
            }
        }
        let levels = self.settings.levels.clone();
        Ok(PanelForecast { levels, bands, values, contest: self.contest.clone() })
    }

    /// Refuses values that have no logarithm where the networks work on logarithms.
    fn check_scale(&self, panel: &[Series]) -> Result<()> {
        let has = |y: f64| match self.contest.scale {
            Scale::Log => y > 0.0,
            Scale::SoftLog => y >= 0.0,
            Scale::Plain => true,
        };
        let bad = panel.iter().find_map(|series| {
            let bad = series.values.iter().find(|y| !y.is_nan() && !has(**y));
            bad.map(|y| (&series.name, *y))
        });
        match bad {
            None => Ok(()),
            Some((name, y)) => Err(Error::Forecast {
                reason: format!(
                    "series `{name}` has the value {y}, and these networks work on logarithms, as all values \
                     they were trained on were {} 0",
                    if self.contest.scale == Scale::Log { "above" } else { "at or above" }
                ),
                help: "forecast straight from these data, which trains networks for them"
                    .to_owned(),
            }),
        }
    }

    /// Whether bands are what the networks say: where these are trained, and say a distribution.
    fn has_own_bands(&self) -> bool {
        self.nets.iter().all(|net| net.settings.steps > 0 && net.settings.said.is_distribution())
    }

    /// What the networks say in the mean of each series of `panel`, at each of its `origins`, and the
    /// bands around it.
    pub(super) fn said(
        &self,
        panel: &[Known<'_>],
        origins: &[Vec<usize>],
    ) -> Result<(Forecasts, Bands)> {
        let PanelSettings { horizon, threads, non_negative, ref levels, .. } = self.settings;
        let own = self.has_own_bands();
        let quantiles = if own { all_ends(levels) } else { Vec::new() };
        let mut all = Vec::with_capacity(panel.len());
        for (panel, origins) in panel.chunks(BLOCK).zip(origins.chunks(BLOCK)) {
            let said = each(&self.nets, threads, |net| net.forecasts(panel, origins, &quantiles))?;
            all.extend(mean(said.iter(), self.contest.scale));
        }
        let (mut said, mut bands) = split(all, horizon, if own { levels } else { &[] });
        if !own {
            bands = said
                .iter()
                .zip(origins)
                .zip(panel)
                .map(|((said, origins), series)| {
                    let at = |(said, origin): (&Vec<f64>, &usize)| {
                        self.calibrated(&series.past.filled[..*origin], said)
                    };
                    said.iter().zip(origins).map(at).collect()
                })
                .collect();
        }
        if non_negative {
            said.iter_mut().flatten().flatten().for_each(|y| *y = y.max(0.0));
            bands.iter_mut().flatten().flatten().for_each(Band::keep_non_negative);
        }
        Ok((said, bands))
    }

    /// The bands around a forecast made after `values`, from the errors of the trial; none where there
    /// was too little to make them from.
    fn calibrated(&self, values: &[f64], forecast: &[f64]) -> Vec<Band> {
        let Some(made) = &self.calibration else { return Vec::new() };
        let levels = self.settings.levels.iter();
        levels.map(|level| made.band(*level, values, forecast)).collect()
    }
}

/// The points of what was said, and the bands of `levels` whose ends stand behind them.
pub(super) fn split(mut said: Forecasts, horizon: usize, levels: &[f64]) -> (Forecasts, Bands) {
    let bands = said.iter_mut().map(|origins| {
        let bands = |said: &mut Vec<f64>| {
            let ends = said.split_off(horizon.min(said.len()));
            let band = |(pair, level): (&[f64], &f64)| Band {
                level: *level,
                lower: pair[..horizon].to_vec(),
                upper: pair[horizon..].to_vec(),
            };
            ends.chunks_exact(2 * horizon).zip(levels).map(band).collect()
        };
        origins.iter_mut().map(bands).collect()
    });
    let bands = bands.collect();
    (said, bands)
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
