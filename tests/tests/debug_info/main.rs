//! `-g`: a backtrace of the fused program tells the files, lines and functions that one of the original tells, frame
//! by frame. Lines are read as wasmtime reads them, by the library that it has for that.
//!
//! Not its job: building guests (`guests`), reading lines (`lines`), and what is wrong on purpose (`spoiled`).

mod guests;
mod lines;
mod spoiled;

use addr2line::gimli::{self, EndianSlice, LittleEndian, Reader};
use guests::{ALL, Built, WAYS, inputs};
use lines::{
    Line, backtrace, core_modules, custom_sections, is_generated, lines_of_functions, without_customs,
};
use meld_fuser::{Composing, Memory, Optimizations, Options, OutputKind};
use std::collections::BTreeMap;

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
            let leaf = if how == Built::InC { "leaf.c" } else { "leaf.rs" };
            assert!(of("runner.rs") && (*way == 20 || of(leaf)), "{how:?} {way}: {frames:#?}");
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
            // The leaf in C has three of them, and no library.
            assert!(compared > if how == Built::InC { 50 } else { 100 }, "{compared}");
        }
    }
}

/// What is made has its name, from its first instruction to its last, and no line.
#[test]
fn what_is_generated_has_its_name() {
    let (inputs, composing) = inputs(Built::Optimised);
    for options in options(&composing) {
        let memory = options.memory;
        let fused = meld_fuser::fuse(inputs.clone(), options).unwrap().bytes;
        let mut named = Vec::new();
        for (name, lines) in lines_of_functions(core_modules(&fused)[0]) {
            if lines.iter().any(|found| is_generated(found, Some(&name))) {
                assert_eq!(lines.len(), 1, "{name}");
                named.push(name);
            }
        }
        for part in ["app -> one: ", "app -> two: ", "trap: "] {
            assert!(named.iter().any(|name| name.starts_with(part)), "{memory:?} {part}: {named:#?}");
        }
    }
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
            let mut found = walk(core_modules(&fused)[0]).unwrap();
            assert!(found.generated > 0);
            found.generated = 0;
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
    /// Functions in units of meld's own, of which nothing else is counted.
    generated: usize,
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
        let mut is_own = false;
        while let Some(entry) = entries.next_dfs()? {
            if let Some(producer) = entry.attr_value(gimli::DW_AT_producer) {
                is_own = dwarf.attr_string(&unit, producer)?.to_string_lossy().starts_with("meld ");
            }
            if is_own {
                found.generated += usize::from(entry.tag() == gimli::DW_TAG_subprogram);
                continue;
            }
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
