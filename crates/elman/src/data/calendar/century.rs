//! The century of years that are written with two digits.

/// The last year in which a history with years of two digits may begin, unless another is given; spreadsheets draw the line
/// at the same one.
pub const LATEST_BEGINNING: i64 = 2029;

/// Years of two digits as whole ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Centuries {
    first: i64,
}

impl Centuries {
    /// Of years that stand together. On the circle from 00 to 99 they leave out a stretch: behind the longest one they
    /// begin, in the latest century that lets them begin no later than `latest`. So 60 to 85 are 1960 to 1985, 98 to 02
    /// are 1998 to 2002, and 25 to 31 are 2025 to 2031.
    pub(super) fn of(years: impl Iterator<Item = u32>, latest: i64) -> Centuries {
        let mut seen = [false; 100];
        years.for_each(|year| seen[year as usize % 100] = true);
        let there: Vec<i64> = (0..100).filter(|year| seen[*year as usize]).collect();
        let before = |i: usize| there[if i == 0 { there.len() - 1 } else { i - 1 }];
        let left_out = |i: usize| (there[i] - before(i) - 1).rem_euclid(100);
        let begins = |year: i64| latest - (latest - year).rem_euclid(100);
        // Of equal stretches, the one that makes them older: a history lies in the past.
        let first = (0..there.len()).max_by_key(|i| (left_out(*i), -begins(there[*i])));
        Centuries { first: first.map_or(latest - 99, |i| begins(there[i])) }
    }

    pub(super) fn year(self, two_digits: u32) -> i64 {
        self.first + (i64::from(two_digits) - self.first).rem_euclid(100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn years(short: &[u32]) -> Vec<i64> {
        let centuries = Centuries::of(short.iter().copied(), LATEST_BEGINNING);
        short.iter().map(|year| centuries.year(*year)).collect()
    }

    #[test]
    fn a_history_lies_in_the_past() {
        assert_eq!(years(&[60, 85]), [1960, 1985]);
        assert_eq!(years(&[60, 61, 84, 85]), [1960, 1961, 1984, 1985]);
        assert_eq!(years(&[98, 99, 0, 1]), [1998, 1999, 2000, 2001]);
        assert_eq!(years(&[6, 7]), [2006, 2007]);
        assert_eq!(years(&[25, 31]), [2025, 2031]);
        assert_eq!(years(&[30, 31]), [1930, 1931]);
        assert_eq!(years(&[23]), [2023]);
        assert_eq!(years(&[20, 70]), [2020, 1970]);
        let all: Vec<u32> = (50..100).chain(0..24).collect();
        assert_eq!((years(&all)[0], years(&all)[73]), (1950, 2023));
    }
}
