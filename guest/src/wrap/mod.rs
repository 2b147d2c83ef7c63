//! Core module to component.

mod component;
mod core;
mod enclose;
mod exports;
mod sections;
mod shim;
mod types;

pub use component::component;
pub use sections::custom_sections;
