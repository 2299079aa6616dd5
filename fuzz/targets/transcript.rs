#![no_main]

#[path = "../../tests/it/laws/transcript.rs"]
mod law;

libfuzzer_sys::fuzz_target!(|input: &[u8]| law::hold(input));
