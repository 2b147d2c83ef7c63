//! Translations that are functions of their own. In: nothing, this is the name of one. Out: what
//! `module` numbers and `translate` writes and calls. Not its job: either.

use crate::abi::side::Side;
use crate::ids::TypeId;

/// A translation as a function of its own. In memory: (address, address, frame?) -> (). In flat
/// form: (flat values, frame?) -> (), and the flat values of the other side are left in
/// `Global::Result`s. Nothing can run between: they are set last before the return, and read first
/// after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Helper {
    pub ty: TypeId,
    pub from: Side,
    pub to: Side,
    /// In flat form; otherwise in memory.
    pub flat: bool,
    /// The call's frame is its last parameter.
    pub frame: bool,
}
