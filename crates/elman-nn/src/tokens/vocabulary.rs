//! The vocabulary: the tokens of a text and their numbers.

use std::cmp::Reverse;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// The largest vocabulary whose token numbers fit into a byte.
pub const NARROW: usize = 256;

/// The most characters that an error lists.
const MAX_NAMED: usize = 200;

/// The tokens of a text: characters or bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tokenizer {
    /// The Unicode characters that occur in the text.
    #[default]
    Characters,
    /// All 256 bytes.
    Bytes,
}

/// A character that is not in a vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "character {place} of {named} is {character:?}, which is not in the vocabulary of this network"
)]
pub struct UnknownCharacter {
    /// The text.
    pub named: String,
    /// The character.
    pub character: char,
    /// Its position in the text, from 1.
    pub place: usize,
    /// The characters of the vocabulary.
    pub known: Vec<char>,
}

impl UnknownCharacter {
    /// The vocabulary, in words.
    pub fn known_in_words(&self) -> String {
        let all: String = self.known.iter().take(MAX_NAMED).collect();
        let more = if self.known.len() > MAX_NAMED { " and others" } else { "" };
        format!("{} characters: {all:?}{more}", self.known.len())
    }
}

/// The vocabulary of a network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Vocabulary {
    tokenizer: Tokenizer,
    /// The characters in the order of their numbers; empty for bytes.
    characters: Vec<char>,
    numbers: HashMap<char, u32>,
}

/// The form of a vocabulary in a file.
#[derive(Clone, Serialize, Deserialize)]
struct Saved {
    tokenizer: Tokenizer,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    characters: String,
}

impl From<Saved> for Vocabulary {
    fn from(saved: Saved) -> Self {
        let characters: Vec<char> = saved.characters.chars().collect();
        let numbers = (0..).zip(&characters).map(|(number, c)| (*c, number)).collect();
        Self { tokenizer: saved.tokenizer, characters, numbers }
    }
}

impl From<Vocabulary> for Saved {
    fn from(vocabulary: Vocabulary) -> Self {
        let Vocabulary { tokenizer, characters, .. } = vocabulary;
        Self { tokenizer, characters: characters.into_iter().collect() }
    }
}

impl Vocabulary {
    /// The vocabulary of all 256 bytes.
    pub fn bytes() -> Self {
        Saved { tokenizer: Tokenizer::Bytes, characters: String::new() }.into()
    }

    /// The vocabulary of a text: up to 256 characters in Unicode order, more characters in the order of frequency.
    pub fn of(text: &str) -> Self {
        let mut ascii = [0_u64; 128];
        let mut others = HashMap::<char, u64>::new();
        for c in text.chars() {
            match ascii.get_mut(c as usize) {
                Some(count) => *count += 1,
                None => *others.entry(c).or_default() += 1,
            }
        }
        let ascii = ('\0'..='\u{7f}').zip(ascii).filter(|(_, count)| *count > 0);
        let mut counted: Vec<(char, u64)> = ascii.chain(others).collect();
        let by_frequency = counted.len() > NARROW;
        counted
            .sort_unstable_by_key(|&(c, count)| (Reverse(if by_frequency { count } else { 0 }), c));
        let characters = counted.into_iter().map(|(c, _)| c).collect();
        Saved { tokenizer: Tokenizer::Characters, characters }.into()
    }

    /// The kind of the tokens.
    pub fn tokenizer(&self) -> Tokenizer {
        self.tokenizer
    }

    /// V, the number of tokens.
    pub fn size(&self) -> usize {
        match self.tokenizer {
            Tokenizer::Characters => self.characters.len(),
            Tokenizer::Bytes => 256,
        }
    }

    /// The number of a character; `None` if it is not in the vocabulary.
    pub fn number(&self, c: char) -> Option<u32> {
        self.numbers.get(&c).copied()
    }

    /// Converts `text` to tokens; errors name it `named`.
    ///
    /// # Errors
    /// A character that is not in the vocabulary.
    pub fn encode(&self, text: &str, named: &str) -> Result<Vec<u32>, UnknownCharacter> {
        match self.tokenizer {
            Tokenizer::Bytes => Ok(text.bytes().map(u32::from).collect()),
            Tokenizer::Characters => self.numbers_of(text, named).collect(),
        }
    }

    /// The tokens of a prompt, as [`encode`](Vocabulary::encode). An empty prompt is a line break if the vocabulary has
    /// one, else the first character.
    ///
    /// # Errors
    /// A character that is not in the vocabulary.
    pub fn prompt(&self, text: &str, named: &str) -> Result<Vec<u32>, UnknownCharacter> {
        let mut tokens = self.encode(text, named)?;
        if tokens.is_empty() {
            let line_break = match self.tokenizer {
                Tokenizer::Bytes => Some(u32::from(b'\n')),
                Tokenizer::Characters => self.number('\n'),
            };
            tokens.push(line_break.unwrap_or(0));
        }
        Ok(tokens)
    }

    /// The number of each character of `text`, or the error of an unknown character.
    pub(super) fn numbers_of<'a>(
        &'a self,
        text: &'a str,
        named: &'a str,
    ) -> impl Iterator<Item = Result<u32, UnknownCharacter>> + 'a {
        let number = move |(at, c)| self.number(c).ok_or_else(|| self.unknown(named, c, at));
        text.chars().enumerate().map(number)
    }

    /// The error for `character`, the one at index `at` of the text `named`.
    pub(super) fn unknown(&self, named: &str, character: char, at: usize) -> UnknownCharacter {
        let known = self.characters.clone();
        UnknownCharacter { named: named.to_owned(), character, place: at + 1, known }
    }

    /// Appends the text of a token.
    pub fn decode(&self, token: u32, text: &mut Vec<u8>) {
        match self.tokenizer {
            Tokenizer::Bytes => text.push(token as u8),
            Tokenizer::Characters => {
                let c = self.characters.get(token as usize).copied().unwrap_or('\u{fffd}');
                text.extend(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}
