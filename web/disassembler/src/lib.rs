//! The disassembler of the page. In: the bytes of a component or core module. Out: its text line by line with
//! places to jump to, and what its bytes are spent on. Not its job: validating, and showing anything.
//!
//! - `scan`: one walk over the binary, which finds what the others tell about
//! - `contents`: names and figures as `inspect` has them
//! - `outline`: what the bytes are spent on
//! - `printer`, `text`: the text, and the lines on which things begin
//! - `search`: a string in the text
//! - `listing`: all of that for one binary
//! - `api`: what JavaScript sees

#[path = "../../../guest/src/report/contents.rs"]
mod contents;
mod listing;
mod outline;
mod printer;
mod scan;
mod search;
mod text;

#[cfg(test)]
mod tests;

#[cfg(target_arch = "wasm32")]
mod api;

pub use contents::{Memory, Section};
pub use listing::{FunctionPlace, Listing, Match, MemoryPlace, ModulePlace, Places};
pub use outline::{Encoding, Module, Outline, outline};
