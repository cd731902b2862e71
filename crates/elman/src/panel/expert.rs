//! Networks that were chosen and trained together: for all series of a panel, or for one.

use super::bands::Band;
use super::calibration::Calibration;
use super::contest::Contest;
use super::forecaster::PanelSettings;
use super::head::all_ends;
use super::jobs::each;
use super::lent::Lent;
use super::net::Net;
use super::past::{Known, Past};
use super::view::{Scale, View};
use super::{Bands, Forecasts};
use crate::error::{Error, Result};

/// Series that are seen by networks at a time: so much memory is enough for any number of them.
const BLOCK: usize = 4096;

/// By series: the values ahead, and the bands around them.
pub(super) type Ahead = (Vec<Vec<f64>>, Vec<Vec<Band>>);

/// Networks whose mean is a forecast, and how far it was from what came when they were chosen.
pub(super) struct Expert {
    pub(super) nets: Vec<Net>,
    pub(super) calibration: Option<Calibration>,
    /// How they were chosen.
    pub(super) contest: Contest,
}

impl Expert {
    /// The `horizon` values behind each of `newest`, and their bands. Past the horizon that was trained, the
    /// walk goes on over what was forecast.
    pub(super) fn forecast(
        &self,
        settings: &PanelSettings,
        newest: &[Past<'_>],
        horizon: usize,
    ) -> Result<Ahead> {
        let mut values: Vec<Vec<f64>> = vec![Vec::new(); newest.len()];
        let mut bands: Vec<Vec<Band>> = Vec::new();
        while values[0].len() < horizon {
            let walked = newest.iter().zip(&values).map(|(past, said)| past.then(said));
            let walked: Vec<Past<'_>> = walked.collect();
            let known = walked.iter().zip(newest).map(|(walked, y)| walked.until(y.values.len()));
            let ends: Vec<Vec<usize>> = walked.iter().map(|y| vec![y.values.len()]).collect();
            let (said, around) = self.said(settings, &known.collect::<Vec<_>>(), &ends)?;
            let more = settings.horizon.min(horizon - values[0].len());
            for (values, mut said) in values.iter_mut().zip(said) {
                values.extend(said.swap_remove(0).drain(..more));
            }
            if bands.is_empty() {
                bands = around.into_iter().map(|mut origins| origins.swap_remove(0)).collect();
            }
        }
        for ((bands, values), past) in bands.iter_mut().zip(&values).zip(newest) {
            let trained = bands.first().map_or(0, |band| band.lower.len());
            bands.iter_mut().for_each(|band| band.go_on(self.contest.scale, values));
            if trained < horizon {
                bands.iter_mut().for_each(|band| band.limit(self.contest.scale, &past.filled));
            }
            bands.iter_mut().for_each(|band| band.hold(values));
            if settings.non_negative {
                bands.iter_mut().for_each(Band::keep_non_negative);
            }
        }
        Ok((values, bands))
    }

    /// Refuses values that have no logarithm where the networks work on logarithms. `named` are series and their values,
    /// `help` is what to do then.
    pub(super) fn check_scale<'a>(
        &self,
        mut named: impl Iterator<Item = (&'a str, &'a [f64])>,
        help: &str,
    ) -> Result<()> {
        let has = |y: f64| match self.contest.scale {
            Scale::Log => y > 0.0,
            Scale::SoftLog => y >= 0.0,
            Scale::Plain => true,
        };
        let bad = named.find_map(|(name, values)| {
            let bad = values.iter().find(|y| !y.is_nan() && !has(**y));
            bad.map(|y| (name, *y))
        });
        match bad {
            None => Ok(()),
            Some((name, y)) => Err(Error::Data {
                reason: format!(
                    "series `{name}` has the value {y}, and these networks work on logarithms, as all values \
                     they were trained on were {} 0",
                    if self.contest.scale == Scale::Log { "above" } else { "at or above" }
                ),
                help: help.to_owned(),
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
        settings: &PanelSettings,
        panel: &[Known<'_>],
        origins: &[Vec<usize>],
    ) -> Result<(Forecasts, Bands)> {
        let PanelSettings { horizon, threads, non_negative, ref levels, .. } = *settings;
        let own = self.has_own_bands();
        let quantiles = if own { all_ends(levels) } else { Vec::new() };
        let mut all = Vec::with_capacity(panel.len());
        for (panel, origins) in panel.chunks(BLOCK).zip(origins.chunks(BLOCK)) {
            let said = each(&self.nets, threads, |net| net.forecasts(panel, origins, &quantiles))?;
            all.extend(together(&self.nets, said, self.contest.scale));
        }
        let (mut said, mut bands) = split(all, horizon, if own { levels } else { &[] });
        let first = &self.nets[0].settings;
        let view = View { adjust: true, ..first.view.clone() };
        let lent = Lent::of(&view, panel, &first.seasons);
        let lent_to = |series: &Known<'_>| lent.as_ref().filter(|l| l.to(series.past).is_some());
        if !own {
            let series = panel.iter().zip(origins).zip(&said);
            bands = series
                .map(|((series, origins), said)| {
                    let short = lent_to(series).is_some();
                    let at = |(said, origin): (&Vec<f64>, &usize)| {
                        self.calibrated(levels, &series.past.filled[..*origin], short, said)
                    };
                    said.iter().zip(origins).map(at).collect()
                })
                .collect();
        }
        for ((series, origins), (said, bands)) in
            panel.iter().zip(origins).zip(said.iter().zip(&mut bands))
        {
            let Some(lent) = lent_to(series) else { continue };
            for ((known, said), bands) in origins.iter().zip(said).zip(bands) {
                lent.widen(self.contest.scale, bands, said, *known);
            }
        }
        for (bands, said) in bands.iter_mut().flatten().zip(said.iter().flatten()) {
            bands.iter_mut().for_each(|band| band.hold(said));
        }
        if non_negative {
            said.iter_mut().flatten().flatten().for_each(|y| *y = y.max(0.0));
            bands.iter_mut().flatten().flatten().for_each(Band::keep_non_negative);
        }
        Ok((said, bands))
    }

    /// The bands around a forecast made after `values`, from the errors of the trial; none where there
    /// was too little to make them from. How far a series moves that is too `short` for a season of its own is known
    /// from as many steps as it has, and not from as many values.
    fn calibrated(
        &self,
        levels: &[f64],
        values: &[f64],
        short: bool,
        forecast: &[f64],
    ) -> Vec<Band> {
        let Some(made) = &self.calibration else { return Vec::new() };
        let worth = if short { made.steps(values) } else { values.len() };
        levels.iter().map(|level| made.band(*level, values, worth, forecast)).collect()
    }
}

/// What these networks say together: their mean; or what one says that is not trained, to the last bit.
fn together(nets: &[Net], mut said: Vec<Forecasts>, scale: Scale) -> Forecasts {
    let first = &nets[0].settings;
    let is_first = |net: &Net| net.settings.steps == 0 && net.settings.view == first.view;
    if nets.iter().all(is_first) { said.swap_remove(0) } else { mean(said.iter(), scale) }
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
