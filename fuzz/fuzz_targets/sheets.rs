//! Workbooks.

#![no_main]

libfuzzer_sys::fuzz_target!(
    init: elman_fuzz::let_readers_panic(),
    |data: &[u8]| {
        if data.get(1..).is_some_and(|file| file.starts_with(b"PK")) {
            elman_fuzz::table(data);
        }
    }
);
