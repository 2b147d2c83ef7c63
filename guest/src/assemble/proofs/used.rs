//! What is used. In: a plan. Out: the canonical definitions that something can reach, and the lifts
//! that are called. Not its job: what they become (`decide`).

use crate::ids::{CanonId, LiftId};
use crate::link::{Canon, CanonKind, CoreDef, Export, ExportItem, Func, Options, Plan, Resource};
use std::collections::BTreeSet;

/// The canonical definitions that something can reach: a core instance that imports one, an export
/// of the root, a destructor. Definitions that nothing reaches get no code.
pub struct Used {
    canons: BTreeSet<CanonId>,
    /// Lifts that some used lower calls.
    pub lifts_inside: BTreeSet<LiftId>,
    /// Lifts that the root exports.
    pub lifts_exported: BTreeSet<LiftId>,
}

impl Used {
    pub fn of(plan: &Plan<'_>) -> Used {
        let mut used = Used {
            canons: BTreeSet::new(),
            lifts_inside: BTreeSet::new(),
            lifts_exported: exported_lifts(&plan.exports),
        };
        used.roots(plan);
        // A definition only refers to earlier ones, so one pass backwards sees every user first.
        for (id, canon) in plan.canons.iter().rev() {
            if !used.canons.contains(&id) {
                continue;
            }
            if let CanonKind::Lower { func, options } = &canon.kind {
                used.options(options);
                if let Func::Lift(lift) = *func {
                    used.lifts_inside.insert(lift);
                    used.lift(plan, lift);
                }
            }
        }
        used
    }

    fn roots(&mut self, plan: &Plan<'_>) {
        for instance in plan.core_instances.values() {
            instance.imports.iter().for_each(|def| self.core(*def));
        }
        for resource in plan.resources.values() {
            if let Resource::Defined { dtor: Some(dtor), .. } = resource {
                self.core(*dtor);
            }
        }
        for lift in self.lifts_exported.clone() {
            self.lift(plan, lift);
        }
    }

    fn core(&mut self, def: CoreDef) {
        if let CoreDef::Canon(id) = def {
            self.canons.insert(id);
        }
    }

    fn options(&mut self, options: &Options) {
        options.realloc.iter().chain(&options.post_return).for_each(|def| self.core(*def));
    }

    fn lift(&mut self, plan: &Plan<'_>, lift: LiftId) {
        self.core(plan.lifts[lift].core);
        self.options(&plan.lifts[lift].options);
    }

    /// The used canonical definitions, in the order of the plan.
    pub fn canons<'p>(&self, plan: &'p Plan<'_>) -> impl Iterator<Item = (CanonId, &'p Canon)> {
        self.canons.iter().map(|id| (*id, &plan.canons[*id]))
    }
}

fn exported_lifts(exports: &[Export]) -> BTreeSet<LiftId> {
    let mut lifts = BTreeSet::new();
    let mut open = vec![exports];
    while let Some(exports) = open.pop() {
        for export in exports {
            match &export.item {
                ExportItem::Func(Func::Lift(lift)) => drop(lifts.insert(*lift)),
                ExportItem::Instance(exports) => open.push(exports),
                _ => {}
            }
        }
    }
    lifts
}
