//! The disassembler of the page. In: the bytes of a component or core module. Out: its text line by
//! line with places to jump to, and what its bytes are spent on. Not its job: judging whether the
//! bytes are valid, and showing anything.

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
