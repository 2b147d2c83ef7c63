//! Decides what crosses where. In: a plan. Out: the assembly for `merge` and the outer boundary.
//! Not its job: the code of adapters (`adapter`), handle tables and transcoders (`runtime`).
//!
//! Three ways lead from a use of a function to its definition: a direct reference, where nothing
//! has to be done on the way; a function of the host, where the definition is an import of the
//! root; and a function of the adapter module for all the rest. The definitions are visited in the
//! order of the plan, in which each refers to earlier ones only.

use super::analysis::{Entering, Leaving, Tables, Used, recursive};
use super::boundary::Boundary;
use super::instances::Instances;
use super::outer::{Builtin, Finished, Item, Outer, OuterOptions, visit_exports};
use crate::abi::layout::{Context, Signature};
use crate::abi::passage::{Needs, Passage, Passages, i32_to_i32, i32_to_nothing};
use crate::abi::side::{Domain, MemoryRef, Reallocator, Side};
use crate::adapter;
use crate::adapter::spec::{Call, Function, HostResource, Ref, ResourceInfo};
use crate::error::{Error, Result};
use crate::ids::{CanonId, Id, IdVec, ImportId, InstanceId, LiftId, ResourceId};
use crate::link::{Canon, CanonKind, CoreDef, ExportItem, Func, FuncType, Options, Plan, Resource};
use crate::merge::{Assembly, CoreExport};
use crate::optimizations::Optimizations;
use crate::read::CoreSort;
use crate::runtime::HandleTables;
use indexmap::IndexSet;
use std::collections::{BTreeMap, BTreeSet};

pub struct Assembled<'a> {
    pub assembly: Assembly<'a>,
    pub boundary: Boundary,
    pub crossings: Crossings,
    pub decisions: Decisions,
}

/// What each function has become, for people to be told.
#[derive(Debug, Default)]
pub struct Decisions {
    /// What each used canonical definition has become.
    pub canons: BTreeMap<CanonId, Ref>,
    /// What the host calls for each function that the root exports: the export's path, the lift.
    pub exports: Vec<(Vec<String>, LiftId, Ref)>,
    /// The functions of the adapter module, which `Ref::Adapter` indexes.
    pub functions: Vec<Function>,
    /// The instances whose `may_leave` nothing keeps.
    pub unchecked: Vec<InstanceId>,
    /// The definitions of other instances that do not test `may_leave`.
    pub untested: Vec<CanonId>,
    /// Whether anything keeps `may_enter`.
    pub entered: bool,
    /// See `HandleTables`.
    pub recursive: bool,
}

/// What became of the calls between components, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Crossings {
    /// Lowered functions that are the callee itself.
    pub direct: u32,
    /// Lowered functions that are a generated adapter.
    pub adapters: u32,
    /// Handle tables inside the module.
    pub tables: u32,
}

/// `arena` keeps the generated modules' bytes.
pub fn assemble<'a>(
    plan: &Plan<'a>,
    arena: &'a typed_arena::Arena<Vec<u8>>,
    optimizations: Optimizations,
) -> Result<Assembled<'a>> {
    let mut assembler = Assembler::new(plan, optimizations);
    assembler.canons()?;
    assembler.exports()?;
    assembler.destructors()?;
    let resources = assembler.resources()?;
    let Assembler {
        tables,
        recursive,
        outer,
        functions,
        canons,
        exported,
        mut crossings,
        entering,
        leaving,
        ..
    } = assembler;
    let functions: Vec<Function> = functions.into_iter().collect();
    let numbers = match tables {
        Tables::Host => BTreeMap::new(),
        Tables::Inside(tables) => tables,
    };
    crossings.tables = numbers.len() as u32;
    let tables = HandleTables { numbers, recursive, ..HandleTables::default() };
    let adapters = adapter::generate(&plan.types, &resources, &tables, &functions, optimizations)?;
    let Finished { boundary, imports, exports } = outer.finish();
    let runtime = exports.values().any(|item| *item == Item::Memory(MemoryRef::Runtime));
    let instances = Instances::new(plan, arena, &canons, &adapters, &tables, runtime)?;
    let exports = exports
        .into_iter()
        .map(|(name, item)| Ok(CoreExport { name, def: instances.item(item)? }))
        .collect::<Result<_>>()?;
    let assembly = Assembly {
        instances: instances.link(&adapters.imports)?,
        modules: instances.modules,
        imports,
        exports,
        customs: Vec::new(),
    };
    let unchecked = plan.instances.ids().filter(|id| !leaving.tracked(*id)).collect();
    let tests = |id: &CanonId| leaving.check(*id, &plan.canons[*id]).is_some();
    let tracked = |id: &CanonId| leaving.tracked(plan.canons[*id].instance);
    let untested = canons.keys().filter(|id| tracked(id) && !tests(id)).copied().collect();
    let entered = entering.possible();
    let decisions =
        Decisions { canons, exports: exported, functions, unchecked, untested, entered, recursive };
    Ok(Assembled { assembly, boundary, crossings, decisions })
}

struct Assembler<'p> {
    plan: &'p Plan<'p>,
    direct_calls: bool,
    passages: Passages<'p>,
    used: Used,
    tables: Tables,
    /// See `HandleTables`.
    recursive: bool,
    entering: Entering,
    leaving: Leaving,
    /// Some module has a tag, so an exception can reach a lift.
    tags: bool,
    outer: Outer<'p>,
    functions: IndexSet<Function>,
    /// What each used canonical definition has become.
    canons: BTreeMap<CanonId, Ref>,
    /// What the host calls for each exported function.
    exported: Vec<(Vec<String>, LiftId, Ref)>,
    crossings: Crossings,
}

impl<'p> Assembler<'p> {
    fn new(plan: &'p Plan<'p>, optimizations: Optimizations) -> Assembler<'p> {
        let passages = Passages::new(&plan.types);
        let used = Used::of(plan);
        let outer = Outer::new(plan);
        let visible: BTreeSet<usize> =
            plan.resources.ids().filter(|id| outer.visible(*id)).map(|id| id.index()).collect();
        let checked = !optimizations.elide_checks;
        let entering = if checked { Entering::everywhere(plan) } else { Entering::of(plan, &used) };
        let tables = Tables::of(plan, &used, &passages.facts, &visible, entering.possible());
        let recursive = checked || recursive(plan, &used);
        let leaving = if checked { Leaving::everywhere(plan) } else { Leaving::of(plan, &used, &tables) };
        let tags = plan.core_instances.values().any(|i| !plan.modules[i.module].tags.is_empty());
        Assembler {
            plan,
            direct_calls: optimizations.direct_calls,
            passages,
            used,
            tables,
            recursive,
            entering,
            leaving,
            tags,
            outer,
            functions: IndexSet::new(),
            canons: BTreeMap::new(),
            exported: Vec::new(),
            crossings: Crossings::default(),
        }
    }

    fn canons(&mut self) -> Result<()> {
        let plan = self.plan;
        let used: Vec<CanonId> = self.used.canons.iter().copied().collect();
        for id in used {
            let canon = &plan.canons[id];
            let function = self.canon(id, canon).map_err(|e| e.at(canon.offset))?;
            self.canons.insert(id, function);
        }
        Ok(())
    }

    fn canon(&mut self, id: CanonId, canon: &Canon) -> Result<Ref> {
        let (instance, check) = (canon.instance, self.leaving.check(id, canon));
        match &canon.kind {
            CanonKind::Lower { func: Func::Lift(lift), options } => {
                self.inner_call(instance, check, options, *lift)
            }
            CanonKind::Lower { func: Func::Import(import), options } => {
                self.host_call(instance, check, options, *import)
            }
            CanonKind::ResourceNew(id) if self.tables.inside() => Ok(self.function(Function::ResourceNew {
                instance,
                resource: *id,
                check_may_leave: check.is_some(),
            })),
            CanonKind::ResourceRep(id) if self.tables.inside() => {
                Ok(self.function(Function::ResourceRep { instance, resource: *id }))
            }
            CanonKind::ResourceDrop(id) if self.tables.inside() => {
                let (destroy, enter) = self.destroy(instance, *id)?;
                Ok(self.function(Function::ResourceDrop {
                    instance,
                    resource: *id,
                    check_may_leave: check.is_some(),
                    destroy,
                    enter,
                    trap_on_throw: self.tags,
                }))
            }
            CanonKind::ResourceNew(id) => {
                let builtin = Ref::Host(self.outer.builtin(*id, Builtin::New)?);
                Ok(self.guard(builtin, &i32_to_i32(), check, Vec::new()))
            }
            CanonKind::ResourceRep(id) => Ok(Ref::Host(self.outer.builtin(*id, Builtin::Rep)?)),
            CanonKind::ResourceDrop(id) => {
                let builtin = Ref::Host(self.outer.builtin(*id, Builtin::Drop)?);
                Ok(self.guard(builtin, &i32_to_nothing(), check, Vec::new()))
            }
        }
    }

    /// What the drop of an owner in `instance` runs, and which instances that enters.
    fn destroy(&mut self, instance: InstanceId, id: ResourceId) -> Result<(Option<Ref>, Vec<InstanceId>)> {
        match &self.plan.resources[id] {
            Resource::Imported { .. } => {
                Ok((Some(Ref::Host(self.outer.builtin(id, Builtin::Drop)?)), Vec::new()))
            }
            Resource::Defined { instance: implementer, dtor } => {
                let enter = self.entering.set(Some(instance), *implementer);
                Ok((dtor.map(|dtor| self.core(dtor)).transpose()?, enter))
            }
        }
    }

    /// A lower of a lift.
    fn inner_call(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        options: &Options,
        id: LiftId,
    ) -> Result<Ref> {
        let lift = &self.plan.lifts[id];
        let call = Call {
            ty: lift.ty.clone(),
            caller: self.side(instance, options),
            callee: self.side(lift.instance, &lift.options),
            function: self.core(lift.core)?,
            post_return: lift.options.post_return,
            check_may_leave,
            guard_post_return: self.leaving.flag(lift.instance),
            enter: self.entering.set(Some(instance), lift.instance),
            trap_on_throw: self.tags,
        };
        if self.direct_calls && adapter::is_transparent(&self.plan.types, &call) {
            self.crossings.direct += 1;
            return Ok(call.function);
        }
        self.crossings.adapters += 1;
        Ok(self.function(Function::Call(Box::new(call))))
    }

    /// A lower of a function that the root imports.
    fn host_call(
        &mut self,
        instance: InstanceId,
        check: Option<InstanceId>,
        options: &Options,
        id: ImportId,
    ) -> Result<Ref> {
        let plan = self.plan;
        let ty = &plan.imports[id].ty;
        let caller = self.side(instance, options);
        let needs = self.passages.needs(ty, Context::Lower)?;
        let passage = self.passage(ty)?;
        if passage != Passage::Copied {
            let core = self.passages.signature(ty, Context::Lower, caller.memory64())?;
            let outer = OuterOptions {
                encoding: caller.encoding,
                memory: caller.memory.filter(|_| needs.memory),
                realloc: self.host_realloc(instance, options).filter(|_| needs.realloc),
                post_return: None,
            };
            let host = Ref::Host(self.outer.import_func(id, outer, &core)?);
            return Ok(match passage {
                Passage::Straight => self.guard(host, &core, check, Vec::new()),
                _ => {
                    let callee = Side { domain: Domain::Host, ..caller };
                    self.outgoing(ty, caller, callee, host, check)
                }
            });
        }
        let callee = self.host_side(&caller, needs);
        let core = self.passages.signature(ty, Context::Lower, false)?;
        let outer = self.runtime_options(&callee, needs, None);
        let host = Ref::Host(self.outer.import_func(id, outer, &core)?);
        Ok(self.outgoing(ty, caller, callee, host, check))
    }

    /// The adapter for a call of the host.
    fn outgoing(
        &mut self,
        ty: &FuncType,
        caller: Side,
        callee: Side,
        host: Ref,
        check_may_leave: Option<InstanceId>,
    ) -> Ref {
        self.function(Function::Call(Box::new(Call {
            ty: ty.clone(),
            caller,
            callee,
            function: host,
            post_return: None,
            check_may_leave,
            guard_post_return: None,
            enter: Vec::new(),
            trap_on_throw: self.tags,
        })))
    }

    fn exports(&mut self) -> Result<()> {
        let plan = self.plan;
        let mut functions = Vec::new();
        visit_exports(&plan.exports, &mut |path, item| {
            if let ExportItem::Func(func) = item {
                functions.push((path.to_vec(), *func));
            }
        });
        for (path, func) in functions {
            match func {
                Func::Import(import) => self.outer.reexport_func(&path, import)?,
                Func::Lift(lift) => {
                    let offset = plan.lifts[lift].offset;
                    self.export(&path, lift).map_err(|e| e.at(offset))?;
                }
            }
        }
        Ok(())
    }

    fn export(&mut self, path: &[String], id: LiftId) -> Result<()> {
        let plan = self.plan;
        let lift = &plan.lifts[id];
        let callee = self.side(lift.instance, &lift.options);
        let needs = self.passages.needs(&lift.ty, Context::Lift)?;
        let enter = self.entering.set(None, lift.instance);
        let function = self.core(lift.core)?;
        let (guard_post_return, trap_on_throw) = (self.leaving.flag(lift.instance), self.tags);
        let incoming = |caller: Side, post_return: Option<CoreDef>| {
            Function::Call(Box::new(Call {
                ty: lift.ty.clone(),
                caller,
                callee,
                function,
                post_return,
                check_may_leave: None,
                guard_post_return,
                enter: enter.clone(),
                trap_on_throw,
            }))
        };
        let passage = self.passage(&lift.ty)?;
        if passage != Passage::Copied {
            let core = self.passages.signature(&lift.ty, Context::Lift, callee.memory64())?;
            // `post-return` is given what the guest's function returned. The host calls it where it got
            // just that: not where the adapter has translated a handle or normalised a scalar.
            let translated = passage == Passage::Handles && !self.passages.result_spills(&lift.ty)?;
            let (inside, outside) = match lift.options.post_return {
                Some(post_return) if translated => (Some(post_return), None),
                Some(function) => (None, Some(self.host_post_return(lift.instance, function, &core))),
                None => (None, None),
            };
            let call = incoming(Side { domain: Domain::Host, ..callee }, inside);
            let outer = OuterOptions {
                encoding: callee.encoding,
                memory: callee.memory.filter(|_| needs.memory),
                realloc: self.host_realloc(lift.instance, &lift.options).filter(|_| needs.realloc),
                post_return: outside,
            };
            let function = match passage {
                Passage::Straight => self.guard(function, &core, None, enter),
                _ => self.function(call),
            };
            self.exported.push((path.to_vec(), id, function));
            return self.outer.export_func(path, &lift.ty, function, outer, &core);
        }
        let core = self.passages.signature(&lift.ty, Context::Lift, false)?;
        let caller = self.host_side(&callee, needs);
        let call = incoming(caller, lift.options.post_return);
        let free = Function::FreeRuntimeMemory { params: core.results.clone() };
        let post_return = caller.memory.map(|_| self.function(free));
        let outer = self.runtime_options(&caller, needs, post_return);
        let function = self.function(call);
        self.exported.push((path.to_vec(), id, function));
        self.outer.export_func(path, &lift.ty, function, outer, &core)
    }

    /// The destructors that the host calls: for each resource type that the component defines and
    /// that has crossed the boundary.
    fn destructors(&mut self) -> Result<()> {
        for id in self.outer.resources() {
            let Resource::Defined { instance, dtor: Some(dtor) } = &self.plan.resources[id] else { continue };
            let enter = self.entering.set(None, *instance);
            let destructor = self.core(*dtor)?;
            let function = if self.tables.inside() {
                self.function(Function::HostDestructor {
                    destructor: Some(destructor),
                    enter,
                    trap_on_throw: self.tags,
                })
            } else {
                self.guard(destructor, &i32_to_nothing(), None, enter)
            };
            self.outer.set_destructor(id, function)?;
        }
        Ok(())
    }

    /// What the adapter module has to know of each resource type.
    fn resources(&mut self) -> Result<IdVec<ResourceId, ResourceInfo>> {
        let (taken, given) = self.owners_across()?;
        let mut infos = IdVec::new();
        for (id, resource) in self.plan.resources.iter() {
            let mut host = HostResource::default();
            let implementer = match resource {
                Resource::Imported { .. } => None,
                Resource::Defined { instance, .. } => Some(*instance),
            };
            if implementer.is_some() && taken.contains(&id) {
                host.rep = Some(self.outer.builtin(id, Builtin::Rep)?);
                host.drop = Some(self.outer.builtin(id, Builtin::Drop)?);
            }
            if implementer.is_some() && given.contains(&id) {
                host.new = Some(self.outer.builtin(id, Builtin::New)?);
            }
            infos.push(ResourceInfo { implementer, host });
        }
        Ok(infos)
    }

    /// The resource types of which the root's exports take owners from the host and give owners to
    /// it, where adapters do so.
    fn owners_across(&self) -> Result<(BTreeSet<ResourceId>, BTreeSet<ResourceId>)> {
        let (mut taken, mut given) = (BTreeSet::new(), BTreeSet::new());
        if self.tables.inside() {
            for id in &self.used.lifts_exported {
                let ty = &self.plan.lifts[*id].ty;
                self.passages.owned(ty.params.iter().map(|(_, id)| *id), &mut taken);
                self.passages.owned(ty.result, &mut given);
            }
        }
        Ok((taken, given))
    }

    fn passage(&self, ty: &FuncType) -> Result<Passage> {
        match self.tables {
            Tables::Host => Ok(Passage::Straight),
            Tables::Inside(_) => self.passages.passage(ty),
        }
    }

    /// The canonical options of a definition in `instance`, as a side of an adapter.
    fn side(&self, instance: InstanceId, options: &Options) -> Side {
        let tracked = self.leaving.tracked(instance);
        Side {
            domain: Domain::Instance(instance),
            memory: options.memory.map(MemoryRef::Guest),
            realloc: options.realloc.map(|def| match tracked {
                true => Reallocator::Guarded(def, instance),
                false => Reallocator::Direct(def),
            }),
            encoding: options.string_encoding,
        }
    }

    /// The host as the other side of an adapter; strings keep `other`'s encoding.
    fn host_side(&self, other: &Side, needs: Needs) -> Side {
        Side {
            domain: Domain::Host,
            memory: needs.memory.then_some(MemoryRef::Runtime),
            realloc: needs.memory.then_some(Reallocator::Runtime),
            encoding: other.encoding,
        }
    }

    fn runtime_options(&self, side: &Side, needs: Needs, post_return: Option<Ref>) -> OuterOptions {
        OuterOptions {
            encoding: side.encoding,
            memory: side.memory,
            realloc: needs.realloc.then_some(Ref::Runtime("realloc")),
            post_return,
        }
    }

    /// The guest's `realloc` as the host shall call it.
    fn host_realloc(&mut self, instance: InstanceId, options: &Options) -> Option<Ref> {
        let realloc = options.realloc?;
        let memory64 = options.memory.is_some_and(|m| m.memory64);
        Some(match self.leaving.tracked(instance) {
            true => {
                self.function(Function::Realloc { realloc, instance, memory64, trap_on_throw: self.tags })
            }
            false => Ref::Core(realloc),
        })
    }

    /// The guest's `post-return` as the host shall call it.
    fn host_post_return(&mut self, instance: InstanceId, function: CoreDef, core: &Signature) -> Ref {
        let params = core.results.clone();
        match self.leaving.tracked(instance) {
            true => {
                self.function(Function::PostReturn { function, instance, params, trap_on_throw: self.tags })
            }
            false => Ref::Core(function),
        }
    }

    /// `function` itself where there is nothing to guard.
    fn guard(
        &mut self,
        function: Ref,
        core: &Signature,
        check_may_leave: Option<InstanceId>,
        enter: Vec<InstanceId>,
    ) -> Ref {
        if check_may_leave.is_none() && enter.is_empty() {
            return function;
        }
        self.function(Function::Guard {
            function,
            params: core.params.clone(),
            results: core.results.clone(),
            check_may_leave,
            enter,
            trap_on_throw: self.tags,
        })
    }

    /// The adapter module's function, the same for equal ones.
    fn function(&mut self, function: Function) -> Ref {
        Ref::Adapter(self.functions.insert_full(function).0 as u32)
    }

    /// A core function by what it has become.
    fn core(&self, def: CoreDef) -> Result<Ref> {
        match def {
            CoreDef::Item { sort: CoreSort::Func, .. } => Ok(Ref::Core(def)),
            CoreDef::Item { .. } => Err(Error::internal("a core item that is not a function is called")),
            CoreDef::Canon(id) => self
                .canons
                .get(&id)
                .copied()
                .ok_or_else(|| Error::internal("a canonical definition is used before it is made")),
        }
    }
}
