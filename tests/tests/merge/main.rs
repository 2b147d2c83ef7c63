//! The merge room: modules linked by wasmtime against the same modules merged.

mod accessors;
mod features;
mod harness;
mod instantiation;
mod random;
mod shims;
mod structure;
mod unreachable;
