//! A plan to an assembly: for each canonical definition, which way a call takes; which checks can
//! fire; what the host sees. In: a `Plan`. Out: core modules alone, for `merge`, and the `Boundary`,
//! for `wrap`. Not its job: the code of adapters (`adapter`), handle tables and transcoders (`runtime`).

mod analysis;
mod assembler;
mod attributes;
pub mod boundary;
mod confinement;
mod instances;
mod outer;

pub use assembler::{Assembled, Crossings, Decisions, assemble};
pub use attributes::attributes;
