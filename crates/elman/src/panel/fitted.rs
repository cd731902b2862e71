//! Networks trained on a panel: all that its forecasts need besides the values.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::bands::Band;
use super::beside::Encoding;
use super::contest::Contest;
use super::expert::Expert;
use super::forecaster::{PanelForecast, PanelSettings, Progress, Scope, check};
use super::jobs::each;
use super::net::Net;
use super::newest::{Newest, newest};
use super::notes::{ended_early, floored, left_out, without_bands, without_scale};
use super::past::Known;
use super::plan::Plan;
use super::ready::Ready;
use super::{Bands, Forecasts};
use crate::error::{Error, Result};
use crate::series::Series;

/// Networks trained on a panel, and how far they were from what came when they were chosen. They
/// forecast that panel, the same series when they are longer, and, unless each series has its own, other series
/// like them.
pub struct Fitted {
    /// One for all series, or one for each.
    pub(super) experts: Vec<Expert>,
    /// The series' names, if each has its own.
    pub(super) names: Vec<String>,
    /// How the networks were chosen; where each series has its own, in all.
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
        let ready = Ready::of(panel, settings, 0)?;
        let names = panel.iter().map(|series| series.name.clone()).collect();
        let known: Vec<Known<'_>> = ready.pasts.iter().map(|past| past.whole()).collect();
        Self::of_known(&known, names, &ready, settings, observe)
    }

    /// The same of what is `known` of each series of the panel that was made `ready`.
    pub(super) fn of_known(
        known: &[Known<'_>],
        names: Vec<String>,
        ready: &Ready<'_>,
        settings: &PanelSettings,
        observe: &(dyn Fn(Progress) + Sync),
    ) -> Result<Self> {
        let (experts, names) = match settings.scope {
            Scope::Global => {
                let sample: Vec<Known<'_>> = ready.sample.iter().map(|s| known[*s]).collect();
                (vec![Plan::new(&sample, ready, settings).run(observe)?], Vec::new())
            }
            Scope::Local => (alone(known, ready, settings, observe)?, names),
        };
        Ok(Self::with(experts, names, settings.clone(), ready.covariates.0.clone()))
    }

    pub(super) fn with(
        experts: Vec<Expert>,
        names: Vec<String>,
        settings: PanelSettings,
        encoding: Encoding,
    ) -> Self {
        let contest = match &experts[..] {
            [one] => one.contest.clone(),
            all => Contest::of_all(&all.iter().map(|e| &e.contest).collect::<Vec<_>>()),
        };
        Self { experts, names, contest, settings, encoding }
    }

    /// The networks whose mean is the forecast: of all series, or of each series in turn.
    pub fn nets(&self) -> impl Iterator<Item = &Net> {
        self.experts.iter().flat_map(|expert| &expert.nets)
    }

    /// Forecasts `horizon` values behind every series of `panel`. Each is walked from its first value
    /// to its last; past the horizon that was trained, the walk goes on over what was forecast, and
    /// bands grow as the root of the steps, which nothing was measured for.
    ///
    /// # Errors
    /// No series, a series without a value, a horizon of 0; values that the networks' scale does not have;
    /// a series that has no network; a forecast that is not finite; those of a forward pass.
    pub fn forecast(&self, panel: &[Series], horizon: usize) -> Result<PanelForecast> {
        check(panel, horizon)?;
        self.settings.check_choices(panel)?;
        self.check_covariates(panel)?;
        let Newest { pasts: newest, mut notes } =
            newest(panel, &self.encoding, &self.settings, horizon, 0)?;
        let experts = self.experts_of(panel)?;
        let said = self.each_part(&experts, panel.len(), |expert, series, settings| {
            let named = newest[series.clone()].iter().map(|past| (past.name, &past.values[..]));
            let help = "forecast straight from these data, which trains networks for them";
            expert.check_scale(named, help)?;
            expert.forecast(settings, &newest[series], horizon)
        })?;
        let (values, bands): (Vec<_>, Vec<_>) = said.into_iter().unzip();
        let (values, bands) = (values.concat(), bands.concat());
        check_finite(panel, &values, &bands)?;
        let levels = self.settings.levels.clone();
        let more = [
            ended_early(panel, horizon),
            without_scale(&self.contest),
            floored(panel, &values),
            without_bands(panel, &bands),
        ];
        notes.extend(more.into_iter().flatten());
        notes.extend(left_out(&self.contest));
        Ok(PanelForecast { levels, bands, values, contest: self.contest.clone(), notes })
    }

    /// What the networks say in the mean of each series of the panel that they were trained on, at each of its
    /// `origins`, and the bands around it. The series have these names in errors.
    pub(super) fn said(
        &self,
        names: &[&str],
        panel: &[Known<'_>],
        origins: &[Vec<usize>],
    ) -> Result<(Forecasts, Bands)> {
        let experts: Vec<&Expert> = self.experts.iter().collect();
        let said = self.each_part(&experts, panel.len(), |expert, series, settings| {
            let walked = |s: usize| {
                let end = origins[s].iter().copied().max().unwrap_or(0);
                (names[s], &panel[s].past.values[..end])
            };
            let help = "choose networks anew at every cutoff (`--refit`), or give a `--scaler`";
            expert.check_scale(series.clone().map(walked), help)?;
            expert.said(settings, &panel[series.clone()], &origins[series])
        })?;
        let (said, bands): (Vec<Forecasts>, Vec<Bands>) = said.into_iter().unzip();
        Ok((said.concat(), bands.concat()))
    }

    /// Refuses dates that have other features than those the networks were trained on.
    fn check_covariates(&self, panel: &[Series]) -> Result<()> {
        let widths = self.encoding.widths(panel);
        let unlike =
            self.nets().any(|net| net.settings.view.beside && net.settings.widths != widths);
        if !unlike {
            return Ok(());
        }
        Err(Error::Data {
            reason:
                "the networks were trained with the calendar of other steps than these dates have"
                    .to_owned(),
            help: "data with the steps of the training, or forecast straight from these data"
                .to_owned(),
        })
    }

    /// Does `job` for each of `experts` and its part of so many series: all, or one each. The threads that are
    /// more than parts work within them.
    fn each_part<R: Send>(
        &self,
        experts: &[&Expert],
        series: usize,
        job: impl Fn(&Expert, Range<usize>, &PanelSettings) -> Result<R> + Sync,
    ) -> Result<Vec<R>> {
        let (at_once, within) = dealt_out(&self.settings, experts.len());
        let size = series / experts.len();
        let parts: Vec<(usize, &Expert)> = experts.iter().copied().enumerate().collect();
        each(&parts, at_once, |(part, expert)| job(expert, part * size..(part + 1) * size, &within))
    }

    /// The networks that all series share, or those of each series of `panel`, which are known by its name.
    fn experts_of(&self, panel: &[Series]) -> Result<Vec<&Expert>> {
        if self.names.is_empty() {
            return Ok(self.experts.iter().collect());
        }
        let by_name: HashMap<&str, &Expert> =
            self.names.iter().map(String::as_str).zip(&self.experts).collect();
        let of = |series: &Series| {
            by_name.get(&series.name[..]).copied().ok_or_else(|| {
                let some: Vec<String> =
                    self.names.iter().take(5).map(|name| format!("`{name}`")).collect();
                let more = if self.names.len() > some.len() { ", …" } else { "" };
                Error::Data {
                    reason: format!(
                        "series `{}` has no networks: these are for {}{more} alone",
                        series.name,
                        some.join(", ")
                    ),
                    help:
                        "train networks that all series share, or forecast straight from these data"
                            .to_owned(),
                }
            })
        };
        panel.iter().map(of).collect()
    }
}

/// Refuses a forecast that is none: weights or values may be so large that numbers overflow.
fn check_finite(panel: &[Series], values: &[Vec<f64>], bands: &[Vec<Band>]) -> Result<()> {
    let finite = |values: &[f64]| values.iter().all(|y| y.is_finite());
    let bad = panel.iter().zip(values).zip(bands).find(|((_, values), bands)| {
        !finite(values) || bands.iter().any(|band| !finite(&band.lower) || !finite(&band.upper))
    });
    let Some(((series, _), _)) = bad else { return Ok(()) };
    Err(Error::Data {
        reason: format!("the forecast of series `{}` is not finite", series.name),
        help: "values nearer to 1, such as millions in place of units; or forecast straight from these data".to_owned(),
    })
}

/// Networks for each series by itself; as many series at a time as there are threads.
fn alone(
    known: &[Known<'_>],
    ready: &Ready<'_>,
    settings: &PanelSettings,
    observe: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Expert>> {
    let (at_once, within) = dealt_out(settings, known.len());
    let (done, of) = (AtomicU64::new(0), known.len() as u64);
    each(known, at_once, |series| {
        let expert = Plan::new(std::slice::from_ref(series), ready, &within).run(&|_| ())?;
        observe(Progress::Series(1 + done.fetch_add(1, Ordering::Relaxed), of));
        Ok(expert)
    })
}

/// How many of so many parts are worked on at once, and the settings within each.
fn dealt_out(settings: &PanelSettings, parts: usize) -> (usize, PanelSettings) {
    let threads = (settings.threads / parts).max(1);
    (settings.threads, PanelSettings { threads, ..settings.clone() })
}
