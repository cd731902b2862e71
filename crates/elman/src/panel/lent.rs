//! The season that the series of a panel have in common, lent to those that are too short for one of their own.
//!
//! A series of a few values shows no season. Where the others show the same one, at the same dates, it is the best guess
//! for this one, too; how far the others are from each other is how wrong the guess may be.

use elman_nn::losses::student_t_quantile;

use super::bands::{Band, bent, unbent};
use super::falling::median;
use super::past::{Known, Past};
use super::shape::Shape;
use super::view::{Scale, View};
use crate::season::Profile;

/// The fewest series that lend.
const LENDERS: usize = 3;
/// Of so many series one must be able to, for a long season to be preferred.
const ONE_IN: usize = 4;
/// For a normal distribution by Student's t.
const MANY: f64 = 1e9;

/// A season in the units of a view, by the phase of the panel's dates.
#[derive(Debug, Clone)]
pub(super) struct Lent {
    cycle: Vec<f64>,
    /// The shortest season, which a series must hold twice to have its own.
    shortest: usize,
    /// The root of the mean square by which the lenders' own seasons are off it.
    spread: f64,
}

impl Lent {
    /// From what is known of `panel`. `None` where no series is too short, where fewer than [`LENDERS`] can lend, or where
    /// their seasons differ by more than they have in common.
    pub(super) fn of(view: &View, panel: &[Known<'_>], seasons: &[usize]) -> Option<Self> {
        let shortest = seasons.first().copied().filter(|_| view.adjust)?;
        if !panel.iter().any(|series| is_short(series.past, shortest)) {
            return None;
        }
        let lenders = |length: usize| {
            panel
                .iter()
                .filter(move |series| series.len >= 2 * length + 2)
                .filter_map(|series| Some((series.past.place?, *series)))
        };
        let enough = LENDERS.max(panel.len() / ONE_IN);
        let length = seasons.iter().copied().rev().find(|m| lenders(*m).count() >= enough);
        let length = length.or((lenders(shortest).count() >= LENDERS).then_some(shortest))?;
        let cycles: Vec<Vec<f64>> = lenders(length)
            .map(|(place, series)| {
                let (shape, _) = Shape::of(view, series, seasons, None);
                let first = series.len;
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

    /// The season of a series that is too short for its own, and whose dates are among those of the panel.
    pub(super) fn to(&self, past: &Past<'_>) -> Option<Profile> {
        let place = past.place.filter(|_| is_short(past, self.shortest))?;
        let length = self.cycle.len();
        let first = place.rem_euclid(length as i64) as usize;
        let cycle = (0..length).map(|t| self.cycle[(first + t) % length]);
        Some(Profile::of_cycle(cycle.collect()))
    }

    /// Widens the bands around the forecast of a series that has this season and `known` values, by how wrong both
    /// may be: the season at its last value and at the one forecast, and its level, whose variance is the noise's over
    /// the number of values: √(1 + 1/n) times the noise of one value.
    pub(super) fn widen(&self, scale: Scale, bands: &mut [Band], forecast: &[f64], known: usize) {
        let level = (1.0 + 1.0 / known.max(1) as f64).sqrt();
        for band in bands {
            let tail = (100.0 - band.level) / 200.0;
            let off = self.spread * std::f64::consts::SQRT_2 * student_t_quantile(MANY, 1.0 - tail);
            for bounds in [&mut band.lower, &mut band.upper] {
                for (bound, y) in bounds.iter_mut().zip(forecast) {
                    let off = if scale == Scale::Log { off } else { off * y.abs() };
                    let (middle, end) = (bent(scale, *y), bent(scale, *bound));
                    let half = (level * (end - middle)).hypot(off);
                    *bound =
                        unbent(scale, if end < middle { middle - half } else { middle + half });
                }
            }
        }
    }
}

/// Whether a series can never hold this season twice.
fn is_short(past: &Past<'_>, season: usize) -> bool {
    past.values.len() < 2 * season + 2
}

/// Steps from step `first` of a series that begins at `place` to the next of this `phase` of the panel's dates.
fn steps_to(phase: usize, place: i64, first: usize, length: usize) -> usize {
    let now = (place + first as i64).rem_euclid(length as i64) as usize;
    (phase + length - now) % length
}
