//! What definitions are written into, and which types have a name there. In: definitions, imports and
//! names. Out: a stack of components and instance types in the making, the root at the bottom. Not its
//! job: how a type is written (`types`).

use crate::error::{Error, Result};
use std::collections::HashMap;
use wasm_encoder::{
    Alias, ComponentBuilder, ComponentExportKind, ComponentTypeEncoder, ComponentTypeRef, InstanceType,
};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentEntityType, ComponentInstanceTypeId, ComponentItem, ResourceId,
};
use wasmparser::types::TypesRef;

/// Writes definitions into a stack of scopes; scope 0 is the component that is being made.
pub(super) struct Encoder<'a> {
    pub types: TypesRef<'a>,
    pub scopes: Vec<TypeScope<'a>>,
    /// How many aliases have been followed, in how many scopes: chains of them can be long, and be followed
    /// again and again.
    pub followed: usize,
}

/// What definitions are written into.
pub(super) enum Encodable {
    Component(Box<ComponentBuilder>),
    Instance(InstanceType),
}

pub(super) struct TypeScope<'a> {
    pub encodable: Encodable,
    /// Where the types are that have a name here.
    pub named: HashMap<ComponentAnyTypeId, NamedAt<'a>>,
    /// One of the names of each resource type.
    pub resources: HashMap<ResourceId, ComponentAnyTypeId>,
    /// Definitions of types without a name.
    pub defined: HashMap<ComponentAnyTypeId, u32>,
    /// For a nested component: what it is to be instantiated with.
    arguments: Vec<(String, ComponentExportKind, u32)>,
}

/// Where a type is: in the type index space, or an export of an instance, to be aliased once it is
/// needed.
#[derive(Clone, Copy)]
pub(super) enum NamedAt<'a> {
    Index(u32),
    Export {
        instance: u32,
        name: &'a str,
    },
    /// A resource type that is to get this name once it is exported; until then nobody has read it.
    Declared(u32),
}

impl TypeScope<'_> {
    /// Clearing the map would take as long as it ever was, each time.
    fn forget_definitions(&mut self) {
        self.defined = HashMap::new();
    }
}

impl Encodable {
    pub fn type_count(&self) -> u32 {
        match self {
            Encodable::Component(c) => c.type_count(),
            Encodable::Instance(i) => i.type_count(),
        }
    }

    pub fn instance_count(&self) -> u32 {
        match self {
            Encodable::Component(c) => c.instance_count(),
            Encodable::Instance(i) => i.instance_count(),
        }
    }

    /// Begins a definition in the type index space.
    pub fn ty(&mut self) -> (u32, ComponentTypeEncoder<'_>) {
        match self {
            Encodable::Component(c) => c.ty(None),
            Encodable::Instance(i) => (i.type_count(), i.ty()),
        }
    }

    /// Aliases a type or an instance.
    pub fn alias(&mut self, alias: Alias<'_>) -> u32 {
        let index = match alias {
            Alias::InstanceExport { kind: ComponentExportKind::Instance, .. } => self.instance_count(),
            _ => self.type_count(),
        };
        match self {
            Encodable::Component(c) => c.alias(None, alias),
            Encodable::Instance(i) => {
                i.alias(alias);
                index
            }
        }
    }
}

impl<'a> Encoder<'a> {
    pub fn new(types: TypesRef<'a>) -> Encoder<'a> {
        let mut encoder = Encoder { types, scopes: Vec::new(), followed: 0 };
        encoder.push(Encodable::Component(Box::default()));
        encoder
    }

    pub fn push(&mut self, encodable: Encodable) {
        self.scopes.push(TypeScope {
            encodable,
            named: HashMap::new(),
            resources: HashMap::new(),
            defined: HashMap::new(),
            arguments: Vec::new(),
        });
    }

    pub fn pop(&mut self) -> Result<TypeScope<'a>> {
        self.scopes.pop().ok_or_else(|| Error::internal("a scope too few"))
    }

    pub fn scope(&mut self, depth: usize) -> Result<&mut TypeScope<'a>> {
        self.scopes.get_mut(depth).ok_or_else(|| Error::internal("a scope too few"))
    }

    /// The component of scope `depth`.
    pub fn builder(&mut self, depth: usize) -> Result<&mut ComponentBuilder> {
        match &mut self.scope(depth)?.encodable {
            Encodable::Component(builder) => Ok(builder),
            Encodable::Instance(_) => Err(Error::internal("a component was expected")),
        }
    }

    /// Begins a component nested in scope `depth`, and returns its depth.
    pub fn begin_component(&mut self, depth: usize) -> Result<usize> {
        if depth + 1 != self.scopes.len() {
            return Err(Error::internal("a component begins inside another scope"));
        }
        self.push(Encodable::Component(Box::default()));
        Ok(depth + 1)
    }

    /// Ends the innermost component and instantiates it in the scope around it.
    pub fn end_component(&mut self) -> Result<u32> {
        let scope = self.pop()?;
        let Encodable::Component(inner) = scope.encodable else {
            return Err(Error::internal("a component was expected"));
        };
        let depth = self.scopes.len().checked_sub(1).ok_or_else(|| Error::internal("a scope too few"))?;
        let builder = self.builder(depth)?;
        let component = builder.component(None, *inner);
        let arguments = scope.arguments.iter().map(|(name, kind, index)| (name.as_str(), *kind, *index));
        Ok(builder.instantiate(None, component, arguments.collect::<Vec<_>>()))
    }

    /// Imports into the nested component `depth` what has the index `outer` in the scope around it.
    pub fn import_from_outer(
        &mut self,
        depth: usize,
        ty: ComponentTypeRef,
        kind: ComponentExportKind,
        outer: u32,
    ) -> Result<u32> {
        let scope = self.scope(depth)?;
        let name = match kind {
            ComponentExportKind::Type => format!("type-{}", scope.arguments.len()),
            _ => format!("item-{}", scope.arguments.len()),
        };
        scope.arguments.push((name.clone(), kind, outer));
        Ok(self.builder(depth)?.import(name.as_str(), ty))
    }

    /// Gives the type `id`, at `index` of the type index space, its name; an older name gives way.
    pub fn name(&mut self, depth: usize, id: ComponentAnyTypeId, index: u32) -> Result<()> {
        self.name_at(depth, id, NamedAt::Index(index))
    }

    /// Says which resource type, at `index`, the name `id` will be for.
    pub fn declare(&mut self, depth: usize, id: ComponentAnyTypeId, index: u32) -> Result<()> {
        self.name_at(depth, id, NamedAt::Declared(index))
    }

    fn name_at(&mut self, depth: usize, id: ComponentAnyTypeId, at: NamedAt<'a>) -> Result<()> {
        let scope = self.scope(depth)?;
        scope.named.insert(id, at);
        if let ComponentAnyTypeId::Resource(resource) = id {
            scope.resources.entry(resource.resource()).or_insert(id);
        }
        // What has been defined without a name may have mentioned it under an older one.
        scope.forget_definitions();
        Ok(())
    }

    /// Gives the types that an instance type exports their names, in the instance with this index.
    /// `again`: also those that have a name already.
    pub fn name_exports(
        &mut self,
        depth: usize,
        id: ComponentInstanceTypeId,
        instance: u32,
        again: bool,
    ) -> Result<()> {
        let types = self.types;
        let ty = types.get(id).ok_or_else(|| Error::internal("an instance type that is gone"))?;
        for (name, item) in &ty.exports {
            match item.ty {
                ComponentEntityType::Type { created, .. } => {
                    let scope = self.scope(depth)?;
                    if again || !scope.named.contains_key(&created) {
                        scope.named.insert(created, NamedAt::Export { instance, name });
                    }
                    if let ComponentAnyTypeId::Resource(resource) = created {
                        scope.resources.entry(resource.resource()).or_insert(created);
                    }
                }
                ComponentEntityType::Instance(inner) if types[inner].exports.values().any(names_types) => {
                    let kind = ComponentExportKind::Instance;
                    let alias = Alias::InstanceExport { instance, kind, name };
                    let index = self.scope(depth)?.encodable.alias(alias);
                    self.name_exports(depth, inner, index, again)?;
                }
                _ => {}
            }
        }
        self.scope(depth)?.forget_definitions();
        Ok(())
    }

    /// The finished component.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        match (self.pop()?.encodable, self.scopes.is_empty()) {
            (Encodable::Component(builder), true) => Ok(builder.finish()),
            _ => Err(Error::internal("a scope too many")),
        }
    }
}

/// Whether an instance with this export has types that could be named.
fn names_types(item: &ComponentItem) -> bool {
    matches!(item.ty, ComponentEntityType::Type { .. } | ComponentEntityType::Instance(_))
}
