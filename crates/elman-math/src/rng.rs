//! Named, seeded random streams that can be written to a file and go on from there.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;
use serde::{Deserialize, Serialize};

/// One stream of random numbers: the same seed and name give the same numbers on every machine.
///
/// Different names are different sequences of the same generator (PCG64, O'Neill 2014), so that
/// drawing one dropout mask more does not change the initial weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stream(Pcg64);

impl Stream {
    /// The stream called `name` of `seed`.
    pub fn new(seed: u64, name: &str) -> Self {
        Self(Pcg64::new(u128::from(seed), fnv1a(name)))
    }

    /// A number of [0, 1), a multiple of 2⁻⁵³.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * 2f64.powi(-53)
    }

    /// 64 random bits: a seed for streams that go their own way.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number of [low, high).
    #[inline]
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
}

/// FNV-1a over 128 bits (draft-eastlake-fnv), to turn a name into PCG's stream number.
fn fnv1a(name: &str) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    name.bytes().fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_seeds_are_separate_streams() {
        let first = |seed, name| Stream::new(seed, name).unit();
        assert_eq!(first(1, "init"), first(1, "init"));
        assert_ne!(first(1, "init"), first(1, "dropout"));
        assert_ne!(first(1, "init"), first(2, "init"));
    }

    #[test]
    fn numbers_fill_the_interval_evenly() {
        let mut stream = Stream::new(7, "test");
        let mut counts = [0; 10];
        for _ in 0..100_000 {
            let x = stream.uniform(-2.0, 3.0);
            assert!((-2.0..3.0).contains(&x));
            counts[((x + 2.0) * 2.0) as usize] += 1;
        }
        // 10,000 expected a bin, standard deviation 95: five of them.
        assert!(counts.iter().all(|&n| (9_525..10_475).contains(&n)), "{counts:?}");
    }
}
