//! Which `realloc`s share one function. In: the canonical options of what is lifted and lowered. Out: for
//! those of a memory that has many, one function of the adapter module that calls the one that was
//! chosen, and each one's number. Not its job: choosing (`adapter::call`).
//!
//! A translation allocates with the `realloc` of the side that it goes to. If each had its own, there
//! would be as many as there are types and `realloc`s to meet: docs/decisions/one-of-many-reallocs.md.

use super::Decider;
use crate::abi::layout::Context;
use crate::abi::side::Reallocator;
use crate::adapter::spec::Function;
use crate::error::Result;
use crate::ids::{InstanceId, LiftId};
use crate::link::{CanonKind, CoreDef, Func, Memory, Options};
use indexmap::{IndexMap, IndexSet};
use std::collections::{BTreeSet, HashMap};

/// With up to this many `realloc`s for one memory, each is called directly, in translations of its own:
/// toolchains have one, or two where an adapter module is linked in.
const SEPARATE_REALLOCS: usize = 4;

/// A `realloc` of an instance for one of its memories.
type Key = (InstanceId, Memory, CoreDef);

/// Those that share a function with others: the function's index and the number.
#[derive(Default)]
pub struct Shared(HashMap<Key, (u32, u32)>);

impl Shared {
    pub fn get(&self, instance: InstanceId, options: &Options, realloc: CoreDef) -> Option<Reallocator> {
        let (function, number) = *self.0.get(&(instance, options.memory?, realloc))?;
        Some(Reallocator::OneOf { function, number })
    }
}

impl Decider<'_> {
    /// Before anything else is decided: what is shared is up to all definitions together.
    pub fn share_reallocs(&mut self) -> Result<()> {
        for ((instance, memory), reallocs) in self.allocating()? {
            if reallocs.len() <= SEPARATE_REALLOCS {
                continue;
            }
            let options = Options { memory: Some(memory), ..Options::default() };
            let own: Vec<Reallocator> =
                reallocs.iter().map(|realloc| self.reallocator(instance, &options, *realloc)).collect();
            let memory64 = memory.memory64;
            let function = self.function(Function::OneOfReallocs { instance, reallocs: own, memory64 });
            for (number, realloc) in (0..).zip(reallocs) {
                self.shared.0.insert((instance, memory, realloc), (function, number));
            }
        }
        Ok(())
    }

    /// The `realloc`s of each instance and memory with which adapters may allocate, in the order of the plan.
    fn allocating(&self) -> Result<IndexMap<(InstanceId, Memory), IndexSet<CoreDef>>> {
        let mut found: IndexMap<_, IndexSet<CoreDef>> = IndexMap::new();
        let mut add = |instance: InstanceId, options: &Options| {
            if let (Some(memory), Some(realloc)) = (options.memory, options.realloc) {
                found.entry((instance, memory)).or_default().insert(realloc);
            }
        };
        let mut lifts: BTreeSet<LiftId> = BTreeSet::new();
        for (_, canon) in self.proofs.used.canons(self.plan) {
            let CanonKind::Lower { func: Func::Lift(id), options } = &canon.kind else { continue };
            let lift = &self.plan.lifts[*id];
            let context = Context::lower(options.async_);
            let needs = self.func_types.needs(&lift.ty, context).map_err(|e| e.at(canon.offset))?;
            if needs.realloc {
                add(canon.instance, options);
            }
            if lifts.insert(*id) {
                let needs = self.func_types.needs(&lift.ty, Context::Lift).map_err(|e| e.at(lift.offset))?;
                if needs.realloc {
                    add(lift.instance, &lift.options);
                }
            }
        }
        Ok(found)
    }
}
