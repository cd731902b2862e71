//! Parquet and Arrow.

#![no_main]

libfuzzer_sys::fuzz_target!(
    init: elman_fuzz::let_readers_panic(),
    |data: &[u8]| {
        let begins = |magic: &[u8]| data.get(1..).is_some_and(|file| file.starts_with(magic));
        if begins(b"PAR1") || begins(b"ARROW1") || begins(&[0xff; 4]) {
            elman_fuzz::table(data);
        }
    }
);
