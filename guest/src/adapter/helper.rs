//! Translations that are functions of their own. In: a type and two sides. Out: the name of one, the same
//! for all whose code is the same; `module` numbers and `translate` writes and calls them. Not its job:
//! either.

use super::borrows::FrameKind;
use crate::abi::facts::Facts;
use crate::abi::side::{Domain, Side};
use crate::ids::TypeId;
use crate::link::StringEncoding;

/// A translation as a function of its own. In memory: (address, address, frame?) -> (). In flat
/// form: (flat values, frame?) -> (), and the flat values of the other side are left in
/// `Global::Result`s. Nothing can run between: they are set last before the return, and read first
/// after it. So it is where only one side is flat, with an address for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Helper {
    pub ty: TypeId,
    pub from: Side,
    pub to: Side,
    /// Which sides are in flat form; otherwise in memory.
    pub flat: (bool, bool),
    /// What the call's frame is, whose word is its last parameter.
    pub frame: Option<FrameKind>,
}

impl Helper {
    /// The translation of `ty`, of which `facts` are known, between two sides.
    pub fn new(
        ty: TypeId,
        facts: Facts,
        (from, to): (Side, Side),
        flat: (bool, bool),
        frame: Option<FrameKind>,
    ) -> Helper {
        Helper { ty, from: source(from, facts, flat.0), to: told_apart(to, facts, flat.1), flat, frame }
    }
}

/// What code that reads from a side can tell about it: it never allocates there.
pub fn source(side: Side, facts: Facts, flat: bool) -> Side {
    Side { realloc: None, ..told_apart(side, facts, flat) }
}

/// What code for values of which `facts` are known can tell about a side. In flat form values have no
/// memory, but for what addresses point to; only addresses need a `realloc`; only they and handles
/// depend on the domain.
pub fn told_apart(side: Side, facts: Facts, flat: bool) -> Side {
    Side {
        domain: if facts.pointers || facts.handles() { side.domain } else { Domain::Transit },
        memory: side.memory.filter(|_| facts.pointers || !flat),
        realloc: side.realloc.filter(|_| facts.pointers),
        encoding: if facts.strings { side.encoding } else { StringEncoding::default() },
    }
}
