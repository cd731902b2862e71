//! Monash's .tsf: what is behind its first line.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let ways = data.first().copied().unwrap_or(0);
    let rest = data.get(1..).unwrap_or_default();
    elman_fuzz::table(&[&[ways][..], b"@relation fuzz\n", rest].concat());
});
