//! Borrowed season: the seasonal component that the series of a panel have in common, for those too short for their
//! own.
//!
//! A series of a few values shows no season. Where the other series share a season at the same dates, their season is
//! the best estimate for this one, too. The spread between the other series measures the error of this estimate.

use super::falling::median;
use super::preprocessing::Preprocessing;
use super::series_transform::SeriesTransform;
use crate::data::{History, HistoryView};
use crate::season::Profile;

/// Least number of lenders: series that are long enough to estimate the season.
const LENDERS: usize = 3;
/// A long seasonal period is preferred only if at least one of so many series is long enough for it.
const ONE_IN: usize = 4;

/// Borrowed season in transformed units, by the phase of the panel's dates.
#[derive(Debug, Clone)]
pub(crate) struct BorrowedSeason {
    cycle: Vec<f64>,
    /// Shortest seasonal period. A series with fewer than two of these periods has no season of its own.
    shortest: usize,
    /// Root mean square deviation of the lenders' own seasons from the borrowed season.
    pub(crate) spread: f64,
}

impl BorrowedSeason {
    /// Estimates the season from the history of `panel`. `None` where no series is too short, where fewer than
    /// [`LENDERS`] are long enough, or where their seasons differ by more than their common part.
    pub(crate) fn of(
        preprocessing: &Preprocessing,
        panel: &[HistoryView<'_>],
        seasons: &[usize],
    ) -> Option<Self> {
        let shortest = seasons.first().copied().filter(|_| preprocessing.deseasonalize)?;
        if !panel.iter().any(|series| is_short(series.history, shortest)) {
            return None;
        }
        let lenders = |length: usize| {
            panel
                .iter()
                .filter(move |series| series.cutoff >= 2 * length + 2)
                .filter_map(|series| Some((series.history.place?, *series)))
        };
        let enough = LENDERS.max(panel.len() / ONE_IN);
        let length = seasons.iter().copied().rev().find(|m| lenders(*m).count() >= enough);
        let length = length.or((lenders(shortest).count() >= LENDERS).then_some(shortest))?;
        let cycles: Vec<Vec<f64>> = lenders(length)
            .map(|(place, series)| {
                let (shape, _) = SeriesTransform::of(preprocessing, series, seasons, None);
                let first = series.cutoff;
                (0..length)
                    .map(|phase| shape.profile.at(first + steps_to(phase, place, first, length)))
                    .collect()
            })
            .collect();
        let phase = |j: usize| cycles.iter().map(move |cycle| cycle[j]);
        let cycle: Vec<f64> = (0..length).map(|j| median(phase(j).collect())).collect();
        let mean_square = |x: &mut dyn Iterator<Item = f64>| {
            let (sum, n) = x.fold((0.0, 0.0), |(sum, n), x| (sum + x * x, n + 1.0));
            sum / f64::max(n, 1.0)
        };
        let off = &mut (0..length).flat_map(|j| phase(j).map(|x| x - cycle[j]).collect::<Vec<_>>());
        let spread = mean_square(off).sqrt();
        let size = mean_square(&mut cycle.iter().copied()).sqrt();
        (size > spread).then_some(Self { cycle, shortest, spread })
    }

    /// Whether a series is too short for its own season, and its dates are among those of the panel.
    pub(crate) fn lends_to(&self, history: &History<'_>) -> bool {
        history.place.is_some() && is_short(history, self.shortest)
    }

    /// Borrowed season for a series that is too short for its own, and whose dates are among those of the panel.
    pub(crate) fn to(&self, history: &History<'_>) -> Option<Profile> {
        let place = history.place.filter(|_| self.lends_to(history))?;
        let length = self.cycle.len();
        let first = place.rem_euclid(length as i64) as usize;
        let cycle = (0..length).map(|t| self.cycle[(first + t) % length]);
        Some(Profile::of_cycle(cycle.collect()))
    }
}

/// Whether a series is too short to contain two seasonal periods.
fn is_short(history: &History<'_>, season: usize) -> bool {
    history.values.len() < 2 * season + 2
}

/// Time steps from step `first`, of a series that begins at `place`, to the next step with this `phase` of the panel's
/// dates.
fn steps_to(phase: usize, place: i64, first: usize, length: usize) -> usize {
    let now = (place + first as i64).rem_euclid(length as i64) as usize;
    (phase + length - now) % length
}
