//! Bytes to a validated component tree.

mod bodies;
mod body;
mod element_size;
pub mod limits;
mod module;
mod names;
mod nesting;
mod reader;
mod renaming;
mod sites;
mod strictness;
mod text;
mod tree;
pub mod wit;

pub use module::{CoreSort, Module};
pub use reader::Reader;
pub use sites::{Site, Sites};
pub use text::{is_text, to_binary};
pub use tree::{Component, Definition, DefinitionKind, Names, Tree};

/// The custom section that meld puts into core modules of its own making (docs/BOUNDARY.md).
pub const BOUNDARY_SECTION: &str = "meld:boundary";

#[cfg(test)]
mod tests;
