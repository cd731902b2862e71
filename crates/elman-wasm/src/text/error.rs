//! The errors of a character model, in words for the page.

use elman_nn::error::Error;
use elman_nn::tokens::UnknownCharacter;

/// A text that cannot be learned, or a character that the network does not know.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TextError {
    #[error(
        "The text has {got} characters. At least {least} are needed for a sequence length of {steps} and a batch size of \
         {batch}: give a longer text, or choose smaller sizes."
    )]
    TooShort { got: usize, least: usize, steps: usize, batch: usize },
    #[error("The text has {0} characters, and at most 1,000,000 fit: give a part of it.")]
    TooLong(usize),
    #[error("The text has {0} different characters, and at most 6,000 fit: give a part of it.")]
    TooManyKinds(usize),
    #[error(
        "The text has only one character, again and again: give a text with at least two different ones."
    )]
    OneCharacter,
    #[error("Character {} of the prompt is “{}”, which does not occur in the text.", .0.place, .0.character)]
    Prompt(#[from] UnknownCharacter),
    #[error("The output of the network is not finite.")]
    NotFinite,
    #[error(transparent)]
    Network(#[from] Error),
}
