//! State of an online forecaster as bytes, for callers that keep it without a type of Rust.
//!
//! The bytes are a MessagePack document and, in the last 8 bytes, the FNV-1a hash of the document, little-endian.

use serde::{Deserialize, Serialize};

use super::fitted::FittedForecaster;
use super::online::OnlineForecaster;
use super::online_state::SavedOnlineState;
use crate::data::hash::fingerprint_of_bytes;
use crate::error::{Error, Result};

/// Version of the document.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document<S> {
    version: u32,
    /// Hash of the networks: the state of other networks of the same size would give wrong forecasts.
    model: u64,
    state: S,
}

impl FittedForecaster {
    /// Hash of the networks: configuration and weights.
    pub(crate) fn fingerprint(&self) -> u64 {
        let bytes = self.nets().flat_map(|net| {
            let settings = format!("{:?}", net.settings).into_bytes();
            let weights = net.params().values().iter().flat_map(|w| w.to_bits().to_le_bytes());
            settings.into_iter().chain(weights)
        });
        fingerprint_of_bytes(bytes)
    }

    /// Continues the online forecaster of the series `name` from the bytes of
    /// [`state_to_bytes`](OnlineForecaster::state_to_bytes), bit for bit.
    ///
    /// # Errors
    /// Bytes that are damaged, or the state of another model.
    pub fn resume_online_from_bytes(
        &self,
        name: &str,
        bytes: &[u8],
    ) -> Result<OnlineForecaster<'_>> {
        let document: Document<SavedOnlineState> = decoded(bytes)?;
        if document.version != VERSION {
            let reason = format!("its version is {}, and not {VERSION}", document.version);
            return Err(refused(&reason));
        }
        if document.model != self.fingerprint() {
            return Err(refused("it is the state of another model"));
        }
        self.resume_online(name, &document.state)
    }
}

impl OnlineForecaster<'_> {
    /// State after the last value as bytes. Reads all weights once, for their hash.
    ///
    /// # Errors
    /// A state that cannot be encoded.
    pub fn state_to_bytes(&self) -> Result<Vec<u8>> {
        let model = self.networks.fitted.fingerprint();
        let document = Document { version: VERSION, model, state: self.state() };
        let mut bytes =
            rmp_serde::to_vec_named(&document).map_err(|error| refused(&error.to_string()))?;
        let hash = fingerprint_of_bytes(bytes.iter().copied());
        bytes.extend(hash.to_le_bytes());
        Ok(bytes)
    }
}

/// Checks the hash, and decodes the document.
fn decoded(bytes: &[u8]) -> Result<Document<SavedOnlineState>> {
    let (document, hash) =
        bytes.split_last_chunk::<8>().ok_or_else(|| refused("it is too short"))?;
    if fingerprint_of_bytes(document.iter().copied()) != u64::from_le_bytes(*hash) {
        return Err(refused("its bytes are damaged"));
    }
    rmp_serde::from_slice(document).map_err(|error| refused(&error.to_string()))
}

fn refused(reason: &str) -> Error {
    Error::Data {
        reason: format!("the saved state cannot be used: {reason}"),
        help: "give the state as it was saved with this model, or start from the history of the series"
            .to_owned(),
    }
}
