//! Bytes to a validated component tree.

mod bodies;
mod body;
mod element_size;
pub mod limits;
mod module;
mod names;
mod nesting;
mod package;
mod reader;
mod renaming;
mod sites;
mod strictness;
mod text;
mod tree;
pub mod wit;

pub use module::{CoreSort, Module};
pub use reader::{Reader, without_debug_forms};
pub use sites::{Site, Sites};
pub use text::{is_text, to_binary};
pub use tree::{Component, Definition, DefinitionKind, Names, Tree};

/// The custom section that meld puts into core modules of its own making (docs/BOUNDARY.md).
pub const BOUNDARY_SECTION: &str = "meld:boundary";

/// An empty custom section of a core module whose functions keep their names in the name section,
/// whatever becomes of others': what traps is to be called by its name.
pub const NAMED_SECTION: &str = "meld:named";

#[cfg(test)]
mod tests;
