//! Plan to assembly: the Canonical ABI in generated core wasm.

pub mod adapter;
mod analysis;
pub mod assemble;
pub mod boundary;
mod confinement;
pub mod facts;
mod instances;
pub mod layout;
mod outer;
mod passage;
pub mod runtime;
pub mod spec;

pub use assemble::{Assembled, Crossings, Decisions, assemble};
