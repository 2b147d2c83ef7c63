//! Component tree to plan: instantiation, evaluated at fuse time. In: `read::Tree`. Out: `Plan`, with
//! every definition that instantiation makes, and no names, aliases or index spaces of components. Not
//! its job: validation (`read`), and code (`adapter`). Why by definition: `docs/decisions`,
//! `evaluate-by-definition.md`.
//!
//! In reading order:
//!
//! - `plan`, `types`: what comes out
//! - `values`, `scope`: what a definition evaluates to, and the index spaces that hold it
//! - `core_module`: what a core module says about all of its instances
//! - `evaluator`: the state, and the budget
//! - `evaluate`: goes through the definitions
//! - `alias`, `core`, `canon`, `eval_types`: one kind of definition each
//! - `root`: what the root imports and exports
//! - `instantiate`: component instances, imports and exports
//! - `labels`, `lift_names`, `resource_names`: names, for people

mod alias;
mod canon;
mod core;
mod core_module;
mod eval_types;
mod evaluate;
mod evaluator;
mod instantiate;
mod labels;
mod lift_names;
mod plan;
mod resource_names;
mod root;
mod scope;
mod types;
mod values;

pub use evaluate::{evaluate, evaluate_on};
pub use lift_names::{LiftNames, label};
pub use plan::*;
pub use types::{FuncType, Type, Types};

#[cfg(test)]
mod tests;
