//! Writes the provider of stubs. In: what it is to export, in wac's types. Out: a component. Each of its
//! functions lifts a core function that traps and bears the import's name. Not its job: what is to be
//! exported.

use super::core::{Stub, module, realloc};
use super::flatten::Flattening;
use super::interface::Interface;
use super::values::{Known, Values, parts};
use super::{missing, refused};
use crate::error::{Code, Error, Result};
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};
use wac_graph::types::{FuncTypeId, InterfaceId, ItemKind, ResourceId, Type, Types, ValueType};
use wasm_encoder::{
    Alias, CanonicalOption, ComponentBuilder, ComponentExportKind, ComponentOuterAliasKind, ComponentTypeRef,
    ExportKind, InstanceType, TypeBounds, ValType,
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

/// What is exported; functions by their place in `functions`.
enum Export {
    Type(Type, u32),
    Func(usize),
    Instance(InterfaceId, HashMap<String, usize>),
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
        Values { types: self.types, scope: &mut self.component, known: &mut self.known }.index(ty)
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
                    let values = Values { types, scope: &mut instance, known: &mut known };
                    TypeBounds::Eq(values.index(*value)?)
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
