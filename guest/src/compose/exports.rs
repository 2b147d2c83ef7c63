//! What a composition without a document exports. In: inputs with what meets their imports. Out:
//! exports of inputs, in order. Not its job: putting them into the graph (`connect`).

use super::matching::{Part, PartExport, name_of};
use super::shape::RootItem;
use crate::error::{Code, Error, Result};
use crate::name::Name;
use indexmap::{IndexMap, IndexSet};

/// What no input imports and, before each of them, those whose types it uses; of the provider `stubs` only the
/// latter. In order, of what several inputs export under one name the first is meant. Errors:
/// `AmbiguousImport` where two inputs export one name.
pub fn exports(parts: &[Part], stubs: Option<usize>, in_order: bool) -> Result<Vec<PartExport>> {
    let sources = parts.iter().flat_map(|part| part.sources());
    let consumed: IndexSet<&PartExport> = sources.map(|(_, export)| export).collect();
    let mut exports = Exports { parts, chosen: IndexMap::new(), on_the_way: IndexSet::new() };
    for (index, part) in parts.iter().enumerate().filter(|(index, _)| Some(*index) != stubs) {
        for name in &part.names {
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
    chosen: IndexMap<Name, usize>,
    /// Those that have been asked for, so that a circle of needs ends.
    on_the_way: IndexSet<PartExport>,
}

/// An export, and those before it that are still to be added.
type Open<'p> = (PartExport, Box<dyn Iterator<Item = PartExport> + 'p>);

impl<'p> Exports<'p> {
    /// Adds an export behind what it needs. Without recursion: a chain of needs is as long as an input likes.
    fn add(&mut self, export: PartExport) -> Result<()> {
        let mut open: Vec<Open<'p>> = Vec::new();
        open.extend(self.open(export)?);
        while let Some((_, needs)) = open.last_mut() {
            match needs.next() {
                Some(need) => open.extend(self.open(need)?),
                None => {
                    if let Some((export, _)) = open.pop() {
                        self.close(&export)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn open(&mut self, export: PartExport) -> Result<Option<Open<'p>>> {
        match self.chosen.get(&export.name) {
            Some(part) if *part == export.part => return Ok(None),
            Some(part) => return Err(self.twice(&export, *part)),
            None => {}
        }
        if !self.on_the_way.insert(export.clone()) {
            return Ok(None);
        }
        let part = self.parts.get(export.part);
        let part = part.ok_or_else(|| Error::internal("an export without an input"))?;
        let of = export.part;
        let needs = part.shape.needs(&export.name).filter_map(move |need| match need {
            RootItem::Export(name) => Some(PartExport { part: of, name: name.clone() }),
            RootItem::Import(name) => {
                let from = part.shape.follows.get(&**name).map_or(name, |(instance, _)| instance);
                part.source(from).cloned()
            }
        });
        Ok(Some((export, Box::new(needs))))
    }

    fn close(&mut self, export: &PartExport) -> Result<()> {
        // A need may have led back here under the same name.
        match self.chosen.insert(export.name.clone(), export.part) {
            Some(part) if part != export.part => Err(self.twice(export, part)),
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
