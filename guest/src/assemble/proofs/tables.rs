//! Where handle tables live. In: a plan. Out: whether the host's table does, or which instances get one
//! in the fused module. Not its job: the tables (`runtime`).

use super::used::Used;
use crate::abi::facts::FactTable;
use crate::ids::{InstanceId, LiftId, ResourceId};
use crate::link::{Canon, CanonKind, Func, FuncType, Plan, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// Where the handle tables live.
pub enum Tables {
    /// One component instance at most touches handles, and only of resource types that cross the
    /// boundary: the table that the host keeps for the fused component is that instance's table,
    /// entry for entry, so there is no need of another.
    Host,
    /// The handle runtime keeps one for each of these instances; the numbers count from 0.
    Inside(BTreeMap<InstanceId, u32>),
}

impl Tables {
    /// `visible` tells the resource types that the root imports or exports; `entered` whether
    /// `may_enter` is kept; `inside` that the host's table will not do.
    pub fn of(
        plan: &Plan<'_>,
        used: &Used,
        facts: &FactTable,
        visible: impl Fn(ResourceId) -> bool,
        entered: bool,
        inside: bool,
    ) -> Tables {
        let hidden = |id: ResourceId| {
            // What a destructor enters follows from who drops. The host's `resource.drop` would run
            // it as if the host did.
            let destroys = matches!(plan.resources[id], Resource::Defined { dtor: Some(_), .. });
            !visible(id) || (entered && destroys)
        };
        let mut touching = Touching { plan, facts, owners: BTreeSet::new(), inside };
        for (_, canon) in used.canons(plan) {
            touching.canon(canon, hidden);
        }
        for id in &used.lifts_exported {
            touching.lift(*id);
        }
        // What the scheduler keeps has indices in the same tables.
        touching.inside |= used.asynchronous();
        touching.owners.extend(&used.scheduled);
        let Touching { owners, inside, .. } = touching;
        match !inside && owners.len() <= 1 {
            true => Tables::Host,
            false => Tables::Inside(owners.into_iter().zip(0..).collect()),
        }
    }

    pub fn inside(&self) -> bool {
        matches!(self, Tables::Inside(_))
    }
}

/// Which instances touch handles, as far as the definitions have been looked at.
struct Touching<'p> {
    plan: &'p Plan<'p>,
    facts: &'p FactTable,
    owners: BTreeSet<InstanceId>,
    /// The host's table will not do, even for one instance.
    inside: bool,
}

impl Touching<'_> {
    /// `hidden` tells the resource types that the host's built-ins cannot work on as the instance
    /// does.
    fn canon(&mut self, canon: &Canon, hidden: impl Fn(ResourceId) -> bool) {
        match &canon.kind {
            CanonKind::ResourceNew(id) | CanonKind::ResourceDrop(id) | CanonKind::ResourceRep(id) => {
                self.owners.insert(canon.instance);
                self.inside |= hidden(*id);
            }
            CanonKind::Lower { func: Func::Import(id), .. } => {
                if self.handles(&self.plan.imports[*id].ty) {
                    self.owners.insert(canon.instance);
                }
            }
            CanonKind::Lower { func: Func::Lift(id), .. } => {
                if self.lift(*id) {
                    self.owners.insert(canon.instance);
                    self.inside = true;
                }
            }
            CanonKind::ContextGet(_) | CanonKind::ContextSet(_) => {}
            CanonKind::TaskReturn { .. } | CanonKind::Channel { .. } | CanonKind::Async(_) => {}
        }
    }

    /// Whether handles pass; then the lift's instance touches them.
    fn lift(&mut self, id: LiftId) -> bool {
        let lift = &self.plan.lifts[id];
        let handles = self.handles(&lift.ty);
        if handles {
            self.owners.insert(lift.instance);
        }
        handles
    }

    fn handles(&self, ty: &FuncType) -> bool {
        self.facts.of_func(ty).handles()
    }
}
