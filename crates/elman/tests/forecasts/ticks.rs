//! The labels of an axis: round, in range, in order, and written as in a book.

use elman::report::ticks;
use proptest::prelude::*;

/// Whether `step`, the mean distance of ticks as large as `largest`, is 1, 2, 2.5 or 5 times a power of ten.
fn is_round(step: f64, largest: f64) -> bool {
    let mantissa = step / 10f64.powf(step.log10().floor());
    // The step is a difference of two ticks and carries the rounding of both.
    let rounding = 10.0 * (f64::EPSILON + 2.0 * f64::EPSILON * largest / step);
    [1.0, 2.0, 2.5, 5.0, 10.0].iter().any(|round| (mantissa - round).abs() <= rounding)
}

fn labels(ticks: &[ticks::Tick]) -> Vec<&str> {
    ticks.iter().map(|tick| tick.label.as_str()).collect()
}

fn assert_orderly(ticks: &[ticks::Tick], low: f64, high: f64) {
    for pair in ticks.windows(2) {
        assert!(pair[0].at < pair[1].at, "{ticks:?}");
        assert_ne!(pair[0].label, pair[1].label, "{ticks:?}");
    }
    assert!(
        ticks.iter().all(|tick| (low..=high).contains(&tick.at)),
        "{ticks:?} outside {low}..{high}"
    );
}

proptest! {
    #[test]
    fn numbers_are_round_and_neither_few_nor_many(
        low in -1e4..1e4_f64, size in -6.0..6.0_f64, most in 7..=12_usize,
    ) {
        let high = low + 10f64.powf(size);
        let ticks = ticks::numbers(low, high, most);
        prop_assert!((3..=most).contains(&ticks.len()), "{ticks:?} for {low}..{high}");
        assert_orderly(&ticks, low, high);
        let step = (ticks[ticks.len() - 1].at - ticks[0].at) / (ticks.len() - 1) as f64;
        prop_assert!(is_round(step, low.abs().max(high.abs())), "{step} in {ticks:?}");
    }

    #[test]
    fn steps_are_whole(low in -50.0..1e6_f64, size in -1.0..6.0_f64, most in 2..=12_usize) {
        let high = low + 10f64.powf(size);
        let ticks = ticks::steps(low, high, most);
        prop_assert!(ticks.len() <= most);
        assert_orderly(&ticks, low, high);
        prop_assert!(ticks.iter().all(|tick| tick.at.fract() == 0.0), "{ticks:?}");
    }

    #[test]
    fn dates_are_orderly(low in -3e9..3e9_f64, size in 1.0..10.0_f64, most in 4..=12_usize) {
        let high = low + 10f64.powf(size);
        let ticks = ticks::dates(low, high, most);
        prop_assert!((1..=most).contains(&ticks.len()), "{ticks:?}");
        for tick in &ticks {
            prop_assert!((low..=high).contains(&tick.at));
        }
    }

    #[test]
    fn logarithms_are_orderly(low in -9.0..6.0_f64, decades in 0.05..12.0_f64, most in 5..=12_usize) {
        let (low, high) = (10f64.powf(low), 10f64.powf(low + decades));
        let ticks = ticks::logarithmic(low, high, most);
        prop_assert!((2..=most).contains(&ticks.len()), "{ticks:?} for {low}..{high}");
        assert_orderly(&ticks, low, high);
    }
}

#[test]
fn labels_read_as_in_a_book() {
    assert_eq!(labels(&ticks::numbers(-1.1, 1.1, 7)), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
    assert_eq!(
        labels(&ticks::numbers(0.0, 1e6, 6)),
        ["0", "200,000", "400,000", "600,000", "800,000", "1,000,000"]
    );
    assert_eq!(
        labels(&ticks::numbers(0.0, 4.5e-6, 5)),
        ["0", "10⁻⁶", "2×10⁻⁶", "3×10⁻⁶", "4×10⁻⁶"]
    );
    assert_eq!(labels(&ticks::steps(0.0, 3.0, 10)), ["0", "1", "2", "3"]);
    assert_eq!(labels(&ticks::logarithmic(2e-4, 2.0, 9)), ["0.001", "0.01", "0.1", "1"]);
    assert_eq!(
        labels(&ticks::logarithmic(0.0015, 0.06, 9)),
        ["0.002", "0.005", "0.01", "0.02", "0.05"]
    );
    assert_eq!(
        labels(&ticks::logarithmic(1e-13, 1.0, 5)),
        ["10⁻¹²", "10⁻⁹", "10⁻⁶", "10⁻³", "10⁰"]
    );
}

#[test]
fn dates_read_as_on_a_calendar() {
    let year = 31_556_952.0; // the mean Gregorian year in seconds
    assert_eq!(labels(&ticks::dates(-21.0 * year, -9.5 * year, 4)), ["1950", "1955", "1960"]);
    let jan_2020 = 1_577_836_800.0;
    assert_eq!(
        labels(&ticks::dates(jan_2020, jan_2020 + 100.0 * 86_400.0, 5)),
        ["Jan 2020", "Feb 2020", "Mar 2020", "Apr 2020"]
    );
    let weeks = ticks::dates(jan_2020, jan_2020 + 29.0 * 86_400.0, 5);
    assert_eq!(labels(&weeks), ["6 Jan 2020", "13 Jan", "20 Jan", "27 Jan"]);
    assert_eq!(weeks[0].at, jan_2020 + 5.0 * 86_400.0, "a Monday");
    let aug_3 = 1_596_412_800.0;
    let hours = ticks::dates(aug_3 + 50_000.0, aug_3 + 90_000.0, 5);
    assert_eq!(labels(&hours), ["3 Aug 15:00", "18:00", "21:00", "4 Aug"]);
}
