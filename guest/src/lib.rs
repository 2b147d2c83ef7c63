//! meld fuses WebAssembly components: any number of components in, one core module (or one
//! component around one core module) out, with the same observable behaviour.
//!
//! The rooms, in the order in which data flows through them; each knows only the output of those
//! above it:
//!
//! - [`read`]: bytes to a validated component tree
//! - [`compose`]: several inputs to one component
//! - [`link`]: component tree to [`link::Plan`]; evaluates instantiation
//! - [`abi`]: plan to [`merge::Assembly`]; the Canonical ABI in generated code
//! - [`merge`]: assembly to one core module
//! - [`wrap`]: core module to component
//! - [`report`]: what can be told about an input and about a fusion
//!
//! `session` drives them in steps; `component` (the WIT exports) and `command` (the command line)
//! are thin shells around it.

pub mod abi;
pub mod compose;
pub mod error;
pub mod ids;
pub mod link;
pub mod merge;
pub mod read;
pub mod report;
mod session;
pub mod wrap;

pub use error::{Code, Error, Result};
pub use report::{Inspection, Statistics, inspect};
pub use session::{Fused, Input, Options, OutputKind, Phase, Progress, Session, WacSource, fuse};
