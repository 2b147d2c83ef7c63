//! A guest that is a core module with a `meld:boundary`. In: its bytes. Out: `host::Guest` over
//! wasmtime's core API: what a host without a component runtime has to do, and no more. Not its
//! job: to be fast.

mod abi;
mod handles;
pub(crate) mod layout;
mod parts;
pub mod place;
mod tables;

use crate::engine::engine;
use crate::host::{Event, Function, Guest, Outcome, Owned, Serve, State};
use crate::reason::{Reason, failed};
use crate::value::{Resource, ResourceType, Value};
pub use abi::val_type;
use abi::{Cx, Options, flat};
use handles::Handles;
use meld_fuser::assemble::boundary::{self as b, Boundary, ImportKind};
use meld_fuser::name::Name;
use meld_fuser::runtime::Trap as Check;
use std::sync::Arc;
use tables::Tables;
use wasmtime::{AsContextMut, Caller, Extern, Instance, Linker, Module, Result, Store, Val, bail};

/// A core module, linked to the host.
pub struct BoundaryHost {
    boundary: Boundary,
    linker: Linker<Core>,
    module: Module,
    store: Store<Core>,
    instance: Option<Instance>,
    imports: Vec<Function>,
    exports: Vec<Function>,
    /// A trap leaves a guest in a state that nobody may see.
    dead: bool,
}

/// What a store holds.
struct Core {
    host: State,
    /// Resources that the guest defines and the host owns, by their representation.
    owned: Owned<u32>,
    /// The one handle table of the guest.
    handles: Handles,
    /// Off while the host is in the middle of passing values: the guest may not call out.
    may_leave: bool,
    tables: Arc<Tables>,
}

impl BoundaryHost {
    /// Compiles and links; `bytes` may be text. Errors where wasmtime refuses the module, and where
    /// its `meld:boundary` is missing or is not of the version that this reads.
    pub fn new(bytes: &[u8], serve: Serve) -> anyhow::Result<BoundaryHost> {
        let binary = wat::parse_bytes(bytes)?;
        let boundary = read_boundary(&binary)?;
        Self::link(&binary, boundary, serve).map_err(|e| anyhow::anyhow!("{e:?}"))
    }

    fn link(binary: &[u8], boundary: Boundary, serve: Serve) -> Result<BoundaryHost> {
        let module = Module::new(engine(), binary)?;
        let tables = Arc::new(Tables::new(&boundary));
        let mut linker = Linker::new(engine());
        let mut imports: Vec<Function> = Vec::new();
        for import in &boundary.imports {
            if let Some(function) = link_import(&mut linker, &tables, import)?
                && !imports.iter().any(|other| other.path == function.path)
            {
                imports.push(function);
            }
        }
        let function = |path: &[Name], ty| Function { path: strings(path), ty: Arc::new(tables.func(ty)) };
        let mut exports: Vec<Function> =
            boundary.exports.iter().map(|e| function(&e.path, &e.func)).collect();
        exports.extend(boundary.reexports.iter().map(|r| function(&r.path, &r.func)));
        let store = Store::new(engine(), Core::new(serve, tables));
        Ok(BoundaryHost { boundary, linker, module, store, instance: None, imports, exports, dead: false })
    }

    fn outcome(&mut self, result: Result<Option<Value>>) -> Outcome {
        match result {
            Ok(value) => Outcome::Returned(value),
            Err(error) => {
                self.dead = true;
                Outcome::trapped(&error)
            }
        }
    }

    fn call_export(&mut self, export: &b::CoreExport, args: &[Value]) -> Result<Option<Value>> {
        let instance = self.instance.expect("instantiate first");
        let ty = self.store.data().tables.func(&export.func);
        let func = instance.get_func(&mut self.store, &export.export).expect("the boundary tells the truth");
        let options = Options::of(&export.options, &self.boundary.memories, |name| {
            instance.get_export(&mut self.store, name)
        });
        let mut cx = Cx { store: self.store.as_context_mut(), options: &options, lent: Vec::new() };
        let types: Vec<_> = ty.params.iter().map(|(_, ty)| ty.clone()).collect();
        let args = cx.lower_args(&types, args)?;
        let args: Vec<Val> = args.iter().zip(&export.core.params).map(|(v, ty)| flat(*v, *ty)).collect();
        let mut results = vec![Val::I32(0); export.core.results.len()];
        func.call(&mut cx.store, &args, &mut results)?;
        let value = match &ty.result {
            Some(ty) => Some(cx.lift_result(ty, &results)?),
            None => None,
        };
        cx.store.data_mut().handles.end_of_call()?;
        if let Some(name) = &export.options.post_return {
            let post_return = instance.get_func(&mut cx.store, name).expect("the boundary tells the truth");
            cx.call_guest(&post_return, &results, &mut [])?;
        }
        Ok(value)
    }

    fn call_reexport(&mut self, reexport: &b::Reexport, args: &[Value]) -> Result<Option<Value>> {
        let ty = Arc::new(self.store.data().tables.func(&reexport.func));
        let function = Function { path: strings(&reexport.import), ty };
        self.store.data_mut().host.serve(&function, args.to_vec())
    }

    fn destroy(&mut self, guest: u32) -> Result<()> {
        let (ty, rep) = self.store.data_mut().owned.take(guest);
        let resource = self.boundary.resources.get(ty.index as usize);
        if let Some(dtor) = resource.and_then(|r| r.dtor.as_ref()) {
            let instance = self.instance.expect("instantiate first");
            let dtor = instance.get_func(&mut self.store, dtor).expect("the boundary tells the truth");
            dtor.call(&mut self.store, &[Val::I32(rep.cast_signed())], &mut [])?;
        }
        Ok(())
    }
}

/// The section of a core module.
pub fn read_boundary(binary: &[u8]) -> anyhow::Result<Boundary> {
    for payload in wasmparser::Parser::new(0).parse_all(binary) {
        if let wasmparser::Payload::CustomSection(section) = payload?
            && section.name() == b::SECTION
        {
            let boundary: Boundary = serde_json::from_slice(section.data())?;
            let tasks = boundary.exports.iter().any(|export| export.func.async_);
            let version = match boundary.memories.is_empty() && !tasks {
                true => b::VERSION,
                false => b::VERSION_2,
            };
            anyhow::ensure!(boundary.version == version, "version {}", boundary.version);
            return Ok(boundary);
        }
    }
    anyhow::bail!("there is no section {}", b::SECTION)
}

/// A path of the boundary, as the host of an unfused component has it.
fn strings(path: &[Name]) -> Vec<String> {
    path.iter().map(|name| name.to_string()).collect()
}

/// Defines one import of the module; returns what it is if it is a function of the world.
fn link_import(
    linker: &mut Linker<Core>,
    tables: &Arc<Tables>,
    import: &b::CoreImport,
) -> Result<Option<Function>> {
    let val_types = |types: &[b::CoreValType]| types.iter().map(|ty| abi::val_type(*ty)).collect::<Vec<_>>();
    let core =
        wasmtime::FuncType::new(engine(), val_types(&import.core.params), val_types(&import.core.results));
    let mut served = None;
    let (module, name) = (&import.module, &import.name);
    match import.kind.clone() {
        ImportKind::Func { path, func, options } => {
            let function = Function { path: strings(&path), ty: Arc::new(tables.func(&func)) };
            served = Some(function.clone());
            let results_ty = import.core.results.clone();
            linker.func_new(module, name, core, move |mut caller, args, results| {
                let result = call_import(&mut caller, &function, &options, args)?;
                for ((slot, ty), v) in results.iter_mut().zip(&results_ty).zip(result) {
                    *slot = flat(v, *ty);
                }
                Ok(())
            })?;
        }
        ImportKind::ResourceNew(ty) => {
            linker.func_new(module, name, core, move |mut caller, args, results| {
                let core = caller.data_mut();
                core.check_may_leave()?;
                let handle = core.handles.add_own(ty, abi::bits(&args[0]) as u32);
                results[0] = Val::I32(handle.cast_signed());
                Ok(())
            })?;
        }
        ImportKind::ResourceRep(ty) => {
            linker.func_new(module, name, core, move |caller, args, results| {
                let rep = caller.data().handles.rep(ty, abi::bits(&args[0]) as u32)?;
                results[0] = Val::I32(rep.cast_signed());
                Ok(())
            })?;
        }
        ImportKind::ResourceDrop(ty) => {
            linker.func_new(module, name, core, move |mut caller, args, _| {
                drop_handle(&mut caller, ty, abi::bits(&args[0]) as u32)
            })?;
        }
        ImportKind::TaskReturn { .. } | ImportKind::Task { .. } | ImportKind::Channel { .. } => {
            bail!("{module} {name} is of async functions")
        }
    }
    Ok(served)
}

/// "canon lower": returns the flat results.
fn call_import(
    caller: &mut Caller<'_, Core>,
    function: &Function,
    options: &b::Options,
    args: &[Val],
) -> Result<Vec<u64>> {
    caller.data().check_may_leave()?;
    let tables = Arc::clone(&caller.data().tables);
    let options = Options::of(options, &tables.memories, |name| caller.get_export(name));
    let mut cx = Cx { store: caller.as_context_mut(), options: &options, lent: Vec::new() };
    let types: Vec<_> = function.ty.params.iter().map(|(_, ty)| ty.clone()).collect();
    let mut bits: Vec<u64> = args.iter().map(abi::bits).collect();
    let out = match &function.ty.result {
        Some(ty) if layout::flat_count(ty) > abi::MAX_FLAT_RESULTS => bits.pop(),
        _ => None,
    };
    let args = cx.lift_args(&types, bits)?;
    let result = cx.store.data_mut().host.serve(function, args)?;
    for handle in std::mem::take(&mut cx.lent) {
        cx.store.data_mut().handles.give_back(handle);
    }
    match (&function.ty.result, result) {
        (Some(ty), Some(value)) => cx.lower_result(ty, &value, out),
        _ => Ok(Vec::new()),
    }
}

/// "canon resource.drop"
fn drop_handle(caller: &mut Caller<'_, Core>, ty: u32, handle: u32) -> Result<()> {
    let core = caller.data_mut();
    core.check_may_leave()?;
    let Some(rep) = core.handles.drop(ty, handle)? else { return Ok(()) };
    let resource = core.tables.resource(ty).clone();
    if resource.imported {
        core.host.drop(&resource, rep);
        return Ok(());
    }
    let Some(dtor) = core.tables.dtor(ty) else { return Ok(()) };
    match caller.get_export(&dtor) {
        Some(Extern::Func(dtor)) => dtor.call(caller, &[Val::I32(rep.cast_signed())], &mut []),
        _ => bail!("there is no export {dtor}"),
    }
}

impl Core {
    fn new(serve: Serve, tables: Arc<Tables>) -> Core {
        Core {
            host: State::new(serve),
            owned: Owned::new(),
            handles: Handles::new(),
            may_leave: true,
            tables,
        }
    }

    fn check_may_leave(&self) -> Result<()> {
        match self.may_leave {
            true => Ok(()),
            false => Err(failed(Check::CannotLeave)),
        }
    }
}

impl Guest for BoundaryHost {
    fn renew(&mut self, serve: Serve) {
        self.store = Store::new(engine(), Core::new(serve, self.store.data().tables.clone()));
        self.instance = None;
        self.dead = false;
    }

    fn instantiate(&mut self) -> Outcome {
        let instance = self.linker.instantiate(&mut self.store, &self.module);
        let result = instance.map(|instance| {
            self.instance = Some(instance);
            None
        });
        self.outcome(result)
    }

    fn call(&mut self, path: &[&str], args: &[Value]) -> Outcome {
        let function = self.exports.iter().find(|f| f.path == path);
        function.unwrap_or_else(|| panic!("there is no export {path:?}")).ty.check_args(args);
        if self.dead {
            return Outcome::Trapped(Reason::dead());
        }
        let result = match self.boundary.exports.iter().find(|e| e.path == path).cloned() {
            Some(export) => self.call_export(&export, args),
            None => {
                let reexport = self.boundary.reexports.iter().find(|r| r.path == path).cloned();
                self.call_reexport(&reexport.expect("an export or a re-export"), args)
            }
        };
        self.outcome(result)
    }

    fn drop_resource(&mut self, guest: u32) -> Outcome {
        if self.dead {
            return Outcome::Trapped(Reason::dead());
        }
        let result = self.destroy(guest).map(|()| None);
        self.outcome(result)
    }

    fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.store.data_mut().host.events)
    }

    fn imports(&self) -> &[Function] {
        &self.imports
    }

    fn exports(&self) -> &[Function] {
        &self.exports
    }

    fn owned(&self) -> Vec<(u32, Arc<ResourceType>)> {
        self.store.data().owned.list()
    }
}

impl Core {
    /// Takes an owner in: from the guest's table to the host.
    fn own(&mut self, ty: &Arc<ResourceType>, handle: u32) -> Result<Resource> {
        let rep = self.handles.take_own(ty.index, handle)?;
        Ok(match ty.imported {
            true => Resource::Host(rep),
            false => self.owned.add(ty.clone(), rep),
        })
    }
}
