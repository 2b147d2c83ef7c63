//! What is used. In: a plan. Out: the canonical definitions that something can reach, and the lifts
//! that are called. Not its job: what they become (`decide`).

use crate::abi::facts::FactTable;
use crate::ids::{CanonId, InstanceId, LiftId};
use crate::link::{
    Canon, CanonKind, ChannelOperation, CoreDef, Export, ExportItem, Func, FuncType, Options, Plan, Resource,
};
use std::collections::BTreeSet;

/// The canonical definitions that something can reach: a core instance that imports one, an export
/// of the root, a destructor. Definitions that nothing reaches get no code.
pub struct Used {
    canons: BTreeSet<CanonId>,
    /// Lifts that some used lower calls.
    pub lifts_inside: BTreeSet<LiftId>,
    /// Lifts that the root exports.
    pub lifts_exported: BTreeSet<LiftId>,
    /// The instances that have something in the scheduler: a task of an async function that they lift or lower, a
    /// stream or future that passes through them, or anything that built-ins are about.
    pub scheduled: BTreeSet<InstanceId>,
}

impl Used {
    pub fn of(plan: &Plan<'_>, facts: &FactTable) -> Used {
        let mut used = Used {
            canons: BTreeSet::new(),
            lifts_inside: BTreeSet::new(),
            lifts_exported: exported_lifts(&plan.exports),
            scheduled: BTreeSet::new(),
        };
        used.roots(plan);
        // A definition only refers to earlier ones, so one pass backwards sees every user first.
        for (id, canon) in plan.canons.iter().rev() {
            if !used.canons.contains(&id) {
                continue;
            }
            match &canon.kind {
                CanonKind::Lower { func, options } => {
                    used.options(options);
                    if let Func::Lift(lift) = *func {
                        used.lifts_inside.insert(lift);
                        used.lift(plan, lift);
                    }
                }
                CanonKind::TaskReturn { options, .. }
                | CanonKind::Channel { operation: ChannelOperation::Copy { options, .. }, .. } => {
                    used.options(options);
                }
                _ => {}
            }
        }
        used.scheduled = scheduled(plan, &used, facts);
        used
    }

    /// Whether anything here needs the scheduler.
    pub fn asynchronous(&self) -> bool {
        !self.scheduled.is_empty()
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
        options.functions().for_each(|def| self.core(def));
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

fn scheduled(plan: &Plan<'_>, used: &Used, facts: &FactTable) -> BTreeSet<InstanceId> {
    let mut scheduled = BTreeSet::new();
    let has = |ty: &FuncType| ty.async_ || facts.of_func(ty).channel;
    for (_, canon) in used.canons(plan) {
        match &canon.kind {
            CanonKind::Lower { func: Func::Lift(lift), .. } if has(&plan.lifts[*lift].ty) => {
                scheduled.extend([canon.instance, plan.lifts[*lift].instance]);
            }
            CanonKind::Lower { func: Func::Import(import), options }
                if has(&plan.imports[*import].ty) || options.async_ =>
            {
                scheduled.insert(canon.instance);
            }
            CanonKind::TaskReturn { .. } | CanonKind::Channel { .. } | CanonKind::Async(_) => {
                scheduled.insert(canon.instance);
            }
            _ => {}
        }
    }
    let exported = used.lifts_exported.iter().map(|lift| &plan.lifts[*lift]);
    scheduled.extend(exported.filter(|lift| has(&lift.ty)).map(|lift| lift.instance));
    scheduled
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
