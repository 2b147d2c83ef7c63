//! Decides what crosses where. In: a plan. Out: the assembly for `merge` and the outer boundary.
//! Not its job: the code of adapters (`adapter`), handle tables and transcoders (`runtime`).

use super::boundary::Boundary;
use crate::error::{Error, Result};
use crate::link::Plan;
use crate::merge::Assembly;

pub struct Assembled<'a> {
    pub assembly: Assembly<'a>,
    pub boundary: Boundary,
}

/// `arena` keeps the generated modules' bytes.
pub fn assemble<'a>(plan: &Plan<'a>, arena: &'a typed_arena::Arena<Vec<u8>>) -> Result<Assembled<'a>> {
    let _ = (plan, arena);
    Err(Error::internal("assemble is not built yet"))
}
