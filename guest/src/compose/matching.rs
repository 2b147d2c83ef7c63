//! Finds for each import of each input what meets it. In: inputs and their shapes. Out: `Matching`,
//! with an outcome for every import, good or bad. Not its job: what a bad outcome means for the
//! composition (`connect`), or for whoever looks at it (`wiring`).

use super::budget;
use super::shape::{RootItem, Shape};
use super::stubs::Imports;
use super::track::{Track, track};
use super::wording::chain;
use crate::error::{Code, Error, Result};
use crate::interface::{Composing, Input};
use crate::name::Name;
use crate::read::limits;
use indexmap::IndexMap;
use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;
use wac_graph::types::{ItemKind, Package, SubtypeChecker, Types};
use wac_graph::{CompositionGraph, PackageId};

/// An export of an input.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PartExport {
    /// Index into `Matching::parts`, which is the number of the input.
    pub part: usize,
    pub name: Name,
}

/// What meets an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// The one export that fits.
    Export(PartExport),
    /// No export has its name.
    Host,
    /// Several exports fit.
    Ambiguous(Vec<PartExport>),
    /// The first export that has the name, and how its type differs: none fits.
    Misfit(PartExport, String),
    /// It repeats a type of an imported instance, and comes from where that comes from.
    Follows { instance: Name, ty: Name },
}

/// One input.
pub struct Part {
    /// What errors call it.
    pub name: String,
    pub shape: Shape,
    pub package: PackageId,
    pub imports: IndexMap<String, ItemKind>,
    pub exports: IndexMap<String, ItemKind>,
    /// The names of the exports, in their order.
    pub names: Vec<Name>,
    /// What meets each import.
    pub met: IndexMap<String, Met>,
}

impl Part {
    /// The export of another input that meets `import`, if one does.
    pub fn source(&self, import: &str) -> Option<&PartExport> {
        match self.met.get(import) {
            Some(Met::Export(export)) => Some(export),
            _ => None,
        }
    }

    /// The imports that an export of another input meets.
    pub fn sources(&self) -> impl Iterator<Item = (&str, &PartExport)> {
        self.met.keys().filter_map(|import| Some((import.as_str(), self.source(import)?)))
    }
}

/// What errors call the input of this number.
pub fn name_of(parts: &[Part], index: usize) -> &str {
    parts.get(index).map_or("", |part| part.name.as_str())
}

/// All inputs, registered with wac's graph, in which there is nothing else yet.
pub struct Matching {
    pub graph: CompositionGraph,
    /// The inputs, and behind them the provider of what the host lacks, if there is one: stubs, or the
    /// platform.
    pub parts: Vec<Part>,
    /// Which part that is.
    pub stubs: Option<usize>,
    /// Whether the order of the inputs says what meets what.
    pub in_order: bool,
}

impl Matching {
    /// Errors: `Unsupported` for an input that wac cannot take, `LimitExceeded` where too many exports could
    /// meet too many imports, and those of `Imports::stubs`.
    pub fn of(inputs: Vec<Input>, shapes: Vec<Shape>, composing: &Composing) -> Result<Matching> {
        budget::instances(shapes.iter())?;
        let mut graph = CompositionGraph::new();
        let mut parts = Vec::new();
        for (index, (input, shape)) in inputs.into_iter().zip(shapes).enumerate() {
            parts.push(register(&mut graph, index, input, shape)?);
        }
        let in_order = composing.in_order;
        let mut matching = Matching { graph, parts, stubs: None, in_order };
        let met = Offers::of(&matching).meet(0..matching.parts.len())?;
        for (part, met) in matching.parts.iter_mut().zip(met) {
            part.met = met;
        }
        if !composing.stub.is_empty() {
            matching.stub(&composing.stub)?;
        }
        Ok(matching)
    }

    /// Gives what the host lacks to those that import it.
    fn stub(&mut self, patterns: &[String]) -> Result<()> {
        let left = self.parts.iter().flat_map(|part| &part.met).filter(|(_, met)| **met == Met::Host);
        budget::names(&left.map(|(name, _)| name.as_str()).collect())?;
        let mut imports = Imports::default();
        for part in &self.parts {
            for (name, kind) in
                part.imports.iter().filter(|(name, _)| part.met.get(*name) == Some(&Met::Host))
            {
                imports = imports.add(self.graph.types(), name, *kind)?;
            }
        }
        let stubs = imports.stubs(patterns)?;
        let index = self.parts.len();
        let (input, shape) = stubs.input()?;
        self.parts.push(register(&mut self.graph, index, input, shape)?);
        self.stubs = Some(index);
        let met = Offers::of(self).meet(index..index + 1)?;
        for (part, met) in self.parts.iter_mut().skip(index).zip(met) {
            part.met = met;
        }
        let exports = stubs.exports();
        for part in self.parts.iter_mut().take(index) {
            for (name, met) in part.met.iter_mut().filter(|(_, met)| **met == Met::Host) {
                if let Some(export) = exports.get(&track(name)) {
                    *met = Met::Export(PartExport { part: index, name: Name::from(*export) });
                }
            }
        }
        Ok(())
    }
}

/// The name under which wac knows an input.
pub fn package_name(index: usize) -> String {
    format!("input:i{index}")
}

fn register(graph: &mut CompositionGraph, index: usize, input: Input, shape: Shape) -> Result<Part> {
    let Input { name, bytes, .. } = input;
    let package = Package::from_bytes(&package_name(index), None, bytes, graph.types_mut())
        .map_err(|e| Error::new(Code::Unsupported, chain(e.as_ref())).in_input(&name))?;
    let world = &graph.types()[package.ty()];
    let (imports, exports) = (world.imports.clone(), world.exports.clone());
    let package = graph.register_package(package).map_err(|e| Error::internal(chain(&e)))?;
    let names = exports.keys().map(|name| Name::from(name.as_str())).collect();
    Ok(Part { name, shape, package, imports, exports, names, met: IndexMap::new() })
}

/// An export that has an import's name, or that of a compatible version.
struct Candidate {
    export: PartExport,
    exact: bool,
    /// Why its type does not fit.
    misfit: Option<String>,
}

/// What looking for an import takes where one input has one export on its track.
const FREE: usize = 3;

/// All exports of the inputs, by what imports they could meet.
struct Offers<'m> {
    matching: &'m Matching,
    /// In the order of the inputs, and of their exports.
    by_track: HashMap<Track<'m>, Vec<Offer<'m>>>,
    /// How many exports and inputs have been looked at for imports, beyond `FREE` for each.
    looked: Cell<usize>,
}

/// An export: its name, shared, and what it is.
type Exported<'m> = (&'m Name, ItemKind);

/// The exports of one input that are on one track.
struct Offer<'m> {
    part: usize,
    exports: Vec<Exported<'m>>,
}

impl<'m> Offers<'m> {
    fn of(matching: &'m Matching) -> Offers<'m> {
        let mut by_track: HashMap<Track<'m>, Vec<Offer<'m>>> = HashMap::new();
        for (index, part) in matching.parts.iter().enumerate() {
            for (name, kind) in part.names.iter().zip(part.exports.values()) {
                let offers = by_track.entry(track(name)).or_default();
                match offers.last_mut() {
                    Some(offer) if offer.part == index => offer.exports.push((name, *kind)),
                    _ => offers.push(Offer { part: index, exports: vec![(name, *kind)] }),
                }
            }
        }
        Offers { matching, by_track, looked: Cell::new(0) }
    }

    /// What meets each import of these parts.
    fn meet(&self, importers: Range<usize>) -> Result<Vec<IndexMap<String, Met>>> {
        let parts = self.matching.parts.iter().enumerate().take(importers.end).skip(importers.start);
        parts.map(|(importer, part)| self.met(importer, part)).collect()
    }

    fn met(&self, importer: usize, part: &'m Part) -> Result<IndexMap<String, Met>> {
        let mut all = IndexMap::new();
        for (name, kind) in &part.imports {
            let met = match part.shape.follows.get(name) {
                Some((instance, ty)) => Met::Follows { instance: instance.clone(), ty: ty.clone() },
                None => self.find(Wanted { importer, name, kind: *kind })?,
            };
            all.insert(name.clone(), met);
        }
        Ok(all)
    }

    fn find(&self, wanted: Wanted<'m>) -> Result<Met> {
        let (matching, before) = (self.matching, self.looked.get());
        let met = match matching.in_order && matching.stubs != Some(wanted.importer) {
            true => nearest(&matching.parts, self.behind(wanted)),
            false => self.only(wanted),
        };
        let looked = before.max(self.looked.get().saturating_sub(FREE.saturating_mul(weight(wanted.name))));
        self.looked.set(looked);
        match looked > limits::CANDIDATES {
            true => {
                Err(Error::limit("exports that could meet imports of the inputs", limits::CANDIDATES as u64)
                    .hint("fuse some of the inputs first, and the result with the others"))
            }
            false => Ok(met),
        }
    }

    /// Those of other inputs, from the input `first` on, that are on the track.
    fn others(&self, wanted: Wanted<'m>, first: usize) -> impl Iterator<Item = &Offer<'m>> {
        let offers = self.by_track.get(&track(wanted.name)).map_or(&[][..], Vec::as_slice);
        let (_, offers) = offers.split_at(offers.partition_point(|offer| offer.part < first));
        offers.iter().filter(move |offer| offer.part != wanted.importer).inspect(move |_| self.look(wanted))
    }

    /// Those of the inputs behind; of one input, that of the very name comes first.
    fn behind(&self, wanted: Wanted<'m>) -> impl Iterator<Item = Candidate> {
        let offers = self.others(wanted, wanted.importer);
        offers.flat_map(move |offer| {
            self.exact(wanted, offer).into_iter().chain(self.compatible(wanted, offer))
        })
    }

    /// The one that fits: of the very name if there is any such, else of a compatible version.
    fn only(&self, wanted: Wanted<'m>) -> Met {
        let exact = the_one(self.others(wanted, 0).filter_map(|offer| self.exact(wanted, offer)));
        if !matches!(exact, Met::Host | Met::Misfit(..)) {
            return exact;
        }
        let compatible = the_one(self.others(wanted, 0).flat_map(|offer| self.compatible(wanted, offer)));
        match (exact, compatible) {
            (Met::Misfit(export, why), Met::Export(other)) => {
                gives_way(&self.matching.parts, export, why, &other)
            }
            (Met::Host, met) | (met, _) => met,
        }
    }

    fn exact(&self, wanted: Wanted<'m>, offer: &Offer<'m>) -> Option<Candidate> {
        let part = self.matching.parts.get(offer.part)?;
        let (index, _, kind) = part.exports.get_full(wanted.name)?;
        Some(self.candidate(wanted, offer, (part.names.get(index)?, *kind)))
    }

    fn compatible(&self, wanted: Wanted<'m>, offer: &Offer<'m>) -> impl Iterator<Item = Candidate> {
        let others = offer.exports.iter().filter(move |(export, _)| ***export != *wanted.name);
        others.map(move |export| {
            self.look(wanted);
            self.candidate(wanted, offer, *export)
        })
    }

    fn candidate(&self, wanted: Wanted<'m>, offer: &Offer<'m>, (export, kind): Exported<'m>) -> Candidate {
        let types = self.matching.graph.types();
        let misfit =
            differ(self.matching, wanted, offer.part, export).or_else(|| misfit(types, kind, wanted.kind));
        let exact = **export == *wanted.name;
        Candidate { export: PartExport { part: offer.part, name: export.clone() }, exact, misfit }
    }

    fn look(&self, wanted: Wanted<'m>) {
        self.looked.set(self.looked.get().saturating_add(weight(wanted.name)));
    }
}

/// For how many a name counts: all that could meet an import are told by their names, which are as long.
fn weight(name: &str) -> usize {
    1 + name.len() / 64
}

/// An import that is to be met.
#[derive(Clone, Copy)]
struct Wanted<'n> {
    importer: usize,
    name: &'n str,
    kind: ItemKind,
}

fn misfit(types: &Types, export: ItemKind, import: ItemKind) -> Option<String> {
    let mut cache = Default::default();
    let fits = SubtypeChecker::new(&mut cache).is_subtype(export, types, import, types);
    fits.err().map(|why| chain(why.as_ref()))
}

/// Two labels that implement different interfaces are alike by accident.
fn differ(matching: &Matching, wanted: Wanted<'_>, part: usize, export: &str) -> Option<String> {
    let of = |part: usize, item: RootItem| {
        matching.parts.get(part)?.shape.attributes.get(&item)?.implements.as_deref()
    };
    let wanted = of(wanted.importer, RootItem::import(wanted.name))?;
    let given = of(part, RootItem::export(export))?;
    (track(wanted) != track(given)).then(|| {
        format!("expected an instance that implements `{wanted}`, found one that implements `{given}`")
    })
}

fn the_one(candidates: impl Iterator<Item = Candidate>) -> Met {
    let (mut fitting, mut misfit) = (Vec::new(), None);
    for Candidate { export, misfit: why, .. } in candidates {
        match why {
            None => fitting.push(export),
            Some(why) => _ = misfit.get_or_insert((export, why)),
        }
    }
    match (fitting.pop(), misfit) {
        (Some(export), _) if fitting.is_empty() => Met::Export(export),
        (Some(last), _) => {
            fitting.push(last);
            Met::Ambiguous(fitting)
        }
        (None, Some((export, why))) => Met::Misfit(export, why),
        (None, None) => Met::Host,
    }
}

/// The first that fits; of one input, only one may.
fn nearest(parts: &[Part], candidates: impl Iterator<Item = Candidate>) -> Met {
    let mut misfit: Option<(PartExport, bool, String)> = None;
    let mut candidates = candidates.peekable();
    while let Some(Candidate { export, exact, misfit: why }) = candidates.next() {
        match (why, &misfit) {
            (Some(why), None) => misfit = Some((export, exact, why)),
            (Some(why), Some((_, false, _))) if exact => misfit = Some((export, exact, why)),
            (Some(_), Some(_)) => {}
            (None, Some((wrong, true, why))) if !exact => {
                return gives_way(parts, wrong.clone(), why.clone(), &export);
            }
            (None, _) => {
                let here = export.part;
                let mut fitting = vec![export];
                while let Some(next) = candidates.next_if(|next| !exact && next.export.part == here) {
                    if next.misfit.is_none() {
                        fitting.push(next.export);
                    }
                }
                return match (fitting.pop(), fitting.is_empty()) {
                    (Some(export), true) => Met::Export(export),
                    (last, _) => Met::Ambiguous(fitting.into_iter().chain(last).collect()),
                };
            }
        }
    }
    misfit.map_or(Met::Host, |(export, _, why)| Met::Misfit(export, why))
}

/// What has the very name is meant, and if it does not fit nothing else is taken for it.
fn gives_way(parts: &[Part], export: PartExport, why: String, other: &PartExport) -> Met {
    let of = parts.get(other.part).map_or("", |part| part.name.as_str());
    let why = format!("{why}; the export `{}` of `{of}` would fit, and has another name", other.name);
    Met::Misfit(export, why)
}
