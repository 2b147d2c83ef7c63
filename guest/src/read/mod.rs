//! Bytes to a validated component tree. In: the bytes of one input, binary or text. Out: `Tree`, with
//! every definition and its offset, or the error that says what is not valid, and where. Not its job:
//! what the definitions mean (`link`).
//!
//! wasmparser parses and validates; this room adds what it leaves open. In reading order:
//!
//! - `text`: text to binary
//! - `tree`, `module`: what comes out
//! - `reader`: the walk over the input
//! - `bodies`, `body`: function bodies, validated where there are threads for it
//! - `sections`: sections of a binary, unread
//! - `sites`: where bodies hold indices
//! - `items`: its sections, item by item
//! - `extern_names`, `element_size`, `nesting`, `extent`: what wasmparser does not check
//! - `aliases`: what is known of types by way of what they are aliases of
//! - `plain`: core function types that are equal wherever they stand
//! - `package`: WIT packages that are given for components
//! - `renaming`, `strictness`: what wasmparser panics on or refuses, though it is valid
//! - `limits`: the budgets of all rooms
//! - `wit`, `wit_walk`: the root's imports and exports in WIT's terms; how long walks over these take

mod aliases;
mod bodies;
mod body;
mod element_size;
mod extent;
mod extern_names;
mod items;
pub mod limits;
mod module;
mod nesting;
mod package;
mod plain;
mod reader;
mod renaming;
mod sections;
mod sites;
mod strictness;
mod text;
mod tree;
pub mod wit;
pub mod wit_walk;

pub use aliases::Aliases;
pub use module::{BOUNDARY_SECTION, CoreSort, Module, without_debug_forms};
pub use plain::PlainFuncTypes;
pub use reader::Reader;
pub use sections::{custom, sections};
pub use sites::{Site, Sites};
pub use text::{is_text, to_binary};
pub use tree::{Component, Definition, DefinitionKind, Direction, NameSection, Tree};

/// An empty custom section of a core module whose functions keep their names in the name section,
/// whatever becomes of others': what traps is to be called by its name.
pub const NAMED_SECTION: &str = "meld:named";

#[cfg(test)]
mod aliases_tests;
#[cfg(test)]
mod limits_tests;
#[cfg(test)]
mod tests;
