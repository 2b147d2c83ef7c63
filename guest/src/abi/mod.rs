//! What the Canonical ABI says of values. In: the types of a plan. Out: their layout in memory, their
//! flat form, what they hold, and the ways that a function's values can take. No code is generated
//! here and nothing of a plan is decided (`adapter`, `assemble`).
//!
//! In reading order:
//!
//! - [`layout`]: alignment, size, flattening ("Alignment", "Element Size", "Flattening")
//! - [`facts`]: what a type holds, anywhere inside it
//! - [`side`]: one side of a call: its canonical options, and whose handles its values are
//! - [`passage`]: the core signature and the options that a function type calls for

pub mod facts;
pub mod layout;
pub mod passage;
pub mod side;
