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

mod component;
mod core;
mod enclose;
mod exports;
mod scope;
mod sections;
mod shim;
mod types;
mod values;
mod wrapper;

pub use component::component;
pub use sections::custom_sections;
