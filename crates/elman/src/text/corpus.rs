//! A text as tokens.

use std::io::Read;
use std::path::Path;

use elman_nn::tokens::{Tokenizer, Tokens, Vocabulary};

use crate::error::{Error, Result};
use crate::io::read::bytes;
use crate::io::read::memory::Memory;

/// A text as tokens.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Its name: the path of its file.
    pub name: String,
    /// The vocabulary.
    pub vocabulary: Vocabulary,
    /// The text.
    pub tokens: Tokens,
}

impl Corpus {
    /// Reads a file, which may be gzipped. Memory holds its bytes once, and its tokens.
    ///
    /// # Errors
    /// A file that cannot be read or is empty; a file that is not UTF-8, unless the tokens are bytes.
    pub fn read(path: &Path, tokenizer: Tokenizer) -> Result<Self> {
        let name = path.display().to_string();
        let io = |source| Error::Io { path: name.clone(), source };
        if path.is_dir() {
            return Err(Error::NoText {
                path: name,
                found: "is a directory".to_owned(),
                help: "give a file in it".to_owned(),
            });
        }
        Self::of(std::fs::File::open(path).map_err(io)?, &name, tokenizer, None)
    }

    /// Reads a text from `source`; errors name it `name`. Reading may take `max_memory` bytes of memory, or, if `None`,
    /// half of the machine's memory.
    ///
    /// # Errors
    /// As [`read`](Corpus::read); a text that needs more memory.
    pub fn of(
        source: impl Read,
        name: &str,
        tokenizer: Tokenizer,
        max_memory: Option<u64>,
    ) -> Result<Self> {
        let text = text_of(source, name, tokenizer, max_memory)?;
        let vocabulary = match &text {
            Text::Characters(text) => Vocabulary::of(text),
            Text::Bytes(_) => Vocabulary::bytes(),
        };
        Self::within(text, name, vocabulary)
    }

    /// Reads a text for a network with this vocabulary.
    ///
    /// # Errors
    /// As [`read`](Corpus::read); a character that is not in the vocabulary.
    pub fn known(
        source: impl Read,
        name: &str,
        vocabulary: Vocabulary,
        max_memory: Option<u64>,
    ) -> Result<Self> {
        let text = text_of(source, name, vocabulary.tokenizer(), max_memory)?;
        Self::within(text, name, vocabulary)
    }

    fn within(text: Text, name: &str, vocabulary: Vocabulary) -> Result<Self> {
        let tokens = match text {
            Text::Bytes(bytes) => Tokens::Narrow(bytes),
            Text::Characters(text) => Tokens::of(text, &vocabulary, name)?,
        };
        Ok(Self { name: name.to_owned(), vocabulary, tokens })
    }

    /// A hash of the text, to detect changes.
    pub fn fingerprint(&self) -> u64 {
        // FNV-1a (draft-eastlake-fnv), over the vocabulary and the token numbers.
        let mut hash = 0xcbf2_9ce4_8422_2325;
        let mut add = |x: u64| hash = (hash ^ x).wrapping_mul(0x0100_0000_01b3);
        let mut known = Vec::new();
        (0..self.vocabulary.size())
            .for_each(|token| self.vocabulary.decode(token as u32, &mut known));
        known.into_iter().for_each(|byte| add(byte.into()));
        (0..self.tokens.len()).for_each(|at| add(self.tokens.get(at).into()));
        hash
    }
}

enum Text {
    Characters(String),
    Bytes(Vec<u8>),
}

fn text_of(
    source: impl Read,
    name: &str,
    tokenizer: Tokenizer,
    max_memory: Option<u64>,
) -> Result<Text> {
    let memory = Memory::within(max_memory, name);
    let (raw, _held) = bytes::all(source, name, &memory)?;
    if tokenizer == Tokenizer::Characters && !raw.is_ascii() {
        // Each character becomes a number of four bytes, in addition to the text.
        memory.check(4 * raw.len() as u64)?;
    }
    let refused = |found: String, help: &str| {
        Err(Error::NoText { path: name.to_owned(), found, help: help.to_owned() })
    };
    if raw.is_empty() {
        return refused("is empty".to_owned(), "give a text of some thousand characters");
    }
    if tokenizer == Tokenizer::Bytes {
        return Ok(Text::Bytes(raw));
    }
    if let Some(text) = bytes::utf16(&raw) {
        return match text {
            Some(text) => Ok(Text::Characters(text)),
            None => refused("is broken UTF-16".to_owned(), "save it as UTF-8"),
        };
    }
    if let Some(name) = bytes::unmarked_utf16(&raw) {
        let help = format!("save it as UTF-8, for example with `iconv -f {name} -t utf-8`");
        return refused(format!("is {name} without a byte-order mark"), &help);
    }
    match String::from_utf8(raw) {
        Ok(text) => Ok(Text::Characters(bytes::unmarked(text))),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
            let help = "save it as UTF-8, for example with `iconv -f latin1 -t utf-8`, or cut it into bytes \
                        with `--bytes`";
            refused(format!("is not UTF-8: line {line}, byte {}", at + 1), help)
        }
    }
}
