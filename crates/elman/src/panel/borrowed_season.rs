//! Borrowed season: the seasonal component that the series of a panel have in common, for those too short for their
//! own.
//!
//! A series of a few values shows no season. Where the other series share a season at the same dates, their season is
//! the best estimate for this one, too. The spread between the other series measures the error of this estimate.

use elman_nn::losses::student_t_quantile;

use super::falling::median;
use super::history::{History, HistoryView};
use super::interval::{PredictionInterval, inverted, transformed};
use super::preprocessing::{Preprocessing, TargetTransform};
use super::series_transform::SeriesTransform;
use crate::season::Profile;

/// Least number of lenders: series that are long enough to estimate the season.
const LENDERS: usize = 3;
/// A long seasonal period is preferred only if at least one of so many series is long enough for it.
const ONE_IN: usize = 4;
/// Degrees of freedom at which Student's t is a normal distribution.
const MANY: f64 = 1e9;

/// Borrowed season in transformed units, by the phase of the panel's dates.
#[derive(Debug, Clone)]
pub(super) struct BorrowedSeason {
    cycle: Vec<f64>,
    /// Shortest seasonal period. A series with fewer than two of these periods has no season of its own.
    shortest: usize,
    /// Root mean square deviation of the lenders' own seasons from the borrowed season.
    spread: f64,
}

impl BorrowedSeason {
    /// Estimates the season from the history of `panel`. `None` where no series is too short, where fewer than
    /// [`LENDERS`] are long enough, or where their seasons differ by more than their common part.
    pub(super) fn of(
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

    /// Borrowed season for a series that is too short for its own, and whose dates are among those of the panel.
    pub(super) fn to(&self, history: &History<'_>) -> Option<Profile> {
        let place = history.place.filter(|_| is_short(history, self.shortest))?;
        let length = self.cycle.len();
        let first = place.rem_euclid(length as i64) as usize;
        let cycle = (0..length).map(|t| self.cycle[(first + t) % length]);
        Some(Profile::of_cycle(cycle.collect()))
    }

    /// Widens the intervals around the forecast of a series with a borrowed season and `known` values, by two errors.
    /// The season is uncertain at the last value and at the forecast one: √2 times its spread. The level is the mean of
    /// n values, with the variance of the noise divided by n: this multiplies the noise by √(1 + 1/n).
    pub(super) fn widen(
        &self,
        transform: TargetTransform,
        intervals: &mut [PredictionInterval],
        forecast: &[f64],
        known: usize,
    ) {
        let level = (1.0 + 1.0 / known.max(1) as f64).sqrt();
        for interval in intervals {
            let tail = (100.0 - interval.level) / 200.0;
            let off = self.spread * std::f64::consts::SQRT_2 * student_t_quantile(MANY, 1.0 - tail);
            for bounds in [&mut interval.lower, &mut interval.upper] {
                for (bound, y) in bounds.iter_mut().zip(forecast) {
                    let off = if transform == TargetTransform::Log { off } else { off * y.abs() };
                    let (middle, end) =
                        (transformed(transform, *y), transformed(transform, *bound));
                    let half = (level * (end - middle)).hypot(off);
                    *bound = inverted(
                        transform,
                        if end < middle { middle - half } else { middle + half },
                    );
                }
            }
        }
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
