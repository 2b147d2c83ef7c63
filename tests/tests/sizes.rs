//! The size of what comes out, as a component, against what went in. What toolchains make never gets
//! larger. Hand-written components are too small for that; each may grow by
//!
//! - the code that is generated for it, as it is before anything is left out,
//! - the modules that are put around the fused one, because the types of resources come before it and their
//!   destructors are in it,
//! - copies of modules with several instances,
//! - a byte for each index in all this code: that of a second memory takes one where there was none, and
//!   other index spaces grow past 127,
//! - its component types three times more: a wrapped component defines the types of its boundary where it
//!   lifts and lowers, where it imports or exports them, and twice in the component that names them.

use meld_fuser::read::Reader;
use meld_fuser::{Input, Options, OutputKind, assemble, fuse, link};
use meld_tests::{compose, generated, guests};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::path::PathBuf;
use wasm_encoder::reencode::{self, Reencode, utils};

/// What a component becomes.
fn fused(bytes: &[u8]) -> Option<Vec<u8>> {
    let options = Options { output: OutputKind::Component, ..Options::default() };
    Some(fuse(vec![Input::new("input", bytes)], options).ok()?.bytes)
}

/// The bytes of the core modules around the fused one, which is the largest.
fn around(fused: &[u8]) -> usize {
    let mut modules: Vec<usize> = wasmparser::Parser::new(0)
        .parse_all(fused)
        .filter_map(|payload| match payload.unwrap() {
            wasmparser::Payload::ModuleSection { unchecked_range, .. } => {
                Some((unchecked_range.end - unchecked_range.start) as usize)
            }
            _ => None,
        })
        .collect();
    modules.sort();
    modules.pop();
    modules.iter().sum()
}

/// By how many bytes a component may grow.
fn growth(bytes: &[u8]) -> usize {
    let mut reader = Reader::new(bytes);
    while reader.step().unwrap() {}
    let tree = reader.finish().unwrap();
    let plan = link::evaluate(&tree).unwrap();
    let arena = Default::default();
    let assembly = assemble::assemble(&plan, &arena, assemble::Settings::default()).unwrap().assembly;
    let modules = assembly.modules.values().skip(plan.modules.len());
    let generated: usize = modules.map(|module| module.bytes.len()).sum();
    let (mut indices, mut seen, mut copies) = (Indices::default(), BTreeSet::new(), 0);
    for instance in assembly.instances.values() {
        if !seen.insert(instance.module) {
            copies += assembly.modules[instance.module].bytes.len();
        }
        for body in &assembly.modules[instance.module].bodies {
            for operator in body.get_operators_reader().unwrap() {
                utils::instruction(&mut indices, operator.unwrap()).unwrap();
            }
        }
    }
    let types = wasmparser::Parser::new(0).parse_all(bytes).map(|payload| match payload.unwrap() {
        wasmparser::Payload::ComponentTypeSection(section) => {
            (section.range().end - section.range().start) as usize
        }
        _ => 0,
    });
    generated + copies + indices.0 + 3 * types.sum::<usize>()
}

/// Counts the indices in instructions.
#[derive(Default)]
struct Indices(usize);

impl Indices {
    fn count(&mut self, index: u32) -> Result<u32, reencode::Error> {
        self.0 += 1;
        Ok(index)
    }
}

impl Reencode for Indices {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        self.count(index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        self.count(index)
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        self.count(index)
    }

    fn global_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        self.count(index)
    }

    fn type_index(&mut self, index: u32) -> Result<u32, reencode::Error> {
        self.count(index)
    }
}

#[test]
fn guests_do_not_grow() {
    let (mut all, mut worst) = ((0, 0), (0.0, String::new()));
    for name in guests::names().unwrap() {
        let case = guests::case(&name).unwrap();
        let parts: Vec<(&str, &[u8])> =
            case.parts.iter().map(|part| (part.role.as_str(), part.bytes.as_slice())).collect();
        let composed = compose::chain(&parts).unwrap();
        let (before, after) = (composed.len(), fused(&composed).unwrap().len());
        let ratio = after as f64 / before as f64;
        println!("{name}: {before} to {after}, {ratio:.3}");
        all = (all.0 + before, all.1 + after);
        if ratio > worst.0 {
            worst = (ratio, name);
        }
    }
    println!("all: {} to {}; the worst: {worst:?}", all.0, all.1);
    assert!(worst.0 <= 1.0, "{worst:?}");
}

#[test]
fn small_components_grow_by_what_is_generated() {
    let mut inputs = Vec::new();
    let cases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases").join("wat");
    for entry in std::fs::read_dir(cases).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        inputs.push((path.file_stem().unwrap().to_string_lossy().into_owned(), text));
    }
    inputs.sort();
    for seed in 1..201 {
        inputs.push((format!("seed {seed}"), generated::text(&generated::bytes(seed)).unwrap()));
    }
    let mut larger = 0;
    for (name, text) in &inputs {
        let bytes = wat::parse_str(text).unwrap();
        let output = fused(&bytes).unwrap();
        let (before, after) = (bytes.len(), output.len());
        larger += usize::from(after > before);
        let most = before + growth(&bytes) + around(&output);
        assert!(after <= most, "{name}: {before} to {after}, and not to {most} at most");
    }
    println!("{} components, {larger} become larger", inputs.len());
}
