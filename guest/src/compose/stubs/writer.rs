//! Writes the provider of stubs. In: what it is to export, in wac's types. Out: a component. Each of its
//! functions lifts a core function that traps and bears the import's name. Not its job: what is to be
//! exported.

use super::flatten::{Flattening, Signature};
use crate::error::{Code, Error, Result};
use crate::read::NAMED_SECTION;
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};
use wac_graph::types::{
    DefinedType, DefinedTypeId, FuncTypeId, InterfaceId, ItemKind, PrimitiveType, ResourceId, Type, Types,
    ValueType,
};
use wasm_encoder::{
    Alias, CanonicalOption, CodeSection, ComponentBuilder, ComponentExportKind, ComponentOuterAliasKind,
    ComponentTypeEncoder, ComponentTypeRef, ComponentValType, CustomSection, ExportKind, ExportSection,
    Function, FunctionSection, InstanceType, MemorySection, MemoryType, Module, NameMap, NameSection,
    PrimitiveValType, TypeBounds, TypeSection, ValType,
};

type Items<'t> = IndexMap<&'t str, ItemKind>;

/// The component that exports `chosen`. `imports` is all that the composition imports: what types of it
/// `chosen` takes from the rest is imported.
pub fn write(types: &Types, chosen: &Items<'_>, imports: &Items<'_>) -> Result<Vec<u8>> {
    let mut writer = Writer {
        types,
        chosen,
        imports,
        component: ComponentBuilder::default(),
        known: Known::default(),
        named: Known::default(),
        interfaces: HashMap::new(),
        flattening: Flattening::new(types),
        functions: Vec::new(),
        exports: Vec::new(),
    };
    // Types first: functions come after the core module that has them all.
    for (name, kind) in chosen {
        writer.item(name, *kind).map_err(|error| match error.code {
            Code::Unsupported => {
                Error::new(error.code, format!("the import `{name}` {}: it cannot be stubbed", error.message))
            }
            _ => error,
        })?;
    }
    writer.finish()
}

/// A scope's types that have names: wac's, and their indices.
#[derive(Default, Clone)]
struct Known {
    resources: HashMap<ResourceId, u32>,
    values: HashMap<DefinedTypeId, u32>,
}

struct Writer<'t> {
    types: &'t Types,
    chosen: &'t Items<'t>,
    imports: &'t Items<'t>,
    component: ComponentBuilder,
    /// The root's types, as they are defined or imported.
    known: Known,
    /// Those of them that have a name, by which functions of the world can be exported.
    named: Known,
    /// The types of the interfaces that are imported or exported, as the root's type indices.
    interfaces: HashMap<InterfaceId, HashMap<String, u32>>,
    flattening: Flattening<'t>,
    functions: Vec<Stub>,
    exports: Vec<(String, Export)>,
}

/// A function to be: what it is called in traps, its type, and what lifts.
struct Stub {
    name: String,
    id: FuncTypeId,
    ty: u32,
    signature: Signature,
}

/// What is exported; functions by their place in `functions`.
enum Export {
    Type(Type, u32),
    Func(usize),
    Instance(InterfaceId, HashMap<String, usize>),
}

/// Where types are defined.
trait Scope {
    fn define(&mut self) -> (u32, ComponentTypeEncoder<'_>);
}

impl Scope for ComponentBuilder {
    fn define(&mut self) -> (u32, ComponentTypeEncoder<'_>) {
        self.ty(None)
    }
}

impl Known {
    fn insert(&mut self, types: &Types, ty: Type, index: u32) {
        match ty {
            Type::Resource(id) => _ = self.resources.insert(types.resolve_resource(id), index),
            Type::Value(ValueType::Defined(id)) => _ = self.values.insert(id, index),
            _ => {}
        }
    }
}

impl Scope for InstanceType {
    fn define(&mut self) -> (u32, ComponentTypeEncoder<'_>) {
        (self.type_count(), self.ty())
    }
}

impl Writer<'_> {
    fn item(&mut self, name: &str, kind: ItemKind) -> Result<()> {
        let export = match kind {
            ItemKind::Instance(id) => {
                self.interface(id)?;
                Export::Instance(id, self.functions_of(name, id)?)
            }
            ItemKind::Func(id) => Export::Func(self.function(name, id)?),
            ItemKind::Type(ty) => Export::Type(ty, self.ty(ty)?),
            _ => return Err(refused("is neither a function nor an interface nor a type")),
        };
        self.exports.push((name.to_string(), export));
        Ok(())
    }

    /// The types of an interface, which is imported or going to be exported: as indices.
    fn interface(&mut self, id: InterfaceId) -> Result<()> {
        if self.interfaces.contains_key(&id) {
            return Ok(());
        }
        let types = self.types;
        // Those whose types it uses come first. wac has seen that there is no circle.
        self.interfaces.insert(id, HashMap::new());
        for used in types[id].uses.values() {
            self.interface(used.interface)?;
        }
        for (name, used) in &types[id].uses {
            let source = used.name.as_ref().unwrap_or(name);
            let index = self.interfaces.get(&used.interface).and_then(|types| types.get(source)).copied();
            let index = index.ok_or_else(|| Error::internal("a used type that is not there"))?;
            self.name(id, name, index);
        }
        match self.is_chosen(id) {
            true => self.define_types(id),
            false => self.import_types(id),
        }
    }

    fn is_chosen(&self, id: InterfaceId) -> bool {
        self.chosen.values().any(|kind| *kind == ItemKind::Instance(id))
    }

    /// Notes which type `name` of an interface is.
    fn name(&mut self, id: InterfaceId, name: &str, index: u32) {
        self.interfaces.entry(id).or_default().insert(name.to_string(), index);
        if let Some(ItemKind::Type(ty)) = self.types[id].exports.get(name) {
            self.known.insert(self.types, *ty, index);
            if !self.is_chosen(id) {
                self.named.insert(self.types, *ty, index);
            }
        }
    }

    fn define_types(&mut self, id: InterfaceId) -> Result<()> {
        let types = self.types;
        for (name, kind) in &types[id].exports {
            let ItemKind::Type(ty) = kind else { continue };
            if self.interfaces.get(&id).is_none_or(|known| !known.contains_key(name)) {
                let index = self.ty(*ty)?;
                self.name(id, name, index);
            }
        }
        Ok(())
    }

    /// A type of the root: a resource type is defined where it is first met.
    fn ty(&mut self, ty: Type) -> Result<u32> {
        match ty {
            Type::Resource(id) => {
                let id = self.types.resolve_resource(id);
                if let Some(index) = self.known.resources.get(&id) {
                    return Ok(*index);
                }
                let index = self.component.type_resource(None, ValType::I32, None);
                self.known.resources.insert(id, index);
                Ok(index)
            }
            Type::Value(ty) => self.named_value(ty),
            _ => Err(refused("has a type that is no value type")),
        }
    }

    fn named_value(&mut self, ty: ValueType) -> Result<u32> {
        self.import_what_is_used(ty)?;
        let mut values = Values { types: self.types, scope: &mut self.component, known: &mut self.known };
        Ok(match values.value(ty)? {
            ComponentValType::Type(index) => index,
            ComponentValType::Primitive(primitive) => {
                let (index, encoder) = self.component.ty(None);
                encoder.defined_type().primitive(primitive);
                index
            }
        })
    }

    /// Imports an interface for its types.
    fn import_types(&mut self, id: InterfaceId) -> Result<()> {
        let types = self.types;
        let this = &types[id];
        let name = this.id.clone().or_else(|| {
            let named = self.imports.iter().find(|(_, kind)| **kind == ItemKind::Instance(id));
            named.map(|(name, _)| name.to_string())
        });
        let name = name.ok_or_else(|| refused("uses a type of an interface without a name"))?;
        let mut instance = InstanceType::new();
        let mut known = Known::default();
        for (exported, kind) in &this.exports {
            let outer = self.interfaces.get(&id).and_then(|known| known.get(exported)).copied();
            let bound = match (kind, outer) {
                (ItemKind::Type(_), Some(index)) => {
                    let alias = Alias::Outer { kind: ComponentOuterAliasKind::Type, count: 1, index };
                    let inner = instance.type_count();
                    instance.alias(alias);
                    TypeBounds::Eq(inner)
                }
                (ItemKind::Type(Type::Resource(resource)), None) => {
                    match known.resources.get(&types.resolve_resource(*resource)) {
                        Some(index) => TypeBounds::Eq(*index),
                        None => TypeBounds::SubResource,
                    }
                }
                (ItemKind::Type(Type::Value(value)), None) => {
                    let mut values = Values { types, scope: &mut instance, known: &mut known };
                    let index = match values.value(*value)? {
                        ComponentValType::Type(index) => index,
                        ComponentValType::Primitive(primitive) => {
                            let (index, encoder) = Scope::define(&mut instance);
                            encoder.defined_type().primitive(primitive);
                            index
                        }
                    };
                    TypeBounds::Eq(index)
                }
                _ => continue,
            };
            let index = instance.type_count();
            instance.export(exported.as_str(), ComponentTypeRef::Type(bound));
            if let ItemKind::Type(ty) = kind {
                known.insert(types, *ty, index);
            }
        }
        let ty = self.component.type_instance(None, &instance);
        let imported = self.component.import(name.as_str(), ComponentTypeRef::Instance(ty));
        for (exported, kind) in &this.exports {
            let used = self.interfaces.get(&id).is_some_and(|known| known.contains_key(exported));
            if matches!(kind, ItemKind::Type(_)) && !used {
                let index = self.component.alias_export(imported, exported, ComponentExportKind::Type);
                self.name(id, exported, index);
            }
        }
        Ok(())
    }

    fn functions_of(&mut self, interface: &str, id: InterfaceId) -> Result<HashMap<String, usize>> {
        let types = self.types;
        let mut functions = HashMap::new();
        for (name, kind) in &types[id].exports {
            match kind {
                ItemKind::Type(_) => {}
                ItemKind::Func(func) => {
                    let nth = self.function(&format!("{interface}#{name}"), *func)?;
                    functions.insert(name.clone(), nth);
                }
                _ => return Err(refused("has an item that is neither a function nor a type")),
            }
        }
        Ok(functions)
    }

    fn function(&mut self, name: &str, id: FuncTypeId) -> Result<usize> {
        let types = self.types;
        let ty = &types[id];
        for value in ty.params.values().copied().chain(ty.result) {
            self.import_what_is_used(value)?;
        }
        let values = Values { types, scope: &mut self.component, known: &mut self.known };
        let index = values.func(id)?;
        let signature = self.flattening.signature(id);
        self.functions.push(Stub { name: name.to_string(), id, ty: index, signature });
        Ok(self.functions.len() - 1)
    }

    /// A function outside of an interface may use types of one that nothing else here mentions, or of
    /// the world.
    fn import_what_is_used(&mut self, ty: ValueType) -> Result<()> {
        let (mut open, mut seen) = (vec![ty], HashSet::new());
        while let Some(ty) = open.pop() {
            match ty {
                ValueType::Primitive(_) => {}
                ValueType::Own(id) | ValueType::Borrow(id) => self.resource(id)?,
                ValueType::Defined(id) if !seen.insert(id) || self.known.values.contains_key(&id) => {}
                ValueType::Defined(id) => match self.owner(ItemKind::Type(Type::Value(ty))) {
                    Some(owner) => self.interface(owner)?,
                    None => open.extend(parts(&self.types[id])),
                },
            }
        }
        Ok(())
    }

    /// The imported interface that has a type.
    fn owner(&self, ty: ItemKind) -> Option<InterfaceId> {
        self.imports.values().find_map(|kind| match kind {
            ItemKind::Instance(id) if !self.interfaces.contains_key(id) => {
                self.types[*id].exports.values().any(|export| *export == ty).then_some(*id)
            }
            _ => None,
        })
    }

    fn resource(&mut self, id: ResourceId) -> Result<()> {
        let types = self.types;
        let source = types.resolve_resource(id);
        if self.known.resources.contains_key(&source) {
            return Ok(());
        }
        let owner = types[id].alias.and_then(|alias| alias.owner);
        if let Some(owner) = owner.or_else(|| self.owner(ItemKind::Type(Type::Resource(source)))) {
            return self.interface(owner);
        }
        // The world's own: the one that is stubbed comes before what uses it.
        let name = types[source].name.as_str();
        if !self.imports.contains_key(name) {
            return Err(refused("uses a resource type without a name"));
        }
        let index = self.component.import(name, ComponentTypeRef::Type(TypeBounds::SubResource));
        self.known.resources.insert(source, index);
        self.named.resources.insert(source, index);
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>> {
        let lifted = self.lift();
        let func = |nth: &usize| lifted.get(*nth).copied().ok_or_else(missing);
        for (name, export) in std::mem::take(&mut self.exports) {
            match export {
                Export::Type(ty, index) => {
                    let named = self.component.export(name.as_str(), ComponentExportKind::Type, index, None);
                    self.named.insert(self.types, ty, named);
                }
                Export::Func(nth) => {
                    let id = self.functions.get(nth).ok_or_else(missing)?.id;
                    let values =
                        Values { types: self.types, scope: &mut self.component, known: &mut self.named };
                    let ty = values.func(id)?;
                    let ty = Some(ComponentTypeRef::Func(ty));
                    self.component.export(name.as_str(), ComponentExportKind::Func, func(&nth)?, ty);
                }
                Export::Instance(id, functions) => {
                    let mut interface = Interface::new(self.types);
                    for (item, kind) in &self.types[id].exports {
                        match (kind, functions.get(item)) {
                            (ItemKind::Type(ty), _) => interface.export_type(item, *ty)?,
                            (ItemKind::Func(ty), Some(nth)) => {
                                interface.export_func(item, *ty, func(nth)?)?
                            }
                            _ => return Err(missing()),
                        }
                    }
                    self.instance(&name, id, interface)?;
                }
            }
        }
        Ok(self.component.finish())
    }

    /// Makes and exports the instance of an interface.
    fn instance(&mut self, name: &str, id: InterfaceId, interface: Interface<'_>) -> Result<()> {
        let Interface { component, wanted, mut arguments, .. } = interface;
        for (argument, ty) in wanted {
            let named = match ty {
                Type::Resource(id) => self.named.resources.get(&id),
                Type::Value(ValueType::Defined(id)) => self.named.values.get(&id),
                _ => None,
            };
            let index = named.copied().map_or_else(|| self.ty(ty), Ok)?;
            arguments.push((argument, ComponentExportKind::Type, index));
        }
        let component = self.component.component(None, component);
        let instance = self.component.instantiate(None, component, arguments);
        let instance = self.component.export(name, ComponentExportKind::Instance, instance, None);
        for (item, kind) in &self.types[id].exports {
            if let ItemKind::Type(ty) = kind {
                let index = self.component.alias_export(instance, item, ComponentExportKind::Type);
                self.named.insert(self.types, *ty, index);
            }
        }
        Ok(())
    }

    /// Lifts all functions from one core module, each with a `realloc` of its own where it takes one: a
    /// call may come to nothing there already, and it is the function's name that tells.
    fn lift(&mut self) -> Vec<u32> {
        if self.functions.is_empty() {
            return Vec::new();
        }
        let module = module(&self.functions);
        let module = self.component.core_module(Some("stubs"), &module);
        let none: [(&str, wasm_encoder::ModuleArg); 0] = [];
        let instance = self.component.core_instantiate(Some("stubs"), module, none);
        let memory = self.functions.iter().any(|stub| stub.signature.memory);
        let memory =
            memory.then(|| self.component.core_alias_export(None, instance, "memory", ExportKind::Memory));
        let mut lifted = Vec::new();
        for (nth, stub) in self.functions.iter().enumerate() {
            let core = self.component.core_alias_export(None, instance, &nth.to_string(), ExportKind::Func);
            let mut options = Vec::new();
            if let (true, Some(memory)) = (stub.signature.memory, memory) {
                let realloc = realloc(nth);
                let realloc = self.component.core_alias_export(None, instance, &realloc, ExportKind::Func);
                options.extend([CanonicalOption::Memory(memory), CanonicalOption::Realloc(realloc)]);
            }
            lifted.push(self.component.lift_func(None, core, stub.ty, options));
        }
        lifted
    }
}

/// Of what cannot be stubbed; `write` says which import it is.
fn refused(what: &str) -> Error {
    Error::new(Code::Unsupported, what)
}

fn missing() -> Error {
    Error::internal("a stub that is not lifted")
}

/// What the `realloc` of a function is exported as.
fn realloc(nth: usize) -> String {
    format!("realloc {nth}")
}

/// The core module with all functions, none of which returns.
fn module(stubs: &[Stub]) -> Module {
    let (mut types, mut functions, mut code) =
        (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    let (mut exports, mut names) = (ExportSection::new(), NameMap::new());
    let mut add = |name: &str, export: &str, params: &[ValType], results: &[ValType]| {
        let index = functions.len();
        types.ty().function(params.iter().copied(), results.iter().copied());
        functions.function(index);
        exports.export(export, ExportKind::Func, index);
        names.append(index, &format!("stub of {name}"));
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        code.function(&body);
    };
    for (nth, Stub { name, signature, .. }) in stubs.iter().enumerate() {
        add(name, &nth.to_string(), &signature.params, &signature.results);
        if signature.memory {
            add(name, &realloc(nth), &[ValType::I32; 4], &[ValType::I32]);
        }
    }
    let mut module = Module::new();
    module.section(&types).section(&functions);
    if stubs.iter().any(|stub| stub.signature.memory) {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 0,
            maximum: Some(0),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        module.section(&memories);
        exports.export("memory", ExportKind::Memory, 0);
    }
    module.section(&exports).section(&code);
    let mut section = NameSection::new();
    section.functions(&names);
    module.section(&section);
    module.section(&CustomSection { name: NAMED_SECTION.into(), data: (&[]).into() });
    module
}

/// A component that exports what an interface has: only there the names of methods can refer to those
/// of resource types. All of it is imported, and exported under its name.
struct Interface<'t> {
    types: &'t Types,
    component: ComponentBuilder,
    /// Types as they are imported, and as they are exported.
    imported: Known,
    exported: Known,
    /// Resource types that have been exported.
    resources: HashSet<ResourceId>,
    /// What the types that are imported are outside.
    wanted: Vec<(String, Type)>,
    arguments: Vec<(String, ComponentExportKind, u32)>,
}

impl<'t> Interface<'t> {
    fn new(types: &'t Types) -> Interface<'t> {
        Interface {
            types,
            component: ComponentBuilder::default(),
            imported: Known::default(),
            exported: Known::default(),
            resources: HashSet::new(),
            wanted: Vec::new(),
            arguments: Vec::new(),
        }
    }

    fn export_type(&mut self, name: &str, ty: Type) -> Result<()> {
        let index = match ty {
            Type::Resource(id) => {
                self.import(ValueType::Own(id))?;
                self.imported.resources.get(&self.types.resolve_resource(id)).copied().ok_or_else(missing)?
            }
            // In terms of what has been exported.
            Type::Value(ty) => {
                self.import_parts(ty)?;
                let mut values =
                    Values { types: self.types, scope: &mut self.component, known: &mut self.exported };
                match values.value(ty)? {
                    ComponentValType::Type(index) => index,
                    ComponentValType::Primitive(primitive) => {
                        let (index, encoder) = self.component.ty(None);
                        encoder.defined_type().primitive(primitive);
                        index
                    }
                }
            }
            _ => return Err(refused("has a type that is no value type")),
        };
        let index = self.component.export(name, ComponentExportKind::Type, index, None);
        // The names of methods refer to the first name of a resource type.
        let again = match ty {
            Type::Resource(id) => !self.resources.insert(self.types.resolve_resource(id)),
            _ => false,
        };
        if !again {
            self.exported.insert(self.types, ty, index);
        }
        Ok(())
    }

    fn export_func(&mut self, name: &str, id: FuncTypeId, outside: u32) -> Result<()> {
        let types = self.types;
        for ty in types[id].params.values().copied().chain(types[id].result) {
            self.import(ty)?;
        }
        let import = format!("func-{}", self.arguments.len());
        let ty = Values { types, scope: &mut self.component, known: &mut self.imported }.func(id)?;
        let inside = self.component.import(import.as_str(), ComponentTypeRef::Func(ty));
        self.arguments.push((import, ComponentExportKind::Func, outside));
        let ty = Values { types, scope: &mut self.component, known: &mut self.exported }.func(id)?;
        self.component.export(name, ComponentExportKind::Func, inside, Some(ComponentTypeRef::Func(ty)));
        Ok(())
    }

    /// Imports all types in a type that need a name, innermost first.
    fn import(&mut self, ty: ValueType) -> Result<()> {
        match ty {
            ValueType::Primitive(_) => Ok(()),
            ValueType::Own(id) | ValueType::Borrow(id) => {
                let id = self.types.resolve_resource(id);
                if !self.imported.resources.contains_key(&id) {
                    let bound = TypeBounds::SubResource;
                    self.import_type(Type::Resource(id), bound);
                }
                Ok(())
            }
            ValueType::Defined(id) if self.imported.values.contains_key(&id) => Ok(()),
            ValueType::Defined(id) => {
                // The depth of types is bounded where inputs are read.
                self.import_parts(ty)?;
                let mut values =
                    Values { types: self.types, scope: &mut self.component, known: &mut self.imported };
                let ComponentValType::Type(index) = values.value(ty)? else { return Ok(()) };
                if needs_name(&self.types[id]) {
                    self.import_type(Type::Value(ty), TypeBounds::Eq(index));
                }
                Ok(())
            }
        }
    }

    fn import_parts(&mut self, ty: ValueType) -> Result<()> {
        match ty {
            ValueType::Defined(id) => parts(&self.types[id]).into_iter().try_for_each(|ty| self.import(ty)),
            ty => self.import(ty),
        }
    }

    fn import_type(&mut self, ty: Type, bound: TypeBounds) {
        let import = format!("type-{}", self.wanted.len());
        let index = self.component.import(import.as_str(), ComponentTypeRef::Type(bound));
        self.imported.insert(self.types, ty, index);
        if let Type::Resource(id) = ty {
            self.exported.resources.entry(id).or_insert(index);
        }
        if let Type::Value(ValueType::Defined(id)) = ty {
            self.exported.values.entry(id).or_insert(index);
        }
        self.wanted.push((import, ty));
    }
}

/// Whether an import or export has to name the type before others may use it.
fn needs_name(ty: &DefinedType) -> bool {
    matches!(
        ty,
        DefinedType::Record(_) | DefinedType::Variant(_) | DefinedType::Enum(_) | DefinedType::Flags(_)
    )
}

/// The value types in a value type.
fn parts(ty: &DefinedType) -> Vec<ValueType> {
    match ty {
        DefinedType::Tuple(parts) => parts.clone(),
        DefinedType::Record(record) => record.fields.values().copied().collect(),
        DefinedType::Variant(variant) => variant.cases.values().flatten().copied().collect(),
        DefinedType::List(ty) | DefinedType::FixedSizeList(ty, _) | DefinedType::Option(ty) => vec![*ty],
        DefinedType::Alias(ty) => vec![*ty],
        DefinedType::Map(key, value) => vec![*key, *value],
        DefinedType::Result { ok, err } => [ok, err].into_iter().flatten().copied().collect(),
        DefinedType::Stream(ty) | DefinedType::Future(ty) => ty.iter().copied().collect(),
        DefinedType::Flags(_) | DefinedType::Enum(_) => Vec::new(),
    }
}

/// Defines value types in a scope.
struct Values<'v> {
    types: &'v Types,
    scope: &'v mut dyn Scope,
    known: &'v mut Known,
}

impl Values<'_> {
    /// The depth of types is bounded where inputs are read.
    fn value(&mut self, ty: ValueType) -> Result<ComponentValType> {
        Ok(ComponentValType::Type(match ty {
            ValueType::Primitive(ty) => return Ok(ComponentValType::Primitive(primitive(ty))),
            ValueType::Own(id) => {
                let resource = self.resource(id)?;
                let (index, encoder) = self.scope.define();
                encoder.defined_type().own(resource);
                index
            }
            ValueType::Borrow(id) => {
                let resource = self.resource(id)?;
                let (index, encoder) = self.scope.define();
                encoder.defined_type().borrow(resource);
                index
            }
            ValueType::Defined(id) => match self.known.values.get(&id) {
                Some(index) => *index,
                None => {
                    let index = self.defined(id)?;
                    self.known.values.insert(id, index);
                    index
                }
            },
        }))
    }

    fn func(mut self, id: FuncTypeId) -> Result<u32> {
        let types = self.types;
        let ty = &types[id];
        let mut params = Vec::new();
        for (name, ty) in &ty.params {
            params.push((name.as_str(), self.value(*ty)?));
        }
        let result = ty.result.map(|ty| self.value(ty)).transpose()?;
        let (index, encoder) = self.scope.define();
        let mut encoder = encoder.function();
        encoder.async_(ty.is_async).params(params).result(result);
        Ok(index)
    }

    fn resource(&self, id: ResourceId) -> Result<u32> {
        let found = self.known.resources.get(&self.types.resolve_resource(id));
        found.copied().ok_or_else(|| refused("uses a resource type without a name"))
    }

    fn values(&mut self, types: impl IntoIterator<Item = ValueType>) -> Result<Vec<ComponentValType>> {
        types.into_iter().map(|ty| self.value(ty)).collect()
    }

    fn defined(&mut self, id: DefinedTypeId) -> Result<u32> {
        let types = self.types;
        let ty = &types[id];
        if let DefinedType::Alias(aliased) = ty
            && let ComponentValType::Type(index) = self.value(*aliased)?
        {
            return Ok(index);
        }
        // What is in a type is defined before it.
        let inner = self.values(parts(ty))?;
        let mut inner = inner.into_iter();
        let mut next = || inner.next().ok_or_else(|| Error::internal("a type with a part too few"));
        let (index, encoder) = self.scope.define();
        let encoder = encoder.defined_type();
        match ty {
            DefinedType::Tuple(_) => encoder.tuple(inner.collect::<Vec<_>>()),
            DefinedType::Record(record) => {
                encoder.record(record.fields.keys().map(String::as_str).zip(inner).collect::<Vec<_>>());
            }
            DefinedType::Variant(variant) => {
                let mut cases = Vec::new();
                for (name, case) in &variant.cases {
                    cases.push((name.as_str(), case.map(|_| next()).transpose()?));
                }
                encoder.variant(cases);
            }
            DefinedType::List(_) => encoder.list(next()?),
            DefinedType::FixedSizeList(_, length) => encoder.fixed_length_list(next()?, *length),
            DefinedType::Option(_) => encoder.option(next()?),
            DefinedType::Map(..) => {
                let key = next()?;
                encoder.map(key, next()?);
            }
            DefinedType::Result { ok, err } => {
                let ok = ok.map(|_| next()).transpose()?;
                encoder.result(ok, err.map(|_| next()).transpose()?);
            }
            DefinedType::Flags(flags) => encoder.flags(flags.0.iter().map(String::as_str)),
            DefinedType::Enum(cases) => encoder.enum_type(cases.0.iter().map(String::as_str)),
            DefinedType::Stream(ty) => encoder.stream(ty.map(|_| next()).transpose()?),
            DefinedType::Future(ty) => encoder.future(ty.map(|_| next()).transpose()?),
            DefinedType::Alias(_) => match next()? {
                ComponentValType::Primitive(primitive) => encoder.primitive(primitive),
                ComponentValType::Type(_) => return Err(Error::internal("an alias that is two types")),
            },
        }
        Ok(index)
    }
}

fn primitive(ty: PrimitiveType) -> PrimitiveValType {
    match ty {
        PrimitiveType::Bool => PrimitiveValType::Bool,
        PrimitiveType::U8 => PrimitiveValType::U8,
        PrimitiveType::S8 => PrimitiveValType::S8,
        PrimitiveType::U16 => PrimitiveValType::U16,
        PrimitiveType::S16 => PrimitiveValType::S16,
        PrimitiveType::U32 => PrimitiveValType::U32,
        PrimitiveType::S32 => PrimitiveValType::S32,
        PrimitiveType::U64 => PrimitiveValType::U64,
        PrimitiveType::S64 => PrimitiveValType::S64,
        PrimitiveType::F32 => PrimitiveValType::F32,
        PrimitiveType::F64 => PrimitiveValType::F64,
        PrimitiveType::Char => PrimitiveValType::Char,
        PrimitiveType::String => PrimitiveValType::String,
        PrimitiveType::ErrorContext => PrimitiveValType::ErrorContext,
    }
}
