//! Imports that nothing reaches. In: a validated component, and what fusing makes of it. Out: the names
//! of root imports without which it would do the same. Not its job: leaving them out (`compose::stubs`).

use crate::assemble::Assembled;
use crate::assemble::boundary::{Boundary, ImportKind};
use crate::error::Result;
use crate::merge::{Merger, Settings};
use crate::optimizations::Optimizations;
use crate::read::{Aliases, Direction, Tree};
use std::collections::HashSet;
use wasmparser::component_types::ComponentEntityType;

/// Goes through all that merging would copy, and keeps nothing of it. An import is listed if it has functions,
/// none of them can be called, and no import that is not listed takes types from it.
pub fn unreached(tree: &Tree<'_>, assembled: Assembled<'_>) -> Result<Vec<String>> {
    let Assembled { assembly, boundary, .. } = assembled;
    let settings = Settings { optimizations: Optimizations::all(), survey: true, ..Settings::default() };
    let mut merger = Merger::new(assembly, settings)?;
    while merger.step()? {}
    let mut reached = called(&boundary, &merger.reached()?);
    let imports = imports(tree);
    // An import takes types from earlier ones alone: all that could reach one have been seen before it.
    for import in imports.iter().rev() {
        if !import.callable || reached.contains(import.name) {
            reached.extend(import.uses.iter().copied());
        }
    }
    let unreached = imports.iter().filter(|import| import.callable && !reached.contains(import.name));
    Ok(unreached.map(|import| import.name.to_string()).collect())
}

/// The root's imports that have a function which is called, or exported again.
fn called<'b>(boundary: &'b Boundary, reached: &[bool]) -> HashSet<&'b str> {
    let imports = boundary.imports.iter().zip(reached).filter(|(_, reached)| **reached);
    let imports = imports.filter_map(|(import, _)| match &import.kind {
        ImportKind::Func { path, .. } => path.first(),
        _ => None,
    });
    let reexports = boundary.reexports.iter().filter_map(|reexport| reexport.import.first());
    imports.chain(reexports).map(|name| &**name).collect()
}

struct Import<'t> {
    name: &'t str,
    /// Whether it is a function or has one.
    callable: bool,
    /// The imports whose types it names.
    uses: Vec<&'t str>,
}

fn imports<'t>(tree: &'t Tree<'_>) -> Vec<Import<'t>> {
    let types = &tree.types;
    // Which import named a type.
    let mut owners: Aliases<'_, &'t str> = Aliases::new(types);
    let mut imports = Vec::new();
    for (direction, name, item) in tree.root_items() {
        let (Direction::Import, Some(item)) = (direction, item) else { continue };
        let mut import = Import { name, callable: false, uses: Vec::new() };
        let items: Vec<_> = match item.ty {
            ComponentEntityType::Instance(id) => types[id].exports.values().collect(),
            _ => vec![item],
        };
        for item in items {
            match item.ty {
                ComponentEntityType::Func(_) => import.callable = true,
                ComponentEntityType::Type { referenced, created } => match owners.first(referenced) {
                    Some(owner) => import.uses.push(owner),
                    None => _ = owners.insert(created, name),
                },
                _ => {}
            }
        }
        imports.push(import);
    }
    imports
}
