//! Seasons: found where they are, and nowhere else.

use elman::data::calendar::Frequency;
use elman::season;

/// Numbers that look random and are the same everywhere.
fn noise(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    (0..n).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
}

fn wave(n: usize, m: f64) -> impl Iterator<Item = f64> {
    (0..n).map(move |t| (std::f64::consts::TAU * t as f64 / m).sin())
}

#[test]
fn seasons_are_seen_through_trend_and_noise() {
    let noisy = |n: usize, m: f64| -> Vec<f64> {
        noise(n, 7)
            .iter()
            .zip(wave(n, m))
            .enumerate()
            .map(|(t, (e, w))| 3.0 * w + e + 0.1 * t as f64)
            .collect()
    };
    for (n, m, frequency) in [
        (144, 12, Frequency::MONTHLY),
        (60, 4, Frequency::QUARTERLY),
        (500, 24, Frequency::HOURLY),
        (300, 48, Frequency::HALF_HOURLY),
        (100, 7, Frequency::DAILY),
        (1400, 365, Frequency::DAILY),
        (60, 5, Frequency::BUSINESS),
        (300, 52, Frequency::WEEKLY),
    ] {
        assert_eq!(
            season::find(&noisy(n, m as f64), Some(frequency)),
            Some(m),
            "{n} values, {frequency}"
        );
    }
    for m in [12, 24, 130] {
        let seen = season::find(&noisy(12 * m, m as f64), None).unwrap();
        // A peak under noise of a third of the wave is a few steps wide.
        assert!(seen.abs_diff(m) * 20 <= m, "{seen} for {m}");
    }
    assert_eq!(season::find(&noisy(100, 12.0), Some(Frequency::YEARLY)), None);
    assert_eq!(
        season::find(&noisy(35, 12.0), Some(Frequency::MONTHLY)),
        None,
        "less than three seasons"
    );
}

#[test]
fn of_two_seasons_the_one_that_repeats_better() {
    // Weekends without the day's wave: the week explains what the day does not.
    let week: Vec<f64> =
        (0..24 * 7 * 6).map(|h| if h / 24 % 7 < 5 { (h % 24) as f64 } else { 0.0 }).collect();
    assert_eq!(season::find(&week, Some(Frequency::HOURLY)), Some(168));
    let day: Vec<f64> = (0..24 * 7 * 6).map(|h| (h % 24) as f64).collect();
    assert_eq!(season::find(&day, Some(Frequency::HOURLY)), Some(24));
}

#[test]
fn walks_noise_and_trends_have_no_season() {
    let frequencies =
        [Some(Frequency::MONTHLY), Some(Frequency::BUSINESS), Some(Frequency::HOURLY), None];
    let mut false_alarms = 0;
    for seed in 1..=50 {
        let steps = noise(1000, seed);
        let walk: Vec<f64> = steps
            .iter()
            .scan(0.0, |x, e| {
                *x += e;
                Some(*x)
            })
            .collect();
        for frequency in frequencies {
            false_alarms += usize::from(season::find(&walk, frequency).is_some());
            false_alarms += usize::from(season::find(&steps, frequency).is_some());
        }
    }
    // Of 400 looks the test lets at most some in a hundred pass.
    assert!(false_alarms <= 8, "{false_alarms}");
    for frequency in frequencies {
        assert_eq!(season::find(&[3.1; 100], frequency), None);
        assert_eq!(season::find(&(0..100).map(f64::from).collect::<Vec<_>>(), frequency), None);
        assert_eq!(
            season::find(&(0..100).map(|t| f64::from(t * t)).collect::<Vec<_>>(), frequency),
            None
        );
        assert_eq!(season::find(&[], frequency), None);
        assert_eq!(season::find(&[f64::NAN; 100], frequency), None);
    }
}
