//! Bytes to a validated component tree.

pub mod limits;
mod module;
mod tree;

pub use module::{CoreSort, Module};
pub use tree::{Component, Definition, DefinitionKind, Reader, Tree};

use crate::error::{Code, Error, Result};
use crate::session::Input;

/// Binary inputs stay as they are; text is parsed.
pub fn to_binary(input: Input) -> Result<Input> {
    let Input { name, bytes } = input;
    match wat::Parser::new().parse_bytes(None, &bytes) {
        Ok(std::borrow::Cow::Borrowed(_)) => Ok(Input { name, bytes }),
        Ok(std::borrow::Cow::Owned(bytes)) => Ok(Input { name, bytes }),
        Err(error) => Err(Error::new(Code::Malformed, error.to_string()).in_input(&name)),
    }
}
