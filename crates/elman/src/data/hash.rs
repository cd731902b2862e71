//! Hash of values, which shows whether data have changed.

/// FNV-1a over the bits of the values.
pub(crate) fn fingerprint_of(values: &[f64]) -> u64 {
    fingerprint_of_bytes(values.iter().flat_map(|value| value.to_bits().to_le_bytes()))
}

/// FNV-1a over bytes.
pub(crate) fn fingerprint_of_bytes(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
