//! Core module to component, or to a core module that says what its boundary is. In: the fused core
//! module, its boundary, the plan and the validator's types of the original. Out: a component around
//! the module, or the custom sections that go into it. Not its job: what the module does.
//!
//! The files, in reading order:
//!
//! - `component`: the order in which the component is made; `wrapper`: the component in the making
//! - `core`: the core instance; `shim`: two modules that it needs where it and its imports need each
//!   other
//! - `scope`, `types`: component types, written anew; `values`: those that need no names; `exports`: exported
//!   instances
//! - `enclose`: the core module's bytes, put into their place
//! - `sections`: for a core module output, its custom sections
//! - `again`: a core module output, changed or not, to the component; `fit`: whether its imports and exports
//!   are still those that it was fused to; `with_start`: a start function for one that has lost its own

mod again;
mod component;
mod core;
mod enclose;
mod exports;
mod fit;
mod scope;
mod sections;
mod shim;
mod types;
mod values;
mod with_start;
mod wrapper;

pub use again::wrap;
pub use component::component;
pub use sections::{component_section, custom_sections};
