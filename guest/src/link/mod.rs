//! Component tree to plan: instantiation, evaluated at fuse time.

mod canon;
mod core;
mod eval_types;
mod evaluate;
mod instantiate;
mod names;
mod plan;
mod root;
mod scope;
mod types;
mod values;

pub use evaluate::evaluate;
pub use plan::*;
pub use types::{FuncType, Type, Types};

#[cfg(test)]
mod tests;
