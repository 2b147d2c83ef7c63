//! Translations that are functions of their own. In: nothing, this is the name of one. Out: what
//! `module` numbers and `translate` writes and calls. Not its job: either.

use crate::abi::side::Side;
use crate::ids::TypeId;

/// A translation as a function of its own. In memory: (address, address, frame?) -> (). In flat
/// form: (flat values, frame?) -> (), and the flat values of the other side are in
/// `Global::Result`s. That is safe whatever else runs: the last thing before the return is that
/// they are set, the first thing after it that they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Helper {
    pub ty: TypeId,
    pub from: Side,
    pub to: Side,
    pub flat: bool,
    pub frame: bool,
}
