//! Exported instances. In: an instance type, and the items that go into it. Out: an instance in
//! the component that is being made. Not its job: where the items come from (`component`).
//!
//! A type gets its name where it is exported, and functions must mention it under that name. So an
//! instance is made by a small component that imports each type and each function, and exports
//! first a type and then what mentions it, in the order of the original.

use super::scope::Encoder;
use super::types::extern_name;
use crate::error::{Error, Result};
use indexmap::IndexMap;
use wasm_encoder::{Alias, ComponentExportKind, ComponentOuterAliasKind, ComponentTypeRef, TypeBounds};
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType, ComponentInstanceTypeId};

/// What goes into an instance, by name.
pub(super) type Items = IndexMap<String, InstanceItem>;

pub(super) enum InstanceItem {
    /// A function, by its index in the scope that makes the instance.
    Func(u32),
    Instance(Items),
    /// A core module or a component, by its index in the root.
    Module(u32),
    Component(u32),
    /// A type: the instance's type says which. `known`: it is the very type that has been imported or
    /// exported before.
    Type {
        known: bool,
    },
}

impl Encoder<'_> {
    /// Makes an instance of type `id` in the component `depth`.
    pub fn instance(&mut self, depth: usize, id: ComponentInstanceTypeId, items: &Items) -> Result<u32> {
        let inner = self.begin_component(depth)?;
        let items = self.import_items(inner, id, items)?;
        self.export_items(inner, id, items)?;
        self.end_component()
    }

    /// Imports the items from the scope around; returns them with their indices here.
    fn import_items(&mut self, depth: usize, id: ComponentInstanceTypeId, items: &Items) -> Result<Items> {
        let types = self.types;
        let mut imported = Items::new();
        for (name, item) in &types[id].exports {
            let here = match (item.ty, items.get(name)) {
                (ComponentEntityType::Type { referenced, created }, Some(InstanceItem::Type { known })) => {
                    // One that is known is imported too, before anything is exported: an import can mention
                    // no type under the name that it gets here as an export.
                    if *known {
                        self.find_alias(depth, created)?;
                    } else {
                        self.import_type(depth, referenced, created)?;
                    }
                    InstanceItem::Type { known: *known }
                }
                (ComponentEntityType::Func(id), Some(InstanceItem::Func(outer))) => {
                    let ty = ComponentTypeRef::Func(self.ty(depth, id.into())?);
                    InstanceItem::Func(self.import_from_outer(
                        depth,
                        ty,
                        ComponentExportKind::Func,
                        *outer,
                    )?)
                }
                (ComponentEntityType::Instance(id), Some(InstanceItem::Instance(items))) => {
                    InstanceItem::Instance(self.import_items(depth, id, items)?)
                }
                (ComponentEntityType::Module(_), Some(InstanceItem::Module(root))) => {
                    InstanceItem::Module(*root)
                }
                (ComponentEntityType::Component(_), Some(InstanceItem::Component(root))) => {
                    InstanceItem::Component(*root)
                }
                _ => return Err(mismatch(name)),
            };
            imported.insert(name.clone(), here);
        }
        Ok(imported)
    }

    fn import_type(
        &mut self,
        depth: usize,
        referenced: ComponentAnyTypeId,
        created: ComponentAnyTypeId,
    ) -> Result<()> {
        let mut known = self.find_alias(depth, referenced)?;
        if known.is_none() {
            known = self.find_exact(depth, created)?;
        }
        if known.is_none() {
            known = self.find(depth, referenced)?;
        }
        let index = match (known, created) {
            (Some(index), _) => index,
            (None, ComponentAnyTypeId::Resource(_)) => {
                return Err(Error::internal("a resource type that nothing names"));
            }
            (None, ComponentAnyTypeId::Defined(_)) => {
                let around = depth.checked_sub(1).ok_or_else(|| Error::internal("a scope too few"))?;
                let here = self.ty(depth, referenced)?;
                let outer = self.ty(around, referenced)?;
                let ty = ComponentTypeRef::Type(TypeBounds::Eq(here));
                self.import_from_outer(depth, ty, ComponentExportKind::Type, outer)?
            }
            // Function and instance types may be without a name.
            (None, _) => return Ok(()),
        };
        self.name(depth, created, index)
    }

    fn export_items(&mut self, depth: usize, id: ComponentInstanceTypeId, items: Items) -> Result<()> {
        let types = self.types;
        for ((name, item), (_, here)) in types[id].exports.iter().zip(items) {
            let extern_name = extern_name(name, item);
            match (item.ty, here) {
                (ComponentEntityType::Type { referenced, created }, InstanceItem::Type { known }) => {
                    let index = self.type_to_export(depth, referenced, created, known)?;
                    let kind = ComponentExportKind::Type;
                    let index = self.builder(depth)?.export(extern_name, kind, index, None);
                    self.name(depth, created, index)?;
                }
                (ComponentEntityType::Func(id), InstanceItem::Func(index)) => {
                    let ty = ComponentTypeRef::Func(self.ty(depth, id.into())?);
                    self.builder(depth)?.export(extern_name, ComponentExportKind::Func, index, Some(ty));
                }
                (ComponentEntityType::Instance(id), InstanceItem::Instance(items)) => {
                    let index = self.instance(depth, id, &items)?;
                    let kind = ComponentExportKind::Instance;
                    let index = self.builder(depth)?.export(extern_name, kind, index, None);
                    self.name_exports(depth, id, index, true)?;
                }
                (ComponentEntityType::Module(_), InstanceItem::Module(root)) => {
                    let index = self.alias_root(depth, ComponentOuterAliasKind::CoreModule, root)?;
                    self.builder(depth)?.export(extern_name, ComponentExportKind::Module, index, None);
                }
                (ComponentEntityType::Component(_), InstanceItem::Component(root)) => {
                    let index = self.alias_root(depth, ComponentOuterAliasKind::Component, root)?;
                    self.builder(depth)?.export(extern_name, ComponentExportKind::Component, index, None);
                }
                _ => return Err(mismatch(name)),
            }
        }
        Ok(())
    }

    /// What a type export is an export of: itself, if it is `known` (see `InstanceItem`), else the type
    /// that it names anew, if readers have met a name of that, else what has been imported for it.
    pub fn type_to_export(
        &mut self,
        depth: usize,
        referenced: ComponentAnyTypeId,
        created: ComponentAnyTypeId,
        known: bool,
    ) -> Result<u32> {
        let first = if known { created } else { referenced };
        if let Some(index) = self.find_alias(depth, first)? {
            return Ok(index);
        }
        match (created, self.find_exact(depth, created)?) {
            (ComponentAnyTypeId::Resource(_), Some(index)) => Ok(index),
            // A value type is defined again, so that it mentions the types inside it by the names
            // under which they have just been exported.
            _ => self.ty(depth, referenced),
        }
    }

    fn alias_root(&mut self, depth: usize, kind: ComponentOuterAliasKind, index: u32) -> Result<u32> {
        let count = u32::try_from(depth).map_err(|_| Error::internal("too deep"))?;
        Ok(self.builder(depth)?.alias(None, Alias::Outer { kind, count, index }))
    }
}

pub(super) fn mismatch(name: &str) -> Error {
    Error::internal(format!("the plan and the types do not agree on the export {name}"))
}
