//! The outer boundary while it is being drawn up. In: what crosses it, definition by definition.
//! Out: the `Boundary`, and the imports and exports of the merged module that go with it, under the
//! names that `wasm-tools component new` reads. Not its job: deciding how something crosses.
//!
//! In reading order: this file has the functions that cross; then
//!
//! - [`types`]: their types
//! - [`items`]: what the merged module exports for them
//! - [`paths`]: the ways from the root to what it imports and exports
//! - [`names`]: names that no two items share

mod items;
mod names;
mod paths;
mod types;

pub use items::ExportedItem;
pub use paths::visit_exports;

use super::boundary as b;
use crate::abi::func_types::{i32_to_i32, i32_to_nothing};
use crate::abi::layout::Signature;
use crate::abi::side::MemoryRef;
use crate::adapter::spec::Ref;
use crate::error::Result;
use crate::ids::{ImportId, ResourceId, TypeId};
use crate::link::{ExportItem, FuncType, Memory, Plan, Resource, StringEncoding, Type};
use crate::merge::HostFunc;
use crate::name::Name;
use crate::platform;
use indexmap::{IndexMap, IndexSet};
use items::ExportedItems;
use names::{UniqueNames, shortened};
use paths::split;
use std::collections::{BTreeMap, HashMap};
use types::core_type;

/// A canonical built-in of the host on a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HostBuiltin {
    New,
    Rep,
    Drop,
}

/// Canonical options in the terms of the merged module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct OuterOptions {
    pub encoding: StringEncoding,
    pub memory: Option<MemoryRef>,
    pub realloc: Option<Ref>,
    pub post_return: Option<Ref>,
    /// Of a lower, or of a built-in on streams or futures.
    pub async_: bool,
}

/// An import of the merged module, by what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum ImportKey {
    Func(ImportId, OuterOptions),
    Builtin(ResourceId, HostBuiltin),
    Task(b::TaskBuiltin),
    TaskReturn(Vec<Name>),
    Channel(TypeId, b::ChannelBuiltin, OuterOptions),
}

/// A place where a type of streams or futures crosses the boundary.
#[derive(Debug, Clone)]
pub struct ChannelPlace {
    /// In the type of an exported function, or of an imported one.
    pub exported: bool,
    /// The way to the function, name by name.
    pub path: Vec<Name>,
    /// Which of the streams and futures in its type.
    pub number: u32,
}

/// A canonical built-in of the host on streams or futures of a type.
pub struct HostChannel<'c> {
    pub ty: TypeId,
    pub place: &'c ChannelPlace,
    pub builtin: b::ChannelBuiltin,
    pub options: OuterOptions,
}

/// The boundary, as far as the definitions have been decided.
pub struct Outer<'p> {
    plan: &'p Plan<'p>,
    /// Where the root exports each resource type that it exports: the first place.
    exported_at: BTreeMap<ResourceId, Vec<Name>>,
    /// The entries of `Assembly::imports`, by what they stand for and as they are.
    imports: IndexSet<ImportKey>,
    funcs: Vec<HostFunc>,
    /// By the first of an import's two names.
    import_names: HashMap<String, UniqueNames>,
    items: ExportedItems,
    /// The boundary's number of each type that it has.
    types: BTreeMap<TypeId, u32>,
    /// The boundary's resource types, in its order.
    resources: IndexSet<ResourceId>,
    boundary: b::Boundary,
    /// What the host calls first, on the platform of WASI 0.1.
    entry: Option<&'static str>,
}

/// The boundary when all is known, and what the merged module has for it.
pub struct Drawn {
    pub boundary: b::Boundary,
    pub imports: Vec<HostFunc>,
    pub exports: IndexMap<String, ExportedItem>,
    /// `Assembly::entry`
    pub entry: Option<String>,
}

impl<'p> Outer<'p> {
    pub fn new(plan: &'p Plan<'p>) -> Outer<'p> {
        let mut exported_at = BTreeMap::new();
        visit_exports(&plan.exports, &mut |path, item| {
            if let ExportItem::Resource(id) = item {
                exported_at.entry(*id).or_insert_with(|| path.to_vec());
            }
        });
        Outer {
            plan,
            exported_at,
            imports: IndexSet::new(),
            funcs: Vec::new(),
            import_names: HashMap::new(),
            items: ExportedItems::default(),
            types: BTreeMap::new(),
            resources: IndexSet::new(),
            boundary: b::Boundary {
                version: b::VERSION,
                types: Vec::new(),
                memories: Vec::new(),
                resources: Vec::new(),
                imports: Vec::new(),
                exports: Vec::new(),
                reexports: Vec::new(),
                attributes: Vec::new(),
            },
            entry: None,
        }
    }

    /// The plan is of a component on the platform of WASI 0.1, whose memory this is. What is between the
    /// platform and the host is no part of the boundary: hosts know it.
    pub fn put_on_platform(&mut self, memory: Memory) {
        self.items.share("memory", ExportedItem::Memory(MemoryRef::Guest(memory)));
        self.entry = Some(platform::LIBRARY);
    }

    /// Whether the root imports or exports the resource type.
    pub fn visible(&self, id: ResourceId) -> bool {
        matches!(self.plan.resources[id], Resource::Imported { .. }) || self.exported_at.contains_key(&id)
    }

    /// The import of a function of the world, lowered with `options`: index into the imports.
    pub fn import_func(&mut self, id: ImportId, options: OuterOptions, core: &Signature) -> Result<u32> {
        let key = ImportKey::Func(id, options);
        if let Some(index) = self.imports.get_index_of(&key) {
            return Ok(index as u32);
        }
        let plan = self.plan;
        let import = &plan.imports[id];
        if let Some((module, name)) = self.entry.and_then(|_| platform::core_import(&import.path)) {
            self.imports.insert(key);
            return Ok(self.push_host_func(module, name, core, true));
        }
        let (interface, name) = split(&import.path)?;
        let name = if options.async_ { format!("[async-lower]{name}") } else { name };
        let kind = b::ImportKind::Func {
            path: import.path.clone(),
            func: self.func_type(&import.ty)?,
            options: self.options(options),
        };
        self.push_import(key, interface.unwrap_or_else(|| "$root".into()), name, core, kind)
    }

    /// The import of a canonical built-in on a resource type: index into the imports.
    pub fn builtin(&mut self, id: ResourceId, builtin: HostBuiltin) -> Result<u32> {
        let key = ImportKey::Builtin(id, builtin);
        if let Some(index) = self.imports.get_index_of(&key) {
            return Ok(index as u32);
        }
        let path = self.resource_path(id)?;
        let (interface, name) = split(&path)?;
        let interface = interface.unwrap_or_else(|| "$root".into());
        let module = match self.plan.resources[id] {
            Resource::Imported { .. } => interface,
            Resource::Defined { .. } => format!("[export]{interface}"),
        };
        let resource = self.resource(id)?;
        let (name, core, kind) = match builtin {
            HostBuiltin::New => {
                (format!("[resource-new]{name}"), i32_to_i32(), b::ImportKind::ResourceNew(resource))
            }
            HostBuiltin::Rep => {
                (format!("[resource-rep]{name}"), i32_to_i32(), b::ImportKind::ResourceRep(resource))
            }
            HostBuiltin::Drop => {
                (format!("[resource-drop]{name}"), i32_to_nothing(), b::ImportKind::ResourceDrop(resource))
            }
        };
        self.push_import(key, module, name, &core, kind)
    }

    /// The import of a canonical built-in for tasks: index into the imports.
    pub fn task_builtin(&mut self, builtin: b::TaskBuiltin) -> Result<u32> {
        let (params, results) = builtin.core();
        let types = |types: Vec<b::CoreValType>| types.into_iter().map(Into::into).collect();
        let core = Signature { params: types(params), results: types(results) };
        let memory = ExportedItem::Memory(MemoryRef::Runtime);
        // wit-component gives each read and write the module's memory, even where there are no elements.
        let memory = (builtin.needs_memory() || builtin.copies()).then(|| self.items.share("memory", memory));
        let memory = memory.filter(|_| builtin.needs_memory());
        let kind = b::ImportKind::Task { builtin, memory };
        let (module, name) = (builtin.core_module().into(), builtin.core_name().into());
        self.push_import(ImportKey::Task(builtin), module, name, &core, kind)
    }

    /// The import of "canon task.return" for an exported function: index into the imports.
    pub fn task_return(
        &mut self,
        path: &[Name],
        ty: &FuncType,
        options: OuterOptions,
        core: &Signature,
    ) -> Result<u32> {
        let (interface, name) = split(path)?;
        let module = format!("[export]{}", interface.unwrap_or_else(|| "$root".into()));
        let kind = b::ImportKind::TaskReturn {
            path: path.to_vec(),
            result: self.func_type(ty)?.result,
            options: self.options(options),
        };
        let key = ImportKey::TaskReturn(path.to_vec());
        self.push_import(key, module, format!("[task-return]{name}"), core, kind)
    }

    /// The import of a canonical built-in on streams or futures: index into the imports.
    pub fn channel(&mut self, channel: HostChannel<'_>, core: &Signature) -> Result<u32> {
        let HostChannel { ty, place, builtin, options } = channel;
        let key = ImportKey::Channel(ty, builtin, options);
        if let Some(index) = self.imports.get_index_of(&key) {
            return Ok(index as u32);
        }
        let (interface, name) = split(&place.path)?;
        let interface = interface.unwrap_or_else(|| "$root".into());
        let module = if place.exported { format!("[export]{interface}") } else { interface };
        let what = if matches!(self.plan.types[ty], Type::Future(_)) { "future" } else { "stream" };
        let lower = if options.async_ { "[async-lower]" } else { "" };
        let name = format!("{lower}[{what}-{}-{}]{name}", builtin.name(), place.number);
        self.boundary.version = b::VERSION_2;
        let kind =
            b::ImportKind::Channel { builtin, ty: self.value_type(ty)?, options: self.options(options) };
        self.push_import(key, module, name, core, kind)
    }

    fn push_import(
        &mut self,
        key: ImportKey,
        module: String,
        name: String,
        core: &Signature,
        kind: b::ImportKind,
    ) -> Result<u32> {
        self.imports.insert(key);
        let module = shortened(module);
        let name = self.import_names.entry(module.clone()).or_default().claim(name);
        let index = self.push_host_func(module.clone(), name.clone(), core, false);
        self.boundary.imports.push(b::CoreImport { module, name, core: core_type(core)?, kind });
        Ok(index)
    }

    fn push_host_func(&mut self, module: String, name: String, core: &Signature, optional: bool) -> u32 {
        let index = self.funcs.len() as u32;
        let Signature { params, results } = core.clone();
        self.funcs.push(HostFunc {
            module,
            name,
            params,
            results,
            can_be_left_out: optional,
            left_out: false,
        });
        index
    }

    /// An exported function of the world, lifted from `function` with `options`; with a callback if it is async.
    pub fn export_func(
        &mut self,
        path: &[Name],
        ty: &FuncType,
        (function, callback): (Ref, Option<Ref>),
        options: OuterOptions,
        core: &Signature,
    ) -> Result<()> {
        if self.entry.is_some() && platform::is_entry(path) {
            self.items.export(platform::COMMAND.to_string(), ExportedItem::Func(function));
            self.entry = Some(platform::COMMAND);
            return Ok(());
        }
        let (interface, name) = split(path)?;
        let name = match interface {
            Some(interface) => format!("{interface}#{name}"),
            None => name,
        };
        let name = if callback.is_some() { format!("[async-lift]{name}") } else { name };
        let name = self.items.export(name, ExportedItem::Func(function));
        let mut outer = self.options(OuterOptions { post_return: None, ..options });
        outer.post_return = options
            .post_return
            .map(|function| self.items.export(format!("cabi_post_{name}"), ExportedItem::Func(function)));
        if callback.is_some() {
            self.boundary.version = b::VERSION_2;
        }
        outer.callback = callback
            .map(|function| self.items.export(format!("[callback]{name}"), ExportedItem::Func(function)));
        let export = b::CoreExport {
            path: path.to_vec(),
            export: name,
            core: core_type(core)?,
            func: self.func_type(ty)?,
            options: outer,
        };
        self.boundary.exports.push(export);
        Ok(())
    }

    /// A function of the world that the root imports and exports.
    pub fn reexport_func(&mut self, path: &[Name], import: ImportId) -> Result<()> {
        let plan = self.plan;
        let import = &plan.imports[import];
        let func = self.func_type(&import.ty)?;
        self.boundary.reexports.push(b::Reexport { path: path.to_vec(), import: import.path.clone(), func });
        Ok(())
    }

    /// The destructor that the host shall call for a resource type that the component defines.
    pub fn set_destructor(&mut self, id: ResourceId, destructor: Ref) -> Result<()> {
        let path = self.resource_path(id)?;
        let (interface, name) = split(&path)?;
        let name = match interface {
            Some(interface) => format!("{interface}#[dtor]{name}"),
            None => format!("[dtor]{name}"),
        };
        let index = self.resource(id)?;
        let name = self.items.export(name, ExportedItem::Func(destructor));
        if let Some(resource) = self.boundary.resources.get_mut(index as usize) {
            resource.dtor = Some(name);
        }
        Ok(())
    }

    /// The resource types that cross the boundary so far.
    pub fn resources(&self) -> Vec<ResourceId> {
        self.resources.iter().copied().collect()
    }

    pub fn finish(self) -> Drawn {
        let entry = self.entry.map(str::to_string);
        Drawn { boundary: self.boundary, imports: self.funcs, exports: self.items.finish(), entry }
    }

    fn options(&mut self, options: OuterOptions) -> b::Options {
        // Only an export has a callback.
        let callback = None;
        let OuterOptions { encoding, memory, realloc, post_return, async_ } = options;
        let items = &mut self.items;
        b::Options {
            string_encoding: match encoding {
                StringEncoding::Utf8 => b::StringEncoding::Utf8,
                StringEncoding::Utf16 => b::StringEncoding::Utf16,
                StringEncoding::Latin1Utf16 => b::StringEncoding::Latin1Utf16,
            },
            memory: memory.map(|memory| items.share("memory", ExportedItem::Memory(memory))),
            realloc: realloc.map(|function| items.share("cabi_realloc", ExportedItem::Func(function))),
            post_return: post_return.map(|function| items.share("cabi_post", ExportedItem::Func(function))),
            async_,
            callback,
        }
    }
}
