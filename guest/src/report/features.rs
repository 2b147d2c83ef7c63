//! Which features a core module uses. In: a valid module. Out: their names. Not its job: deciding
//! whether they can be fused; every feature of core wasm passes through.
//!
//! A module uses a feature if it is not valid without it. To find out takes one validation for each
//! feature, and those that fail do so early; a first one with all the rare features off at once
//! mostly answers for all of these.

use wasmparser::{Validator, WasmFeatures as F};

const COMMON: [(F, &str); 7] = [
    (F::MUTABLE_GLOBAL, "mutable-global"),
    (F::SATURATING_FLOAT_TO_INT, "saturating-float-to-int"),
    (F::SIGN_EXTENSION, "sign-extension"),
    (F::MULTI_VALUE, "multi-value"),
    (F::BULK_MEMORY, "bulk-memory"),
    (F::REFERENCE_TYPES, "reference-types"),
    (F::SIMD, "simd"),
];

const RARE: [(F, &str); 15] = [
    (F::RELAXED_SIMD, "relaxed-simd"),
    (F::THREADS, "threads"),
    (F::SHARED_EVERYTHING_THREADS, "shared-everything-threads"),
    (F::TAIL_CALL, "tail-call"),
    (F::MULTI_MEMORY, "multi-memory"),
    (F::MEMORY64, "memory64"),
    (F::EXCEPTIONS, "exceptions"),
    (F::LEGACY_EXCEPTIONS, "legacy-exceptions"),
    (F::EXTENDED_CONST, "extended-const"),
    (F::FUNCTION_REFERENCES, "function-references"),
    (F::GC, "gc"),
    (F::CUSTOM_PAGE_SIZES, "custom-page-sizes"),
    (F::STACK_SWITCHING, "stack-switching"),
    (F::WIDE_ARITHMETIC, "wide-arithmetic"),
    (F::CUSTOM_DESCRIPTORS, "custom-descriptors"),
];

/// The features past the first version of WebAssembly without which `module` is not valid.
pub fn features(module: &[u8]) -> Vec<&'static str> {
    let rare = RARE.iter().fold(F::empty(), |all, (feature, _)| all | *feature);
    let mut used = Vec::new();
    let mut find = |features: &[(F, &'static str)]| {
        used.extend(
            features.iter().filter(|(feature, _)| !valid_without(module, *feature)).map(|(_, name)| name),
        );
    };
    find(&COMMON);
    if !valid_without(module, rare) {
        find(&RARE);
    }
    used
}

fn valid_without(module: &[u8], features: F) -> bool {
    Validator::new_with_features(F::all().difference(features)).validate_all(module).is_ok()
}
