//! What one input asks of a composition. In: the bytes of one input. Out: `Shape`: which type
//! imports only repeat a type of an imported instance, and which other items an export's types come
//! from. Refuses what wac's type model cannot hold. Not its job: matching imports with exports.

use super::attributes::Attributes;
use crate::error::{Code, Error, Result};
use crate::interface::Input;
use crate::name::{Name, Names};
use crate::read::{Aliases, Direction, Reader, Tree, limits};
use indexmap::{IndexMap, IndexSet};
use std::collections::{HashMap, HashSet};
use wasmparser::component_types::{
    AliasableResourceId, ComponentAnyTypeId, ComponentCoreModuleTypeId, ComponentDefinedType,
    ComponentDefinedTypeId, ComponentEntityType, ComponentFuncTypeId, ComponentInstanceTypeId, ComponentItem,
    ComponentTypeId, ComponentValType,
};
use wasmparser::types::{EntityType, Types};

/// One import or export of an input's root component.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RootItem {
    Import(Name),
    Export(Name),
}

impl RootItem {
    pub fn import(name: &str) -> RootItem {
        RootItem::Import(name.into())
    }

    pub fn export(name: &str) -> RootItem {
        RootItem::Export(name.into())
    }
}

/// What an input's imports and exports take types from.
#[derive(Debug, Default)]
pub struct Shape {
    /// How many imports and exports there are.
    pub imports: usize,
    pub exports: usize,
    /// Type imports that repeat a type of an imported instance: the import's name, then the
    /// instance import's and the type's name in it.
    pub follows: IndexMap<String, (Name, Name)>,
    /// The imports and exports.
    items: IndexSet<RootItem>,
    /// For each export: which of `items` it uses the types of, itself left out. There can be as many as both
    /// multiply to.
    needs: HashMap<String, Vec<u32>>,
    /// The attributes of those imports and exports that have any.
    pub attributes: IndexMap<RootItem, Attributes>,
    /// Imported instances in whose types there are attributes: the name of one that has them.
    pub inside: IndexMap<String, String>,
}

impl Shape {
    /// The items whose types an export uses, itself left out.
    pub fn needs<'s>(&'s self, export: &str) -> impl Iterator<Item = &'s RootItem> + use<'s> {
        let needs = self.needs.get(export).into_iter().flatten();
        needs.filter_map(|item| self.items.get_index(*item as usize))
    }
}

/// The shape of each input. Validates them, function bodies left out (reading the composition does
/// those). Errors: those of `read::Reader` and `Unsupported`, all with the input's name.
pub fn of_all(inputs: &[Input]) -> Result<Vec<Shape>> {
    inputs.iter().map(of).collect()
}

/// That of one input.
pub fn of(input: &Input) -> Result<Shape> {
    shape(&input.bytes).map_err(|e| e.in_input(&input.name))
}

fn shape(bytes: &[u8]) -> Result<Shape> {
    let tree = Reader::outline(bytes)?;
    let mut shaper = Shaper::new(&tree.types);
    for item in items(&tree) {
        shaper.root(item)?;
    }
    Ok(shaper.shape)
}

/// The root's imports and exports in the order in which wac converts them: imports first.
pub(super) fn items(tree: &Tree<'_>) -> Vec<RootItem> {
    let (mut items, mut exports) = (Vec::new(), Vec::new());
    for (direction, name, _) in tree.root_items() {
        match direction {
            Direction::Import => items.push(RootItem::import(name)),
            Direction::Export => exports.push(RootItem::export(name)),
        }
    }
    items.append(&mut exports);
    items
}

/// Walks the root's items in the order in which wac converts them, so that what wac takes for
/// granted is seen to hold before wac sees the input. Recurses over value types, which nest no deeper
/// than `limits::TYPE_DEPTH`.
struct Shaper<'t> {
    types: &'t Types,
    shape: Shape,
    /// Where a type that has a name was first named: the root's item, and the name in its instance.
    origins: Aliases<'t, (u32, Option<&'t str>)>,
    /// The names that types have in instances.
    names: Names<'t>,
    /// Resource types that an import or an export has named so far.
    resources: HashSet<AliasableResourceId>,
    /// Types that wac has an owner for, and the types whose exports it has gone through.
    owned: Aliases<'t, ()>,
    converted: HashSet<ComponentAnyTypeId>,
    /// Types that wac goes through to find an owner: it does not remember which it has gone through.
    followed: usize,
    item: RootItem,
    /// Which of the shape's items that is.
    number: u32,
    /// What `item` has been seen to use, and the types that were gone through for that.
    needs: IndexSet<u32>,
    visited: HashSet<ComponentAnyTypeId>,
}

impl<'t> Shaper<'t> {
    fn new(types: &'t Types) -> Shaper<'t> {
        Shaper {
            types,
            shape: Shape::default(),
            origins: Aliases::new(types),
            names: Names::default(),
            resources: HashSet::new(),
            owned: Aliases::new(types),
            converted: HashSet::new(),
            followed: 0,
            item: RootItem::import(""),
            number: 0,
            needs: IndexSet::new(),
            visited: HashSet::new(),
        }
    }

    fn root(&mut self, name: RootItem) -> Result<()> {
        let types = self.types;
        let item = match &name {
            RootItem::Import(name) => types.component_item_for_import(name),
            RootItem::Export(name) => types.component_item_for_export(name),
        };
        let item = item.ok_or_else(|| Error::internal("a root item without a type"))?;
        match &name {
            RootItem::Import(_) => self.shape.imports += 1,
            RootItem::Export(_) => self.shape.exports += 1,
        }
        let (number, _) = self.shape.items.insert_full(name.clone());
        self.number = u32::try_from(number).map_err(|_| Error::internal("2^32 items"))?;
        self.item = name;
        self.needs.clear();
        self.visited.clear();
        self.attributes(item);
        if let (RootItem::Import(name), ComponentEntityType::Type { referenced, .. }) = (&self.item, &item.ty)
            && let Some((item, Some(ty))) = self.origins.first(*referenced).copied()
            && let Some(RootItem::Import(instance)) = self.shape.items.get_index(item as usize)
        {
            let from = (instance.clone(), self.names.shared(ty));
            self.shape.follows.insert(name.to_string(), from);
        }
        self.entity(None, item)?;
        if let RootItem::Export(name) = &self.item {
            let needs = self.needs.iter().copied().filter(|item| *item != self.number).collect();
            self.shape.needs.insert(name.to_string(), needs);
        }
        Ok(())
    }

    fn attributes(&mut self, item: &ComponentItem) {
        let attributes = Attributes::of(item);
        if !attributes.is_empty() {
            self.shape.attributes.insert(self.item.clone(), attributes);
        }
        if let (RootItem::Import(name), ComponentEntityType::Instance(id)) = (&self.item, item.ty)
            && let Some((inside, _)) =
                self.types[id].exports.iter().find(|(_, item)| !Attributes::of(item).is_empty())
        {
            self.shape.inside.insert(name.to_string(), inside.clone());
        }
    }

    fn entity(&mut self, name: Option<&'t str>, item: &ComponentItem) -> Result<()> {
        match item.ty {
            ComponentEntityType::Module(id) => self.module(id),
            ComponentEntityType::Func(id) => self.func(id),
            ComponentEntityType::Value(ty) => self.value(ty),
            ComponentEntityType::Type { created, referenced } => {
                self.any(referenced)?;
                if self.origins.get(created).is_none() {
                    self.origins.insert(created, (self.number, name));
                }
                if let ComponentAnyTypeId::Resource(id) = created {
                    self.resources.insert(id);
                    self.follow(created)?;
                }
                self.any(created)
            }
            ComponentEntityType::Instance(id) => self.instance(id),
            ComponentEntityType::Component(id) => self.component(id),
        }
    }

    fn any(&mut self, id: ComponentAnyTypeId) -> Result<()> {
        if let Some((item, _)) = self.origin(id) {
            self.needs.insert(item);
        }
        match id {
            ComponentAnyTypeId::Resource(_) => Ok(()),
            ComponentAnyTypeId::Defined(id) => self.defined(id),
            ComponentAnyTypeId::Func(id) => self.func(id),
            ComponentAnyTypeId::Instance(id) => self.instance(id),
            ComponentAnyTypeId::Component(id) => self.component(id),
        }
    }

    fn value(&mut self, ty: ComponentValType) -> Result<()> {
        match ty {
            ComponentValType::Primitive(_) => Ok(()),
            ComponentValType::Type(id) => self.any(ComponentAnyTypeId::Defined(id)),
        }
    }

    fn func(&mut self, id: ComponentFuncTypeId) -> Result<()> {
        if !self.visited.insert(ComponentAnyTypeId::Func(id)) {
            return Ok(());
        }
        let ty = &self.types[id];
        ty.params.iter().map(|(_, ty)| *ty).chain(ty.result).try_for_each(|ty| self.value(ty))
    }

    fn defined(&mut self, id: ComponentDefinedTypeId) -> Result<()> {
        if !self.visited.insert(ComponentAnyTypeId::Defined(id)) {
            return Ok(());
        }
        use ComponentDefinedType as D;
        match &self.types[id] {
            D::Primitive(_) | D::Flags(_) | D::Enum(_) => Ok(()),
            D::Record(record) => record.fields.values().try_for_each(|ty| self.value(*ty)),
            D::Variant(variant) => {
                variant.cases.values().filter_map(|case| case.ty).try_for_each(|ty| self.value(ty))
            }
            D::Tuple(tuple) => tuple.types.iter().try_for_each(|ty| self.value(*ty)),
            D::List { element: ty, .. } | D::FixedLengthList { element: ty, .. } | D::Option { ty, .. } => {
                self.value(*ty)
            }
            D::Map { key, value, .. } => {
                self.value(*key)?;
                self.value(*value)
            }
            D::Result { ok, err, .. } => [ok, err].into_iter().flatten().try_for_each(|ty| self.value(*ty)),
            D::Future { ty, .. } | D::Stream { ty, .. } => ty.iter().try_for_each(|ty| self.value(*ty)),
            D::Own(id) | D::Borrow(id) => self.handle(*id),
        }
    }

    /// wac knows a resource type only once an import or export has named it.
    fn handle(&mut self, id: AliasableResourceId) -> Result<()> {
        if let Some((item, _)) = self.origin(id.into()) {
            self.needs.insert(item);
        }
        if self.resources.contains(&id) {
            return Ok(());
        }
        Err(self.refused("uses a resource type before any import or export names it"))
    }

    fn instance(&mut self, id: ComponentInstanceTypeId) -> Result<()> {
        if !self.visited.insert(ComponentAnyTypeId::Instance(id)) {
            return Ok(());
        }
        let first = self.converted.insert(ComponentAnyTypeId::Instance(id));
        let types = self.types;
        for (name, item) in &types[id].exports {
            self.entity(Some(name), item)?;
            if first {
                self.own(item)?;
            }
        }
        Ok(())
    }

    fn component(&mut self, id: ComponentTypeId) -> Result<()> {
        if !self.visited.insert(ComponentAnyTypeId::Component(id)) {
            return Ok(());
        }
        let first = self.converted.insert(ComponentAnyTypeId::Component(id));
        let types = self.types;
        for (name, item) in &types[id].imports {
            self.entity(Some(name), item)?;
            if first {
                self.own(item)?;
            }
        }
        types[id].exports.iter().try_for_each(|(name, item)| self.entity(Some(name), item))
    }

    /// wac gives each type one owner, and takes for granted that it has none yet.
    fn own(&mut self, item: &ComponentItem) -> Result<()> {
        let ComponentEntityType::Type { referenced, created } = item.ty else { return Ok(()) };
        self.follow(referenced)?;
        if self.owned.first(referenced).is_some() || self.owned.insert(created, ()).is_none() {
            return Ok(());
        }
        Err(self.refused("names one type in two instances without a common source"))
    }

    /// wac looks for the owner of this type.
    fn follow(&mut self, id: ComponentAnyTypeId) -> Result<()> {
        self.followed = self.followed.saturating_add(self.owned.steps(id));
        match self.followed > limits::EVALUATION_STEPS {
            true => Err(Error::limit("steps through aliases of types", limits::EVALUATION_STEPS as u64)),
            false => Ok(()),
        }
    }

    fn module(&self, id: ComponentCoreModuleTypeId) -> Result<()> {
        let ty = &self.types[id];
        let exact = |ty: &EntityType| matches!(ty, EntityType::FuncExact(_));
        if ty.imports.values().any(exact) || ty.exports.values().any(exact) {
            return Err(self.refused("has a module type with an exact function type"));
        }
        Ok(())
    }

    fn origin(&mut self, id: ComponentAnyTypeId) -> Option<(u32, Option<&'t str>)> {
        self.origins.first(id).copied()
    }

    fn refused(&self, why: &str) -> Error {
        let (kind, name) = match &self.item {
            RootItem::Import(name) => ("import", name),
            RootItem::Export(name) => ("export", name),
        };
        Error::new(Code::Unsupported, format!("the {kind} `{name}` {why}: it cannot be composed"))
            .hint("compose the inputs into one component with another tool, then fuse that")
    }
}
