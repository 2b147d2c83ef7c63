//! Near misses: imports and exports that have nothing in common and look as if they should. In: inputs
//! whose imports have been matched. Out: clauses for an error. Not its job: matching.

use super::attributes::is_label;
use super::matching::{Met, Part};
use super::shape::RootItem;
use wac_graph::types::{ItemKind, Types};

/// How many are told.
const TOLD: usize = 5;

/// How many pairs of an import and an export are looked at: the error is told without them too.
const PAIRS: usize = 1_000_000;

/// What the imports that nothing meets of one part, and the exports of another, are nearly.
pub fn misses(types: &Types, parts: &[Part], apart: impl Fn(usize, usize) -> bool) -> Vec<String> {
    let mut misses = Vec::new();
    let mut pairs: usize = 0;
    for (importer, part) in parts.iter().enumerate() {
        let open = part.met.iter().filter(|(_, met)| **met == Met::Host).map(|(import, _)| import);
        for import in open {
            for (exporter, other) in parts.iter().enumerate() {
                if importer == exporter || !apart(importer, exporter) {
                    continue;
                }
                for export in other.exports.keys() {
                    pairs += 1;
                    if pairs > PAIRS {
                        return misses;
                    }
                    let Some(how) = near(types, part, import, other, export) else { continue };
                    misses.push(format!(
                        "`{}` imports `{import}` and `{}` exports `{export}`, {how}",
                        part.name, other.name
                    ));
                    if misses.len() == TOLD {
                        return misses;
                    }
                }
            }
        }
    }
    misses
}

/// How an export that has another name is nearly the import. A clause about the export.
fn near(types: &Types, importer: &Part, import: &str, exporter: &Part, export: &str) -> Option<&'static str> {
    let (wanted, given) = (importer.imports.get(import)?, exporter.exports.get(export)?);
    if let (Some((wanted_name, wanted)), Some((given_name, given))) = (versioned(import), versioned(export))
        && wanted_name == given_name
        && wanted != given
    {
        return Some(match (wanted, given) {
            (None, _) => "with a version",
            (_, None) => "without a version",
            _ => "of another version",
        });
    }
    let has = |kind: &ItemKind, name: &str| match kind {
        ItemKind::Instance(id) => matches!(types[*id].exports.get(name), Some(ItemKind::Func(_))),
        _ => false,
    };
    match (wanted, given) {
        (ItemKind::Func(_), ItemKind::Instance(_)) if has(given, import) => Some("an instance that has it"),
        (ItemKind::Instance(_), ItemKind::Func(_)) if has(wanted, export) => {
            Some("a function that it wants in an instance")
        }
        (ItemKind::Instance(_), ItemKind::Instance(_)) => {
            let implemented =
                |part: &Part, item: RootItem| part.shape.attributes.get(&item)?.implements.clone();
            let (ours, theirs) = (
                implemented(importer, RootItem::import(import)),
                implemented(exporter, RootItem::export(export)),
            );
            let labelled = |label: &str, implements: &Option<String>, interface: &str| {
                let last = versioned(interface).and_then(|(name, _)| name.rsplit('/').next());
                is_label(label)
                    && match implements {
                        Some(name) => name == interface,
                        None => last == Some(label),
                    }
            };
            if labelled(import, &ours, export) {
                Some("an interface where a label is imported")
            } else if labelled(export, &theirs, import) {
                Some("a label where an interface is imported")
            } else {
                None
            }
        }
        _ => None,
    }
}

/// An interface's name and its version, if it has one; none for a label.
fn versioned(name: &str) -> Option<(&str, Option<&str>)> {
    if is_label(name) {
        return None;
    }
    Some(match name.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (name, None),
    })
}
