//! Decides what becomes of each definition. In: a plan. Out: `Decided`: an outcome for each used
//! canonical definition and each export, the functions of the adapter module, the outer boundary. Not
//! its job: proofs (`proofs`), and wiring modules together (`instances`).
//!
//! Three ways lead from a use of a function to its definition: a direct reference, where nothing
//! has to be done on the way; a function of the host, where the definition is an import of the
//! root; and a function of the adapter module for all the rest. The definitions are visited in the
//! order of the plan, in which each refers to earlier ones only.
//!
//! In reading order: this file visits; then
//!
//! - [`crossing`]: whether the host reads and writes memory
//! - [`sides`]: canonical options, as the two sides of a call and as the host has them
//! - [`reallocs`]: which of them share one function
//! - [`calls`]: "canon lower"
//! - [`exports`]: "canon lift", where the host calls
//! - [`resources`]: the built-ins on resources, destructors, and what adapters know of resource types
//! - [`asynchronous`]: calls of async functions, built-ins of tasks and waitables; [`channels`]: those of streams and
//!   futures; [`bridges`]: those of which the host has an end
//! - [`storage`]: `context.get` and `context.set`, and what a task finds there

mod asynchronous;
mod bridges;
mod calls;
mod channels;
mod crossing;
mod exports;
mod reallocs;
mod resources;
mod sides;
mod storage;

use super::decisions::{Decisions, ExportedLift, Outcome, SchedulerImports};
use super::names;
use super::outer::{Drawn, Outer};
use super::proofs::{Proofs, Tables, Used, waiting};
use super::{Addresses, Settings};
use crate::abi::func_types::FuncTypes;
use crate::abi::layout::Signature;
use crate::abi::side::MemoryRef;
use crate::adapter::Transparency;
use crate::adapter::spec::{Function, Guards, Ref, ResourceInfo};
use crate::error::{Error, Result};
use crate::ids::{CanonId, CoreInstanceId, IdVec, InstanceId, ResourceId};
use crate::interface::Wasi;
use crate::link::{Canon, CanonKind, CoreDef, Func, FuncType, Plan};
use crate::name::Name;
use crate::optimizations::Optimizations;
use crate::platform;
use crate::read::CoreSort;
use crate::runtime::HandleTables;
use asynchronous::Scheduling;
use bridges::Bridges;
use channels::Channels;
use indexmap::IndexSet;
use reallocs::Shared;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// All that follows from a plan before anything is generated.
pub struct Decided {
    pub decisions: Decisions,
    pub resources: IdVec<ResourceId, ResourceInfo>,
    pub tables: HandleTables,
    pub drawn: Drawn,
    /// The memory whose addresses are those of the module, where it has one memory and the host takes
    /// them to be that.
    pub first_memory: Option<MemoryRef>,
}

/// Decides about a whole plan. Errors: as for `assemble`.
pub fn decide(plan: &Plan<'_>, settings: Settings) -> Result<Decided> {
    let mut decider = Decider::new(plan, settings)?;
    if settings.wasi == Wasi::Preview1 {
        let memory = platform::memory(plan)?;
        decider.outer.put_on_platform(memory);
        decider.first_memory = Some(MemoryRef::Guest(memory));
    }
    decider.check_asynchronous()?;
    decider.share_reallocs()?;
    decider.canons()?;
    decider.exports()?;
    decider.destructors()?;
    let resources = decider.resources()?;
    let starts = decider.starts()?;
    let scheduler = decider.scheduler()?;
    Ok(decider.finish(resources, starts, scheduler))
}

struct Decider<'p> {
    plan: &'p Plan<'p>,
    optimizations: Optimizations,
    func_types: FuncTypes<'p>,
    transparency: Transparency<'p>,
    proofs: Proofs,
    outer: Outer<'p>,
    functions: IndexSet<Function>,
    canons: BTreeMap<CanonId, Outcome>,
    exported: Vec<ExportedLift>,
    shared: Shared,
    /// The host does not find the guests' memories where they are: values pass the outer boundary through the runtime's
    /// memory, or it is told where they are in the one memory (`Reallocator::InPlace`).
    copies: bool,
    /// See `Decided`.
    first_memory: Option<MemoryRef>,
    scheduling: Scheduling,
    channels: Channels,
    bridges: Bridges,
    /// The types of calls, each made once.
    call_types: HashMap<Func, Rc<FuncType>>,
}

impl<'p> Decider<'p> {
    fn new(plan: &'p Plan<'p>, settings: Settings) -> Result<Decider<'p>> {
        let Settings { optimizations, addresses, .. } = settings;
        let func_types = FuncTypes::new(&plan.types);
        let outer = Outer::new(plan);
        let visible = |id| outer.visible(id);
        let used = Used::of(plan, &func_types.facts);
        let takes_memory = match addresses {
            Addresses::OfEachMemory => false,
            // Events of the host's are stored in memory, too.
            Addresses::OfTheModule => {
                used.asynchronous() || crossing::takes_memory(plan, &used, &func_types)?
            }
            Addresses::OfTheModuleIfAsync => used.asynchronous(),
        };
        let several = takes_memory && crossing::several_memories(plan);
        let elide_checks = optimizations.elide_checks;
        let proofs = Proofs::of(plan, used, &func_types.facts, visible, several, elide_checks);
        let bridges = Bridges::of(plan, &proofs.used);
        // With handle tables, the runtime has a memory as well.
        let copies = takes_memory && (several || proofs.tables.inside());
        Ok(Decider {
            plan,
            optimizations,
            func_types,
            transparency: Transparency::new(&plan.types),
            proofs,
            outer,
            functions: IndexSet::new(),
            canons: BTreeMap::new(),
            exported: Vec::new(),
            shared: Shared::default(),
            copies,
            first_memory: copies.then_some(MemoryRef::Runtime),
            scheduling: Scheduling::default(),
            channels: Channels::default(),
            bridges,
            call_types: HashMap::new(),
        })
    }

    fn canons(&mut self) -> Result<()> {
        let plan = self.plan;
        let used: Vec<(CanonId, &Canon)> = self.proofs.used.canons(plan).collect();
        for (id, canon) in used {
            let outcome = self.canon(id, canon).map_err(|e| e.at(canon.offset))?;
            self.canons.insert(id, outcome);
        }
        Ok(())
    }

    fn canon(&mut self, id: CanonId, canon: &Canon) -> Result<Outcome> {
        let (instance, flag) = (canon.instance, self.proofs.leaving.flag_to_test(id, canon));
        match &canon.kind {
            CanonKind::Lower { func: Func::Lift(lift), options } => {
                self.inner_call(instance, flag, options, *lift)
            }
            CanonKind::Lower { func: Func::Import(import), options } => {
                self.host_call(instance, flag, options, *import)
            }
            CanonKind::ResourceNew(id) => self.resource_new(instance, flag, *id),
            CanonKind::ResourceRep(id) => self.resource_rep(instance, *id),
            CanonKind::ResourceDrop(id) => self.resource_drop(instance, flag, *id),
            CanonKind::ContextGet(slot) => Ok(self.context_get(instance, *slot)),
            CanonKind::ContextSet(slot) => Ok(self.context_set(instance, *slot)),
            CanonKind::TaskReturn { result, options } => self.task_return(flag, *result, options),
            CanonKind::Channel { ty, operation } => self.channel(instance, flag, *ty, operation),
            CanonKind::Async(builtin) => Ok(self.async_builtin(instance, flag, *builtin)),
        }
    }

    /// `outcome` with guards around it; itself where there is nothing to do. `core` is its signature.
    fn guard(&mut self, outcome: Outcome, core: &Signature, guards: Guards) -> Outcome {
        let Guards { check_may_leave, enter, storage, task, waits, trap_on_throw: _ } = &guards;
        let none = check_may_leave.is_none() && enter.is_empty() && storage.slots.is_empty();
        if none && task.is_none() && !waits {
            return outcome;
        }
        self.behind(outcome, core, guards)
    }

    /// `outcome` as a function of the adapter module, with what is to go around it.
    fn behind(&mut self, outcome: Outcome, core: &Signature, guards: Guards) -> Outcome {
        let Signature { params, results } = core.clone();
        let function = Function::Guard { function: outcome.reference(), params, results, guards };
        Outcome::Guard(self.function(function))
    }

    /// What goes around a call, but for the storage of a task that begins.
    fn guards(&self, check_may_leave: Option<InstanceId>, enter: Vec<InstanceId>) -> Guards {
        let trap_on_throw = self.proofs.catches;
        Guards { check_may_leave, enter, trap_on_throw, ..Guards::default() }
    }

    /// The instance of a task that begins and is not async, if the scheduler has to be told.
    fn task_of(&self, instance: InstanceId) -> Option<InstanceId> {
        self.proofs.used.scheduled.contains(&instance).then_some(instance)
    }

    /// The index of the adapter module's function, the same for equal ones.
    fn function(&mut self, function: Function) -> u32 {
        self.functions.insert_full(function).0 as u32
    }

    /// The type of a call, as `Call` has it.
    fn call_type(&mut self, func: Func) -> Rc<FuncType> {
        let plan = self.plan;
        let ty = self.call_types.entry(func).or_insert_with(|| {
            let FuncType { async_, params, result } = match func {
                Func::Lift(lift) => &plan.lifts[lift].ty,
                Func::Import(import) => &plan.imports[import].ty,
            };
            let nameless = Name::from("");
            let params = params.iter().map(|(_, ty)| (nameless.clone(), *ty)).collect();
            Rc::new(FuncType { async_: *async_, params, result: *result })
        });
        ty.clone()
    }

    /// A core function by what it has become.
    fn core(&self, def: CoreDef) -> Result<Ref> {
        match def {
            CoreDef::Item { sort: CoreSort::Func, .. } => Ok(Ref::Core(def)),
            CoreDef::Item { .. } => Err(Error::internal("a core item that is not a function is called")),
            CoreDef::Canon(id) => {
                let outcome = self.canons.get(&id).copied();
                let outcome = outcome
                    .ok_or_else(|| Error::internal("a canonical definition is used before it is made"))?;
                Ok(outcome.reference())
            }
        }
    }

    fn finish(
        self,
        resources: IdVec<ResourceId, ResourceInfo>,
        starts: BTreeMap<CoreInstanceId, Ref>,
        scheduler: Option<SchedulerImports>,
    ) -> Decided {
        let Decider { plan, optimizations, proofs, outer, functions, canons, exported, bridges, .. } = self;
        let first_memory = self.first_memory;
        let Proofs { used, tables, entering, leaving, scopes, .. } = proofs;
        let numbers = match tables {
            Tables::Host => BTreeMap::new(),
            Tables::Inside(numbers) => numbers,
        };
        let untested = |id: &CanonId| {
            let canon = &plan.canons[*id];
            leaving.flag(canon.instance).is_some() && leaving.flag_to_test(*id, canon).is_none()
        };
        let (of_host, offered) = bridges.finish();
        let tables = HandleTables { numbers, scopes, of_host, offered, ..HandleTables::default() };
        let mut decisions = Decisions {
            handle_tables: tables.numbers.len(),
            unchecked: plan.instances.ids().filter(|id| leaving.flag(*id).is_none()).collect(),
            untested: canons.keys().copied().filter(untested).collect(),
            canons,
            exports: exported,
            starts,
            functions: functions.into_iter().collect(),
            names: Vec::new(),
            entered: entering.possible(),
            scopes,
            scheduler,
            waiting: match used.asynchronous() {
                true => waiting(plan, &used),
                false => BTreeSet::new(),
            },
            inline_handles: tables.inlined(optimizations),
        };
        decisions.names = names::names(plan, &decisions);
        Decided { decisions, resources, tables, drawn: outer.finish(), first_memory }
    }
}
