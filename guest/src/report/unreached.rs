//! Imports that nothing reaches. In: a validated component, and what fusing makes of it. Out: the names
//! of root imports without which it would do the same. Not its job: leaving them out (`compose::stubs`).

use crate::assemble::Assembled;
use crate::assemble::boundary::{Boundary, ImportKind};
use crate::error::{Error, Result};
use crate::merge::{Merger, Settings};
use crate::optimizations::Optimizations;
use crate::read::{Direction, Tree};
use std::collections::{HashMap, HashSet};
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};
use wasmparser::{ElementItems, ExternalKind, FunctionBody, Operator, OperatorsReader, Parser, Payload};

/// Merges to see what is left. An import is listed if it has functions, none of them can be called, and
/// no import that is not listed takes types from it.
pub fn unreached(tree: &Tree<'_>, assembled: Assembled<'_>) -> Result<Vec<String>> {
    let Assembled { assembly, boundary, .. } = assembled;
    let settings = Settings { names: false, optimizations: Optimizations::all(), explain: false };
    let mut merger = Merger::new(assembly, settings)?;
    while merger.step()? {}
    let (core, _) = merger.finish()?;
    let referred = referred(&core).map_err(|e| Error::internal(format!("merged module: {e}")))?;
    let mut reached = called(&boundary, &referred);
    let imports = imports(tree);
    // Until no import is added that one of those reached takes types from.
    loop {
        let before = reached.len();
        for import in &imports {
            if !import.callable || reached.contains(import.name) {
                reached.extend(import.uses.iter().copied());
            }
        }
        if reached.len() == before {
            break;
        }
    }
    let unreached = imports.iter().filter(|import| import.callable && !reached.contains(import.name));
    Ok(unreached.map(|import| import.name.to_string()).collect())
}

/// The root's imports that have a function which is called, or exported again.
fn called<'b>(boundary: &'b Boundary, referred: &HashSet<u32>) -> HashSet<&'b str> {
    let imports = (0u32..).zip(&boundary.imports).filter(|(index, _)| referred.contains(index));
    let imports = imports.filter_map(|(_, import)| match &import.kind {
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
    let mut owners: HashMap<ComponentAnyTypeId, &'t str> = HashMap::new();
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
                ComponentEntityType::Type { referenced, created } => {
                    let mut chain = std::iter::successors(Some(referenced), |id| types.peel_alias(*id));
                    match chain.find_map(|id| owners.get(&id)) {
                        Some(owner) => import.uses.push(owner),
                        None => _ = owners.insert(created, name),
                    }
                }
                _ => {}
            }
        }
        imports.push(import);
    }
    imports
}

/// The imported functions that a core module refers to, by index.
fn referred(core: &[u8]) -> wasmparser::Result<HashSet<u32>> {
    let mut referred = HashSet::new();
    for payload in Parser::new(0).parse_all(core) {
        match payload? {
            Payload::GlobalSection(section) => {
                for global in section {
                    operators(global?.init_expr.get_operators_reader(), &mut referred)?;
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    if let wasmparser::TableInit::Expr(expr) = table?.init {
                        operators(expr.get_operators_reader(), &mut referred)?;
                    }
                }
            }
            Payload::ElementSection(section) => {
                for element in section {
                    match element?.items {
                        ElementItems::Functions(functions) => {
                            for index in functions {
                                referred.insert(index?);
                            }
                        }
                        ElementItems::Expressions(_, expressions) => {
                            for expression in expressions {
                                operators(expression?.get_operators_reader(), &mut referred)?;
                            }
                        }
                    }
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        referred.insert(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => _ = referred.insert(func),
            Payload::CodeSectionEntry(body) => function(&body, &mut referred)?,
            _ => {}
        }
    }
    Ok(referred)
}

fn function(body: &FunctionBody<'_>, referred: &mut HashSet<u32>) -> wasmparser::Result<()> {
    operators(body.get_operators_reader()?, referred)
}

fn operators(reader: OperatorsReader<'_>, referred: &mut HashSet<u32>) -> wasmparser::Result<()> {
    for operator in reader {
        match operator? {
            Operator::Call { function_index }
            | Operator::ReturnCall { function_index }
            | Operator::RefFunc { function_index } => _ = referred.insert(function_index),
            _ => {}
        }
    }
    Ok(())
}
