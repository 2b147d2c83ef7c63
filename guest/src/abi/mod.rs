//! What the Canonical ABI says of values. In: the types of a plan. Out: their layout in memory, their
//! flat form, what they hold, and what a function type calls for. Not its job: code (`adapter`), and
//! deciding anything of a plan (`assemble`).
//!
//! In reading order:
//!
//! - [`layout`]: alignment, size, flattening ("Alignment", "Element Size", "Flattening")
//! - [`facts`]: what a type holds, anywhere inside it
//! - [`side`]: one side of a call: its canonical options, and whose handles its values are
//! - [`func_types`]: the core signature and the options that a function type calls for, and where its
//!   handles are

pub mod facts;
pub mod func_types;
pub mod layout;
pub mod side;
