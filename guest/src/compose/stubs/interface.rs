//! The component for one interface that is stubbed. In: its types and functions, item by item. Out: a
//! component that exports them, and what it wants for that. Not its job: the functions (`core`).

use super::values::{Known, Values, parts};
use super::{missing, refused};
use crate::error::Result;
use std::collections::HashSet;
use wac_graph::types::{DefinedType, FuncTypeId, ResourceId, Type, Types, ValueType};
use wasm_encoder::{ComponentBuilder, ComponentExportKind, ComponentTypeRef, ComponentValType, TypeBounds};

/// A component that exports what an interface has: only there the names of methods can refer to those
/// of resource types. All of it is imported, and exported under its name.
pub struct Interface<'t> {
    types: &'t Types,
    pub component: ComponentBuilder,
    /// Types as they are imported, and as they are exported.
    imported: Known,
    exported: Known,
    /// Resource types that have been exported.
    pub resources: HashSet<ResourceId>,
    /// What the types that are imported are outside.
    pub wanted: Vec<(String, Type)>,
    pub arguments: Vec<(String, ComponentExportKind, u32)>,
}

impl<'t> Interface<'t> {
    pub fn new(types: &'t Types) -> Interface<'t> {
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

    pub fn export_type(&mut self, name: &str, ty: Type) -> Result<()> {
        let index = match ty {
            Type::Resource(id) => {
                self.import(ValueType::Own(id))?;
                self.imported.resources.get(&self.types.resolve_resource(id)).copied().ok_or_else(missing)?
            }
            // In terms of what has been exported.
            Type::Value(ty) => {
                self.import_parts(ty)?;
                Values { types: self.types, scope: &mut self.component, known: &mut self.exported }
                    .index(ty)?
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

    pub fn export_func(&mut self, name: &str, id: FuncTypeId, outside: u32) -> Result<()> {
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
