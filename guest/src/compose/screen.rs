//! Looks at what a composition imports before wac encodes it. In: wac's own types. Out: nothing, or
//! a refusal of what wac's encoder cannot write, might panic on, or would take too long for. Not its job:
//! encoding.

use super::budget;
use super::track::{Track, track};
use crate::error::{Code, Error, Result};
use crate::read::limits;
use indexmap::IndexMap;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use wac_graph::CompositionGraph;
use wac_graph::types::{
    DefinedType, FuncTypeId, InterfaceId, ItemKind, ResourceId, Type, Types, UsedType, ValueType,
};

/// How deep interfaces may use types of other interfaces.
const DEPTH: usize = 100;

/// Checks all imports of the composition, and the types that a WAC document defines. Errors: `Unsupported`
/// and `LimitExceeded`.
pub fn screen(graph: &CompositionGraph) -> Result<()> {
    let walk = Walk {
        types: graph.types(),
        steps: Cell::new(0),
        values: Cell::new(0),
        interfaces: RefCell::default(),
        names: RefCell::default(),
    };
    let mut root = ResourceScope { walk: &walk, resources: HashSet::new(), uses: None, root: true };
    // Instances come first in the encoding.
    let imports: Vec<_> = graph.imports().collect();
    let (instances, rest): (Vec<_>, Vec<_>) =
        imports.into_iter().partition(|(_, kind, _)| matches!(kind, ItemKind::Instance(_)));
    for (name, kind, _) in instances.into_iter().chain(rest) {
        walk.names.borrow_mut().insert(name);
        root.item(name, kind).map_err(|why| walk.refused(&format!("the import `{name}`"), why))?;
    }
    for node in graph.nodes() {
        let (wac_graph::NodeKind::Definition, Some(name)) = (node.kind(), node.export_name()) else {
            continue;
        };
        let kind = node.item_kind();
        walk.definition(kind).map_err(|why| walk.refused(&format!("the type `{name}`"), why))?;
    }
    let exports = walk.interfaces.into_inner().iter().map(|id| walk.types[*id].exports.len()).sum();
    budget::types(walk.values.get(), exports)?;
    budget::names(&walk.names.into_inner())
}

/// The way through what is imported, which wac takes too: it goes through an interface, and those that this
/// uses, each time that one is imported or used.
struct Walk<'t> {
    types: &'t Types,
    /// Interfaces and their exports, counted each time.
    steps: Cell<usize>,
    /// Value types that are used outside of interfaces, counted each time.
    values: Cell<usize>,
    interfaces: RefCell<HashSet<InterfaceId>>,
    /// Those of imports and of interfaces.
    names: RefCell<HashSet<&'t str>>,
}

impl<'t> Walk<'t> {
    fn refused(&self, what: &str, why: Why) -> Error {
        if self.is_too_long() {
            return Error::limit(format!("{what} {why}"), limits::USE_STEPS as u64);
        }
        let message = format!("{what} {why}, which a composition cannot import");
        Error::new(Code::Unsupported, message).hint(
            "give the component that exports it as an input too, \
             or compose with another tool and fuse the result",
        )
    }

    fn is_too_long(&self) -> bool {
        self.steps.get() > limits::USE_STEPS
    }

    /// An interface at the root, with those whose types it uses; `users` are the interfaces on the way
    /// to it.
    fn interface(
        &self,
        id: InterfaceId,
        users: &mut Vec<(InterfaceId, Option<Track<'t>>)>,
    ) -> Result<(), Why> {
        let types = self.types;
        let this = &types[id];
        if users.len() > DEPTH {
            return Err("uses types through too many interfaces");
        }
        self.steps.set(self.steps.get().saturating_add(this.exports.len()).saturating_add(1));
        if self.is_too_long() {
            return Err(TOO_LONG);
        }
        let version = this.id.as_deref().map(track);
        if users.iter().any(|(user, of)| *user == id || (of.is_some() && *of == version)) {
            return Err("uses types of itself or of another version of itself");
        }
        users.push((id, version));
        self.names.borrow_mut().extend(this.id.as_deref());
        self.interfaces.borrow_mut().insert(id);
        let mut scope =
            ResourceScope { walk: self, resources: HashSet::new(), uses: Some(&this.uses), root: false };
        for (name, used) in &this.uses {
            let source = &types[used.interface];
            source.id.as_ref().ok_or(NO_NAME)?;
            if !source.exports.contains_key(used.name.as_ref().unwrap_or(name)) {
                return Err("uses a type that its interface does not have");
            }
            self.interface(used.interface, users)?;
        }
        this.exports.iter().try_for_each(|(name, kind)| scope.item(name, *kind))?;
        users.pop();
        Ok(())
    }

    /// A type that a WAC document defines.
    fn definition(&self, kind: ItemKind) -> Result<(), Why> {
        let mut scope = ResourceScope { walk: self, resources: HashSet::new(), uses: None, root: true };
        match kind {
            ItemKind::Type(Type::Interface(id)) => self.interface(id, &mut Vec::new()),
            ItemKind::Type(Type::World(id)) => {
                let world = &self.types[id];
                for used in world.uses.values() {
                    self.interface(used.interface, &mut Vec::new())?;
                }
                let uses = Some(&world.uses);
                scope = ResourceScope { walk: self, resources: HashSet::new(), uses, root: false };
                for (name, kind) in world.imports.iter().chain(&world.exports) {
                    match kind {
                        ItemKind::Instance(id) => self.interface(*id, &mut Vec::new())?,
                        kind => scope.item(name, *kind)?,
                    }
                }
                Ok(())
            }
            ItemKind::Type(Type::Func(id)) => scope.func(id),
            ItemKind::Type(Type::Value(ty)) => scope.value(ty),
            ItemKind::Type(Type::Module(_)) => Ok(()),
            _ => Err("is a type that a composition cannot define"),
        }
    }
}

type Why = &'static str;

const TOO_LONG: Why = "has interfaces that use types of each other in too many ways";

const NO_NAME: Why = "uses a type of an interface without a name";

/// Where resource types have names: the root, or one interface.
struct ResourceScope<'w, 't> {
    walk: &'w Walk<'t>,
    /// The names of the resource types that the scope has so far.
    resources: HashSet<&'t str>,
    /// The types that an interface or a world takes from others; none for the root.
    uses: Option<&'t IndexMap<String, UsedType>>,
    root: bool,
}

impl<'t> ResourceScope<'_, 't> {
    fn item(&mut self, name: &str, kind: ItemKind) -> Result<(), Why> {
        match kind {
            ItemKind::Instance(id) if self.root => self.walk.interface(id, &mut Vec::new()),
            ItemKind::Func(id) => self.func(id),
            ItemKind::Type(Type::Resource(id)) => self.resource(name, id),
            ItemKind::Type(Type::Value(ty)) => self.value(ty),
            ItemKind::Module(_) if self.root => Ok(()),
            ItemKind::Instance(_) => Err("contains an instance in an instance"),
            ItemKind::Type(_) => Err("contains a type that is no value type"),
            ItemKind::Component(_) => Err("is or contains a component"),
            ItemKind::Module(_) => Err("contains a core module"),
            ItemKind::Value(_) => Err("is or contains a value"),
        }
    }

    /// The encoder knows a scope's resource types by the names under which they were first seen.
    fn resource(&mut self, name: &str, id: ResourceId) -> Result<(), Why> {
        let resource = &self.walk.types[id];
        if let (false, Some(alias)) = (self.uses.is_some_and(|u| u.contains_key(name)), resource.alias) {
            let source = name_of(self.walk.types, self.walk.types.resolve_resource(alias.source));
            match alias.owner {
                Some(owner) if self.root => {
                    self.walk.types[owner].id.as_ref().ok_or(NO_NAME)?;
                    self.walk.interface(owner, &mut Vec::new())?;
                }
                _ if self.resources.contains(source) => {}
                _ => return Err("repeats a resource type that it does not have"),
            }
        }
        self.resources.insert(resource.name.as_str());
        Ok(())
    }

    fn func(&mut self, id: FuncTypeId) -> Result<(), Why> {
        let ty = &self.walk.types[id];
        ty.params.values().copied().chain(ty.result).try_for_each(|ty| self.value(ty))
    }

    fn value(&mut self, ty: ValueType) -> Result<(), Why> {
        if self.root {
            self.walk.values.set(self.walk.values.get().saturating_add(1));
        }
        match ty {
            ValueType::Primitive(_) => Ok(()),
            ValueType::Borrow(_) if self.root => Err("borrows a resource outside of an interface"),
            ValueType::Borrow(id) | ValueType::Own(id) => {
                match self.resources.contains(name_of(self.walk.types, id)) {
                    true => Ok(()),
                    false => Err("uses a resource type that it does not name"),
                }
            }
            ValueType::Defined(id) => match &self.walk.types[id] {
                DefinedType::Tuple(types) => types.iter().try_for_each(|ty| self.value(*ty)),
                DefinedType::List(ty)
                | DefinedType::FixedSizeList(ty, _)
                | DefinedType::Option(ty)
                | DefinedType::Alias(ty) => self.value(*ty),
                DefinedType::Map(key, value) => {
                    self.value(*key)?;
                    self.value(*value)
                }
                DefinedType::Result { ok, err } => {
                    [ok, err].into_iter().flatten().try_for_each(|ty| self.value(*ty))
                }
                DefinedType::Variant(v) => v.cases.values().flatten().try_for_each(|ty| self.value(*ty)),
                DefinedType::Record(r) => r.fields.values().try_for_each(|ty| self.value(*ty)),
                DefinedType::Flags(_) | DefinedType::Enum(_) => Ok(()),
                DefinedType::Stream(ty) | DefinedType::Future(ty) => {
                    ty.iter().try_for_each(|ty| self.value(*ty))
                }
            },
        }
    }
}

fn name_of(types: &Types, id: ResourceId) -> &str {
    types[id].name.as_str()
}
