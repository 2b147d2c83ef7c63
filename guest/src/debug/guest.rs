//! The debug information of one instance. In: its sections, and those of the result. Out: the result's, longer; and
//! notes on what was carried over. Not its job: units (`info`).

use super::bytes::patch;
use super::info::Translator;
use super::left::{Counts, Left, Translated, What};
use super::lines::{self, Strings};
use super::lists::Section;
use super::places::{Body, Places};
use super::{Guest, Request, Sections, is_debug_information};
use crate::error::{Error, Result};
use crate::optimizations::{DEBUG_INFO, Note};
use crate::read::Module;
use gimli::{EndianSlice, LittleEndian, Reader};
use std::collections::HashMap;

/// What stands in the result once for all instances of a module: where it begins there.
#[derive(Default)]
pub struct Shared {
    modules: HashMap<usize, Copied>,
}

/// Where a module's strings, and what leads to them, begin in the result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Copied {
    pub strings: Strings,
    pub offsets: u64,
    /// Abbreviations.
    pub abbrev: u64,
    pub has_offsets: bool,
}

/// Translates the debug information of one instance.
pub fn translate(
    guest: &Guest,
    request: &Request,
    bodies: &[Body],
    shared: &mut Shared,
    sections: &mut Sections,
) -> Result<Vec<Note>> {
    let places = Places::new(guest, request, bodies);
    let mut counts = Counts::default();
    let key = std::rc::Rc::as_ptr(&guest.module).addr();
    let copied = *shared.modules.entry(key).or_insert_with(|| copy(&guest.module, sections, &mut counts));
    let old = |name: &str| section(&guest.module, name);
    let take = std::mem::take;
    let lines =
        lines::translate(old(".debug_line"), &places, copied.strings, &mut counts, &mut sections.line);
    let addresses = sections.addr.len() as u64;
    sections.addr.extend_from_slice(old(".debug_addr"));
    let mut translator = Translator {
        guest,
        places: &places,
        copied,
        lines,
        old_addr: old(".debug_addr"),
        addresses,
        slots: HashMap::new(),
        memory: is_first(guest, request),
        out: take(&mut sections.info),
        addr: take(&mut sections.addr),
        ranges: Section::new(old(".debug_ranges"), take(&mut sections.ranges)),
        rnglists: Section::new(old(".debug_rnglists"), take(&mut sections.rnglists)),
        loc: Section::new(old(".debug_loc"), take(&mut sections.loc)),
        loclists: Section::new(old(".debug_loclists"), take(&mut sections.loclists)),
        references: Vec::new(),
        units: Vec::new(),
        counts,
    };
    let finished = translator.units(old(".debug_info"), old(".debug_abbrev")).and_then(|()| {
        translator.rnglists.close()?;
        translator.loclists.close()
    });
    finished.map_err(|_| Error::internal("debug information cannot be written"))?;
    let Translator { out, addr, ranges, rnglists, loc, loclists, units, counts, .. } = translator;
    (sections.info, sections.addr) = (out, addr);
    (sections.ranges, sections.rnglists) = (ranges.out, rnglists.out);
    (sections.loc, sections.loclists) = (loc.out, loclists.out);
    sections.check()?;
    let mut counts = counts;
    let mut bytes = 0u64;
    for (name, contents) in &guest.module.customs {
        if CARRIED.contains(name) {
            bytes = bytes.saturating_add(contents.len() as u64);
        } else if is_debug_information(name) {
            counts.add(What::Section, Left::Kind);
        }
    }
    let what = format!("carried over: {} units, of {bytes} bytes of debug information", units.len());
    Ok(std::iter::once(Note::new(DEBUG_INFO.0, what, &guest.label))
        .chain(counts.notes(&guest.label))
        .collect())
}

/// The sections that are carried over.
const CARRIED: [&str; 11] = [
    ".debug_abbrev",
    ".debug_addr",
    ".debug_info",
    ".debug_line",
    ".debug_line_str",
    ".debug_loc",
    ".debug_loclists",
    ".debug_ranges",
    ".debug_rnglists",
    ".debug_str",
    ".debug_str_offsets",
];

/// The contents of a section; nothing where there is none.
fn section<'a>(module: &Module<'a>, name: &str) -> &'a [u8] {
    module.customs.iter().find(|(found, _)| *found == name).map_or(&[], |(_, contents)| contents)
}

/// Whether an instance's memory is where debuggers look: the first of the result, from its start on.
fn is_first(guest: &Guest, request: &Request) -> bool {
    let bases = request.windowed.map(|windowed| windowed.bases.as_slice()).unwrap_or_default();
    match guest.memory {
        None => true,
        Some(None) => false,
        Some(Some(memory)) if bases.is_empty() => memory == 0,
        Some(Some(memory)) => bases.get(memory as usize) == Some(&0),
    }
}

/// Copies what is the same for all instances of a module.
fn copy(module: &Module, sections: &mut Sections, counts: &mut Counts) -> Copied {
    let mut copied = Copied {
        strings: Strings { str: sections.str.len() as u64, line_str: sections.line_str.len() as u64 },
        offsets: sections.str_offsets.len() as u64,
        abbrev: sections.abbrev.len() as u64,
        has_offsets: true,
    };
    for (name, out) in [
        (".debug_str", &mut sections.str),
        (".debug_line_str", &mut sections.line_str),
        (".debug_abbrev", &mut sections.abbrev),
        (".debug_str_offsets", &mut sections.str_offsets),
    ] {
        let bytes = section(module, name);
        out.extend_from_slice(bytes);
        // A string, and a table of abbreviations, that does not end must not go on in the next ones.
        if name != ".debug_str_offsets" && bytes.last().is_some_and(|last| *last != 0) {
            out.push(0);
        }
    }
    let out = sections.str_offsets.get_mut(copied.offsets as usize..).unwrap_or_default();
    if moved_offsets(section(module, ".debug_str_offsets"), copied.strings.str, out).is_err() {
        counts.add(What::Section, Left::Malformed);
        sections.str_offsets.truncate(copied.offsets as usize);
        copied.has_offsets = false;
    }
    copied
}

/// Moves all offsets of strings in `.debug_str_offsets`.
fn moved_offsets(section: &[u8], by: u64, out: &mut [u8]) -> Translated<()> {
    let mut reader = EndianSlice::new(section, LittleEndian);
    while !reader.is_empty() {
        let (length, format) = reader.read_initial_length()?;
        let mut offsets = reader.split(length)?;
        offsets.skip(4)?;
        let word = usize::from(format.word_size());
        while !offsets.is_empty() {
            let at = section.len().saturating_sub(reader.len()).saturating_sub(offsets.len());
            let offset = offsets.read_offset(format)? as u64;
            patch(out, at, word, offset.checked_add(by).ok_or(Left::Malformed)?)?;
        }
    }
    Ok(())
}
