//! What calls copy as bytes. In: a call. Out: the values in it that are copied in one piece. Not its job:
//! deciding that for one type (`PlainTypes`), and the code (`translate`, `list`).

use super::derived::Derived;
use super::plain::PlainTypes;
use super::route::shares_memory;
use crate::abi::layout::{Context, Layouts, Pointer, children};
use crate::adapter::spec::Call;
use crate::error::Result;
use crate::ids::TypeId;
use crate::link::{FuncType, Type, Types};
use std::collections::{BTreeMap, BTreeSet};

/// What is copied in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

struct Search<'c> {
    copies: &'c Copies,
    plain: PlainTypes<'c>,
    layouts: Layouts<'c>,
}

impl Search<'_> {
    fn call(&self, call: &Call) -> Result<Vec<Copied>> {
        let mut found = Vec::new();
        if shares_memory(call.caller, call.callee) {
            return Ok(found);
        }
        let (mut seen, mut left) = (BTreeSet::new(), self.values(&call.ty)?);
        while let Some((id, in_memory)) = left.pop() {
            if !seen.insert((id, in_memory)) {
                continue;
            }
            if in_memory && self.plain.copied(id)? {
                found.push(Copied::Value(id));
                continue;
            }
            let ty = &self.copies.types[id];
            match self.copies.element(ty) {
                Some(element) if self.plain.contains(element)? => found.push(Copied::Elements(element)),
                Some(element) => left.push((element, true)),
                None => left.extend(children(ty).into_iter().map(|child| (child, in_memory))),
            }
        }
        Ok(found)
    }

    /// The parameters and the result, and whether each is passed through memory.
    fn values(&self, ty: &FuncType) -> Result<Vec<(TypeId, bool)>> {
        let params_spill = self.layouts.flat_params(ty, Context::Lower)?.is_none();
        let result_spills = self.layouts.flat_result(ty, Context::Lower)?.is_none();
        let params = ty.params.iter().map(|(_, param)| (*param, params_spill));
        Ok(params.chain(ty.result.map(|result| (result, result_spills))).collect())
    }
}
