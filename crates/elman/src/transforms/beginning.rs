//! Beginning of a series: the first value after a long constant stretch, such as the zeros before a product is sold.
//!
//! Such a stretch tells nothing about the future: its differences of 0 make every scale small, and it has no season.

/// Least length of a constant stretch that is left out; and the same in a large panel, whose other series stabilize the
/// networks.
const LEAST: usize = 8;
const MIN_IN_MANY: usize = 50;
/// The stretch is also longer than so many seasonal periods.
const SEASONS: usize = 2;
/// The stretch is also at least this share of all values.
const SHARE: f64 = 0.1;
/// Least number of values that remain.
const LEFT: usize = 8;

/// Index of the first value that is used. `season` is the seasonal period; `of_many` means a series of a large panel.
pub(crate) fn beginning(values: &[f64], season: usize, of_many: bool) -> usize {
    let Some(first) = values.first() else { return 0 };
    let still = values.iter().take_while(|y| *y == first).count();
    let least = if of_many { MIN_IN_MANY } else { LEAST };
    let is_long = still >= least
        && still > SEASONS * season
        && still as f64 >= SHARE * values.len() as f64
        && values.len() - still >= LEFT;
    if is_long { still } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_series_begins_where_it_first_moves() {
        let launched =
            [vec![0.0; 250], (0..70).map(f64::from).map(|t| 20.0 + t).collect()].concat();
        assert_eq!(beginning(&launched, 7, false), 250);
        assert_eq!(beginning(&launched, 125, false), 0, "two seasons of zeros may come again");
        assert_eq!(beginning(&launched[..257], 7, false), 0, "seven values are too few");
        let short = [vec![5.0; 20], [6.0, 7.0].repeat(10)].concat();
        assert_eq!([false, true].map(|of_many| beginning(&short, 1, of_many)), [20, 0]);
        // A constant series, one that moves early, and one that always moves.
        assert_eq!(beginning(&[5.0; 90], 1, false), 0);
        assert_eq!(beginning(&[vec![1.0; 8], [2.0, 3.0].repeat(40)].concat(), 1, false), 0);
        assert_eq!(beginning(&[1.0, 2.0, 3.0], 1, false), 0);
        assert_eq!(beginning(&[f64::NAN; 20], 1, false), 0);
    }
}
