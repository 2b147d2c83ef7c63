//! The functions that meld has made. In: the bodies of the result, and which are made. Out: a unit of DWARF in which
//! each has its name, so that debuggers name the boundary that they are in. Not its job: lines, since there is no
//! source; names, which the name section has.

use super::Sections;
use super::bytes::{push, push_uleb};
use super::left::Translated;
use super::places::Body;
use crate::error::{Error, Result};
use gimli::{DwAt, DwForm, DwTag, constants::*};
use std::collections::HashMap;
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

/// DWARF of 32 bits, version 4, with addresses of 4 bytes.
const VERSION: u64 = 4;
const WORD: usize = 4;

const UNIT: u64 = 1;
const FUNCTION: u64 = 2;

type Attributes = &'static [(DwAt, DwForm)];

/// The abbreviations: code, tag, whether it has children, attributes.
const ABBREVIATIONS: [(u64, DwTag, bool, Attributes); 2] = [
    (
        UNIT,
        DW_TAG_compile_unit,
        true,
        &[
            (DW_AT_producer, DW_FORM_string),
            (DW_AT_name, DW_FORM_string),
            (DW_AT_low_pc, DW_FORM_addr),
            (DW_AT_ranges, DW_FORM_sec_offset),
        ],
    ),
    (
        FUNCTION,
        DW_TAG_subprogram,
        false,
        &[
            (DW_AT_name, DW_FORM_string),
            (DW_AT_artificial, DW_FORM_flag_present),
            (DW_AT_low_pc, DW_FORM_addr),
            (DW_AT_high_pc, DW_FORM_data4),
        ],
    ),
];

/// Appends the unit. `made` says it of each body; those past its end are. Errors: `internal` where the result does not
/// parse.
pub fn write(module: &[u8], bodies: &[Body], made: &[bool], sections: &mut Sections) -> Result<()> {
    let (imported, names) = names(module)?;
    let functions = bodies.iter().enumerate().filter(|(nth, _)| made.get(*nth).copied().unwrap_or(true));
    let functions = functions.filter_map(|(nth, body)| {
        let index = u32::try_from(nth).ok()?.checked_add(imported)?;
        Some((body, *names.get(&index)?))
    });
    let functions: Vec<(&Body, &str)> = functions.collect();
    if functions.is_empty() {
        return Ok(());
    }
    // Sections and code are shorter than what a number of 32 bits can count.
    unit(&functions, sections).map_err(|_| Error::internal("debug information cannot be written"))
}

fn unit(functions: &[(&Body, &str)], sections: &mut Sections) -> Translated<()> {
    let abbreviations = sections.abbrev.len() as u64;
    for (code, tag, children, attributes) in ABBREVIATIONS {
        push_uleb(&mut sections.abbrev, code);
        push_uleb(&mut sections.abbrev, tag.0.into());
        sections.abbrev.push(children.into());
        for (name, form) in attributes {
            push_uleb(&mut sections.abbrev, name.0.into());
            push_uleb(&mut sections.abbrev, form.0.into());
        }
        sections.abbrev.extend([0, 0]);
    }
    sections.abbrev.push(0);

    let ranges = sections.ranges.len() as u64;
    for (body, _) in functions {
        push(&mut sections.ranges, WORD, body.start)?;
        push(&mut sections.ranges, WORD, body.end)?;
    }
    push(&mut sections.ranges, WORD, 0)?;
    push(&mut sections.ranges, WORD, 0)?;

    let mut unit = Vec::new();
    push(&mut unit, 2, VERSION)?;
    push(&mut unit, WORD, abbreviations)?;
    unit.push(WORD as u8);
    push_uleb(&mut unit, UNIT);
    push_string(&mut unit, concat!("meld ", env!("CARGO_PKG_VERSION")));
    push_string(&mut unit, "generated");
    push(&mut unit, WORD, 0)?;
    push(&mut unit, WORD, ranges)?;
    for (body, name) in functions {
        push_uleb(&mut unit, FUNCTION);
        push_string(&mut unit, name);
        push(&mut unit, WORD, body.start)?;
        push(&mut unit, WORD, body.end.saturating_sub(body.start))?;
    }
    unit.push(0);
    push(&mut sections.info, WORD, unit.len() as u64)?;
    sections.info.extend(unit);
    Ok(())
}

/// Up to a zero in it, which would be its end.
fn push_string(out: &mut Vec<u8>, string: &str) {
    out.extend(string.bytes().take_while(|byte| *byte != 0));
    out.push(0);
}

/// How many functions a module imports, and the names of functions by their indices.
fn names(module: &[u8]) -> Result<(u32, HashMap<u32, &str>)> {
    let invalid = |e: wasmparser::Error| Error::of_what_was_made("fused module", e.message());
    let (mut imported, mut names) = (0u32, HashMap::new());
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(invalid)? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let is_function = matches!(import.map_err(invalid)?.ty, TypeRef::Func(_));
                    imported = imported.saturating_add(is_function.into());
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(subsections) = section.as_known() else { continue };
                for subsection in subsections {
                    let Name::Function(functions) = subsection.map_err(invalid)? else { continue };
                    for naming in functions {
                        let naming = naming.map_err(invalid)?;
                        names.insert(naming.index, naming.name);
                    }
                }
            }
            _ => {}
        }
    }
    Ok((imported, names))
}
