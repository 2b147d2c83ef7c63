//! What can be told about an input and about a fusion.

mod boundaries;
mod contents;
mod explanation;
mod features;
mod figures;
mod inspect;
mod inspection;
mod names;
mod origin;
mod render;
mod structure;
#[cfg(test)]
mod tests;
mod unreached;
mod wit;

pub use crate::interface::Statistics;
pub use boundaries::boundaries;
pub use explanation::explanation;
pub use inspect::inspect;
pub use inspection::Inspection;
pub use names::check_opaque_rep;
