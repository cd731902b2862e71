//! The baselines of a language model: n-gram models, which know how frequent tokens and pairs of tokens are.

use std::collections::HashMap;

use super::Tokens;

/// The mean of -ln p over `asked`, where p is a token's share of `known`; each of `kinds` tokens is counted once more,
/// so that p is never 0.
pub fn unigram_nats(known: &Tokens, asked: &Tokens, kinds: usize) -> f64 {
    let nats = shares(known, kinds).zip(asked.counts(kinds));
    nats.map(|(share, count)| count as f64 * -share.ln()).sum::<f64>() / asked.len() as f64
}

/// The mean of -ln p over the pairs of adjacent tokens in `asked`, where p is the share of the second token after the first
/// one in `known`. A first token with n different successors gets n more, in the shares of the unigram model (the
/// smoothing of Witten and Bell, 1991).
pub fn bigram_nats(known: &Tokens, asked: &Tokens, kinds: usize) -> f64 {
    let unigram: Vec<f64> = shares(known, kinds).collect();
    let mut pairs = HashMap::<(u32, u32), u64>::new();
    known.iter().zip(known.iter().skip(1)).for_each(|pair| *pairs.entry(pair).or_default() += 1);
    let (mut firsts, mut successors) = (vec![0_u64; kinds], vec![0_u64; kinds]);
    for (&(first, _), count) in &pairs {
        firsts[first as usize] += count;
        successors[first as usize] += 1;
    }
    let nats = |pair: (u32, u32)| {
        let share = unigram[pair.1 as usize];
        let more = successors[pair.0 as usize] as f64;
        let all = firsts[pair.0 as usize] as f64 + more;
        let count = pairs.get(&pair).copied().unwrap_or(0) as f64;
        // A token that has no successor in `known` leaves the unigram model.
        -(if all > 0.0 { (count + more * share) / all } else { share }).ln()
    };
    let asked_pairs = asked.iter().zip(asked.iter().skip(1));
    asked_pairs.map(nats).sum::<f64>() / asked.len().saturating_sub(1).max(1) as f64
}

/// The share of each token, counted once more than it occurs.
fn shares(known: &Tokens, kinds: usize) -> impl Iterator<Item = f64> {
    let all = (known.len() + kinds) as f64;
    known.counts(kinds).into_iter().map(move |count| (count + 1) as f64 / all)
}
