//! meld fuses WebAssembly components: any number of components in, one core module (or one
//! component around one core module) out, with the same observable behaviour.
//!
//! ```
//! use meld_fuser::{Input, Options, fuse};
//!
//! # fn main() -> Result<(), meld_fuser::Error> {
//! // Two components, in text here; binaries are taken as they are. One adds…
//! let adder = r#"(component
//!     (core module $code
//!         (func (export "add") (param i32 i32) (result i32)
//!             (i32.add (local.get 0) (local.get 1))))
//!     (core instance $code (instantiate $code))
//!     (func (export "add") (param "a" u32) (param "b" u32) (result u32)
//!         (canon lift (core func $code "add"))))"#;
//! // …and the other has it add.
//! let doubler = r#"(component
//!     (import "add" (func $add (param "a" u32) (param "b" u32) (result u32)))
//!     (core func $add (canon lower (func $add)))
//!     (core module $code
//!         (import "" "add" (func $add (param i32 i32) (result i32)))
//!         (func (export "double") (param i32) (result i32)
//!             (call $add (local.get 0) (local.get 0))))
//!     (core instance $code (instantiate $code
//!         (with "" (instance (export "add" (func $add))))))
//!     (func (export "double") (param "n" u32) (result u32)
//!         (canon lift (core func $code "double"))))"#;
//!
//! let inputs = vec![Input::new("adder", adder), Input::new("doubler", doubler)];
//! let fused = fuse(inputs, Options::default())?;
//!
//! // One core module, in which the one calls the other without anything in between.
//! assert!(fused.bytes.starts_with(b"\0asm\x01\0\0\0"));
//! assert_eq!(fused.statistics.direct_calls, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Where to begin
//!
//! - [`fuse`] does it in one call; [`Options`] says to what: a core module or a component, with or
//!   without names, optimised or not.
//! - [`Session`] does the same in steps, for a program that has to show progress or stay responsive.
//! - [`wrap()`] makes the component of a fused core module that an optimiser has been at.
//! - [`verify()`] fuses again what a result says that it came from, and compares.
//! - [`compose()`] makes one component of several and does not fuse it, [`wire`] tells how they
//!   connect, and [`inspect`] tells what a component is and what fusing it would do.
//! - Whatever goes wrong is an [`Error`]: its [`Code`] says what kind of thing it is, the rest where
//!   and why, and often what to do. An input can be anything, also hostile: it never makes a function
//!   panic.
//!
//! # How it is made
//!
//! In rooms, in the order in which data flows through them; each knows only the output of those
//! above it. `docs/ARCHITECTURE.md` follows an example through them. Some are public for this
//! repository's tests, and `command` for its binaries; they are left out of these pages, and free to
//! change.
//!
//! - `read`: bytes to a validated component tree
//! - `compose`: several inputs to one component
//! - `platform`: what stands under a component on a host of WASI 0.1, and is composed with it
//! - `link`: component tree to `link::Plan`; evaluates instantiation
//! - `abi`: what the Canonical ABI says of values: layouts, flattening, the sides of a call
//! - `runtime`: what runs inside the result beside the guests: handle tables, transcoders
//! - `adapter`: the code that carries values over a boundary
//! - `assemble`: plan to `merge::Assembly`: which way each call takes, and what the host sees
//! - `debug`: what the inputs' debug information is for the result; `merge` and `window` note what moves
//! - `merge`: assembly to one core module
//! - `window`: several memories to one, and several tables
//! - `wrap`: core module to component
//! - `provenance`: where a result came from, written into it and read again
//! - `report`: what can be told about an input and about a fusion
//!
//! `session` drives them in steps; `component` (the WIT exports) and `command` (the command line)
//! are thin shells around it.

#![deny(missing_docs)]

#[cfg(feature = "pipeline")]
mod abi;
#[cfg(feature = "pipeline")]
mod adapter;
#[cfg(feature = "pipeline")]
#[doc(hidden)]
pub mod assemble;
#[cfg(feature = "pipeline")]
mod identity;
// For the binaries alone.
#[cfg(feature = "command")]
#[doc(hidden)]
pub mod command;
#[cfg(all(feature = "pipeline", feature = "command", target_family = "wasm"))]
mod component;
#[cfg(feature = "pipeline")]
mod compose;
#[cfg(feature = "pipeline")]
#[doc(hidden)]
pub mod debug;
mod error;
#[doc(hidden)]
pub mod ids;
mod interface;
#[cfg(feature = "pipeline")]
#[doc(hidden)]
pub mod link;
#[cfg(feature = "pipeline")]
#[doc(hidden)]
pub mod merge;
#[cfg(feature = "pipeline")]
mod metadata;
#[cfg(feature = "pipeline")]
#[doc(hidden)]
pub mod name;
mod optimizations;
#[cfg(feature = "pipeline")]
mod origin;
#[cfg(feature = "pipeline")]
mod platform;
#[cfg(feature = "pipeline")]
mod provenance;
#[cfg(feature = "pipeline")]
#[doc(hidden)]
pub mod read;
#[cfg(feature = "pipeline")]
mod report;
#[cfg(feature = "pipeline")]
#[doc(hidden)]
pub mod runtime;
#[cfg(feature = "pipeline")]
mod session;
#[cfg(feature = "pipeline")]
mod single;
#[cfg(feature = "pipeline")]
mod verify;
#[cfg(feature = "pipeline")]
mod width;
#[cfg(feature = "pipeline")]
mod window;
#[cfg(feature = "pipeline")]
mod wrap;

pub use error::{Code, Error, Result};
pub use interface::{
    Composing, Connection, ExportOf, Fused, Input, MAX_INPUT_BYTES, Memory, MetBy, Misfit, Options,
    OutputKind, Phase, Progress, Reservation, Statistics, WacSource, Wasi, WiredExport, WiredInstance,
    Wiring,
};
pub use optimizations::{Note, Optimizations};
#[cfg(feature = "pipeline")]
pub use report::{Inspection, inspect};
#[cfg(feature = "pipeline")]
pub use session::{Session, compose, fuse, wire};
#[cfg(feature = "pipeline")]
pub use verify::verify;
#[cfg(feature = "pipeline")]
pub use wrap::wrap;

/// The version of the fuser, as in `meld --version` and in the WIT function `version`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
