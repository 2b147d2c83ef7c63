//! `may_leave` (CanonicalABI.md, "Component Instance State"). In: a plan. Out: whose flags the fused
//! module has to keep, and which definitions have to test them. Not its job: the code (`adapter`).

use super::confinement::Confinement;
use super::tables::Tables;
use super::used::Used;
use crate::ids::{CanonId, InstanceId};
use crate::link::{AsyncBuiltin, Canon, CanonKind, ChannelOperation, CoreDef, Func, Options, Plan};
use std::collections::{BTreeMap, BTreeSet};

/// An instance may not leave while its `realloc` or `post-return` runs: a lower, `resource.new` and
/// `resource.drop` trap then.
///
/// A definition's test can fire only where `realloc` or `post-return` can come to it. Who has to keep
/// the flag, follows from who calls these functions and from where such a definition tests it:
///
/// | they are called by | tested in            | the flag is kept by |
/// | ------------------ | -------------------- | ------------------- |
/// | anyone             | nothing they come to | nobody              |
/// | the host alone     | the host             | the host            |
/// | the host alone     | the fused module     | the fused module    |
/// | the fused module   | either               | the fused module    |
///
/// The host keeps one flag for the whole fused component, as for any component, and tests it in its
/// own functions: nothing has to be generated for that. An instance has one flag: where one of its
/// definitions asks for the fused module, that keeps it, and all definitions that can find it off
/// test it there.
pub struct Leaving {
    /// The instances whose flag the fused module keeps.
    kept: BTreeSet<InstanceId>,
    /// Those definitions of theirs that can find it off.
    tests: BTreeSet<CanonId>,
}

/// Who calls a function or keeps a flag, by how much that asks of the fused module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Keeper {
    Nobody,
    Host,
    Module,
}

/// The functions of one instance during which it may not leave.
struct Confined {
    functions: BTreeSet<CoreDef>,
    /// The host, or the fused module, which may call only some of them.
    caller: Keeper,
}

impl Leaving {
    pub fn of(plan: &Plan<'_>, used: &Used, tables: &Tables) -> Leaving {
        let confined = confined(plan, used, tables);
        let mut definitions: BTreeMap<InstanceId, Vec<(CanonId, Keeper)>> = BTreeMap::new();
        for (id, canon) in used.canons(plan) {
            if let Some(tester) = tester(canon, tables) {
                definitions.entry(canon.instance).or_default().push((id, tester));
            }
        }
        let mut confinement = Confinement::new(plan);
        let mut leaving = Leaving { kept: BTreeSet::new(), tests: BTreeSet::new() };
        for (instance, Confined { functions, caller }) in &confined {
            let definitions = definitions.get(instance).map(Vec::as_slice).unwrap_or_default();
            // Core code is looked at only where that can tell the module from nobody.
            if keeper(*caller, definitions) < Keeper::Module {
                continue;
            }
            let reach = confinement.reach(*instance, functions);
            let mut reached = definitions.to_vec();
            reached.retain(|(id, _)| reach.may_include(*id));
            if keeper(*caller, &reached) == Keeper::Module {
                leaving.kept.insert(*instance);
                leaving.tests.extend(reached.iter().map(|(id, _)| *id));
            }
        }
        leaving
    }

    /// The fused module keeps every instance's flag, and every definition tests it.
    pub fn everywhere(plan: &Plan<'_>) -> Leaving {
        Leaving { kept: plan.instances.ids().collect(), tests: plan.canons.ids().collect() }
    }

    /// `instance`, if the fused module keeps its flag.
    pub fn flag(&self, instance: InstanceId) -> Option<InstanceId> {
        self.kept.contains(&instance).then_some(instance)
    }

    /// The instance whose flag the definition `id` has to test.
    pub fn flag_to_test(&self, id: CanonId, canon: &Canon) -> Option<InstanceId> {
        self.flag(canon.instance).filter(|_| self.tests.contains(&id))
    }
}

/// Who keeps the flag of an instance whose confined functions `caller` calls and come to these
/// definitions: the table above.
fn keeper(caller: Keeper, definitions: &[(CanonId, Keeper)]) -> Keeper {
    definitions.iter().map(|(_, tester)| caller.max(*tester)).max().unwrap_or(Keeper::Nobody)
}

/// Who tests the flag where `canon` is called. None: it does not test it.
fn tester(canon: &Canon, tables: &Tables) -> Option<Keeper> {
    let inside = match &canon.kind {
        CanonKind::ResourceRep(_) | CanonKind::ContextGet(_) | CanonKind::ContextSet(_) => return None,
        CanonKind::Async(AsyncBuiltin::BackpressureInc | AsyncBuiltin::BackpressureDec) => return None,
        CanonKind::TaskReturn { .. } | CanonKind::Channel { .. } | CanonKind::Async(_) => true,
        CanonKind::ResourceNew(_) | CanonKind::ResourceDrop(_) => tables.inside(),
        CanonKind::Lower { func, .. } => matches!(func, Func::Lift(_)),
    };
    Some(if inside { Keeper::Module } else { Keeper::Host })
}

/// For each instance that has any, its `realloc` and `post-return` functions.
fn confined(plan: &Plan<'_>, used: &Used, tables: &Tables) -> BTreeMap<InstanceId, Confined> {
    // With tables inside, the values of a call to or from the host may be copied: then an adapter
    // calls these functions.
    let outer = if tables.inside() { Keeper::Module } else { Keeper::Host };
    let mut confined = BTreeMap::new();
    for (_, canon) in used.canons(plan) {
        match &canon.kind {
            CanonKind::Lower { func: Func::Lift(_), options } => {
                confine(&mut confined, canon.instance, options, Keeper::Module);
            }
            CanonKind::Lower { func: Func::Import(_), options } => {
                confine(&mut confined, canon.instance, options, outer);
            }
            CanonKind::Channel { operation: ChannelOperation::Copy { options, .. }, .. } => {
                confine(&mut confined, canon.instance, options, Keeper::Module);
            }
            _ => {}
        }
    }
    for (lifts, caller) in [(&used.lifts_inside, Keeper::Module), (&used.lifts_exported, outer)] {
        for id in lifts {
            let lift = &plan.lifts[*id];
            confine(&mut confined, lift.instance, &lift.options, caller);
        }
    }
    confined
}

fn confine(
    confined: &mut BTreeMap<InstanceId, Confined>,
    instance: InstanceId,
    options: &Options,
    caller: Keeper,
) {
    for function in options.realloc.into_iter().chain(options.post_return) {
        let own = confined
            .entry(instance)
            .or_insert_with(|| Confined { functions: BTreeSet::new(), caller: Keeper::Nobody });
        own.functions.insert(function);
        own.caller = own.caller.max(caller);
    }
}
