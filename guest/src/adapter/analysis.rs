//! What the code writers ask about types. In: types. Out: whether bytes can be copied, whether
//! there are borrows, how much code a translation is. Not its job: layout and code.

use crate::abi::layout::{Layouts, Pointer, cases, children, fields};
use crate::error::Result;
use crate::ids::{Id, TypeId};
use crate::link::{Type, Types};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A translation that is more than this (`Analysis::cost`) becomes a function of its own wherever
/// it is part of another one. Types are graphs: this bounds the code of each function by the number
/// of its type's own fields, and so all code by the number of types.
pub const INLINE_COST: u32 = 64;

/// Plain values up to this size are copied field by field.
const COPY_BYTES: u32 = 16;

/// Facts about types, each worked out once.
pub struct Analysis<'a> {
    types: &'a Types,
    layouts: Layouts<'a>,
    /// Copying bytes is an optimisation: without it, no type is plain.
    bulk_copies: bool,
    plain: RefCell<Vec<Option<bool>>>,
    borrows: RefCell<Vec<Option<bool>>>,
    by_value: RefCell<Vec<Option<bool>>>,
    costs: RefCell<Vec<Option<u32>>>,
}

impl<'a> Analysis<'a> {
    pub fn new(types: &'a Types, bulk_copies: bool) -> Analysis<'a> {
        let count = types.iter().len();
        Analysis {
            types,
            layouts: Layouts::new(types, Pointer::I32),
            bulk_copies,
            plain: RefCell::new(vec![None; count]),
            borrows: RefCell::new(vec![None; count]),
            by_value: RefCell::new(vec![None; count]),
            costs: RefCell::new(vec![None; count]),
        }
    }

    /// Whether translating a value from memory to memory is copying its bytes: every bit pattern is
    /// a value, no byte is padding, and there are no addresses and no handles in it.
    pub fn plain(&self, id: TypeId) -> Result<bool> {
        if !self.bulk_copies {
            return Ok(false);
        }
        if let Some(plain) = self.plain.borrow().get(id.index()).copied().flatten() {
            return Ok(plain);
        }
        let ty = &self.types[id];
        let plain = match ty {
            Type::S8 | Type::U8 | Type::S16 | Type::U16 | Type::S32 | Type::U32 => true,
            Type::S64 | Type::U64 | Type::F32 | Type::F64 => true,
            Type::Flags(labels) => matches!(labels.len(), 8 | 16 | 32),
            Type::FixedList(element, _) => self.plain(*element)?,
            _ => match fields(ty) {
                Some(fields) => self.plain_record(&fields)?,
                None => false,
            },
        };
        remember(&self.plain, id, plain);
        Ok(plain)
    }

    /// Whether a value in memory is copied in one piece. Small ones are copied field by field: that is
    /// faster than `memory.copy`. (The layout of a plain value does not depend on the size of addresses.)
    pub fn copied(&self, id: TypeId) -> Result<bool> {
        Ok(self.plain(id)? && self.layouts.layout(id)?.size > COPY_BYTES)
    }

    fn plain_record(&self, fields: &[TypeId]) -> Result<bool> {
        let mut bytes = 0u32;
        for field in fields {
            if !self.plain(*field)? {
                return Ok(false);
            }
            bytes = bytes.saturating_add(self.layouts.layout(*field)?.size);
        }
        Ok(bytes == self.layouts.record(fields)?.layout.size)
    }

    /// `contains_borrow`
    pub fn contains_borrow(&self, id: TypeId) -> bool {
        if let Some(found) = self.borrows.borrow().get(id.index()).copied().flatten() {
            return found;
        }
        let ty = &self.types[id];
        let found = matches!(ty, Type::Borrow(_)) || children(ty).iter().any(|ty| self.contains_borrow(*ty));
        remember(&self.borrows, id, found);
        found
    }

    /// Whether there are neither addresses nor handles in a value.
    pub fn by_value(&self, id: TypeId) -> bool {
        if let Some(by_value) = self.by_value.borrow().get(id.index()).copied().flatten() {
            return by_value;
        }
        let ty = &self.types[id];
        let by_value = match ty {
            Type::String | Type::List(_) | Type::Map(..) | Type::Own(_) | Type::Borrow(_) => false,
            _ => children(ty).iter().all(|ty| self.by_value(*ty)),
        };
        remember(&self.by_value, id, by_value);
        by_value
    }

    /// About how many steps the code for a value has, with the code for its parts.
    pub fn cost(&self, id: TypeId) -> u32 {
        if let Some(cost) = self.costs.borrow().get(id.index()).copied().flatten() {
            return cost;
        }
        let ty = &self.types[id];
        let cost = match ty {
            Type::String => 4,
            Type::List(element) => self.part_cost(*element).saturating_add(12),
            Type::Map(key, value) => {
                self.part_cost(*key).saturating_add(self.part_cost(*value)).saturating_add(12)
            }
            // In memory it is a loop, in flat form it is repeated.
            Type::FixedList(element, length) => {
                self.part_cost(*element).saturating_mul((*length).min(16)).saturating_add(4)
            }
            _ => match cases(ty) {
                Some(cases) => self.parts_cost(distinct(&cases).into_iter().flatten()),
                None => self.parts_cost(children(ty)),
            },
        };
        remember(&self.costs, id, cost);
        cost
    }

    fn parts_cost(&self, parts: impl IntoIterator<Item = TypeId>) -> u32 {
        parts.into_iter().fold(2, |sum: u32, part| sum.saturating_add(self.part_cost(part)))
    }

    /// A part that is a function of its own costs the call.
    fn part_cost(&self, id: TypeId) -> u32 {
        let cost = self.cost(id);
        if cost > INLINE_COST { 4 } else { cost }
    }
}

/// The different payloads of cases, in the order of their first cases.
pub fn distinct(cases: &[Option<TypeId>]) -> Vec<Option<TypeId>> {
    let mut seen = BTreeSet::new();
    cases.iter().copied().filter(|payload| seen.insert(*payload)).collect()
}

fn remember<T>(memo: &RefCell<Vec<Option<T>>>, id: TypeId, fact: T) {
    if let Some(slot) = memo.borrow_mut().get_mut(id.index()) {
        *slot = Some(fact);
    }
}
