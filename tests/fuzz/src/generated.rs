//! Random compositions, unfused against fused. In: bytes, which decide on a composition. Out: a panic
//! where the two differ. Not its job: choosing the bytes, which libFuzzer does.

#![no_main]

use libfuzzer_sys::fuzz_target;
use meld_tests::generated;

fuzz_target!(|bytes: &[u8]| {
    if let Err(error) = generated::check(bytes, 0) {
        panic!("{}\n{error:?}", generated::text(bytes).unwrap_or_default());
    }
});
