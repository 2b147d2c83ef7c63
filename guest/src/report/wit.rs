//! Imports and exports as text. In: a valid component. Out: its world as WIT; and, for a component
//! whose types WIT cannot tell, each import and export with its type. Not its job: reading types
//! from names.

use crate::read::{self, Tree};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentFuncTypeId, ComponentItem,
    ComponentValType,
};
use wasmparser::types::Types;
use wit_component::WitPrinter;
use wit_parser::Resolve;

/// The world with all packages that it refers to, as text and as wit-parser has it. The error says
/// what WIT cannot tell.
pub fn world(tree: &Tree<'_>) -> Result<(String, Resolve), String> {
    let (resolve, world) = read::wit::world(tree)?;
    let package =
        resolve.worlds.get(world).and_then(|world| world.package).ok_or("the world has no package")?;
    let others: Vec<_> = resolve.packages.iter().map(|(id, _)| id).filter(|id| *id != package).collect();
    let mut printer = WitPrinter::default();
    printer.print(&resolve, package, &others).map_err(|e| format!("{e:#}"))?;
    Ok((printer.output.to_string(), resolve))
}

/// One line for each import, then for each export, as `import name: type`.
pub fn items(tree: &Tree<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    for (direction, name, item) in tree.root_items() {
        let kind = direction.keyword();
        let attributes = item.map(attributes).unwrap_or_default();
        let mut text = Text { types: &tree.types, line: format!("{kind} {name}{attributes}: ") };
        if let Some(item) = item {
            text.item(item);
        }
        lines.push(text.line);
    }
    lines
}

/// As the text format has them.
fn attributes(item: &ComponentItem) -> String {
    let attributes = [
        ("implements", &item.implements),
        ("versionsuffix", &item.version_suffix),
        ("external-id", &item.external_id),
    ];
    let written = attributes.iter().filter_map(|(what, value)| {
        let value = value.as_ref()?;
        Some(format!(" ({what} \"{}\")", crate::error::shown(value)))
    });
    written.collect()
}

/// How long a type may become: types share their parts, and written out they can grow without bound.
const LENGTH: usize = 2000;

struct Text<'t> {
    types: &'t Types,
    line: String,
}

impl Text<'_> {
    /// False: there is no more room.
    fn push(&mut self, text: &str) -> bool {
        if self.line.len() > LENGTH {
            if !self.line.ends_with('…') {
                self.line.push('…');
            }
            return false;
        }
        self.line.push_str(text);
        true
    }

    fn item(&mut self, item: &ComponentItem) {
        match item.ty {
            ComponentEntityType::Module(_) => _ = self.push("core module"),
            ComponentEntityType::Func(id) => self.func(id),
            ComponentEntityType::Value(ty) => self.value(ty),
            ComponentEntityType::Type { created, .. } => {
                self.push("type ");
                self.any(created);
            }
            ComponentEntityType::Instance(id) => self.any(ComponentAnyTypeId::Instance(id)),
            ComponentEntityType::Component(id) => self.any(ComponentAnyTypeId::Component(id)),
        }
    }

    fn any(&mut self, id: ComponentAnyTypeId) {
        let types = self.types;
        match id {
            ComponentAnyTypeId::Resource(_) => _ = self.push("resource"),
            ComponentAnyTypeId::Defined(id) => self.defined(&types[id]),
            ComponentAnyTypeId::Func(id) => self.func(id),
            ComponentAnyTypeId::Instance(id) => {
                self.push("instance { ");
                self.named("", types[id].exports.iter());
                self.push("}");
            }
            ComponentAnyTypeId::Component(id) => {
                self.push("component { ");
                self.named("import ", types[id].imports.iter());
                self.named("export ", types[id].exports.iter());
                self.push("}");
            }
        }
    }

    fn named<'i>(&mut self, kind: &str, items: impl Iterator<Item = (&'i String, &'i ComponentItem)>) {
        for (name, item) in items {
            if !self.push(&format!("{kind}{name}{}: ", attributes(item))) {
                return;
            }
            self.item(item);
            self.push("; ");
        }
    }

    fn func(&mut self, id: ComponentFuncTypeId) {
        let ty = &self.types[id];
        self.push(if ty.async_ { "async func(" } else { "func(" });
        for (index, (name, ty)) in ty.params.iter().enumerate() {
            if !self.push(&format!("{}{name}: ", if index > 0 { ", " } else { "" })) {
                return;
            }
            self.value(*ty);
        }
        self.push(")");
        if let Some(result) = ty.result {
            self.push(" -> ");
            self.value(result);
        }
    }

    fn value(&mut self, ty: ComponentValType) {
        match ty {
            ComponentValType::Primitive(ty) => _ = self.push(&ty.to_string()),
            ComponentValType::Type(id) => self.defined(&self.types[id]),
        }
    }

    /// A list of types in angle brackets, each with a label or none.
    fn parts<'n>(
        &mut self,
        what: &str,
        parts: impl IntoIterator<Item = (&'n str, Option<ComponentValType>)>,
    ) {
        self.push(what);
        self.push("<");
        for (index, (label, ty)) in parts.into_iter().enumerate() {
            let colon = if label.is_empty() || ty.is_none() { "" } else { ": " };
            if !self.push(&format!("{}{label}{colon}", if index > 0 { ", " } else { "" })) {
                return;
            }
            if let Some(ty) = ty {
                self.value(ty);
            }
        }
        self.push(">");
    }

    fn defined(&mut self, ty: &ComponentDefinedType) {
        use ComponentDefinedType as D;
        match ty {
            D::Primitive(ty) => _ = self.push(&ty.to_string()),
            D::Record(r) => self.parts("record", r.fields.iter().map(|(n, ty)| (n.as_str(), Some(*ty)))),
            D::Variant(v) => self.parts("variant", v.cases.iter().map(|(n, case)| (n.as_str(), case.ty))),
            D::List { element, .. } => self.parts("list", [("", Some(*element))]),
            D::Map { key, value, .. } => self.parts("map", [("", Some(*key)), ("", Some(*value))]),
            D::FixedLengthList { element, length, .. } => {
                self.parts("list", [("", Some(*element)), (length.to_string().as_str(), None)]);
            }
            D::Tuple(t) => self.parts("tuple", t.types.iter().map(|ty| ("", Some(*ty)))),
            D::Flags(labels) => self.parts("flags", labels.iter().map(|label| (label.as_str(), None))),
            D::Enum(labels) => self.parts("enum", labels.iter().map(|label| (label.as_str(), None))),
            D::Option { ty, .. } => self.parts("option", [("", Some(*ty))]),
            D::Result { ok, err, .. } => {
                let part = |ty: &Option<ComponentValType>| (if ty.is_some() { "" } else { "_" }, *ty);
                self.parts("result", [part(ok), part(err)]);
            }
            D::Own(_) => _ = self.push("own<resource>"),
            D::Borrow(_) => _ = self.push("borrow<resource>"),
            D::Future { ty, .. } => self.parts("future", ty.map(|ty| ("", Some(ty)))),
            D::Stream { ty, .. } => self.parts("stream", ty.map(|ty| ("", Some(ty)))),
        }
    }
}
