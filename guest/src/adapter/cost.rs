//! How much code a translation is. In: types. Out: a rough number of steps. Not its job: the code.

use crate::abi::layout::{cases, children};
use crate::ids::{Id, TypeId};
use crate::link::{Type, Types};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// A translation that costs more than this becomes a function of its own wherever it is part of
/// another one. Types are graphs: this bounds the code of each function by the number of its type's
/// own fields, and so all code by the number of types.
pub const INLINE_COST: u32 = 64;

/// So many cases of a variant are a step: each is a target of a jump.
const CASES: usize = 16;

/// What translations cost.
pub struct Costs<'a> {
    types: &'a Types,
    /// By type, worked out once.
    costs: RefCell<Vec<Option<u32>>>,
}

impl<'a> Costs<'a> {
    pub fn new(types: &'a Types) -> Costs<'a> {
        Costs { types, costs: RefCell::new(vec![None; types.iter().len()]) }
    }

    /// About how many steps the code for a value has, with the code for its parts.
    pub fn of(&self, id: TypeId) -> u32 {
        if let Some(cost) = self.costs.borrow().get(id.index()).copied().flatten() {
            return cost;
        }
        let ty = &self.types[id];
        let cost = match ty {
            Type::String => 4,
            Type::List(element) => self.of_part(*element).saturating_add(12),
            Type::Map(key, value) => {
                self.of_part(*key).saturating_add(self.of_part(*value)).saturating_add(12)
            }
            // In memory it is a loop, in flat form it is repeated.
            Type::FixedList(element, length) => {
                self.of_part(*element).saturating_mul((*length).min(16)).saturating_add(4)
            }
            Type::Enum(_) => 2,
            _ => match cases(ty) {
                Some(cases) => {
                    let targets = u32::try_from(cases.len().div_euclid(CASES)).unwrap_or(u32::MAX);
                    self.of_parts(distinct(&cases).into_iter().flatten()).saturating_add(targets)
                }
                None => self.of_parts(children(ty)),
            },
        };
        if let Some(slot) = self.costs.borrow_mut().get_mut(id.index()) {
            *slot = Some(cost);
        }
        cost
    }

    fn of_parts(&self, parts: impl IntoIterator<Item = TypeId>) -> u32 {
        parts.into_iter().fold(2, |sum: u32, part| sum.saturating_add(self.of_part(part)))
    }

    /// A part that is a function of its own costs the call.
    fn of_part(&self, id: TypeId) -> u32 {
        let cost = self.of(id);
        if cost > INLINE_COST { 4 } else { cost }
    }
}

/// The different payloads of cases, in the order of their first cases: a variant's code has one arm
/// for each.
pub fn distinct(cases: &[Option<TypeId>]) -> Vec<Option<TypeId>> {
    let mut seen = BTreeSet::new();
    cases.iter().copied().filter(|payload| seen.insert(*payload)).collect()
}
