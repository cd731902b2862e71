//! The hash in a model file: SHA-256 of the file with zeros in the place of the hash.
//!
//! It is the first field of the document, and the document is the first thing in the header, so that it stands at
//! the same place in every file. It covers all the rest: the length of the header, the document, names, types and
//! shapes of the tensors, and their values. It tells a file that was damaged, not one that was forged: whoever makes
//! a file can make its hash, so that what is read is checked all the same.

use sha2::{Digest, Sha256};

/// How the header of a sealed file begins: `hash` is the first field of the document.
const BEFORE: &[u8] = br#"{"__metadata__":{"elman":"{\"hash\":\""#;
/// Digits of the hash.
const DIGITS: usize = 64;
/// Where the hash stands: behind the length of the header and [`BEFORE`].
const FROM: usize = 8 + BEFORE.len();
const TO: usize = FROM + DIGITS;

/// A document, which is a JSON object, with room for the hash as its first field.
pub(super) fn with_room(document: &str) -> String {
    let fields = document.strip_prefix('{').unwrap_or_default();
    format!("{{\"hash\":\"{:0DIGITS$}\",{fields}", 0)
}

/// Writes the hash of a model file into it. For files that were made or changed by other means than this module's,
/// such as in tests; a file that has no room for a hash is left as it is.
pub fn seal(file: &mut [u8]) {
    if let Some(hash) = hash(file) {
        file[FROM..TO].copy_from_slice(&hash);
    }
}

/// Whether the hash in a file is the one of its content; `None` if there is none.
pub(super) fn is_whole(file: &[u8]) -> Option<bool> {
    hash(file).map(|hash| file[FROM..TO] == hash)
}

/// The digits of the hash of a file; `None` if it has no room for it.
fn hash(file: &[u8]) -> Option<[u8; DIGITS]> {
    let (before, rest) = (file.get(..FROM)?, file.get(TO..)?);
    if !before.ends_with(BEFORE) {
        return None;
    }
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update([b'0'; DIGITS]);
    hasher.update(rest);
    let mut digits = [0; DIGITS];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(hasher.finalize()) {
        *pair = [byte >> 4, byte & 15].map(|digit| b"0123456789abcdef"[usize::from(digit)]);
    }
    Some(digits)
}
