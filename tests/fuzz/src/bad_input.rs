//! Spoiled components. In: bytes, mostly almost a component. Out: a panic where the library panics,
//! has a defect to report, or makes what is not valid. Not its job: what is fused (`generated`).

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use meld_fuser::{Code, Input, Options};
use meld_tests::random::Random;
use meld_tests::{features, fused, mutate};

fuzz_target!(|bytes: &[u8]| {
    let output = fused::KINDS[bytes.len() % 2];
    let options = Options { output, names: bytes.len().is_multiple_of(3), ..Options::default() };
    match meld_fuser::fuse(vec![Input::new("input", bytes)], options) {
        Ok(fused) => features::validate(&fused.bytes).expect("a valid output"),
        Err(error) => assert!(error.code != Code::Internal, "{}", fused::show(&error)),
    }
});

// Every second time sections stay in their frames, so that what is in them is read.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    if seed.is_multiple_of(2) {
        return fuzzer_mutate(data, size, max_size);
    }
    let mutant = mutate::mutant(&data[..size], &data[..size], &mut Random::new(u64::from(seed)));
    let size = mutant.len().min(max_size);
    data[..size].copy_from_slice(&mutant[..size]);
    size
});
