//! What the plan proves about a component's run. In: a plan. Out: which canonical definitions are
//! used, where handle tables live, and which of the checks of `may_leave` and `may_enter` can ever
//! fire. Not its job: adapters.

use super::confinement::Confinement;
use crate::abi::facts::FactTable;
use crate::ids::{CanonId, Id, IdVec, InstanceId, LiftId};
use crate::link::{Canon, CanonKind, CoreDef, Export, ExportItem, Func, Options, Plan, Resource};
use std::collections::{BTreeMap, BTreeSet};

/// The canonical definitions that something can reach: a core instance that imports one, an export
/// of the root, a destructor. Definitions that nothing reaches get no code.
pub struct Used {
    pub canons: BTreeSet<CanonId>,
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
        for instance in plan.core_instances.values() {
            instance.imports.iter().for_each(|def| used.core(*def));
        }
        for resource in plan.resources.values() {
            if let Resource::Defined { dtor: Some(dtor), .. } = resource {
                used.core(*dtor);
            }
        }
        for lift in used.lifts_exported.clone() {
            used.lift(plan, lift);
        }
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
    pub fn canons<'p>(&'p self, plan: &'p Plan<'_>) -> impl Iterator<Item = (CanonId, &'p Canon)> {
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
    /// `may_enter` is kept.
    pub fn of(
        plan: &Plan<'_>,
        used: &Used,
        facts: &FactTable,
        visible: &BTreeSet<usize>,
        entered: bool,
    ) -> Tables {
        let mut owners = BTreeSet::new();
        let mut inside = false;
        for (_, canon) in used.canons(plan) {
            match &canon.kind {
                CanonKind::ResourceNew(id) | CanonKind::ResourceDrop(id) | CanonKind::ResourceRep(id) => {
                    owners.insert(canon.instance);
                    // What a destructor enters follows from who drops. The host's `resource.drop`
                    // would run it as if the host did.
                    let destroys = matches!(plan.resources[*id], Resource::Defined { dtor: Some(_), .. });
                    inside |= !visible.contains(&id.index()) || entered && destroys;
                }
                CanonKind::Lower { func: Func::Import(id), .. } => {
                    if facts.of_func(&plan.imports[*id].ty).handles() {
                        owners.insert(canon.instance);
                    }
                }
                CanonKind::Lower { func: Func::Lift(id), .. } => {
                    let lift = &plan.lifts[*id];
                    if facts.of_func(&lift.ty).handles() {
                        owners.extend([canon.instance, lift.instance]);
                        inside = true;
                    }
                }
            }
        }
        for id in &used.lifts_exported {
            let lift = &plan.lifts[*id];
            if facts.of_func(&lift.ty).handles() {
                owners.insert(lift.instance);
            }
        }
        if !inside && owners.len() <= 1 {
            Tables::Host
        } else {
            Tables::Inside(owners.into_iter().zip(0..).collect())
        }
    }

    pub fn inside(&self) -> bool {
        matches!(self, Tables::Inside(_))
    }
}

/// CanonicalABI.md, "Component Instance State": `may_enter`.
///
/// A call enters the callee and those of its ancestors that are not the caller's. It traps if one
/// of them has been entered already. Without a call from an instance to its own ancestor that
/// cannot happen: every other callee was complete before the caller came to be, and so was
/// whatever that one calls; a chain of calls that has left an instance therefore never finds its
/// way back into it.
pub struct Entering {
    ancestors: IdVec<InstanceId, Vec<InstanceId>>,
    possible: bool,
}

impl Entering {
    pub fn of(plan: &Plan<'_>, used: &Used) -> Entering {
        let possible = used.canons(plan).any(|(_, canon)| calls_ancestor(plan, canon));
        if possible { Entering::everywhere(plan) } else { Entering { ancestors: IdVec::new(), possible } }
    }

    /// Every call is checked.
    pub fn everywhere(plan: &Plan<'_>) -> Entering {
        let mut ancestors: IdVec<InstanceId, Vec<InstanceId>> = IdVec::new();
        for (id, instance) in plan.instances.iter() {
            // A parent comes before its children.
            let mut own = instance.parent.map(|p| ancestors[p].clone()).unwrap_or_default();
            own.push(id);
            ancestors.push(own);
        }
        Entering { ancestors, possible: true }
    }

    /// Whether any check can fire.
    pub fn possible(&self) -> bool {
        self.possible
    }

    /// The entering set of a call from `caller` (none: the host) to `callee`, less those instances
    /// that can always be entered.
    pub fn set(&self, caller: Option<InstanceId>, callee: InstanceId) -> Vec<InstanceId> {
        if !self.possible {
            return Vec::new();
        }
        let outside = caller.map(|c| self.ancestors[c].as_slice()).unwrap_or_default();
        self.ancestors[callee].iter().copied().filter(|id| !outside.contains(id)).collect()
    }
}

/// Whether an instance can be called while a call of it is in progress: by an instance that it
/// contains, or by itself. (See `Entering` for why there is no other way. When an instance drops
/// what it has made itself, it runs its own destructor, but that is no call of its own.)
pub fn recursive(plan: &Plan<'_>, used: &Used) -> bool {
    used.canons(plan).any(|(_, canon)| {
        let itself = match &canon.kind {
            CanonKind::Lower { func: Func::Lift(lift), .. } => plan.lifts[*lift].instance == canon.instance,
            _ => false,
        };
        itself || calls_ancestor(plan, canon)
    })
}

fn calls_ancestor(plan: &Plan<'_>, canon: &Canon) -> bool {
    let callee = match &canon.kind {
        CanonKind::Lower { func: Func::Lift(lift), .. } => plan.lifts[*lift].instance,
        CanonKind::ResourceDrop(id) => match &plan.resources[*id] {
            Resource::Defined { instance, .. } => *instance,
            Resource::Imported { .. } => return false,
        },
        _ => return false,
    };
    is_ancestor(plan, callee, canon.instance)
}

fn is_ancestor(plan: &Plan<'_>, ancestor: InstanceId, of: InstanceId) -> bool {
    let mut at = plan.instances[of].parent;
    while let Some(id) = at {
        if id == ancestor {
            return true;
        }
        at = plan.instances[id].parent;
    }
    false
}

/// CanonicalABI.md, "Component Instance State": `may_leave`. It is off while the instance's
/// `realloc` or `post-return` runs, and then a lower, `resource.new` and `resource.drop` trap.
///
/// A definition's test can fire only where `realloc` or `post-return` can come to it, and an
/// instance's flag is tracked where such a test can find it off.
pub struct Leaving {
    tracked: BTreeSet<InstanceId>,
    /// Definitions whose tests can fire, among those of the instances that are tracked.
    tests: BTreeSet<CanonId>,
}

/// What is known of one instance's `realloc` and `post-return` functions.
#[derive(Default)]
struct Switch {
    functions: BTreeSet<CoreDef>,
    /// The fused module itself calls some of them; the host does.
    inside: bool,
    outside: bool,
}

impl Switch {
    fn add(&mut self, options: &Options, inside: bool, outside: bool) {
        let functions: Vec<CoreDef> = options.realloc.into_iter().chain(options.post_return).collect();
        if !functions.is_empty() {
            self.functions.extend(functions);
            self.inside |= inside;
            self.outside |= outside;
        }
    }
}

impl Leaving {
    /// Where the host alone calls `realloc` and `post-return`, and every canonical definition is a
    /// function of the host, the host's own flag for the fused component does all that is needed.
    pub fn of(plan: &Plan<'_>, used: &Used, tables: &Tables) -> Leaving {
        let mut switches: BTreeMap<InstanceId, Switch> = BTreeMap::new();
        // With tables inside, a call to or from the host may be copied: then it is our own.
        for (_, canon) in used.canons(plan) {
            if let CanonKind::Lower { func, options } = &canon.kind {
                let import = matches!(func, Func::Import(_));
                let switch = switches.entry(canon.instance).or_default();
                switch.add(options, !import || tables.inside(), import);
            }
        }
        for (lifts, inside, outside) in
            [(&used.lifts_inside, true, false), (&used.lifts_exported, tables.inside(), true)]
        {
            for id in lifts {
                let lift = &plan.lifts[*id];
                switches.entry(lift.instance).or_default().add(&lift.options, inside, outside);
            }
        }
        let mut confinement = Confinement::new(plan);
        let reached: BTreeMap<InstanceId, Option<BTreeSet<CanonId>>> = switches
            .iter()
            .filter(|(_, switch)| switch.inside || switch.outside)
            .map(|(id, switch)| (*id, confinement.reach(*id, &switch.functions)))
            .collect();
        let (mut tracked, mut tests) = (BTreeSet::new(), BTreeSet::new());
        for (id, canon) in used.canons(plan) {
            let (Some(switch), Some(reached)) = (switches.get(&canon.instance), reached.get(&canon.instance))
            else {
                continue;
            };
            let reached = reached.as_ref().is_none_or(|canons| canons.contains(&id));
            let tests_inside = match &canon.kind {
                CanonKind::ResourceRep(_) => continue,
                CanonKind::ResourceNew(_) | CanonKind::ResourceDrop(_) => tables.inside(),
                CanonKind::Lower { func, .. } => matches!(func, Func::Lift(_)),
            };
            if reached {
                tests.insert(id);
                if switch.inside || tests_inside {
                    tracked.insert(canon.instance);
                }
            }
        }
        Leaving { tracked, tests }
    }

    /// Every instance's flag is tracked, and every definition tests it.
    pub fn everywhere(plan: &Plan<'_>) -> Leaving {
        Leaving { tracked: plan.instances.ids().collect(), tests: plan.canons.ids().collect() }
    }

    pub fn tracked(&self, instance: InstanceId) -> bool {
        self.tracked.contains(&instance)
    }

    /// `instance`, if its flag is tracked.
    pub fn flag(&self, instance: InstanceId) -> Option<InstanceId> {
        self.tracked(instance).then_some(instance)
    }

    /// The instance whose flag a definition has to test.
    pub fn check(&self, id: CanonId, canon: &Canon) -> Option<InstanceId> {
        self.flag(canon.instance).filter(|_| self.tests.contains(&id))
    }
}
