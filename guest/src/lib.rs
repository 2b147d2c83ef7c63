//! meld fuses WebAssembly components: any number of components in, one core module (or one
//! component around one core module) out, with the same observable behaviour.
//!
//! The rooms, in the order in which data flows through them; each knows only the output of those
//! above it:
//!
//! - [`read`]: bytes to a validated component tree
//! - [`compose`]: several inputs to one component
//! - [`link`]: component tree to [`link::Plan`]; evaluates instantiation
//! - [`abi`]: what the Canonical ABI says of values: layouts, flattening, the sides of a call
//! - [`runtime`]: what runs inside the result beside the guests: handle tables, transcoders
//! - [`adapter`]: the code that carries values over a boundary
//! - [`assemble`]: plan to [`merge::Assembly`]: which way each call takes, and what the host sees
//! - [`merge`]: assembly to one core module
//! - [`wrap`]: core module to component
//! - [`report`]: what can be told about an input and about a fusion
//!
//! `session` drives them in steps; `component` (the WIT exports) and `command` (the command line)
//! are thin shells around it.

#[cfg(feature = "pipeline")]
pub mod abi;
#[cfg(feature = "pipeline")]
pub mod adapter;
#[cfg(feature = "pipeline")]
pub mod assemble;
#[cfg(feature = "command")]
pub mod command;
#[cfg(all(feature = "pipeline", feature = "command", target_family = "wasm"))]
mod component;
#[cfg(feature = "pipeline")]
pub mod compose;
pub mod error;
pub mod ids;
mod interface;
#[cfg(feature = "pipeline")]
pub mod link;
#[cfg(feature = "pipeline")]
pub mod merge;
mod optimizations;
#[cfg(feature = "pipeline")]
pub mod read;
#[cfg(feature = "pipeline")]
pub mod report;
#[cfg(feature = "pipeline")]
pub mod runtime;
#[cfg(feature = "pipeline")]
mod session;
#[cfg(feature = "pipeline")]
mod width;
#[cfg(feature = "pipeline")]
pub mod wrap;

pub use error::{Code, Error, Result};
pub use interface::{
    Composing, Connection, ExportOf, Fused, Input, MetBy, Misfit, Options, OutputKind, Phase, Progress,
    Statistics, WacSource, WiredExport, WiredInstance, Wiring,
};
pub use optimizations::{Note, Optimizations};
#[cfg(feature = "pipeline")]
pub use report::{Inspection, inspect};
#[cfg(feature = "pipeline")]
pub use session::{Session, compose, fuse, wire};

/// The version of the fuser, as in `meld --version` and in the WIT function `version`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
