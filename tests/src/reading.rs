//! What a component's imports and exports read as. In: a component. Out: a line for each import and
//! export, and for each item in one, with its type; what has a name is told by the last name that it got.
//! Not its job: comparing.
//!
//! WIT tells less (nothing of types at the root, of instances in instances), so that this goes by the
//! validator's types. Which type is one with which is what wit-parser goes by, too: an item names the type
//! that `created` is; it is an alias where the chain of `referenced` leads to one that has a name.

use anyhow::{Context, Result};
use std::collections::HashMap;
use std::fmt::Write;
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentEntityType, ComponentItem, ComponentValType,
    ResourceId,
};
use wasmparser::types::Types;
use wasmparser::{Parser, Payload, Validator, WasmFeatures};

/// How long a line may become: what types share is written out for each of them.
const LENGTH: usize = 4000;

/// The lines, imports first.
pub fn reading(component: &[u8]) -> Result<Vec<String>> {
    let types = Validator::new_with_features(WasmFeatures::all()).validate_all(component)?;
    let mut reader =
        Reader { types: &types, named: HashMap::new(), resources: HashMap::new(), lines: Vec::new() };
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                for import in section {
                    let name = import?.name.name;
                    let item = types.as_ref().component_item_for_import(name).context("an import")?;
                    reader.item(&format!("import {name}"), item);
                }
            }
            _ => {}
        }
    }
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(section) if depth == 0 => {
                for export in section {
                    let name = export?.name.name;
                    let item = types.as_ref().component_item_for_export(name).context("an export")?;
                    reader.item(&format!("export {name}"), item);
                }
            }
            _ => {}
        }
    }
    Ok(reader.lines)
}

struct Reader<'t> {
    types: &'t Types,
    /// The name of each type; an instance that is exported twice names its types anew.
    named: HashMap<ComponentAnyTypeId, String>,
    /// Resource types, numbered as they turn up.
    resources: HashMap<ResourceId, usize>,
    lines: Vec<String>,
}

impl Reader<'_> {
    fn item(&mut self, path: &str, item: &ComponentItem) {
        let types = self.types;
        let mut text = String::new();
        match item.ty {
            ComponentEntityType::Instance(id) => {
                self.lines.push(format!("{path}: instance"));
                for (name, item) in &types[id].exports {
                    self.item(&format!("{path}/{name}"), item);
                }
                return;
            }
            ComponentEntityType::Func(id) => {
                let ty = &types[id];
                for (name, ty) in &ty.params {
                    let _ = write!(text, " {name}: ");
                    self.value(*ty, &mut text);
                }
                text.push_str(" -> ");
                ty.result.iter().for_each(|ty| self.value(*ty, &mut text));
            }
            ComponentEntityType::Type { referenced, created } => {
                let mut chain = std::iter::successors(Some(referenced), |id| types.peel_alias(*id));
                let known = self.named.get(&created).or_else(|| chain.find_map(|id| self.named.get(&id)));
                match (known, referenced) {
                    (Some(name), _) => text = format!("= {name}"),
                    (None, ComponentAnyTypeId::Defined(id)) => self.defined(&types[id], &mut text),
                    (None, ComponentAnyTypeId::Resource(id)) => self.resource(id.resource(), &mut text),
                    (None, _) => text.push_str("another type"),
                }
                self.named.insert(created, path.to_string());
            }
            ComponentEntityType::Module(_) => text.push_str("core module"),
            ComponentEntityType::Component(_) => text.push_str("component"),
            ComponentEntityType::Value(_) => text.push_str("value"),
        }
        let attributes = [&item.implements, &item.version_suffix, &item.external_id];
        self.lines.push(format!("{path} {attributes:?}: {text}"));
    }

    fn resource(&mut self, id: ResourceId, text: &mut String) {
        let next = self.resources.len();
        let number = *self.resources.entry(id).or_insert(next);
        let _ = write!(text, "resource {number}");
    }

    fn value(&mut self, ty: ComponentValType, text: &mut String) {
        match ty {
            ComponentValType::Primitive(ty) => _ = write!(text, "{ty}"),
            ComponentValType::Type(id) => match self.named.get(&ComponentAnyTypeId::Defined(id)) {
                Some(name) => text.push_str(name),
                None => self.defined(&self.types[id], text),
            },
        }
    }

    fn defined(&mut self, ty: &ComponentDefinedType, text: &mut String) {
        use ComponentDefinedType as D;
        if text.len() > LENGTH {
            return;
        }
        let parts: Vec<(&str, Option<ComponentValType>)> = match ty {
            D::Primitive(ty) => return self.value(ComponentValType::Primitive(*ty), text),
            D::Own(id) | D::Borrow(id) => {
                text.push_str(if matches!(ty, D::Own(_)) { "own " } else { "borrow " });
                match self.named.get(&ComponentAnyTypeId::Resource(*id)) {
                    Some(name) => text.push_str(name),
                    None => self.resource(id.resource(), text),
                }
                return;
            }
            D::Record(r) => r.fields.iter().map(|(name, ty)| (name.as_str(), Some(*ty))).collect(),
            D::Variant(v) => v.cases.iter().map(|(name, case)| (name.as_str(), case.ty)).collect(),
            D::Tuple(t) => t.types.iter().map(|ty| ("", Some(*ty))).collect(),
            D::Flags(labels) | D::Enum(labels) => labels.iter().map(|l| (l.as_str(), None)).collect(),
            D::List { element, .. } => vec![("", Some(*element))],
            D::FixedLengthList { element, length, .. } => {
                let _ = write!(text, "{length} ");
                vec![("", Some(*element))]
            }
            D::Map { key, value, .. } => vec![("", Some(*key)), ("", Some(*value))],
            D::Option { ty, .. } => vec![("", Some(*ty))],
            D::Result { ok, err, .. } => vec![("ok", *ok), ("err", *err)],
            D::Future { ty, .. } | D::Stream { ty, .. } => vec![("", *ty)],
        };
        let kind = match ty {
            D::Record(_) => "record",
            D::Variant(_) => "variant",
            D::Tuple(_) => "tuple",
            D::Flags(_) => "flags",
            D::Enum(_) => "enum",
            D::List { .. } | D::FixedLengthList { .. } => "list",
            D::Map { .. } => "map",
            D::Option { .. } => "option",
            D::Result { .. } => "result",
            D::Future { .. } => "future",
            D::Stream { .. } => "stream",
            D::Primitive(_) | D::Own(_) | D::Borrow(_) => "",
        };
        let _ = write!(text, "{kind}(");
        for (label, ty) in parts {
            let _ = write!(text, "{label} ");
            ty.iter().for_each(|ty| self.value(*ty, text));
            text.push(',');
        }
        text.push(')');
    }
}
