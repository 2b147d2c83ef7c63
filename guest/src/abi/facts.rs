//! What a value type holds, anywhere inside it. In: the types of a plan. Out: a few facts for each
//! type. Not its job: layout.

use super::layout::children;
use crate::ids::{Id, TypeId};
use crate::link::{FuncType, Type, Types};

/// What there is in a type, however deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    pub own: bool,
    pub borrow: bool,
    /// Readable ends of streams and futures. What passes through them is not in them.
    pub channel: bool,
    /// Strings and lists of variable length, whose flat form is an address and a length.
    pub pointers: bool,
    pub strings: bool,
    /// Handles inside a list of variable length: they lie in memory even in the flat form.
    pub listed_handles: bool,
}

impl Facts {
    /// Of a list with these elements.
    fn listed(self) -> Facts {
        Facts { pointers: true, listed_handles: self.handles(), ..self }
    }

    pub fn handles(self) -> bool {
        self.own || self.borrow || self.channel
    }

    /// Whether there are neither addresses nor handles in it: where it lies, it is what it is anywhere.
    pub fn is_whole(self) -> bool {
        !self.pointers && !self.handles()
    }

    fn or(self, other: Facts) -> Facts {
        Facts {
            own: self.own || other.own,
            borrow: self.borrow || other.borrow,
            channel: self.channel || other.channel,
            pointers: self.pointers || other.pointers,
            strings: self.strings || other.strings,
            listed_handles: self.listed_handles || other.listed_handles,
        }
    }
}

/// The facts of every type of a plan.
pub struct FactTable {
    facts: Vec<Facts>,
}

impl FactTable {
    /// One pass: a type is interned after the types inside it, so their facts are there.
    pub fn new(types: &Types) -> FactTable {
        let mut table = FactTable { facts: Vec::with_capacity(types.iter().len()) };
        for (_, ty) in types.iter() {
            let facts = table.facts_of(ty);
            table.facts.push(facts);
        }
        table
    }

    pub fn of(&self, id: TypeId) -> Facts {
        self.facts.get(id.index()).copied().unwrap_or_default()
    }

    pub fn of_params(&self, ty: &FuncType) -> Facts {
        self.any(ty.params.iter().map(|(_, id)| *id))
    }

    pub fn of_result(&self, ty: &FuncType) -> Facts {
        self.any(ty.result)
    }

    pub fn of_func(&self, ty: &FuncType) -> Facts {
        self.of_params(ty).or(self.of_result(ty))
    }

    fn any(&self, ids: impl IntoIterator<Item = TypeId>) -> Facts {
        ids.into_iter().fold(Facts::default(), |facts, id| facts.or(self.of(id)))
    }

    fn facts_of(&self, ty: &Type) -> Facts {
        match ty {
            Type::Own(_) => Facts { own: true, ..Facts::default() },
            Type::Borrow(_) => Facts { borrow: true, ..Facts::default() },
            Type::Stream(_) | Type::Future(_) => Facts { channel: true, ..Facts::default() },
            Type::String => Facts { pointers: true, strings: true, ..Facts::default() },
            Type::List(element) => self.of(*element).listed(),
            Type::Map(key, value) => self.of(*key).or(self.of(*value)).listed(),
            _ => self.any(children(ty)),
        }
    }
}
