//! Component tree to plan: instantiation, evaluated at fuse time.

mod plan;
mod types;

pub use plan::*;
pub use types::{FuncType, Type, Types};

use crate::error::{Error, Result};
use crate::read::Tree;

/// Instantiates the root of `tree` on paper.
pub fn evaluate<'a>(tree: &Tree<'a>) -> Result<Plan<'a>> {
    let _ = tree;
    Err(Error::internal("link is not built yet"))
}
