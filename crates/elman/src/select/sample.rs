//! Sample of a large panel, for model selection and training.

use elman_nn::Stream;

/// Most values to train on. The training runs over some tens of thousands of windows, and a random sample of a panel
/// this large represents the whole.
const MAX_TRAINED: usize = 4_000_000;

/// Indexes of the sampled series, sorted, for series of these lengths: all, or random ones with at most [`MAX_TRAINED`]
/// values in all.
pub(crate) fn sample(lengths: &[usize], seed: u64) -> Vec<usize> {
    up_to(MAX_TRAINED, lengths, seed)
}

fn up_to(most: usize, lengths: &[usize], seed: u64) -> Vec<usize> {
    let all = 0..lengths.len();
    if lengths.iter().sum::<usize>() <= most {
        return all.collect();
    }
    let mut stream = Stream::new(seed, "sample");
    let mut shuffled: Vec<(f64, usize)> = all.map(|s| (stream.unit(), s)).collect();
    shuffled.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut left = most;
    let fits = |&(_, s): &(f64, usize)| match left.checked_sub(lengths[s]) {
        Some(rest) => {
            left = rest;
            true
        }
        None => false,
    };
    let mut selected: Vec<usize> = shuffled.into_iter().take_while(fits).map(|(_, s)| s).collect();
    selected.sort_unstable();
    selected
}

#[cfg(test)]
mod tests {
    use super::up_to;

    #[test]
    fn a_small_panel_is_its_own_sample_and_a_large_one_is_drawn_from_evenly() {
        let lengths: Vec<usize> = (0..1000).map(|s| 50 + s % 100).collect();
        let total = lengths.iter().sum();
        assert_eq!(up_to(total, &lengths, 1).len(), 1000);
        let some = up_to(total / 5, &lengths, 1);
        assert!(some.windows(2).all(|pair| pair[0] < pair[1]));
        let held: usize = some.iter().map(|s| lengths[*s]).sum();
        assert!(held <= total / 5 && held > total / 5 - 200, "{held}");
        let first_half = some.iter().filter(|s| **s < 500).count();
        assert!((60..140).contains(&first_half), "{first_half} of {}", some.len());
        assert_eq!(some, up_to(total / 5, &lengths, 1));
        assert_ne!(some, up_to(total / 5, &lengths, 2));
    }
}
