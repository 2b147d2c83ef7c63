//! `-g`: a backtrace of the fused program tells the files, lines and functions that one of the original tells, frame
//! by frame. Lines are read as wasmtime reads them, by the library that it has for that.

use addr2line::Context;
use addr2line::gimli::{self, EndianSlice, LittleEndian, Reader};
use anyhow::{Context as _, Result, ensure};
use meld_fuser::{Composing, Input, Memory, Optimizations, Options, OutputKind, WacSource};
use meld_tests::engine::bare;
use meld_tests::random::Random;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use wasmparser::{KnownCustom, Parser, Payload};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, OptLevel, Store, WasmBacktrace};

/// How the guests are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Built {
    /// As for release.
    Optimised,
    /// As while developing.
    Plain,
    /// As for release, with version 5 of DWARF.
    Version5,
}

const ALL: [Built; 3] = [Built::Optimised, Built::Plain, Built::Version5];

/// What `run` is given: all ends of a leaf, of the other leaf, and that of the runner.
const WAYS: [u32; 9] = [0, 1, 2, 3, 10, 11, 12, 13, 20];

fn built(how: Built, name: &str) -> Vec<u8> {
    static DONE: Mutex<BTreeMap<Built, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut done = DONE.lock().unwrap();
    let folder = done.entry(how).or_insert_with(|| build(how).expect("the guests build"));
    std::fs::read(folder.join(name).with_extension("wasm")).expect("a guest")
}

/// Builds the guests; the folder with them is one of this process.
fn build(how: Built) -> Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let target = meld_tests::guests::target_dir().join("debug-guests");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--examples",
        "--target",
        TARGET,
        "--target-dir",
    ]);
    cargo.arg(&target).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("debug"));
    match how {
        Built::Optimised => {}
        Built::Plain => {
            cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
            cargo.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
        }
        Built::Version5 => {
            cargo.env("RUSTFLAGS", "-C dwarf-version=5");
        }
    }
    let status = cargo.status()?;
    ensure!(status.success(), "cargo: {status}");
    let folder = tempfile::tempdir()?.keep();
    for name in ["leaf", "runner"] {
        let file = format!("{name}.wasm");
        let core = std::fs::read(target.join(TARGET).join("release/examples").join(&file))?;
        let component = wit_component::ComponentEncoder::default().module(&core)?.validate(true).encode()?;
        std::fs::write(folder.join(&file), component)?;
    }
    Ok(folder)
}

/// A runner between two instances of one leaf.
fn inputs(how: Built) -> (Vec<Input>, Composing) {
    let inputs = ["leaf", "runner"].map(|name| Input {
        package: Some(format!("debug:{name}")),
        ..Input::new(format!("{name}.wasm"), built(how, name))
    });
    let text = r#"
        package debug:app;
        let one = new debug:leaf { ... };
        let two = new debug:leaf { ... };
        let app = new debug:runner { first: one["debug:trail/steps"], second: two["debug:trail/steps"] };
        export app.run;
    "#;
    let wac = WacSource { name: "app.wac".into(), text: text.into() };
    (inputs.into(), Composing { wac: Some(wac), ..Composing::default() })
}

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut config = bare();
        config.cranelift_opt_level(OptLevel::None);
        // What is generated has frames of its own.
        config.wasm_backtrace_max_frames(NonZeroUsize::new(1000));
        Engine::new(&config).expect("an engine")
    })
}

/// A function, file, line and column, as far as they are told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    function: Option<String>,
    place: Option<(String, Option<u32>, Option<u32>)>,
}

type Dwarf<'a> = Context<EndianSlice<'a, LittleEndian>>;

/// The lines of a core module, and the names of its functions.
struct Lines<'a> {
    names: BTreeMap<u32, &'a str>,
    code: u64,
    dwarf: Dwarf<'a>,
}

/// All core modules of a component that have lines.
fn lines(component: &[u8]) -> Vec<Lines<'_>> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        if let Payload::ModuleSection { unchecked_range, .. } = payload.unwrap() {
            let range = unchecked_range.start as usize..unchecked_range.end as usize;
            // Offsets of frames count from the start of the component.
            let start = unchecked_range.start;
            found.extend(
                module_lines(&component[range]).map(|lines| Lines { code: lines.code + start, ..lines }),
            );
        }
    }
    found
}

fn module_lines(module: &[u8]) -> Option<Lines<'_>> {
    let mut sections = BTreeMap::new();
    let (mut names, mut code) = (BTreeMap::new(), 0);
    for payload in Parser::new(0).parse_all(module) {
        match payload.unwrap() {
            Payload::CodeSectionStart { range, .. } => code = range.start,
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(parts) = section.as_known() {
                    for part in parts {
                        if let wasmparser::Name::Function(map) = part.unwrap() {
                            names.extend(
                                map.into_iter().map(|naming| naming.unwrap()).map(|n| (n.index, n.name)),
                            );
                        }
                    }
                }
                sections.insert(section.name(), section.data());
            }
            _ => {}
        }
    }
    sections.contains_key(".debug_info").then(|| {
        let section = |id: gimli::SectionId| {
            let data = sections.get(id.name()).copied().unwrap_or_default();
            Ok::<_, gimli::Error>(EndianSlice::new(data, LittleEndian))
        };
        let dwarf = gimli::Dwarf::load(section).unwrap();
        Lines { names, code, dwarf: Context::from_dwarf(dwarf).unwrap() }
    })
}

fn look_up(dwarf: &Dwarf<'_>, address: u64) -> Vec<Line> {
    let mut frames = dwarf.find_frames(address).skip_all_loads().expect("frames");
    let mut lines = Vec::new();
    while let Some(frame) = frames.next().expect("a frame") {
        let place = frame.location.and_then(|l| Some((l.file?.to_string(), l.line, l.column)));
        let function = frame.function.map(|f| f.name.to_string_lossy().into_owned());
        if place.is_some() || function.is_some() {
            lines.push(Line { function, place });
        }
    }
    lines
}

/// What a backtrace says of the functions that have lines, from the innermost on.
fn backtrace(component: &[u8], way: u32) -> Result<Vec<Vec<Line>>> {
    let lines = lines(component);
    let compiled = Component::new(engine(), component)?;
    let mut store = Store::new(engine(), ());
    let instance = Linker::new(engine()).instantiate(&mut store, &compiled)?;
    let run = instance.get_typed_func::<(u32,), (u32,)>(&mut store, "run")?;
    let error = run.call(&mut store, (way,)).err().context("it does not trap")?;
    let backtrace = error.downcast_ref::<WasmBacktrace>().context("no backtrace")?;
    let mut frames = Vec::new();
    for frame in backtrace.frames() {
        // No module has a name; what is called so at this index is in one of them.
        let is_there = |lines: &&Lines| {
            frame.func_name().is_some() && lines.names.get(&frame.func_index()).copied() == frame.func_name()
        };
        let Some(of) = lines.iter().find(is_there) else { continue };
        let offset = frame.module_offset().context("no offset")? as u64;
        let found = look_up(&of.dwarf, offset.checked_sub(of.code).context("outside of the code")?);
        if !found.is_empty() {
            frames.push(found);
        }
    }
    Ok(frames)
}

fn options(composing: &Composing) -> Vec<Options> {
    let component = Options {
        output: OutputKind::Component,
        debug_info: true,
        composing: composing.clone(),
        ..Options::default()
    };
    let single = Options { memory: Memory::Single, ..component.clone() };
    let not_optimised = Options { optimizations: Optimizations::none(), ..single.clone() };
    vec![component, single, not_optimised]
}

#[test]
fn a_backtrace_of_the_fused_program_tells_what_one_of_the_original_tells() {
    for how in ALL {
        let (inputs, composing) = inputs(how);
        let original = meld_fuser::compose(inputs.clone(), composing.clone()).unwrap();
        let expected = WAYS.map(|way| backtrace(&original, way).unwrap());
        for (way, frames) in WAYS.iter().zip(&expected) {
            let inner = frames.iter().flatten().filter_map(|line| line.place.as_ref());
            let of = |file: &str| inner.clone().any(|(found, ..)| found.ends_with(file));
            assert!(of("runner.rs") && (*way == 20 || of("leaf.rs")), "{how:?} {way}: {frames:#?}");
        }
        for options in options(&composing) {
            let fused = meld_fuser::fuse(inputs.clone(), options.clone()).unwrap().bytes;
            for (way, expected) in WAYS.iter().zip(&expected) {
                let found = backtrace(&fused, *way).unwrap();
                assert_eq!(found, *expected, "{how:?} {way} {:?}", options.memory);
            }
        }
    }
}

/// Where the original has a line for an instruction, the fused program has that line for it, function by function:
/// what traps nowhere above, too.
#[test]
fn every_function_has_its_lines() {
    for how in ALL {
        let (inputs, composing) = inputs(how);
        let original = meld_fuser::compose(inputs.clone(), composing.clone()).unwrap();
        let mut expected: BTreeMap<String, Vec<Vec<Line>>> = BTreeMap::new();
        for module in core_modules(&original) {
            expected.extend(lines_of_functions(module));
        }
        for options in options(&composing) {
            let fused = meld_fuser::fuse(inputs.clone(), options.clone()).unwrap().bytes;
            let found: BTreeMap<_, _> =
                core_modules(&fused).into_iter().flat_map(lines_of_functions).collect();
            let mut compared = 0;
            for (name, lines) in &found {
                // Of an instance's function, the name comes behind the instance's.
                let Some((_, own)) = name.split_once('!') else { continue };
                let Some(expected) = expected.get(own) else { continue };
                assert_eq!(lines, expected, "{how:?} {name} {:?}", options.memory);
                compared += usize::from(!lines.is_empty());
            }
            assert!(compared > 100, "{compared}");
        }
    }
}

fn core_modules(component: &[u8]) -> Vec<&[u8]> {
    let modules = Parser::new(0).parse_all(component).filter_map(|payload| match payload.unwrap() {
        Payload::ModuleSection { unchecked_range, .. } => {
            Some(&component[unchecked_range.start as usize..unchecked_range.end as usize])
        }
        _ => None,
    });
    modules.collect()
}

/// By function name, the lines of its calls and of what can trap, each as it follows from the last. Merging adds
/// instructions, which have the lines of others: so that what does not change from one instruction to the next
/// counts once.
fn lines_of_functions(module: &[u8]) -> BTreeMap<String, Vec<Vec<Line>>> {
    let Some(Lines { code, dwarf, .. }) = module_lines(module) else { return BTreeMap::new() };
    let mut names = BTreeMap::new();
    let mut imported = 0;
    let mut functions = BTreeMap::new();
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.unwrap() {
            Payload::ImportSection(section) => {
                imported = section
                    .into_imports()
                    .filter(|import| matches!(import.as_ref().unwrap().ty, wasmparser::TypeRef::Func(_)))
                    .count();
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(parts) = section.as_known() {
                    for part in parts {
                        if let wasmparser::Name::Function(map) = part.unwrap() {
                            for naming in map {
                                let naming = naming.unwrap();
                                names.insert(naming.index as usize, naming.name.to_string());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    for (nth, body) in bodies.iter().enumerate() {
        let Some(name) = names.get(&(imported + nth)) else { continue };
        let mut lines: Vec<Vec<Line>> = Vec::new();
        let mut operators = body.get_operators_reader().unwrap();
        while !operators.eof() {
            let address = operators.original_position() - code;
            operators.read().unwrap();
            let found = look_up(&dwarf, address);
            if !found.is_empty() && lines.last() != Some(&found) {
                lines.push(found);
            }
        }
        // Names of generic functions come more than once.
        if functions.insert(name.clone(), lines).is_some() {
            functions.insert(name.clone(), Vec::new());
        }
    }
    functions
}

#[test]
fn without_it_nothing_is_carried_over_and_that_is_told() {
    let (inputs, composing) = inputs(Built::Optimised);
    let options = Options { composing, explain: true, ..Options::default() };
    let plain = meld_fuser::fuse(inputs.clone(), options.clone()).unwrap();
    let names = custom_sections(&plain.bytes);
    assert!(names.iter().all(|(name, _)| !name.starts_with(".debug")), "{names:?}");
    let notes: Vec<_> = plain.explanation.iter().filter(|note| note.optimization == "debug-info").collect();
    assert_eq!(notes.len(), 3, "{notes:?}");

    let options = Options { debug_info: true, ..options };
    let with = meld_fuser::fuse(inputs, options).unwrap();
    // But for the sections of DWARF, and names, it is the same.
    let others = |bytes: &[u8]| {
        let mut all = custom_sections(bytes);
        all.retain(|(name, _)| name != "name" && !name.starts_with(".debug_"));
        (without_customs(bytes), all)
    };
    assert_eq!(others(&plain.bytes), others(&with.bytes));
    let found = with.explanation.iter().filter(|note| note.what.starts_with("carried over:")).count();
    assert_eq!(found, 3, "{:?}", with.explanation);
}

fn custom_sections(module: &[u8]) -> Vec<(String, Vec<u8>)> {
    let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) => Some((section.name().to_string(), section.data().to_vec())),
        _ => None,
    });
    sections.collect()
}

fn without_customs(module: &[u8]) -> Vec<Vec<u8>> {
    let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(_) => None,
        payload => {
            payload.as_section().map(|(_, range)| module[range.start as usize..range.end as usize].to_vec())
        }
    });
    sections.collect()
}

/// All of the result can be read: units, entries, lists and expressions. What merging does not touch is there as
/// often as it was.
#[test]
fn everything_can_be_read() {
    for how in ALL {
        let (inputs, composing) = inputs(how);
        for options in options(&composing) {
            let fused = meld_fuser::fuse(inputs.clone(), options).unwrap().bytes;
            let leaf = walk(core_modules(&inputs[0].bytes)[0]).unwrap();
            let runner = walk(core_modules(&inputs[1].bytes)[0]).unwrap();
            let found = walk(core_modules(&fused)[0]).unwrap();
            assert_eq!(found.entries, 2 * leaf.entries + runner.entries);
            assert_eq!(found.names, 2 * leaf.names + runner.names);
            assert!(found.ranges > 0 && found.ranges <= 2 * leaf.ranges + runner.ranges);
            assert!(found.locations <= 2 * leaf.locations + runner.locations);
            assert!(how == Built::Plain || found.locations > 0);
        }
    }
}

#[derive(Debug, Default, PartialEq)]
struct Found {
    entries: usize,
    /// Bytes of strings that entries have.
    names: usize,
    ranges: usize,
    locations: usize,
}

fn walk(module: &[u8]) -> Result<Found, gimli::Error> {
    let sections: BTreeMap<_, _> = custom_sections(module).into_iter().collect();
    let section = |id: gimli::SectionId| {
        let data = sections.get(id.name()).map(Vec::as_slice).unwrap_or_default();
        Ok::<_, gimli::Error>(EndianSlice::new(data, LittleEndian))
    };
    let dwarf = gimli::Dwarf::load(section)?;
    let mut found = Found::default();
    let mut headers = dwarf.units();
    while let Some(header) = headers.next()? {
        let unit = dwarf.unit(header)?;
        if let Some(program) = unit.line_program.clone() {
            let mut rows = program.rows();
            while rows.next_row()?.is_some() {}
        }
        let mut entries = unit.entries();
        while let Some(entry) = entries.next_dfs()? {
            found.entries += 1;
            for attribute in entry.attrs() {
                let value = attribute.value();
                if let Ok(text) = dwarf.attr_string(&unit, value) {
                    found.names += text.len();
                }
                if let gimli::AttributeValue::Exprloc(expression) = &value {
                    let mut operations = expression.operations(unit.encoding());
                    while operations.next()?.is_some() {}
                }
                if attribute.name() == gimli::DW_AT_ranges
                    && let Some(mut ranges) = dwarf.attr_ranges(&unit, value)?
                {
                    while ranges.next()?.is_some() {
                        found.ranges += 1;
                    }
                }
                if attribute.name() == gimli::DW_AT_location
                    && let Some(mut locations) = dwarf.attr_locations(&unit, value)?
                {
                    while let Some(location) = locations.next()? {
                        found.locations += 1;
                        let mut operations = location.data.operations(unit.encoding());
                        while operations.next()?.is_some() {}
                    }
                }
            }
        }
    }
    Ok(found)
}

/// Debug information can be anything: what is spoiled is left out, the program is the same, and no section grows
/// past what its bytes can ask for.
#[test]
fn spoiled_debug_information_is_left_out() {
    for how in [Built::Optimised, Built::Version5] {
        let leaf = built(how, "leaf");
        let places: Vec<_> =
            debug_ranges(&leaf).into_iter().filter(|(name, _)| name != ".debug_str").collect();
        assert!(places.len() >= 4, "{places:?}");
        let options = Options { debug_info: true, explain: true, ..Options::default() };
        let fuse = |bytes: &[u8]| {
            meld_fuser::fuse(vec![Input::new("leaf", bytes)], options.clone()).expect("it is fused").bytes
        };
        let expected = without_customs(&fuse(&leaf));
        let mut random = Random::new(18);
        for nth in 0..400 {
            let mut bytes = leaf.clone();
            let (name, range) = &places[nth % places.len()];
            for _ in 0..1 + random.below(6) {
                // Mostly near the front, where heads and counts are.
                let length = if random.below(2) == 0 { range.len() } else { range.len().min(64) };
                let at = range.start + random.below(length);
                let count = (1 + random.below(8)).min(range.end - at);
                let value = [0x00, 0xff, 0x80, 0x7f, 0x01, random.below(256) as u8][random.below(6)];
                bytes[at..at + count].fill(value);
            }
            let fused = fuse(&bytes);
            assert_eq!(without_customs(&fused), expected, "{nth} {name}");
            let size =
                |module: &[u8]| debug_ranges(module).iter().map(|(_, range)| range.len()).sum::<usize>();
            assert!(size(&fused) < 2 * size(&leaf), "{nth} {name}: {}", size(&fused));
        }
    }
}

/// Where the debug sections are, in a component or a module.
fn debug_ranges(bytes: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let sections = Parser::new(0).parse_all(bytes).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) if section.name().starts_with(".debug_") => {
            let end = section.range().end as usize;
            Some((section.name().to_string(), end - section.data().len()..end))
        }
        _ => None,
    });
    sections.collect()
}

/// Sections that ask for more than they have: counts, references in circles, tables that everybody shares.
#[test]
fn debug_information_that_asks_for_too_much() {
    let unit = |rest: &[u8]| {
        let mut unit = vec![0; 4];
        unit.extend([4, 0, 0, 0, 0, 0, 4]);
        unit.extend(rest);
        let length = (unit.len() - 4) as u32;
        unit[..4].copy_from_slice(&length.to_le_bytes());
        unit
    };
    // One entry, with an address, a list of ranges and a reference to itself; and one without any bytes.
    let abbrev = [1, 0x11, 0, 0x11, 0x01, 0x55, 0x17, 0x31, 0x10, 0, 0, 2, 0x34, 0, 0x3f, 0x19, 0, 0, 0];
    let entry = [1, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0];
    // A list of ranges that does not end before the section does, for each of many units.
    let ranges =
        [1u32, 0x7fff_ffff].iter().cycle().take(20_000).flat_map(|n| n.to_le_bytes()).collect::<Vec<_>>();
    let many: Vec<u8> = (0..10_000).flat_map(|_| unit(&entry)).collect();
    let empty: Vec<u8> = unit(&[&entry[..], &[2; 100_000]].concat());
    let all_abbrev: Vec<u8> = [&abbrev[..18], &[3, 0x34, 0, 0x3f, 0x19, 0x3f, 0x19, 0, 0], &[0]].concat();
    // Version 5, with a format of no parts and as many files as there are.
    let mut line =
        vec![0, 0, 0, 0, 5, 0, 4, 0, 0, 0, 0, 0, 1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
    line.extend([0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0]);
    let length = (line.len() - 4) as u32;
    line[..4].copy_from_slice(&length.to_le_bytes());
    line[8..12].copy_from_slice(&(length - 8).to_le_bytes());
    for sections in [
        vec![(".debug_info", many.clone()), (".debug_abbrev", abbrev.to_vec()), (".debug_ranges", ranges)],
        vec![(".debug_info", empty), (".debug_abbrev", all_abbrev)],
        vec![(".debug_info", many), (".debug_abbrev", abbrev.to_vec()), (".debug_line", line)],
        vec![
            (".debug_info", vec![0xff; 1000]),
            (".debug_abbrev", vec![0xff; 1000]),
            (".debug_line", vec![0xff; 1000]),
        ],
    ] {
        let mut module = wat::parse_str(r#"(module (func (export "f") (drop (i32.const 1))))"#).unwrap();
        let size: usize = sections.iter().map(|(_, data)| data.len()).sum();
        for (name, data) in &sections {
            let section = wasm_encoder::CustomSection { name: (*name).into(), data: data.into() };
            wasm_encoder::Section::append_to(&section, &mut module);
        }
        let bytes = with_module(&module);
        let options = Options { debug_info: true, explain: true, ..Options::default() };
        let fused = meld_fuser::fuse(vec![Input::new("much", bytes)], options).unwrap();
        assert!(fused.bytes.len() < 3 * size + 1000, "{} of {size}", fused.bytes.len());
        assert!(
            fused.explanation.iter().any(|note| note.optimization == "debug-info"),
            "{:?}",
            fused.explanation
        );
    }
}

/// A component around a module that exports `f`.
fn with_module(module: &[u8]) -> Vec<u8> {
    let text = r#"(component (core module (func (export "f"))) (core instance (instantiate 0))
        (func (export "f") (canon lift (core func 0 "f"))))"#;
    let component = wat::parse_str(text).unwrap();
    let module_of_text = Parser::new(0).parse_all(&component).find_map(|payload| match payload.unwrap() {
        Payload::ModuleSection { unchecked_range, .. } => Some(unchecked_range),
        _ => None,
    });
    let rest = &component[module_of_text.unwrap().end as usize..];
    let mut out = component[..8].to_vec();
    wasm_encoder::Section::append_to(&wasm_encoder::RawSection { id: 1, data: module }, &mut out);
    out.extend_from_slice(rest);
    out
}
