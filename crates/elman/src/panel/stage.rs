//! Where networks are judged: on the last known values of a panel, which they were not trained on.

use super::Forecasts;
use super::contest::Contest;
use super::jobs::each;
use super::judge::Judge;
use super::net::{Net, NetRef};
use super::past::Known;
use super::plan::Plan;
use crate::error::Result;

/// The last known values of a plan's panel, and what is known before them.
pub(super) struct Stage<'p> {
    pub(super) plan: &'p Plan<'p>,
    pub(super) cut: Vec<Known<'p>>,
    pub(super) judge: Judge<'p>,
    pub(super) season: usize,
}

impl<'p> Stage<'p> {
    pub(super) fn new(plan: &'p Plan<'p>) -> Result<Self> {
        let season = plan.seasons.first().copied().unwrap_or(1);
        let horizon = plan.settings.horizon;
        let judge = Judge::new(plan.panel, &plan.origins, horizon, season, Contest::YARDSTICK)?;
        Ok(Self { plan, cut: plan.cut(), judge, season })
    }

    /// What each network says.
    pub(super) fn said(&self, nets: &[Net]) -> Result<Vec<Forecasts>> {
        let origins = &self.plan.origins;
        each(nets, self.plan.settings.threads, |net| net.forecasts(&self.cut, origins, &[]))
    }

    /// The error of a network; lower is better.
    pub(super) fn score(&self, net: NetRef<'_>) -> Result<f64> {
        Ok(self.judge.score(&net.forecasts(&self.cut, &self.plan.origins, &[])?))
    }
}
