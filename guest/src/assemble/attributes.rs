//! Attributes of imports and exports, for the boundary. In: the validated component. Out: `Attributes`
//! of each item that has any. Not its job: what they mean; they are for hosts.

use super::boundary::{Attributes, Side};
use crate::name::Name;
use crate::read::{Direction, Tree};
use wasmparser::component_types::{ComponentEntityType, ComponentItem};
use wasmparser::types::Types;

/// The root's imports, then its exports, each with what is in it.
pub fn attributes(tree: &Tree<'_>) -> Vec<Attributes> {
    let mut found = Found { types: &tree.types, attributes: Vec::new() };
    for (direction, name, item) in tree.root_items() {
        let of = match direction {
            Direction::Import => Side::Import,
            Direction::Export => Side::Export,
        };
        if let Some(item) = item {
            found.item(of, &mut vec![Name::from(name)], item);
        }
    }
    found.attributes
}

struct Found<'t> {
    types: &'t Types,
    attributes: Vec<Attributes>,
}

impl Found<'_> {
    /// As deep as instances are in instances, for which `read::nesting` has a limit.
    fn item(&mut self, of: Side, path: &mut Vec<Name>, item: &ComponentItem) {
        let ComponentItem { ty, implements, version_suffix, external_id } = item;
        if implements.is_some() || version_suffix.is_some() || external_id.is_some() {
            self.attributes.push(Attributes {
                of,
                path: path.clone(),
                implements: implements.clone(),
                version_suffix: version_suffix.clone(),
                external_id: external_id.clone(),
            });
        }
        let types = self.types;
        if let ComponentEntityType::Instance(id) = ty {
            for (name, item) in &types[*id].exports {
                path.push(Name::from(name.as_str()));
                self.item(of, path, item);
                path.pop();
            }
        }
    }
}
