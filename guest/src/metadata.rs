//! What the inputs say of themselves to registries and auditors. In: the component that is fused, and where the
//! inputs are in it. Out: the custom sections that the result has of theirs. Not its job: where a function came from
//! (`provenance`), and where the sections go (`session`, `wrap`).
//!
//! - `producers` (tool-conventions, "Producers Section"): those of all components and core modules together, and meld
//!   itself. Where they differ in a version, the last one counts, as with wasm-tools.
//! - What `wasm-tools metadata add` writes to a component: of the only input, as it is. Of several, what the format
//!   says how to put together: `licenses` is an SPDX expression, and code under several licences is under all of
//!   them (`AND`), where all inputs say theirs. The rest is about one input, and not about what they make together.
//! - `.dep-v0`, what `cargo auditable` writes: where all that have one have the same. The format has one root, and
//!   does not say how two lists become one.
//!
//! All of it is for people: a `producers` that does not parse is left out, and the rest is not looked into.

use crate::optimizations::{METADATA, Note};
use crate::read::{self, Component, Tree};
use indexmap::{IndexMap, IndexSet};
use std::ops::Range;
use wasm_encoder::Encode;
use wasmparser::{BinaryReader, ProducersSectionReader};

const PRODUCERS: &str = "producers";
const LICENSES: &str = "licenses";
const DEPENDENCIES: &str = ".dep-v0";
/// What is said of one component.
const ABOUT: [&str; 6] = ["authors", "description", "homepage", "revision", "source", "version"];

/// Custom sections: names and contents.
pub type Sections = Vec<(String, Vec<u8>)>;

/// A custom section of the input: its name and contents.
type Custom<'a> = (&'a str, &'a [u8]);

/// Whether a custom section of this name is one of those that are about the whole: of a component it stands at the
/// root, and not in the core module.
pub fn is_about_the_whole(name: &str) -> bool {
    [PRODUCERS, LICENSES, DEPENDENCIES].contains(&name) || ABOUT.contains(&name)
}

/// The sections of the result, and notes on what was left out. `inputs`: the byte range of each in the component.
pub fn of(tree: &Tree<'_>, inputs: &[Range<usize>]) -> (Sections, Vec<Note>) {
    let components = tree.components.values();
    let customs: Vec<(&Component<'_>, Vec<Custom<'_>>)> =
        components.map(|component| (component, customs(tree, component))).collect();
    let of_modules = tree.modules.values().flat_map(|module| module.customs.iter().copied());
    let nested = customs.iter().flat_map(|(_, customs)| customs.iter().copied()).chain(of_modules);
    let mut nested: Vec<Custom<'_>> =
        nested.filter(|(name, _)| [PRODUCERS, DEPENDENCIES].contains(name)).collect();
    // All of them are parts of one binary: this is their order in it.
    nested.sort_by_key(|(_, contents)| contents.as_ptr());

    let mut notes = Vec::new();
    let mut left_out = |name: &str, why: &str| {
        notes.push(Note::new(METADATA.0, format!("left out, since {why}"), format!("`{name}`")));
    };
    let (mut producers, mut broken) = (Producers::default(), false);
    let mut dependencies = IndexSet::new();
    for (name, contents) in nested {
        match name {
            PRODUCERS if values(contents).all(|value| value.is_some()) => {
                values(contents)
                    .flatten()
                    .for_each(|(field, name, version)| producers.add(field, name, version));
            }
            PRODUCERS => broken = true,
            DEPENDENCIES => {
                dependencies.insert(contents);
            }
            _ => {}
        }
    }
    if broken {
        left_out(PRODUCERS, "it does not parse");
    }
    producers.add("processed-by", "meld", crate::VERSION);
    let of_inputs: Vec<&[Custom<'_>]> = inputs
        .iter()
        .map(|range| customs.iter().find(|(component, _)| component.range == *range))
        .map(|found| found.map_or(&[] as &[_], |(_, customs)| customs.as_slice()))
        .collect();

    let mut sections = vec![(PRODUCERS.to_string(), producers.section())];
    match of_inputs.as_slice() {
        [only] => {
            let told = only.iter().filter(|(name, _)| ABOUT.contains(name) || *name == LICENSES);
            sections.extend(told.map(|(name, contents)| (name.to_string(), contents.to_vec())));
        }
        several => {
            match licenses(several) {
                Some(all) => sections.push((LICENSES.to_string(), all.into_bytes())),
                None if several.iter().any(|input| has(input, LICENSES)) => {
                    left_out(LICENSES, "not all inputs say theirs");
                }
                None => {}
            }
            for name in ABOUT.iter().filter(|name| several.iter().any(|input| has(input, name))) {
                left_out(name, "it is about one of several inputs");
            }
        }
    }
    match (dependencies.len(), dependencies.first()) {
        (1, Some(only)) => sections.push((DEPENDENCIES.to_string(), only.to_vec())),
        (0, _) => {}
        (count, _) => left_out(DEPENDENCIES, &format!("there are {count}, each with a root of its own")),
    }
    (sections, notes)
}

fn has(customs: &[Custom<'_>], wanted: &str) -> bool {
    customs.iter().any(|(name, _)| *name == wanted)
}

/// All expressions, joined. None: some input has none, or more than one.
fn licenses(inputs: &[&[Custom<'_>]]) -> Option<String> {
    let mut all = IndexSet::new();
    for input in inputs {
        let mut found = input.iter().filter(|(name, _)| *name == LICENSES);
        let (_, contents) = found.next()?;
        all.insert(std::str::from_utf8(contents).ok()?);
        if found.next().is_some() {
            return None;
        }
    }
    match all.len() {
        0 => None,
        1 => all.pop().map(str::to_string),
        _ => Some(all.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" AND ")),
    }
}

/// The custom sections right inside a component.
fn customs<'a>(tree: &Tree<'a>, component: &Component<'_>) -> Vec<Custom<'a>> {
    let bytes: &'a [u8] = tree.bytes.get(component.range.clone()).unwrap_or_default();
    let customs = read::sections(bytes).filter(|(id, _)| *id == 0);
    customs.filter_map(|(_, contents)| read::custom(contents)).collect()
}

/// By field, the version of each name.
#[derive(Default)]
struct Producers(IndexMap<String, IndexMap<String, String>>);

impl Producers {
    fn add(&mut self, field: &str, name: &str, version: &str) {
        let values = self.0.entry(field.to_string()).or_default();
        values.insert(name.to_string(), version.to_string());
    }

    fn section(&self) -> Vec<u8> {
        let mut contents = Vec::new();
        self.0.len().encode(&mut contents);
        for (field, values) in &self.0 {
            field.as_str().encode(&mut contents);
            values.len().encode(&mut contents);
            for (name, version) in values {
                name.as_str().encode(&mut contents);
                version.as_str().encode(&mut contents);
            }
        }
        contents
    }
}

/// The values of a section: field, name, version. None: what comes there does not parse.
fn values(contents: &[u8]) -> impl Iterator<Item = Option<(&str, &str, &str)>> {
    let fields = ProducersSectionReader::new(BinaryReader::new(contents, 0)).ok();
    let fields = fields.map(|fields| fields.into_iter().map(|field| field.ok()));
    let broken = fields.is_none().then_some(None);
    fields.into_iter().flatten().chain(broken).flat_map(|field| {
        let broken = field.is_none().then_some(None);
        let values = field.into_iter().flat_map(|field| {
            let name = field.name;
            field
                .values
                .into_iter()
                .map(move |value| value.ok().map(|value| (name, value.name, value.version)))
        });
        values.chain(broken)
    })
}
