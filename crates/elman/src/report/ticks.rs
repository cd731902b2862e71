//! Where an axis carries labels: round numbers, whole steps, powers of ten, calendar dates.
//!
//! All functions take the two ends of the axis and the most labels there is room for, and return the finest choice of
//! round values that does not exceed it. With `most ≥ 7` there are at least three labels on an axis of plain numbers.

use super::{dates, number};

/// A labelled place on an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// The value, in the units of the axis.
    pub at: f64,
    /// What stands beside it.
    pub label: String,
}

/// A round step, `mantissa · 10^exponent`. Kept apart because `3 · 0.1` is not `0.3` in binary but `3 / 10` is.
#[derive(Clone, Copy)]
struct Step {
    mantissa: f64,
    exponent: i32,
}

impl Step {
    fn times(self, count: f64) -> f64 {
        let units = self.mantissa * count;
        if self.exponent < 0 {
            units / 10f64.powi(-self.exponent)
        } else {
            units * 10f64.powi(self.exponent)
        }
    }

    fn decimals(self) -> i32 {
        let fraction = i32::from(self.mantissa.fract() != 0.0);
        fraction - self.exponent
    }

    /// The first and the last multiple of the step inside the range.
    fn inside(self, low: f64, high: f64) -> (f64, f64) {
        let size = self.times(1.0);
        // The ends come from arithmetic on the data: an end that misses a round value by rounding still gets its label.
        ((low / size - 1e-9).ceil(), (high / size + 1e-9).floor())
    }
}

/// Multiples of 1, 2, 2.5 or 5 times a power of ten.
pub fn numbers(low: f64, high: f64, most: usize) -> Vec<Tick> {
    linear(low, high, most, &[1.0, 2.0, 2.5, 5.0], i32::MIN)
}

/// Whole numbers only: multiples of 1, 2 or 5 times a power of ten.
pub fn steps(low: f64, high: f64, most: usize) -> Vec<Tick> {
    linear(low, high, most, &[1.0, 2.0, 5.0], 0)
}

/// Calendar dates for seconds since 1970-01-01 00:00 UTC: whole years, months, weeks, days, hours, minutes or seconds.
///
/// The first label, and each that begins a new year or day, says more than the others (`3 Aug 14:00`, then `16:00`).
/// Outside the years −9999 to 9999 the labels are plain numbers.
pub fn dates(low: f64, high: f64, most: usize) -> Vec<Tick> {
    dates::ticks(low, high, most).unwrap_or_else(|| numbers(low, high, most))
}

/// Powers of ten, with 2 and 5 between them where there is room; round numbers where the axis spans less than that.
///
/// Both ends must be positive.
pub fn logarithmic(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let most = most.max(2);
    let (first, last) = ((low.log10() - 1e-9).ceil() as i32, (high.log10() + 1e-9).floor() as i32);
    let decades = last - first + 1;
    if decades >= 3 {
        let stride = (decades as usize).div_ceil(most) as i32;
        // Multiples of the stride, so that 10⁰ keeps its label whichever way the axis is moved.
        let exponents = (first..=last).filter(|k| k.rem_euclid(stride) == 0);
        return label_logarithmic(exponents.map(|k| (1.0, k)).collect());
    }
    for mantissas in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
        let inside: Vec<(f64, i32)> = (first - 1..=last)
            .flat_map(|k| mantissas.iter().map(move |&m| (m, k)))
            .filter(|&(m, k)| (low..=high).contains(&(m * 10f64.powi(k))))
            .collect();
        if (3..=most).contains(&inside.len()) {
            return label_logarithmic(inside);
        }
    }
    numbers(low, high, most).into_iter().filter(|tick| tick.at > 0.0).collect()
}

fn linear(low: f64, high: f64, most: usize, mantissas: &[f64], smallest: i32) -> Vec<Tick> {
    let most = most.max(2) as f64;
    let span = high - low;
    if !(span.is_finite() && span > 0.0) {
        return Vec::new();
    }
    let start = ((span / most).log10().floor() as i32 - 1).max(smallest);
    let step = (start..)
        .flat_map(|exponent| mantissas.iter().map(move |&mantissa| Step { mantissa, exponent }))
        .find(|step| {
            let (first, last) = step.inside(low, high);
            last - first < most
        })
        .unwrap_or(Step { mantissa: 1.0, exponent: start });
    let (first, last) = step.inside(low, high);
    let count = (last - first).max(-1.0) as usize + usize::from(last >= first);
    let label = labeller(low.abs().max(high.abs()), step);
    (0..count)
        .map(|i| step.times(first + i as f64))
        .map(|at| Tick { at: at.clamp(low, high), label: label(at) })
        .collect()
}

/// One way of writing for all labels of an axis, so that they can be compared at a glance.
fn labeller(largest: f64, step: Step) -> impl Fn(f64) -> String {
    let exponent = largest.log10().floor() as i32;
    let raised = !(-4..10).contains(&exponent);
    let decimals =
        if raised { step.decimals() + exponent } else { step.decimals() }.max(0) as usize;
    move |value| {
        if raised {
            number::scientific(value, exponent, decimals)
        } else {
            number::fixed(value, decimals)
        }
    }
}

fn label_logarithmic(values: Vec<(f64, i32)>) -> Vec<Tick> {
    let plain = values.iter().all(|(_, k)| (-4..6).contains(k));
    let label = |m: f64, k: i32| {
        let value = m * 10f64.powi(k);
        if plain {
            number::fixed(value, (-k).max(0) as usize)
        } else {
            number::scientific(value, k, 0)
        }
    };
    values.into_iter().map(|(m, k)| Tick { at: m * 10f64.powi(k), label: label(m, k) }).collect()
}
