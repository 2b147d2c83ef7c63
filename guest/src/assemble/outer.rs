//! The outer boundary while it is being drawn up. In: what crosses it, definition by definition.
//! Out: the `Boundary`, and the imports and exports of the merged module that go with it, under the
//! names that `wasm-tools component new` reads. Not its job: deciding how something crosses.

use super::boundary as b;
use crate::abi::layout::Signature;
use crate::abi::passage::{i32_to_i32, i32_to_nothing};
use crate::abi::side::MemoryRef;
use crate::adapter::spec::Ref;
use crate::error::{Error, Result};
use crate::ids::{ImportId, ResourceId, TypeId};
use crate::link::{self, Export, ExportItem, Plan, Resource, StringEncoding, Type};
use crate::merge::HostFunc;
use crate::read::limits;
use indexmap::{IndexMap, IndexSet};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Something that the merged module exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Item {
    Func(Ref),
    Memory(MemoryRef),
}

/// A canonical built-in of the host on a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Builtin {
    New,
    Rep,
    Drop,
}

/// Canonical options in the terms of the merged module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OuterOptions {
    pub encoding: StringEncoding,
    pub memory: Option<MemoryRef>,
    pub realloc: Option<Ref>,
    pub post_return: Option<Ref>,
}

/// One entry of `Assembly::imports`, by what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum ImportKey {
    Func(ImportId, OuterOptions),
    Builtin(ResourceId, Builtin),
}

pub struct Outer<'p> {
    plan: &'p Plan<'p>,
    /// Where the root exports each resource type that it exports: the first place.
    exported_at: BTreeMap<ResourceId, Vec<String>>,
    imports: IndexSet<ImportKey>,
    funcs: Vec<HostFunc>,
    /// By module.
    import_names: HashMap<String, Names>,
    export_names: Names,
    items: IndexMap<String, Item>,
    /// Memories and reallocs already exported.
    shared: IndexMap<Item, String>,
    types: BTreeMap<TypeId, u32>,
    resources: IndexSet<ResourceId>,
    boundary: b::Boundary,
}

/// What is left of `Outer` when all is known.
pub struct Finished {
    pub boundary: b::Boundary,
    pub imports: Vec<HostFunc>,
    pub exports: IndexMap<String, Item>,
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
            export_names: Names::default(),
            items: IndexMap::new(),
            shared: IndexMap::new(),
            types: BTreeMap::new(),
            resources: IndexSet::new(),
            boundary: b::Boundary {
                version: b::VERSION,
                types: Vec::new(),
                resources: Vec::new(),
                imports: Vec::new(),
                exports: Vec::new(),
                reexports: Vec::new(),
                attributes: Vec::new(),
            },
        }
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
        let (interface, name) = split(&import.path)?;
        let kind = b::ImportKind::Func {
            path: import.path.clone(),
            func: self.func_type(&import.ty)?,
            options: self.options(options),
        };
        self.push_import(key, interface.unwrap_or_else(|| "$root".into()), name, core, kind)
    }

    /// The import of a canonical built-in on a resource type: index into the imports.
    pub fn builtin(&mut self, id: ResourceId, builtin: Builtin) -> Result<u32> {
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
            Builtin::New => {
                (format!("[resource-new]{name}"), i32_to_i32(), b::ImportKind::ResourceNew(resource))
            }
            Builtin::Rep => {
                (format!("[resource-rep]{name}"), i32_to_i32(), b::ImportKind::ResourceRep(resource))
            }
            Builtin::Drop => {
                (format!("[resource-drop]{name}"), i32_to_nothing(), b::ImportKind::ResourceDrop(resource))
            }
        };
        self.push_import(key, module, name, &core, kind)
    }

    fn push_import(
        &mut self,
        key: ImportKey,
        module: String,
        name: String,
        core: &Signature,
        kind: b::ImportKind,
    ) -> Result<u32> {
        let index = self.funcs.len() as u32;
        self.imports.insert(key);
        let module = shortened(module);
        let name = self.import_names.entry(module.clone()).or_default().claim(name);
        self.funcs.push(HostFunc {
            module: module.clone(),
            name: name.clone(),
            params: core.params.clone(),
            results: core.results.clone(),
        });
        self.boundary.imports.push(b::Import { module, name, core: core_type(core)?, kind });
        Ok(index)
    }

    /// An exported function of the world, lifted from `function` with `options`.
    pub fn export_func(
        &mut self,
        path: &[String],
        ty: &link::FuncType,
        function: Ref,
        options: OuterOptions,
        core: &Signature,
    ) -> Result<()> {
        let (interface, name) = split(path)?;
        let name = match interface {
            Some(interface) => format!("{interface}#{name}"),
            None => name,
        };
        let name = self.export_as(name, Item::Func(function));
        let mut outer = self.options(OuterOptions { post_return: None, ..options });
        outer.post_return = options
            .post_return
            .map(|function| self.export_as(format!("cabi_post_{name}"), Item::Func(function)));
        let export = b::Export {
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
    pub fn reexport_func(&mut self, path: &[String], import: ImportId) -> Result<()> {
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
        let name = self.export_as(name, Item::Func(destructor));
        if let Some(resource) = self.boundary.resources.get_mut(index as usize) {
            resource.dtor = Some(name);
        }
        Ok(())
    }

    /// The resource types that cross the boundary so far.
    pub fn resources(&self) -> Vec<ResourceId> {
        self.resources.iter().copied().collect()
    }

    pub fn finish(self) -> Finished {
        Finished { boundary: self.boundary, imports: self.funcs, exports: self.items }
    }

    fn export_as(&mut self, name: String, item: Item) -> String {
        let name = self.export_names.claim(name);
        self.items.insert(name.clone(), item);
        name
    }

    /// Memories and reallocs are exported once, the first under the name that tools know.
    fn export_shared(&mut self, name: &str, item: Item) -> String {
        if let Some(name) = self.shared.get(&item) {
            return name.clone();
        }
        let name = self.export_as(name.to_string(), item);
        self.shared.insert(item, name.clone());
        name
    }

    fn options(&mut self, options: OuterOptions) -> b::Options {
        b::Options {
            string_encoding: match options.encoding {
                StringEncoding::Utf8 => b::StringEncoding::Utf8,
                StringEncoding::Utf16 => b::StringEncoding::Utf16,
                StringEncoding::Latin1Utf16 => b::StringEncoding::Latin1Utf16,
            },
            memory: options.memory.map(|memory| self.export_shared("memory", Item::Memory(memory))),
            realloc: options.realloc.map(|function| self.export_shared("cabi_realloc", Item::Func(function))),
            post_return: options
                .post_return
                .map(|function| self.export_shared("cabi_post", Item::Func(function))),
        }
    }

    fn resource_path(&self, id: ResourceId) -> Result<Vec<String>> {
        match &self.plan.resources[id] {
            Resource::Imported { path } => Ok(path.clone()),
            Resource::Defined { .. } => self
                .exported_at
                .get(&id)
                .cloned()
                .ok_or_else(|| Error::internal("a resource type crosses the boundary without a name")),
        }
    }

    fn resource(&mut self, id: ResourceId) -> Result<u32> {
        if let Some(index) = self.resources.get_index_of(&id) {
            return Ok(index as u32);
        }
        let path = self.resource_path(id)?;
        let imported = matches!(self.plan.resources[id], Resource::Imported { .. });
        let (index, _) = self.resources.insert_full(id);
        self.boundary.resources.push(b::ResourceType { path, imported, dtor: None, id: Some(id) });
        Ok(index as u32)
    }

    fn func_type(&mut self, ty: &link::FuncType) -> Result<b::FuncType> {
        let params = ty
            .params
            .iter()
            .map(|(name, id)| Ok((name.clone(), self.value_type(*id)?)))
            .collect::<Result<_>>()?;
        Ok(b::FuncType { params, result: self.optional_type(ty.result)? })
    }

    fn optional_type(&mut self, id: Option<TypeId>) -> Result<Option<u32>> {
        id.map(|id| self.value_type(id)).transpose()
    }

    /// The boundary's number for a type; types inside it come before it.
    fn value_type(&mut self, id: TypeId) -> Result<u32> {
        if let Some(index) = self.types.get(&id) {
            return Ok(*index);
        }
        let plan = self.plan;
        let ty = match &plan.types[id] {
            Type::Bool => b::ValueType::Bool,
            Type::S8 => b::ValueType::S8,
            Type::U8 => b::ValueType::U8,
            Type::S16 => b::ValueType::S16,
            Type::U16 => b::ValueType::U16,
            Type::S32 => b::ValueType::S32,
            Type::U32 => b::ValueType::U32,
            Type::S64 => b::ValueType::S64,
            Type::U64 => b::ValueType::U64,
            Type::F32 => b::ValueType::F32,
            Type::F64 => b::ValueType::F64,
            Type::Char => b::ValueType::Char,
            Type::String => b::ValueType::String,
            Type::List(element) => b::ValueType::List(self.value_type(*element)?),
            Type::FixedList(element, length) => b::ValueType::FixedList(self.value_type(*element)?, *length),
            Type::Map(key, value) => b::ValueType::Map(self.value_type(*key)?, self.value_type(*value)?),
            Type::Record(fields) => b::ValueType::Record(
                fields
                    .iter()
                    .map(|(name, id)| Ok((name.clone(), self.value_type(*id)?)))
                    .collect::<Result<_>>()?,
            ),
            Type::Tuple(types) => {
                b::ValueType::Tuple(types.iter().map(|id| self.value_type(*id)).collect::<Result<_>>()?)
            }
            Type::Flags(labels) => b::ValueType::Flags(labels.to_vec()),
            Type::Enum(labels) => b::ValueType::Enum(labels.to_vec()),
            Type::Variant(cases) => b::ValueType::Variant(
                cases
                    .iter()
                    .map(|(name, id)| Ok((name.clone(), self.optional_type(*id)?)))
                    .collect::<Result<_>>()?,
            ),
            Type::Option(payload) => b::ValueType::Option(self.value_type(*payload)?),
            Type::Result { ok, err } => {
                b::ValueType::Result { ok: self.optional_type(*ok)?, err: self.optional_type(*err)? }
            }
            Type::Own(id) => b::ValueType::Own(self.resource(*id)?),
            Type::Borrow(id) => b::ValueType::Borrow(self.resource(*id)?),
        };
        let index = self.boundary.types.len() as u32;
        self.boundary.types.push(ty);
        self.types.insert(id, index);
        Ok(index)
    }
}

/// Calls `visit` with the path and the item of every export, in order, those of exported instances
/// after the instance.
pub fn visit_exports<'e>(exports: &'e [Export], visit: &mut impl FnMut(&[String], &'e ExportItem)) {
    let mut open: Vec<(Vec<String>, std::slice::Iter<'e, Export>)> = vec![(Vec::new(), exports.iter())];
    while let Some((prefix, iter)) = open.last_mut() {
        let Some(export) = iter.next() else {
            open.pop();
            continue;
        };
        let mut path = prefix.clone();
        path.push(export.name.clone());
        visit(&path, &export.item);
        if let ExportItem::Instance(exports) = &export.item {
            open.push((path, exports.iter()));
        }
    }
}

/// The last name of a path, and the ones before it as one.
fn split(path: &[String]) -> Result<(Option<String>, String)> {
    match path.split_last() {
        None => Err(Error::internal("an item of the boundary has no name")),
        Some((name, [])) => Ok((None, name.clone())),
        Some((name, outer)) => Ok((Some(outer.join("/")), name.clone())),
    }
}

/// Names that are taken.
#[derive(Default)]
struct Names {
    taken: HashSet<String>,
    /// For each name that was asked for again, the last number that it got.
    numbers: HashMap<String, u64>,
}

impl Names {
    /// `name`, or `name-2`, `name-3`, …: the first that is free. A name that is too long is cut.
    fn claim(&mut self, name: String) -> String {
        let name = shortened(name);
        if self.taken.insert(name.clone()) {
            return name;
        }
        let number = self.numbers.entry(name.clone()).or_insert(1);
        loop {
            *number = number.saturating_add(1);
            let numbered = format!("{name}-{number}");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

/// A name as long as engines take, with room for a number. Names are made of names, so that they can
/// grow past that; they carry no meaning.
fn shortened(mut name: String) -> String {
    if let Some(room) = limits::NAME_BYTES.checked_sub(32).filter(|room| *room < name.len()) {
        let end = name.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last();
        name.truncate(end.unwrap_or_default());
    }
    name
}

fn core_type(core: &Signature) -> Result<b::CoreType> {
    let convert = |types: &[wasm_encoder::ValType]| {
        types
            .iter()
            .map(|ty| match ty {
                wasm_encoder::ValType::I32 => Ok(b::CoreValType::I32),
                wasm_encoder::ValType::I64 => Ok(b::CoreValType::I64),
                wasm_encoder::ValType::F32 => Ok(b::CoreValType::F32),
                wasm_encoder::ValType::F64 => Ok(b::CoreValType::F64),
                _ => Err(Error::internal("a flat type is not a number")),
            })
            .collect::<Result<_>>()
    };
    Ok(b::CoreType { params: convert(&core.params)?, results: convert(&core.results)? })
}
