//! Bytes to a validated component tree.

pub mod limits;
mod module;
mod nesting;
mod reader;
mod renaming;
mod text;
mod tree;
pub mod wit;

pub use module::{CoreSort, Module};
pub use reader::Reader;
pub use text::{is_text, to_binary};
pub use tree::{Component, Definition, DefinitionKind, Names, Tree};

#[cfg(test)]
mod tests;
