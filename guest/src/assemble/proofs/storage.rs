//! `Thread.storage` (CanonicalABI.md, "canon context.get"). In: a plan. Out: which slots a task can come
//! to, so that something has to be done for it. Not its job: the code (`adapter`).

use super::confinement::Confinement;
use super::used::Used;
use crate::adapter::spec::StorageSlot;
use crate::ids::{CanonId, InstanceId};
use crate::link::{CanonKind, CoreDef, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// The slots of each instance, and the functions of that instance that can come to each.
///
/// A task begins with zeros. That takes no code where a task can come to neither `context.get` nor
/// `context.set` of a slot, and for no task where an instance has not both: a slot that is never set is
/// always 0, and of one that is never read nobody knows the value.
pub struct Storage(BTreeMap<InstanceId, Vec<Reached>>);

struct Reached {
    slot: StorageSlot,
    by: By,
}

enum By {
    /// The code is too large to look at: any function.
    Any,
    /// These at most.
    Only(BTreeSet<CoreDef>),
}

/// The definitions of one slot.
#[derive(Default)]
struct Accesses {
    get: Vec<CanonId>,
    set: Vec<CanonId>,
}

impl Storage {
    pub fn of(plan: &Plan<'_>, used: &Used) -> Storage {
        let mut confinement = Confinement::new(plan);
        let mut storage = BTreeMap::new();
        for (instance, slots) in accesses(plan, used) {
            let slots = slots.into_iter().filter(|(_, by)| !by.get.is_empty() && !by.set.is_empty());
            let slots: Vec<(StorageSlot, Accesses)> = slots.collect();
            if slots.is_empty() {
                continue;
            }
            let callers = confinement.callers(instance);
            let reached = slots.into_iter().map(|(slot, Accesses { get, set })| {
                let by = match &callers {
                    Some(callers) => By::Only(callers.coming_to(get.into_iter().chain(set))),
                    None => By::Any,
                };
                Reached { slot, by }
            });
            storage.insert(instance, reached.collect());
        }
        Storage(storage)
    }

    /// Every task of an instance can come to every slot that the instance uses.
    pub fn everywhere(plan: &Plan<'_>, used: &Used) -> Storage {
        let any = |slots: BTreeMap<StorageSlot, Accesses>| {
            slots.into_keys().map(|slot| Reached { slot, by: By::Any }).collect()
        };
        Storage(accesses(plan, used).into_iter().map(|(instance, slots)| (instance, any(slots))).collect())
    }

    /// The slots that a task of `instance` can come to which runs these functions.
    pub fn slots(&self, instance: InstanceId, functions: &[CoreDef]) -> Vec<StorageSlot> {
        let reached = self.0.get(&instance).map(Vec::as_slice).unwrap_or_default();
        let touched = reached.iter().filter(|reached| match &reached.by {
            By::Any => true,
            By::Only(those) => functions.iter().any(|function| those.contains(function)),
        });
        touched.map(|reached| reached.slot).collect()
    }
}

/// The used definitions of each slot of each instance.
fn accesses(plan: &Plan<'_>, used: &Used) -> BTreeMap<InstanceId, BTreeMap<StorageSlot, Accesses>> {
    let mut all: BTreeMap<InstanceId, BTreeMap<StorageSlot, Accesses>> = BTreeMap::new();
    for (id, canon) in used.canons(plan) {
        let (CanonKind::ContextGet(slot) | CanonKind::ContextSet(slot)) = canon.kind else { continue };
        let instance = canon.instance;
        let slot = all.entry(instance).or_default().entry(StorageSlot { instance, slot }).or_default();
        match canon.kind {
            CanonKind::ContextGet(_) => slot.get.push(id),
            _ => slot.set.push(id),
        }
    }
    all
}
