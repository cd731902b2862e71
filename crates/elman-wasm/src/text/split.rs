//! The split of a text into training set and validation set.

use elman_nn::tokens::{Tokens, Vocabulary};

use super::error::TextError;

/// The most characters of a text.
const MAX_CHARACTERS: usize = 1_000_000;

/// The most different characters: a network for 4,000 takes 150 MB of a page's memory, one for 40,000 takes 1.2 GB.
const MAX_KINDS: usize = 6000;

/// The fewest characters of a text: two are then in the validation set, the fewest that can be predicted.
const MIN_CHARACTERS: usize = 20;

/// Training set and validation set, the last tenth.
///
/// # Errors
/// A text that has too few characters for `batch` lanes of `steps` characters, too many, too many
/// different ones, or one again and again.
pub(super) fn split(
    text: &str,
    vocabulary: &Vocabulary,
    steps: usize,
    batch: usize,
) -> Result<(Tokens, Tokens), TextError> {
    let got = text.chars().count();
    let least = least(steps, batch);
    if got < least {
        return Err(TextError::TooShort { got, least, steps, batch });
    }
    if got > MAX_CHARACTERS {
        return Err(TextError::TooLong(got));
    }
    if vocabulary.size() > MAX_KINDS {
        return Err(TextError::TooManyKinds(vocabulary.size()));
    }
    if vocabulary.size() == 1 {
        return Err(TextError::OneCharacter);
    }
    let mut train = Tokens::of(text.to_owned(), vocabulary, "the text")?;
    let validation = train.split_off(got - got / 10);
    Ok((train, validation))
}

/// The fewest characters whose training set has one window and its last target in each lane.
fn least(steps: usize, batch: usize) -> usize {
    let needed = steps * batch + 1;
    // n - n / 10 characters are the training set: of 10 more characters, 9.
    (needed + (needed - 1) / 9).max(MIN_CHARACTERS)
}
