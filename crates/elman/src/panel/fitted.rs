//! Networks trained on a panel: all that its forecasts need besides the values.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::beside::Encoding;
use super::contest::Contest;
use super::expert::Expert;
use super::forecaster::{PanelForecast, PanelSettings, Progress, Scope, check, newest};
use super::jobs::each;
use super::net::Net;
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
        let ready = Ready::of(panel, settings)?;
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
        let experts = match settings.scope {
            Scope::Global => {
                let sample: Vec<Known<'_>> = ready.sample.iter().map(|s| known[*s]).collect();
                vec![Plan::new(&sample, ready, settings).run(observe)?]
            }
            Scope::Local => alone(known, ready, settings, observe)?,
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
    /// a series that has no network; those of a forward pass.
    pub fn forecast(&self, panel: &[Series], horizon: usize) -> Result<PanelForecast> {
        check(panel, horizon)?;
        self.settings.check_choices(panel)?;
        let newest = newest(panel, &self.encoding, horizon)?;
        let (values, bands) = match self.settings.scope {
            Scope::Global => {
                let expert = &self.experts[0];
                expert.check_scale(panel.iter())?;
                expert.forecast(&self.settings, &newest, horizon)?
            }
            Scope::Local => {
                let alone = PanelSettings { threads: 1, ..self.settings.clone() };
                let experts = self.experts_of(panel)?;
                let jobs: Vec<_> = experts.iter().zip(panel).zip(newest.chunks(1)).collect();
                let said = each(&jobs, self.settings.threads, |((expert, series), past)| {
                    expert.check_scale(std::iter::once(*series))?;
                    expert.forecast(&alone, past, horizon)
                })?;
                let (values, bands): (Vec<_>, Vec<_>) = said.into_iter().unzip();
                (
                    values.concat(),
                    bands.into_iter().map(|mut b| b.pop().unwrap_or_default()).collect(),
                )
            }
        };
        let levels = self.settings.levels.clone();
        Ok(PanelForecast { levels, bands, values, contest: self.contest.clone() })
    }

    /// What the networks say in the mean of each series of the panel that they were trained on, at each of its
    /// `origins`, and the bands around it.
    pub(super) fn said(
        &self,
        panel: &[Known<'_>],
        origins: &[Vec<usize>],
    ) -> Result<(Forecasts, Bands)> {
        match self.settings.scope {
            Scope::Global => self.experts[0].said(&self.settings, panel, origins),
            Scope::Local => {
                let alone = PanelSettings { threads: 1, ..self.settings.clone() };
                let jobs: Vec<_> =
                    self.experts.iter().zip(panel.chunks(1)).zip(origins.chunks(1)).collect();
                let said = each(&jobs, self.settings.threads, |((expert, series), origins)| {
                    expert.said(&alone, series, origins)
                })?;
                let (said, bands): (Vec<Forecasts>, Vec<Bands>) = said.into_iter().unzip();
                Ok((said.concat(), bands.concat()))
            }
        }
    }

    /// The networks of each series of `panel`, which are known by its name.
    fn experts_of(&self, panel: &[Series]) -> Result<Vec<&Expert>> {
        let by_name: HashMap<&str, &Expert> =
            self.names.iter().map(String::as_str).zip(&self.experts).collect();
        let of = |series: &Series| {
            by_name.get(&series.name[..]).copied().ok_or_else(|| {
                let some: Vec<String> =
                    self.names.iter().take(5).map(|name| format!("`{name}`")).collect();
                let more = if self.names.len() > some.len() { ", …" } else { "" };
                Error::Forecast {
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

/// Networks for each series by itself; as many series at a time as there are threads.
fn alone(
    known: &[Known<'_>],
    ready: &Ready<'_>,
    settings: &PanelSettings,
    observe: &(dyn Fn(Progress) + Sync),
) -> Result<Vec<Expert>> {
    let at_once = settings.threads;
    let threads = (at_once / known.len()).max(1);
    let settings = &PanelSettings { threads, ..settings.clone() };
    let (done, of) = (AtomicU64::new(0), known.len() as u64);
    each(known, at_once, |series| {
        let expert = Plan::new(std::slice::from_ref(series), ready, settings).run(&|_| ())?;
        observe(Progress::Series(1 + done.fetch_add(1, Ordering::Relaxed), of));
        Ok(expert)
    })
}
