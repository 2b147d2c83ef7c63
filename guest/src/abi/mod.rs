//! Plan to assembly: the Canonical ABI in generated core wasm.

pub mod adapter;
pub mod assemble;
pub mod boundary;
pub mod layout;
pub mod runtime;
pub mod spec;

pub use assemble::{Assembled, assemble};
