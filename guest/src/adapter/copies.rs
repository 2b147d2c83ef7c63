//! What calls copy as bytes. In: a call. Out: the values in it that are copied in one piece. Not its job:
//! deciding that for one type (`PlainTypes`), and the code (`translate`, `list`).

use super::derived::Derived;
use super::plain::PlainTypes;
use super::route::shares_memory;
use crate::abi::facts::FactTable;
use crate::abi::layout::{Context, Layouts, Pointer, children};
use crate::abi::side::{Reallocator, Side};
use crate::adapter::spec::Call;
use crate::error::Result;
use crate::ids::TypeId;
use crate::link::{FuncType, Type, Types};
use indexmap::IndexSet;
use std::collections::{BTreeMap, BTreeSet};

/// What is copied in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Copied {
    /// A value of this type.
    Value(TypeId),
    /// The elements of a list, of this type.
    Elements(TypeId),
}

/// Looks for copies where bulk copies are on.
pub struct Copies {
    /// The plan's types, and those of the entries of maps.
    pub types: Types,
    pairs: BTreeMap<(TypeId, TypeId), TypeId>,
}

impl Copies {
    pub fn of(types: &Types) -> Copies {
        let Derived { types, pairs, .. } = Derived::of(types);
        Copies { types, pairs }
    }

    /// What each of these calls copies, in their order; each type of a call once.
    pub fn in_calls<'c>(&self, calls: impl Iterator<Item = &'c Call>) -> Result<Vec<Vec<Copied>>> {
        let search = Search {
            copies: self,
            plain: PlainTypes::new(&self.types, true),
            facts: FactTable::new(&self.types),
            layouts: Layouts::new(&self.types, Pointer::I32),
        };
        calls.map(|call| search.call(call)).collect()
    }

    /// The element type of what despecializes to a list.
    fn element(&self, ty: &Type) -> Option<TypeId> {
        match ty {
            Type::Map(key, value) => self.pairs.get(&(*key, *value)).copied(),
            Type::List(element) => Some(*element),
            _ => None,
        }
    }
}

/// The type of a value, and whether it is passed through memory.
type Passed = (TypeId, bool);

struct Search<'c> {
    copies: &'c Copies,
    plain: PlainTypes<'c>,
    facts: FactTable,
    layouts: Layouts<'c>,
}

impl Search<'_> {
    fn call(&self, call: &Call) -> Result<Vec<Copied>> {
        if shares_memory(call.caller, call.callee) {
            return Ok(Vec::new());
        }
        let in_place = |side: Side| side.realloc == Some(Reallocator::InPlace);
        let (params, result) = self.values(&call.ty)?;
        let (mut found, mut seen) = (IndexSet::new(), BTreeSet::new());
        let mut left: Vec<_> = params.into_iter().map(|value| (value, in_place(call.callee))).collect();
        left.extend(result.map(|value| (value, in_place(call.caller))));
        while let Some(((id, in_memory), stays)) = left.pop() {
            if !seen.insert((id, in_memory, stays)) {
                continue;
            }
            if in_memory && self.plain.copied(id)? {
                found.insert(Copied::Value(id));
                continue;
            }
            let ty = &self.copies.types[id];
            match self.copies.element(ty) {
                Some(element) if stays && self.facts.of(element).is_whole() => {}
                Some(element) if self.plain.contains(element)? => {
                    found.insert(Copied::Elements(element));
                }
                Some(element) => left.push(((element, true), stays)),
                None => left.extend(children(ty).into_iter().map(|child| ((child, in_memory), stays))),
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The parameters and the result, and whether each is passed through memory.
    fn values(&self, ty: &FuncType) -> Result<(Vec<Passed>, Option<Passed>)> {
        let params_spill = self.layouts.flat_params(ty, Context::Lower)?.is_none();
        let result_spills = self.layouts.flat_result(ty, Context::Lower)?.is_none();
        let params = ty.params.iter().map(|(_, param)| (*param, params_spill));
        Ok((params.collect(), ty.result.map(|result| (result, result_spills))))
    }
}
