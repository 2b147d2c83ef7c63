//! A component's world in WIT's terms. In: a validated tree. Out: wit-parser's `Resolve`, or why
//! WIT cannot tell the component. Not its job: printing it (`report`), encoding it (`wrap`).
//!
//! wit-parser takes for granted that a component was made from WIT, and may panic on one that was not.
//! So what it takes for granted is checked first.

use super::limits;
use super::tree::Tree;
use indexmap::{IndexMap, IndexSet};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncTypeId, ComponentItem,
    ComponentValType, ResourceId,
};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::Types;
use wit_component::DecodedWasm;
use wit_parser::{Resolve, WorldId};

/// wit-parser visits packages by recursion.
const PACKAGES: usize = 500;

/// The world of the root component. The error is a clause that says what WIT cannot tell.
pub fn world(tree: &Tree<'_>) -> Result<(Resolve, WorldId), String> {
    Screen::new(&tree.types).root(tree)?;
    decode(tree)
}

/// As `world`; also an error where WIT has two resource types for one that has two names, neither of which
/// is an alias of the other: handles of one are handles of the other then, and WIT does not say so.
pub fn exact_world(tree: &Tree<'_>) -> Result<(Resolve, WorldId), String> {
    match Screen::new(&tree.types).root(tree)? {
        Some(split) => Err(split),
        None => decode(tree),
    }
}

fn decode(tree: &Tree<'_>) -> Result<(Resolve, WorldId), String> {
    match wit_component::decode(tree.bytes).map_err(|e| format!("{e:#}"))? {
        DecodedWasm::Component(resolve, world) => Ok((resolve, world)),
        DecodedWasm::WitPackage(..) => Err("the component is a WIT package".to_string()),
    }
}

/// Who has a type under a name: wit-parser's `TypeOwner`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Owner {
    World,
    /// `ns:package/interface`, with its version.
    Interface(String),
    /// An interface of the world's own; the number is that of the root's item.
    Inline(usize),
}

struct Screen<'t> {
    types: &'t Types,
    /// Types by the id that their name gave them: their owner, and the name.
    named: HashMap<ComponentAnyTypeId, (Owner, String)>,
    /// Resource types that are no aliases.
    resources: HashSet<(Owner, String)>,
    /// The same by what they are.
    defined: HashMap<ResourceId, (Owner, String)>,
    /// Two of them are one: which.
    split: Option<String>,
    /// What each item of a named interface has been seen to be. wit-parser makes one of all the
    /// instances of one interface.
    seen: HashMap<(Owner, String), String>,
    /// Which packages use types of which.
    uses: IndexMap<String, IndexSet<String>>,
    /// Steps from a name to what it is an alias of, and bytes of names and of types written out.
    followed: usize,
    written: usize,
}

type Screened = Result<(), String>;

impl<'t> Screen<'t> {
    fn new(types: &'t Types) -> Screen<'t> {
        Screen {
            types,
            named: HashMap::new(),
            resources: HashSet::new(),
            defined: HashMap::new(),
            split: None,
            seen: HashMap::new(),
            uses: IndexMap::new(),
            followed: 0,
            written: 0,
        }
    }

    /// What `exact_world` refuses is the result.
    fn root(mut self, tree: &Tree<'_>) -> Result<Option<String>, String> {
        for (number, (direction, name, item)) in tree.root_items().enumerate() {
            let kind = direction.keyword();
            let item = item.ok_or("an item has no type")?;
            self.item(kind, name, item, number).map_err(|why| format!("the {kind} `{name}` {why}"))?;
        }
        self.acyclic()?;
        Ok(self.split)
    }

    fn item(&mut self, kind: &str, name: &str, item: &ComponentItem, number: usize) -> Screened {
        if item.implements.is_some() {
            return Err("implements an interface under another name".to_string());
        }
        match item.ty {
            ComponentEntityType::Instance(id) => {
                let owner = match ComponentName::new(name, 0).map_err(|e| e.to_string())?.kind() {
                    ComponentNameKind::Interface(_) => Owner::Interface(name.to_string()),
                    ComponentNameKind::Label(_) => Owner::Inline(number),
                    _ => return Err("is an instance whose name is not that of an interface".to_string()),
                };
                let types = self.types;
                if let Some(package) = package(&owner) {
                    if package == "root:component" {
                        return Err("has the package name that stands for the component itself".to_string());
                    }
                    self.uses.entry(package.to_string()).or_default();
                }
                for (member, item) in &types[id].exports {
                    // wit-component has a key for each, in which both names are.
                    self.written = self.written.saturating_add(name.len()).saturating_add(member.len());
                    self.member(&owner, member, item)
                        .map_err(|why| format!("has `{member}`, which {why}"))?;
                }
                Ok(())
            }
            ComponentEntityType::Type { .. } if kind == "export" => {
                Err("is a type outside of an interface".to_string())
            }
            _ => self.member(&Owner::World, name, item),
        }
    }

    fn member(&mut self, owner: &Owner, name: &str, item: &ComponentItem) -> Screened {
        let mut text = String::new();
        match item.ty {
            ComponentEntityType::Func(id) => {
                self.function(owner, name)?;
                self.func(owner, id, &mut text)?;
            }
            ComponentEntityType::Type { referenced, created } => {
                self.ty(owner, name, referenced, &mut text)?;
                if self.named.insert(created, (owner.clone(), name.to_string())).is_some() {
                    return Err("is one type with another".to_string());
                }
            }
            _ => return Err("is neither a function nor a type".to_string()),
        }
        self.written = self.written.saturating_add(text.len());
        if self.written > limits::WIT_BYTES {
            return Err("has too large a type, with all that has been told before".to_string());
        }
        if let Owner::Interface(_) = owner {
            let seen = self.seen.entry((owner.clone(), name.to_string())).or_insert_with(|| text.clone());
            if *seen != text {
                return Err("is not the same in all instances of the interface".to_string());
            }
        }
        Ok(())
    }

    /// A method, static function or constructor belongs to a resource type of the same owner.
    fn function(&self, owner: &Owner, name: &str) -> Screened {
        let name = ComponentName::new(name, 0).map_err(|e| e.to_string())?;
        let resource = match name.kind() {
            ComponentNameKind::Label(_) => return Ok(()),
            ComponentNameKind::Constructor(resource) => resource.to_string(),
            ComponentNameKind::Method(function) | ComponentNameKind::Static(function) => {
                function.resource().to_string()
            }
            _ => return Err("has no name of a function".to_string()),
        };
        match self.resources.contains(&(owner.clone(), resource)) {
            true => Ok(()),
            false => Err("belongs to a resource that is defined elsewhere".to_string()),
        }
    }

    fn ty(&mut self, owner: &Owner, name: &str, id: ComponentAnyTypeId, text: &mut String) -> Screened {
        let types = self.types;
        let mut next = Some(id);
        let mut found = None;
        while let (Some(id), None) = (next, &found) {
            found = self.named.get(&id).cloned();
            next = types.peel_alias(id);
            self.followed = self.followed.saturating_add(1);
            if self.followed > limits::EVALUATION_STEPS {
                return Err("has too many aliases on the way to what it is".to_string());
            }
        }
        if let Some((source, source_name)) = found {
            match &source {
                Owner::Interface(_) => {}
                source if source == owner => {}
                _ => return Err("is a type of the world, used in an interface".to_string()),
            }
            if let (Some(user), Some(used)) = (package(owner), package(&source))
                && user != used
            {
                self.uses.entry(user.to_string()).or_default().insert(used.to_string());
            }
            // A type of the owner's own may be seen here for the second time: then it is itself.
            let this = source == *owner && source_name == name;
            if !this {
                let _ = write!(text, "= {source:?}.{source_name}");
                return Ok(());
            }
        }
        match id {
            ComponentAnyTypeId::Defined(id) => self.defined(owner, &types[id], text),
            ComponentAnyTypeId::Resource(id) => {
                let this = (owner.clone(), name.to_string());
                let first = self.defined.entry(id.resource()).or_insert_with(|| this.clone());
                if *first != this {
                    self.split = Some(format!("`{name}` and `{}` are one resource type", first.1));
                }
                self.resources.insert(this);
                text.push_str("resource");
                Ok(())
            }
            _ => Err("is neither a value type nor a resource type".to_string()),
        }
    }

    fn func(&self, owner: &Owner, id: ComponentFuncTypeId, text: &mut String) -> Screened {
        let ty = &self.types[id];
        text.push_str(if ty.async_ { "async func" } else { "func" });
        for (name, ty) in ty.params.iter() {
            let _ = write!(text, " {name}: ");
            self.value(owner, *ty, text)?;
        }
        ty.result.iter().try_for_each(|ty| {
            text.push_str(" -> ");
            self.value(owner, *ty, text)
        })
    }

    fn value(&self, owner: &Owner, ty: ComponentValType, text: &mut String) -> Screened {
        match ty {
            ComponentValType::Primitive(ty) => {
                let _ = write!(text, "{ty}");
                Ok(())
            }
            ComponentValType::Type(id) => match self.named.get(&ComponentAnyTypeId::Defined(id)) {
                Some(named) => mention(owner, named, text),
                None => self.defined(owner, &self.types[id], text),
            },
        }
    }

    /// Writes the type with all that is in it, up to the next name.
    fn defined(&self, owner: &Owner, ty: &ComponentDefinedType, text: &mut String) -> Screened {
        use ComponentDefinedType as D;
        if text.len() > limits::WIT_BYTES {
            return Err("has too large a type".to_string());
        }
        let parts: (&str, Vec<(&str, Option<ComponentValType>)>) = match ty {
            D::Primitive(ty) => return self.value(owner, ComponentValType::Primitive(*ty), text),
            D::Own(id) | D::Borrow(id) => {
                let named = self.named.get(&ComponentAnyTypeId::Resource(*id));
                text.push_str(if matches!(ty, D::Own(_)) { "own " } else { "borrow " });
                return mention(owner, named.ok_or("uses a resource type before it has a name")?, text);
            }
            D::Record(r) => ("record", r.fields.iter().map(|(n, ty)| (n.as_str(), Some(*ty))).collect()),
            D::Variant(v) => ("variant", v.cases.iter().map(|(n, case)| (n.as_str(), case.ty)).collect()),
            D::Tuple(t) => ("tuple", t.types.iter().map(|ty| ("", Some(*ty))).collect()),
            D::Flags(labels) => ("flags", labels.iter().map(|label| (label.as_str(), None)).collect()),
            D::Enum(labels) => ("enum", labels.iter().map(|label| (label.as_str(), None)).collect()),
            D::List { element, .. } => ("list", vec![("", Some(*element))]),
            D::FixedLengthList { element, length, .. } => {
                let _ = write!(text, "{length}-");
                ("list", vec![("", Some(*element))])
            }
            D::Map { key, value, .. } => ("map", vec![("", Some(*key)), ("", Some(*value))]),
            D::Option { ty, .. } => ("option", vec![("", Some(*ty))]),
            D::Result { ok, err, .. } => ("result", vec![("ok", *ok), ("err", *err)]),
            D::Future { ty, .. } => ("future", vec![("", *ty)]),
            D::Stream { ty, .. } => ("stream", vec![("", *ty)]),
        };
        let (kind, parts) = parts;
        let _ = write!(text, "{kind}(");
        for (label, ty) in parts {
            let _ = write!(text, "{label} ");
            ty.iter().try_for_each(|ty| self.value(owner, *ty, text))?;
            text.push(',');
        }
        text.push(')');
        Ok(())
    }

    /// wit-parser sorts packages by what they use, and WIT has no circles there.
    fn acyclic(&self) -> Screened {
        if self.uses.len() > PACKAGES {
            return Err(format!("the component refers to more than {PACKAGES} packages"));
        }
        // Takes away packages that use none of those that are left.
        let mut left: IndexSet<&String> = self.uses.keys().collect();
        loop {
            let free = |package: &&String| !self.uses[*package].iter().any(|used| left.contains(used));
            let next: IndexSet<&String> = left.iter().copied().filter(|p| !free(p)).collect();
            match next.len() {
                0 => return Ok(()),
                count if count == left.len() => {
                    return Err("packages use types of each other in a circle".to_string());
                }
                _ => left = next,
            }
        }
    }
}

/// Writes the name of a type that `owner` uses. WIT has no other names than the owner's own: what is
/// defined elsewhere is first named with `use`.
fn mention(owner: &Owner, named: &(Owner, String), text: &mut String) -> Screened {
    let (source, name) = named;
    if source != owner {
        return Err(format!("uses the type `{name}` of another interface without a name of its own for it"));
    }
    let _ = write!(text, "{source:?}.{name}");
    Ok(())
}

/// `ns:package@version` of a named interface.
fn package(owner: &Owner) -> Option<String> {
    let Owner::Interface(name) = owner else { return None };
    let (package, rest) = name.split_once('/')?;
    Some(match rest.split_once('@') {
        Some((_, version)) => format!("{package}@{version}"),
        None => package.to_string(),
    })
}
