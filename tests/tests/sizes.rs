//! The size of what comes out, as a component, against what went in. What toolchains make never gets
//! larger. Hand-written components of some hundred bytes are too small for that: they may grow by the
//! code that is generated for them, as it is before anything is left out, and by what wraps it.

use meld_fuser::read::Reader;
use meld_fuser::{Input, Optimizations, Options, OutputKind, abi, fuse, link};
use meld_tests::{compose, generated, guests};
use std::path::PathBuf;

/// Bytes of a component around its core module, for each function or resource type that it imports or
/// exports: a type, an alias, a canonical definition, and names in up to three places. Measured: the
/// most that any of the components here takes is said by the test.
const WRAPPING: usize = 96;

/// What a component becomes.
fn fused(bytes: &[u8]) -> Option<usize> {
    let options = Options { output: OutputKind::Component, ..Options::default() };
    Some(fuse(vec![Input::new("input", bytes)], options).ok()?.bytes.len())
}

/// Bytes of generated modules, and how many functions and resource types cross the boundary.
fn generated_for(bytes: &[u8]) -> (usize, usize) {
    let mut reader = Reader::new(bytes);
    while reader.step().unwrap() {}
    let tree = reader.finish().unwrap();
    let plan = link::evaluate(&tree).unwrap();
    let arena = Default::default();
    let abi::Assembled { assembly, boundary, .. } =
        abi::assemble(&plan, &arena, Optimizations::all()).unwrap();
    let modules = assembly.modules.values().skip(plan.modules.len());
    let items = boundary.imports.len() + boundary.exports.len() + boundary.resources.len();
    (modules.map(|module| module.bytes.len()).sum(), items)
}

/// Bytes by which the output is larger than the bound without wrapping, for each item; less than 0
/// where it is smaller.
fn excess(before: usize, after: usize, bytes: &[u8]) -> (i64, usize) {
    let (generated, items) = generated_for(bytes);
    (after as i64 - before as i64 - generated as i64, items)
}

#[test]
fn guests_do_not_grow() {
    let (mut all, mut worst) = ((0, 0), (0.0, String::new()));
    for name in guests::names().unwrap() {
        let case = guests::case(&name).unwrap();
        let parts: Vec<(&str, &[u8])> =
            case.parts.iter().map(|part| (part.role.as_str(), part.bytes.as_slice())).collect();
        let composed = compose::chain(&parts).unwrap();
        let (before, after) = (composed.len(), fused(&composed).unwrap());
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
    let (mut larger, mut most) = (0, (i64::MIN, String::new()));
    for (name, text) in &inputs {
        let bytes = wat::parse_str(text).unwrap();
        let (before, after) = (bytes.len(), fused(&bytes).unwrap());
        let (excess, items) = excess(before, after, &bytes);
        larger += usize::from(after > before);
        let each = excess / items.max(1) as i64;
        if each > most.0 {
            most = (each, format!("{name}: {before} to {after}, {items} items"));
        }
        println!("{name}: {before} to {after}, {excess} for {items} items");
        assert!(
            excess <= (WRAPPING * items) as i64,
            "{name}: {before} to {after}, {excess} for {items} items"
        );
    }
    println!("{} components, {larger} become larger; the most for an item: {most:?}", inputs.len());
}
