//! What instantiation comes to. In: a plan. Out: the canonical definitions that start functions can call.
//! Not its job: what follows from that (`wrap`).

use super::confinement::{Confinement, Reach};
use crate::ids::{CanonId, InstanceId};
use crate::link::{CanonKind, ChannelOperation, CoreDef, Func, Options, Plan, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// The canonical definitions that can be called while the component is being instantiated: by a start
/// function, or by what one calls in other instances, with all that such a call runs.
pub fn at_start(plan: &Plan<'_>) -> Reach {
    let mut search = Search { plan, seen: BTreeSet::new(), left: BTreeMap::new() };
    let mut confinement = Confinement::new(plan);
    for (id, core) in plan.core_instances.iter() {
        let Some(start) = plan.modules[core.module].start else { continue };
        match confinement.function(id, start) {
            Some(start) => search.function(core.owner, start),
            None => return Reach::Unknown,
        }
    }
    let mut reached = BTreeSet::new();
    // Most calls go to instances that are older: so each is looked at with all that is called of it.
    while let Some((instance, functions)) = search.left.pop_last() {
        let Reach::Only(canons) = confinement.reach(instance, &functions) else { return Reach::Unknown };
        for id in canons {
            if reached.insert(id) {
                search.canon(id);
            }
        }
    }
    Reach::Only(reached)
}

struct Search<'p, 'a> {
    plan: &'p Plan<'a>,
    seen: BTreeSet<CoreDef>,
    /// Functions that are called, by the instance whose definitions they are, and not yet looked at.
    left: BTreeMap<InstanceId, BTreeSet<CoreDef>>,
}

impl Search<'_, '_> {
    fn function(&mut self, instance: InstanceId, function: CoreDef) {
        if self.seen.insert(function) {
            self.left.entry(instance).or_default().insert(function);
        }
    }

    fn options(&mut self, instance: InstanceId, options: &Options) {
        options.functions().for_each(|function| self.function(instance, function));
    }

    /// What a call of the definition runs.
    fn canon(&mut self, id: CanonId) {
        let plan = self.plan;
        let canon = &plan.canons[id];
        let instance = canon.instance;
        match &canon.kind {
            CanonKind::Lower { func, options } => {
                self.options(canon.instance, options);
                if let Func::Lift(lift) = func {
                    let lift = &plan.lifts[*lift];
                    self.function(lift.instance, lift.core);
                    self.options(lift.instance, &lift.options);
                }
            }
            CanonKind::ResourceDrop(id) => {
                if let Resource::Defined { instance, dtor: Some(dtor) } = plan.resources[*id] {
                    self.function(instance, dtor);
                }
            }
            CanonKind::ResourceNew(_)
            | CanonKind::ResourceRep(_)
            | CanonKind::ContextGet(_)
            | CanonKind::ContextSet(_)
            | CanonKind::TaskReturn { .. }
            | CanonKind::Async(_) => {}
            CanonKind::Channel { operation, .. } => {
                if let ChannelOperation::Copy { options, .. } = operation {
                    self.options(instance, options);
                }
            }
        }
    }
}
