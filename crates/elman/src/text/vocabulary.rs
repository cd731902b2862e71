//! The characters of a text, each with a number.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Tokens whose numbers are a byte each.
pub(super) const NARROW: usize = 256;

/// Characters that an error names.
const MOST_NAMED: usize = 200;

/// What a text is cut into.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tokenizer {
    /// Unicode characters, those that the text has.
    #[default]
    Characters,
    /// Bytes, all 256.
    Bytes,
}

/// The tokens that a network knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Vocabulary {
    tokenizer: Tokenizer,
    /// In the order of their numbers; none for bytes.
    characters: Vec<char>,
    numbers: HashMap<char, u32>,
}

/// As it stands in a file.
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
    /// All bytes.
    pub fn bytes() -> Self {
        Saved { tokenizer: Tokenizer::Bytes, characters: String::new() }.into()
    }

    /// The characters of a text: up to 256 in the order of Unicode, more of them the most frequent first.
    pub fn of(text: &str) -> Self {
        let mut ascii = [0_u64; 128];
        let mut others = BTreeMap::<char, u64>::new();
        for c in text.chars() {
            match ascii.get_mut(c as usize) {
                Some(count) => *count += 1,
                None => *others.entry(c).or_default() += 1,
            }
        }
        let ascii = ('\0'..='\u{7f}').zip(ascii).filter(|(_, count)| *count > 0);
        let mut counted: Vec<(char, u64)> = ascii.chain(others).collect();
        if counted.len() > NARROW {
            counted.sort_by_key(|(_, count)| Reverse(*count));
        }
        let characters = counted.into_iter().map(|(c, _)| c).collect();
        Saved { tokenizer: Tokenizer::Characters, characters }.into()
    }

    /// What a text is cut into.
    pub fn tokenizer(&self) -> Tokenizer {
        self.tokenizer
    }

    /// V, the tokens that there are.
    pub fn size(&self) -> usize {
        match self.tokenizer {
            Tokenizer::Characters => self.characters.len(),
            Tokenizer::Bytes => 256,
        }
    }

    /// The number of a character, if it is one of them.
    pub fn number(&self, c: char) -> Option<u32> {
        self.numbers.get(&c).copied()
    }

    /// The tokens of `text`, which is what `named` says.
    ///
    /// # Errors
    /// A character that is none of them.
    pub fn encode(&self, text: &str, named: &str) -> Result<Vec<u32>> {
        match self.tokenizer {
            Tokenizer::Bytes => Ok(text.bytes().map(u32::from).collect()),
            Tokenizer::Characters => self.numbers_of(text, named).collect(),
        }
    }

    /// The numbers of characters, or what is wrong with one.
    pub(super) fn numbers_of<'a>(
        &'a self,
        text: &'a str,
        named: &'a str,
    ) -> impl Iterator<Item = Result<u32>> + 'a {
        let number = move |(at, c)| self.number(c).ok_or_else(|| self.unknown(named, c, at));
        text.chars().enumerate().map(number)
    }

    /// The error for a character `at` so many others of the text `named`.
    pub(super) fn unknown(&self, named: &str, character: char, at: usize) -> Error {
        let all: String = self.characters.iter().take(MOST_NAMED).collect();
        let more = if self.size() > MOST_NAMED { " and others" } else { "" };
        let known = format!("{} characters: {all:?}{more}", self.size());
        Error::UnknownCharacter { named: named.to_owned(), character, place: at + 1, known }
    }

    /// Appends what a token stands for.
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
