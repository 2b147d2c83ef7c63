//! How much there is of a type when every index in it is written out. In: the types that the validator knows,
//! one item after the other. Out: an error where a component has so much of it that the validator would
//! take too long, or nests so deep that it would panic. Not its job: how large values are (`element_size`).
//!
//! wasmparser 0.258 goes through types as if nothing in them were shared: when it compares the arguments of
//! an instantiation with the imports, and when it looks whether the types of an import or of an export have
//! names. Each type keeps to 1,000,000 there, but an item of a few bytes can name the largest. And it
//! asserts that types nest less than 128 deep, while it refuses only value types that do.

use super::limits;
use super::tree::DefinitionKind;
use crate::error::{Error, Result};
use std::collections::HashMap;
use std::hash::Hash;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
    ComponentFuncTypeId, ComponentInstanceTypeId, ComponentItem, ComponentTypeId, ComponentValType,
};
use wasmparser::types::TypesRef;
use wasmparser::{ComponentExport, ComponentExternalKind, ComponentInstance, ComponentTypeRef, TypeBounds};

#[derive(Clone, Copy)]
struct Extent {
    /// How many types there are in it, itself included.
    size: u64,
    /// How many of them are types of instances and of components.
    instances: u64,
    /// How deep they nest.
    depth: usize,
}

const LEAF: Extent = Extent { size: 1, instances: 0, depth: 1 };

/// Of an instance or a component, without its items.
const INSTANCE: Extent = Extent { size: 1, instances: 1, depth: 1 };

impl Extent {
    fn with(self, inner: Extent) -> Extent {
        let depth = self.depth.max(inner.depth.saturating_add(1));
        let instances = self.instances.saturating_add(inner.instances);
        Extent { size: self.size.saturating_add(inner.size), instances, depth }
    }
}

/// What is known of the types so far. Recursion is as deep as they nest, which is checked item by item.
#[derive(Default)]
pub(super) struct Extents {
    defined: HashMap<ComponentDefinedTypeId, Extent>,
    functions: HashMap<ComponentFuncTypeId, Extent>,
    instances: HashMap<ComponentInstanceTypeId, Extent>,
    components: HashMap<ComponentTypeId, Extent>,
    /// The sizes of all that has been looked at.
    total: u64,
    deepest: usize,
}

impl Extents {
    /// How deep the deepest type nests so far.
    pub fn deepest(&self) -> usize {
        self.deepest
    }

    /// After a definition is validated, the last of its kind.
    pub fn definition(&mut self, types: TypesRef<'_>, definition: &DefinitionKind<'_>) -> Result<()> {
        match definition {
            DefinitionKind::Type(_) => {
                let last = types.component_type_count().checked_sub(1);
                last.map_or(Ok(()), |last| self.ty(types, types.component_any_type_at(last)))
            }
            DefinitionKind::Import(import) => self.reference(types, import.ty),
            DefinitionKind::Export(export) => self.export(types, export),
            DefinitionKind::Instance(instance) => self.made(types, instance),
            _ => Ok(()),
        }
    }

    fn reference(&mut self, types: TypesRef<'_>, ty: ComponentTypeRef) -> Result<()> {
        match ty {
            ComponentTypeRef::Func(index)
            | ComponentTypeRef::Instance(index)
            | ComponentTypeRef::Component(index)
            | ComponentTypeRef::Type(TypeBounds::Eq(index)) => {
                self.ty(types, types.component_any_type_at(index))
            }
            ComponentTypeRef::Module(_) | ComponentTypeRef::Value(_) | ComponentTypeRef::Type(_) => Ok(()),
        }
    }

    fn export(&mut self, types: TypesRef<'_>, export: &ComponentExport<'_>) -> Result<()> {
        use ComponentExternalKind as Kind;
        match export.kind {
            Kind::Func => self.ty(types, types.component_function_at(export.index).into())?,
            Kind::Instance => self.ty(types, types.component_instance_at(export.index).into())?,
            Kind::Component => self.ty(types, types.component_at(export.index).into())?,
            Kind::Type => self.ty(types, types.component_any_type_at(export.index))?,
            Kind::Module | Kind::Value => {}
        }
        export.ty.map_or(Ok(()), |ty| self.reference(types, ty))
    }

    /// The imports of what is instantiated are compared with the arguments; the instance's type comes to be
    /// without a look into its parts.
    fn made(&mut self, types: TypesRef<'_>, instance: &ComponentInstance<'_>) -> Result<()> {
        if let ComponentInstance::Instantiate { component_index, .. } = instance {
            for import in types[types.component_at(*component_index)].imports.values() {
                let extent = Walk { types, known: self }.entity(&import.ty);
                self.spend(extent)?;
            }
        }
        let Some(last) = types.component_instance_count().checked_sub(1) else { return Ok(()) };
        let made = Walk { types, known: self }.instance(types.component_instance_at(last));
        self.spend(Extent { size: 1, ..made })
    }

    /// After something is validated that defines this type, or refers to it.
    pub fn ty(&mut self, types: TypesRef<'_>, id: ComponentAnyTypeId) -> Result<()> {
        let extent = Walk { types, known: self }.any(id);
        self.spend(extent)
    }

    fn spend(&mut self, Extent { size, instances, depth }: Extent) -> Result<()> {
        self.deepest = self.deepest.max(depth);
        self.total = self.total.saturating_add(size);
        let limits = [
            ("types of all items, written out", self.total, limits::TYPE_STEPS),
            ("types of instances in the type of an item, written out", instances, limits::INSTANCE_TYPES),
            ("depth of types in each other", depth as u64, limits::TYPE_NESTING as u64),
        ];
        match limits.into_iter().find(|(_, count, limit)| count > limit) {
            Some((what, _, limit)) => Err(Error::limit(what, limit)),
            None => Ok(()),
        }
    }
}

/// What is quick to find out again is not kept.
fn remember<Id: Eq + Hash>(known: &mut HashMap<Id, Extent>, id: Id, extent: Extent) -> Extent {
    if extent.size > 1 {
        known.insert(id, extent);
    }
    extent
}

struct Walk<'t, 'k> {
    types: TypesRef<'t>,
    known: &'k mut Extents,
}

impl Walk<'_, '_> {
    fn any(&mut self, id: ComponentAnyTypeId) -> Extent {
        match id {
            ComponentAnyTypeId::Resource(_) => LEAF,
            ComponentAnyTypeId::Defined(id) => self.defined(id),
            ComponentAnyTypeId::Func(id) => self.function(id),
            ComponentAnyTypeId::Instance(id) => self.instance(id),
            ComponentAnyTypeId::Component(id) => self.component(id),
        }
    }

    fn entity(&mut self, entity: &ComponentEntityType) -> Extent {
        match entity {
            // Core modules have no types that are shared.
            ComponentEntityType::Module(_) => LEAF,
            ComponentEntityType::Func(id) => self.function(*id),
            ComponentEntityType::Value(ty) => self.value(ty),
            ComponentEntityType::Type { created, .. } => self.any(*created),
            ComponentEntityType::Instance(id) => self.instance(*id),
            ComponentEntityType::Component(id) => self.component(*id),
        }
    }

    fn value(&mut self, ty: &ComponentValType) -> Extent {
        match ty {
            ComponentValType::Primitive(_) => LEAF,
            ComponentValType::Type(id) => self.defined(*id),
        }
    }

    fn values<'v>(&mut self, values: impl IntoIterator<Item = &'v ComponentValType>) -> Extent {
        values.into_iter().fold(LEAF, |all, ty| all.with(self.value(ty)))
    }

    fn defined(&mut self, id: ComponentDefinedTypeId) -> Extent {
        use ComponentDefinedType as D;
        if let Some(known) = self.known.defined.get(&id) {
            return *known;
        }
        let types = self.types;
        let extent = match &types[id] {
            D::Primitive(_) | D::Own(_) | D::Borrow(_) => LEAF,
            D::Flags(labels) | D::Enum(labels) => Extent { size: labels.len() as u64, ..LEAF },
            D::Record(ty) => self.values(ty.fields.values()),
            D::Tuple(ty) => self.values(ty.types.iter()),
            D::Variant(ty) => {
                let payloads = self.values(ty.cases.values().filter_map(|case| case.ty.as_ref()));
                Extent { size: payloads.size.saturating_add(ty.cases.len() as u64), ..payloads }
            }
            D::List { element, .. } | D::FixedLengthList { element, .. } => self.values([element]),
            D::Map { key, value, .. } => self.values([key, value]),
            D::Option { ty, .. } => self.values([ty]),
            D::Result { ok, err, .. } => self.values(ok.iter().chain(err)),
            D::Future { ty, .. } | D::Stream { ty, .. } => self.values(ty),
        };
        remember(&mut self.known.defined, id, extent)
    }

    fn function(&mut self, id: ComponentFuncTypeId) -> Extent {
        if let Some(known) = self.known.functions.get(&id) {
            return *known;
        }
        let types = self.types;
        let ty = &types[id];
        let extent = self.values(ty.params.iter().map(|(_, ty)| ty).chain(&ty.result));
        remember(&mut self.known.functions, id, extent)
    }

    /// An instance or a component with these imports and exports.
    fn items<'i>(&mut self, items: impl Iterator<Item = &'i ComponentItem>) -> Extent {
        items.fold(INSTANCE, |all, item| all.with(self.entity(&item.ty)))
    }

    fn instance(&mut self, id: ComponentInstanceTypeId) -> Extent {
        if let Some(known) = self.known.instances.get(&id) {
            return *known;
        }
        let types = self.types;
        let extent = self.items(types[id].exports.values());
        remember(&mut self.known.instances, id, extent)
    }

    fn component(&mut self, id: ComponentTypeId) -> Extent {
        if let Some(known) = self.known.components.get(&id) {
            return *known;
        }
        let types = self.types;
        let ty = &types[id];
        let extent = self.items(ty.imports.values().chain(ty.exports.values()));
        remember(&mut self.known.components, id, extent)
    }
}
