//! Valid components that wasmparser 0.258 panics on. In: a section that is about to be validated,
//! and the types so far. Out: an error in the panic's place. Not its job: whether the section is
//! valid.
//!
//! Where the validator compares what a component type names with what is given for it
//! (`open_instance_type`), it maps each named type to the given one and asserts that none comes
//! twice (`register_type_renamings`). Two instances of one type that names a type in it, say a
//! record, have that type in common, and the assertion fails.

use super::module::malformed;
use crate::error::{Error, Result};
use std::collections::HashSet;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentInstanceTypeId, ComponentItem, ComponentTypeId,
};
use wasmparser::types::TypesRef;
use wasmparser::{ComponentInstance, ComponentTypeRef, Payload};

/// Errors: `Unsupported`, with the offset of the definition.
pub(super) fn check(types: TypesRef<'_>, payload: &Payload<'_>) -> Result<()> {
    let mut renaming = RenamingCheck { types, components: HashSet::new(), instances: HashSet::new() };
    match payload {
        Payload::ComponentInstanceSection(section) => {
            for item in section.clone().into_iter_with_offsets() {
                let (offset, item) = item.map_err(malformed)?;
                if let ComponentInstance::Instantiate { component_index, .. } = item {
                    renaming.instantiation(component_index).map_err(|e| e.at(offset as usize))?;
                }
            }
        }
        Payload::ComponentExportSection(section) => {
            for item in section.clone().into_iter_with_offsets() {
                let (offset, item) = item.map_err(malformed)?;
                if let Some(ComponentTypeRef::Component(ty) | ComponentTypeRef::Instance(ty)) = item.ty {
                    renaming.ascription(ty).map_err(|e| e.at(offset as usize))?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

struct RenamingCheck<'t> {
    types: TypesRef<'t>,
    /// Those that have been looked at.
    components: HashSet<ComponentTypeId>,
    instances: HashSet<ComponentInstanceTypeId>,
}

type Items = wasmparser::collections::IndexMap<String, ComponentItem>;

impl<'t> RenamingCheck<'t> {
    /// The component's imports are compared with arguments.
    fn instantiation(&mut self, component: u32) -> Result<()> {
        if component >= self.types.component_count() {
            return Ok(());
        }
        let id = self.types.component_at(component);
        if self.distinct(&self.types[id].imports)? {
            self.everything()?;
        }
        Ok(())
    }

    /// A component is compared with a type that is given for its export.
    fn ascription(&mut self, ty: u32) -> Result<()> {
        if ty >= self.types.component_type_count() {
            return Ok(());
        }
        if let ComponentAnyTypeId::Component(id) = self.types.component_any_type_at(ty) {
            self.component(id)?;
        }
        self.everything()
    }

    /// Refuses a type that comes twice. True: there are components among the items, so that
    /// components are compared with them.
    fn distinct(&self, items: &Items) -> Result<bool> {
        let mut named = HashSet::new();
        let mut components = false;
        let mut left: Vec<ComponentEntityType> = items.values().map(|item| item.ty).collect();
        while let Some(item) = left.pop() {
            match item {
                ComponentEntityType::Type { created, .. } if !named.insert(created) => {
                    return Err(Error::unsupported(
                        "a component with two instances of one type that holds types",
                    )
                    .hint("give the two instances types of their own"));
                }
                ComponentEntityType::Instance(id) => {
                    left.extend(self.types[id].exports.values().map(|item| item.ty));
                }
                ComponentEntityType::Component(_) => components = true,
                _ => {}
            }
        }
        Ok(components)
    }

    /// Every component that there is could be one of those that are compared.
    fn everything(&mut self) -> Result<()> {
        for index in 0..self.types.component_count() {
            self.component(self.types.component_at(index))?;
        }
        for index in 0..self.types.component_instance_count() {
            self.inside([ComponentEntityType::Instance(self.types.component_instance_at(index))].into())?;
        }
        Ok(())
    }

    fn component(&mut self, id: ComponentTypeId) -> Result<()> {
        self.inside([ComponentEntityType::Component(id)].into())
    }

    fn inside(&mut self, mut left: Vec<ComponentEntityType>) -> Result<()> {
        while let Some(item) = left.pop() {
            match item {
                ComponentEntityType::Component(id) if self.components.insert(id) => {
                    let ty = &self.types[id];
                    for items in [&ty.imports, &ty.exports] {
                        self.distinct(items)?;
                        left.extend(items.values().map(|item| item.ty));
                    }
                }
                ComponentEntityType::Instance(id) if self.instances.insert(id) => {
                    left.extend(self.types[id].exports.values().map(|item| item.ty));
                }
                _ => {}
            }
        }
        Ok(())
    }
}
