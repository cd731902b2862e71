//! The baseline of a language model: a unigram model, which knows only how frequent each token is.

use super::corpus::Tokens;

/// The mean of -ln p over `asked`, where p is a token's share of `known`; each of `kinds` tokens is counted once more,
/// so that p is never 0.
pub(super) fn unigram_nats(known: &Tokens, asked: &Tokens, kinds: usize) -> f64 {
    let all = (known.len() + kinds) as f64;
    let shares = known.counts(kinds).into_iter().map(|count| (count + 1) as f64 / all);
    let nats = shares.zip(asked.counts(kinds)).map(|(share, count)| count as f64 * -share.ln());
    nats.sum::<f64>() / asked.len() as f64
}
