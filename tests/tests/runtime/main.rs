//! The runtime modules in wasmtime, against models written from the specification. In: the modules
//! as `meld_fuser::runtime` makes them. Not its job: adapters.

mod handles;
mod model;
mod passage;
mod random;
mod transcoders;

use wasmparser::{Validator, WasmFeatures};

/// The instructions that generated code may use: MVP, bulk memory, several memories, and 64-bit
/// memories where a guest has one.
fn check_features(module: &[u8], memory64: bool) {
    let mut features = WasmFeatures::WASM1 | WasmFeatures::BULK_MEMORY | WasmFeatures::MULTI_MEMORY;
    features.set(WasmFeatures::MEMORY64, memory64);
    Validator::new_with_features(features).validate_all(module).expect("valid within the feature set");
}
