//! WIT packages that are given for components. In: a root component, validated, or text. Out: an error
//! that says what it is, if it is one. Not its job: reading it.

use super::tree::{Component, DefinitionKind};
use crate::error::{Code, Error, Result};
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::types::Types;
use wit_parser::UnresolvedPackageGroup;

/// A WIT package in binary form is a component of types alone, each exported, and each the type of a
/// component that exports one interface or world under its full name (WIT.md, "Package format").
/// Errors: `NotAComponent`.
pub(super) fn check(root: Option<&Component<'_>>, types: &Types) -> Result<()> {
    let mut packaged = false;
    for definition in root.into_iter().flat_map(|root| &root.definitions) {
        match &definition.kind {
            DefinitionKind::Type(_) => {}
            DefinitionKind::Export(export) if is_packaged(types, export.name.name) => packaged = true,
            _ => return Ok(()),
        }
    }
    match packaged {
        true => Err(package("a WIT package in binary form").at(0)),
        false => Ok(()),
    }
}

fn is_packaged(types: &Types, name: &str) -> bool {
    let Some(item) = types.component_item_for_export(name) else { return false };
    let ComponentEntityType::Type { created: ComponentAnyTypeId::Component(id), .. } = item.ty else {
        return false;
    };
    let ty = &types[id];
    let full = |name: &String| {
        let name = ComponentName::new(name, 0);
        matches!(name.as_ref().map(ComponentName::kind), Ok(ComponentNameKind::Interface(_)))
    };
    ty.exports.len() == 1 && ty.exports.keys().all(full)
}

/// Whether text that is no component is a WIT package: the error that says so.
pub(super) fn in_text(text: &str) -> Option<Error> {
    UnresolvedPackageGroup::parse("input.wit", text).is_ok().then(|| package("a WIT package").at(0))
}

fn package(what: &str) -> Error {
    Error::new(Code::NotAComponent, format!("the input is {what}, not a component"))
        .hint("it says what components look like, and has no code: give a component that was built with it")
}
