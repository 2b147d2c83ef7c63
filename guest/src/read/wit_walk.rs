//! How long a walk over a world takes that does not remember where it has been. In: a `Resolve`. Out: the
//! number of its steps. Not its job: walking.
//!
//! wit-component has such walks: it hashes types with all that is in them, and looks for the interfaces that
//! an exported one needs by way of each type that it uses. Types share their parts, and interfaces what they
//! use, so that the number of steps can double with every few bytes of the component.

use indexmap::IndexMap;
use wit_parser::{Handle, InterfaceId, Resolve, Type, TypeDefKind, TypeId, TypeOwner, WorldId, WorldItem};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    Type(TypeId),
    Interface(InterfaceId),
}

/// The steps from all that the world imports and exports, `u64::MAX` if there is no end.
pub fn steps(resolve: &Resolve, world: WorldId) -> u64 {
    let mut walk = Walk { resolve, steps: IndexMap::new() };
    let Some(world) = resolve.worlds.get(world) else { return 0 };
    let mut roots = Vec::new();
    for (_, item) in world.imports.iter().chain(&world.exports) {
        match item {
            WorldItem::Interface { id, .. } => roots.push(Node::Interface(*id)),
            WorldItem::Type { id, .. } => roots.push(Node::Type(*id)),
            WorldItem::Function(function) => {
                roots.extend(function.params.iter().filter_map(|param| node(&param.ty)));
                roots.extend(function.result.as_ref().and_then(node));
            }
        }
    }
    roots.iter().fold(0u64, |sum, root| sum.saturating_add(walk.from(*root)))
}

fn node(ty: &Type) -> Option<Node> {
    match ty {
        Type::Id(id) => Some(Node::Type(*id)),
        _ => None,
    }
}

struct Walk<'r> {
    resolve: &'r Resolve,
    /// None: on the way.
    steps: IndexMap<Node, Option<u64>>,
}

impl Walk<'_> {
    /// Each node once, without recursion: chains of aliases can be long.
    fn from(&mut self, root: Node) -> u64 {
        let mut left = vec![root];
        while let Some(node) = left.last().copied() {
            match self.steps.get(&node) {
                Some(Some(_)) => drop(left.pop()),
                Some(None) => {
                    // A node that is met on the way from itself stands for a walk without an end.
                    let of = |next: &Node| self.steps.get(next).copied().flatten().unwrap_or(u64::MAX);
                    let sum = self.next(node).iter().fold(1u64, |sum, next| sum.saturating_add(of(next)));
                    self.steps.insert(node, Some(sum));
                    left.pop();
                }
                None => {
                    self.steps.insert(node, None);
                    let unknown = |next: &Node| !self.steps.contains_key(next);
                    left.extend(self.next(node).into_iter().filter(unknown));
                }
            }
        }
        self.steps.get(&root).copied().flatten().unwrap_or(u64::MAX)
    }

    /// What a walk goes on to, as often as it does.
    fn next(&self, node: Node) -> Vec<Node> {
        match node {
            Node::Interface(id) => {
                let Some(interface) = self.resolve.interfaces.get(id) else { return Vec::new() };
                let types = interface.types.values().map(|id| Node::Type(*id));
                let values = interface.functions.values().flat_map(|function| {
                    function.params.iter().map(|param| &param.ty).chain(&function.result)
                });
                types.chain(values.filter_map(self::node)).collect()
            }
            Node::Type(id) => {
                let Some(ty) = self.resolve.types.get(id) else { return Vec::new() };
                let parts = parts(&ty.kind);
                let owner = |node: &Node| match node {
                    Node::Type(part) => self.resolve.types.get(*part).map(|part| part.owner),
                    Node::Interface(_) => None,
                };
                let used = parts.iter().filter_map(|part| match owner(part) {
                    Some(TypeOwner::Interface(id)) if ty.owner != TypeOwner::Interface(id) => {
                        Some(Node::Interface(id))
                    }
                    _ => None,
                });
                let used: Vec<_> = match ty.owner {
                    // A type without a name is part of whatever mentions it.
                    TypeOwner::None => Vec::new(),
                    _ => used.collect(),
                };
                parts.into_iter().chain(used).collect()
            }
        }
    }
}

fn parts(kind: &TypeDefKind) -> Vec<Node> {
    let types: Vec<&Type> = match kind {
        TypeDefKind::Record(record) => record.fields.iter().map(|field| &field.ty).collect(),
        TypeDefKind::Tuple(tuple) => tuple.types.iter().collect(),
        TypeDefKind::Variant(variant) => variant.cases.iter().filter_map(|case| case.ty.as_ref()).collect(),
        TypeDefKind::Result(result) => result.ok.iter().chain(&result.err).collect(),
        TypeDefKind::Map(key, value) => vec![key, value],
        TypeDefKind::Type(ty)
        | TypeDefKind::Option(ty)
        | TypeDefKind::List(ty)
        | TypeDefKind::FixedLengthList(ty, _) => vec![ty],
        TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => ty.iter().collect(),
        TypeDefKind::Handle(Handle::Own(id) | Handle::Borrow(id)) => return vec![Node::Type(*id)],
        TypeDefKind::Resource | TypeDefKind::Flags(_) | TypeDefKind::Enum(_) | TypeDefKind::Unknown => {
            Vec::new()
        }
    };
    types.into_iter().filter_map(node).collect()
}
