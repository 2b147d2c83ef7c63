//! The runtime modules in wasmtime, against models written from the specification. In: the modules
//! as `meld_fuser::runtime` makes them. Not its job: adapters.

mod handles;
mod model;
mod passage;
mod random;
mod transcoders;

use meld_fuser::runtime::Trap;
use meld_tests::reason::{Failed, failed};
use wasmparser::{Validator, WasmFeatures};
use wasmtime::{AsContextMut, Error, Func};

/// The instructions that generated code may use: MVP, bulk memory, several memories, and 64-bit
/// memories where a guest has one.
fn check_features(module: &[u8], memory64: bool) {
    let mut features = WasmFeatures::WASM1 | WasmFeatures::BULK_MEMORY | WasmFeatures::MULTI_MEMORY;
    features.set(WasmFeatures::MEMORY64, memory64);
    Validator::new_with_features(features).validate_all(module).expect("valid within the feature set");
}

/// What a runtime module imports to trap for a reason.
fn trap(store: impl AsContextMut, reason: &str) -> Func {
    let found = Trap::ALL.iter().find(|trap| trap.reason() == reason);
    let trap = *found.unwrap_or_else(|| panic!("{reason} is not agreed on"));
    Func::wrap(store, move || -> Result<(), Error> { Err(failed(trap)) })
}

/// The reason for which it was called. Nothing else in these modules may trap.
fn reason(error: &Error) -> Trap {
    let Failed(trap) = error.downcast_ref().unwrap_or_else(|| panic!("a trap without a reason: {error:?}"));
    *trap
}
