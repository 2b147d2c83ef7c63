//! What a composition without a document exports. In: inputs with what meets their imports. Out:
//! exports of inputs, in order. Not its job: putting them into the graph (`connect`).

use super::matching::{Part, PartExport, name_of};
use super::shape::RootItem;
use crate::error::{Code, Error, Result};
use indexmap::{IndexMap, IndexSet};

/// What no input imports and, before each of them, those whose types it uses; of the provider `stubs` only the
/// latter. In order, of what several inputs export under one name the first is meant. Errors:
/// `AmbiguousImport` where two inputs export one name.
pub fn exports(parts: &[Part], stubs: Option<usize>, in_order: bool) -> Result<Vec<PartExport>> {
    let sources = parts.iter().flat_map(|part| part.sources());
    let consumed: IndexSet<&PartExport> = sources.map(|(_, export)| export).collect();
    let mut exports = Exports { parts, chosen: IndexMap::new(), on_the_way: IndexSet::new() };
    for (index, part) in parts.iter().enumerate().filter(|(index, _)| Some(*index) != stubs) {
        for name in part.exports.keys() {
            let export = PartExport { part: index, name: name.clone() };
            let shadowed = in_order && exports.chosen.get(name).is_some_and(|part| *part != index);
            if !consumed.contains(&export) && !shadowed {
                exports.add(export)?;
            }
        }
    }
    Ok(exports.chosen.into_iter().map(|(name, part)| PartExport { part, name }).collect())
}

struct Exports<'p> {
    parts: &'p [Part],
    /// The export's name and the input.
    chosen: IndexMap<String, usize>,
    /// Those that have been asked for, so that a circle of needs ends.
    on_the_way: IndexSet<PartExport>,
}

impl Exports<'_> {
    fn add(&mut self, export: PartExport) -> Result<()> {
        match self.chosen.get(&export.name) {
            Some(part) if *part == export.part => return Ok(()),
            Some(part) => return Err(self.twice(&export, *part)),
            None => {}
        }
        if !self.on_the_way.insert(export.clone()) {
            return Ok(());
        }
        let part = self.parts.get(export.part);
        let part = part.ok_or_else(|| Error::internal("an export without an input"))?;
        for need in part.shape.needs.get(&export.name).into_iter().flatten() {
            match need {
                RootItem::Export(name) => self.add(PartExport { part: export.part, name: name.clone() })?,
                RootItem::Import(name) => {
                    let from = part.shape.follows.get(name).map_or(name, |(instance, _)| instance);
                    if let Some(source) = part.source(from) {
                        self.add(source.clone())?;
                    }
                }
            }
        }
        // A need may have led back here under the same name.
        match self.chosen.insert(export.name.clone(), export.part) {
            Some(part) if part != export.part => Err(self.twice(&export, part)),
            _ => Ok(()),
        }
    }

    fn twice(&self, export: &PartExport, other: usize) -> Error {
        let (one, two) = (name_of(self.parts, other), name_of(self.parts, export.part));
        let message =
            format!("both `{one}` and `{two}` export `{}`, and the result can do so once", export.name);
        Error::new(Code::AmbiguousImport, message).in_input(two).hint(
            "leave an input out, or write in a WAC document which one is exported, or each under a name of its own",
        )
    }
}
