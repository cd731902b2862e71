//! What a network has to beat, a unigram model: to know how frequent each token is, and nothing else.

use super::corpus::Tokens;

/// The mean of -ln p over `asked`, p being a token's share of `known`, in which each of `kinds` is counted once more, so
/// that none is impossible.
pub(super) fn unigram_nats(known: &Tokens, asked: &Tokens, kinds: usize) -> f64 {
    let all = (known.len() + kinds) as f64;
    let shares = known.counts(kinds).into_iter().map(|count| (count + 1) as f64 / all);
    let nats = shares.zip(asked.counts(kinds)).map(|(share, count)| count as f64 * -share.ln());
    nats.sum::<f64>() / asked.len() as f64
}
