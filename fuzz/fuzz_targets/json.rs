//! Lines and arrays of JSON.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Some(b'{' | b'[') = data.get(1) {
        elman_fuzz::table(data);
    }
});
