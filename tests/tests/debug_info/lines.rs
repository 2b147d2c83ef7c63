//! What debug information says of code, read as wasmtime reads it. In: components. Out: lines. Not its job: comparing.

use addr2line::Context;
use addr2line::gimli::{self, EndianSlice, LittleEndian};
use anyhow::{Context as _, Result};
use meld_tests::engine::bare;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::OnceLock;
use wasmparser::{KnownCustom, Parser, Payload};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, OptLevel, Store, WasmBacktrace};

pub fn engine() -> &'static Engine {
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
pub struct Line {
    pub function: Option<String>,
    pub place: Option<(String, Option<u32>, Option<u32>)>,
}

pub type Dwarf<'a> = Context<EndianSlice<'a, LittleEndian>>;

/// The lines of a core module, and the names of its functions.
pub struct Lines<'a> {
    pub names: BTreeMap<u32, &'a str>,
    pub code: u64,
    pub dwarf: Dwarf<'a>,
}

/// All core modules of a component that have lines.
pub fn lines(component: &[u8]) -> Vec<Lines<'_>> {
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

pub fn module_lines(module: &[u8]) -> Option<Lines<'_>> {
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

pub fn look_up(dwarf: &Dwarf<'_>, address: u64) -> Vec<Line> {
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

/// Whether no more is known of a place than what meld says of the functions that it makes: their names.
pub fn is_generated(found: &[Line], name: Option<&str>) -> bool {
    matches!(found, [Line { function, place: None }] if function.as_deref() == name)
}

/// What a backtrace says of the functions that have lines, from the innermost on.
pub fn backtrace(component: &[u8], way: u32) -> Result<Vec<Vec<Line>>> {
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
        if !found.is_empty() && !is_generated(&found, frame.func_name()) {
            frames.push(found);
        }
    }
    Ok(frames)
}

pub fn core_modules(component: &[u8]) -> Vec<&[u8]> {
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
pub fn lines_of_functions(module: &[u8]) -> BTreeMap<String, Vec<Vec<Line>>> {
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

pub fn custom_sections(module: &[u8]) -> Vec<(String, Vec<u8>)> {
    let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) => Some((section.name().to_string(), section.data().to_vec())),
        _ => None,
    });
    sections.collect()
}

pub fn without_customs(module: &[u8]) -> Vec<Vec<u8>> {
    let sections = Parser::new(0).parse_all(module).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(_) => None,
        payload => {
            payload.as_section().map(|(_, range)| module[range.start as usize..range.end as usize].to_vec())
        }
    });
    sections.collect()
}
