//! Debug information. In: the `.debug_*` sections of instances, and where merging has put their functions. Out: such
//! sections for the result. Not its job: names (`merge`), and moving code.
//!
//! It is carried over as a linker does it: sections of all instances one behind the other, with what speaks of places
//! written anew. Exact or absent: what cannot be translated is left out and counted, and nothing is guessed
//! (docs/decisions/debug-information.md).
//!
//! - `moves`: where bytes of bodies go, noted while they are copied; `places`: from addresses to addresses
//! - `guest`: one instance; `abbreviations`, `value`, `info`: its units and their entries
//! - `lines`: line programs; `lists`: ranges and locations; `expression`: what a location is
//! - `generated`: names for what is nobody's
//! - `bytes`, `left`: numbers in their places, and what is left out

mod abbreviations;
mod bytes;
mod expression;
mod generated;
mod guest;
mod info;
mod left;
mod lines;
mod lists;
mod moves;
mod places;
mod value;

pub use moves::Moves;

use crate::error::{Error, Result};
use crate::optimizations::{DEBUG_INFO, Note};
use crate::read::Module;
use places::Body;
use std::rc::Rc;
use wasmparser::{Parser, Payload};

/// An instance with debug information.
pub struct Guest<'a> {
    /// For people.
    pub label: String,
    pub module: Rc<Module<'a>>,
    /// For each function that it defines, which of the bodies of the result is its own.
    pub functions: Vec<Option<usize>>,
    /// For each of its globals, the index in the result.
    pub globals: Vec<Option<u32>>,
    /// What its first memory has become, if it has one.
    pub memory: Option<Option<u32>>,
}

/// Where memories and code have gone that have become parts of one memory.
pub struct Windowed {
    /// For each memory, where its address 0 is; none where nothing has changed.
    pub bases: Vec<u64>,
    /// For each body.
    pub moves: Moves,
}

/// What is to be translated.
pub struct Request<'r, 'a> {
    pub guests: &'r [Guest<'a>],
    /// From the guests' bodies to those of the merged module.
    pub moves: &'r Moves,
    /// From these to those of the result, where they differ.
    pub windowed: Option<&'r Windowed>,
    /// The result: a core module.
    pub module: &'r [u8],
    /// For each body of it, whether it is generated; those past the end are.
    pub generated: &'r [bool],
}

/// A section may have as many bytes as a number of 32 bits can count, and some less.
const SECTION_BYTES: usize = u32::MAX as usize >> 1;

/// The sections of the result, by name.
#[derive(Default)]
pub struct Sections {
    abbrev: Vec<u8>,
    addr: Vec<u8>,
    info: Vec<u8>,
    line: Vec<u8>,
    line_str: Vec<u8>,
    loc: Vec<u8>,
    loclists: Vec<u8>,
    ranges: Vec<u8>,
    rnglists: Vec<u8>,
    str: Vec<u8>,
    str_offsets: Vec<u8>,
}

impl Sections {
    /// Those that are there.
    pub fn all(self) -> impl Iterator<Item = (&'static str, Vec<u8>)> {
        let all = [
            (".debug_abbrev", self.abbrev),
            (".debug_addr", self.addr),
            (".debug_info", self.info),
            (".debug_line", self.line),
            (".debug_line_str", self.line_str),
            (".debug_loc", self.loc),
            (".debug_loclists", self.loclists),
            (".debug_ranges", self.ranges),
            (".debug_rnglists", self.rnglists),
            (".debug_str", self.str),
            (".debug_str_offsets", self.str_offsets),
        ];
        all.into_iter().filter(|(_, bytes)| !bytes.is_empty())
    }

    /// An error where one has become too long.
    fn check(&self) -> Result<()> {
        let all = [&self.abbrev, &self.addr, &self.info, &self.line, &self.line_str, &self.loc];
        let rest = [&self.loclists, &self.ranges, &self.rnglists, &self.str, &self.str_offsets];
        if all.into_iter().chain(rest).any(|section| section.len() > SECTION_BYTES) {
            return Err(Error::limit("bytes of a section of debug information", SECTION_BYTES as u64));
        }
        Ok(())
    }
}

/// Whether a module has debug information that is carried over.
pub fn has_any(module: &Module) -> bool {
    module.customs.iter().any(|(name, _)| *name == ".debug_info")
}

/// What the debug information of a module takes, of which nothing is carried over. None: there is none, or with
/// `-g` (`asked_for`) it is.
pub fn dropped(module: &Module, label: &str, asked_for: bool) -> Option<Note> {
    if asked_for && has_any(module) {
        return None;
    }
    let found = module.customs.iter().filter(|(name, _)| is_debug_information(name));
    let (count, bytes) = found.fold((0u64, 0u64), |(count, bytes), (_, contents)| {
        (count.saturating_add(1), bytes.saturating_add(contents.len() as u64))
    });
    let what = match has_any(module) {
        true => format!("left out: {count} sections, {bytes} bytes; `-g` carries them over"),
        false => format!("left out: {count} sections, {bytes} bytes"),
    };
    (count > 0).then(|| Note::new(DEBUG_INFO.0, what, label))
}

/// Whether a custom section of this name tells of the source.
fn is_debug_information(name: &str) -> bool {
    name.starts_with(".debug_") || matches!(name, "sourceMappingURL" | "external_debug_info" | "build_id")
}

/// Translates the debug information of all guests; with notes on what was carried over and what not.
///
/// Errors: `limit-exceeded` where a section gets too long; `internal` where the result does not parse. Debug
/// information that is not well-formed is none.
pub fn translate(request: &Request) -> Result<(Sections, Vec<Note>)> {
    let bodies = bodies(request.module)?;
    let mut sections = Sections::default();
    let mut notes = Vec::new();
    let mut shared = guest::Shared::default();
    for guest in request.guests {
        notes.extend(guest::translate(guest, request, &bodies, &mut shared, &mut sections)?);
    }
    if !sections.info.is_empty() {
        generated::write(request.module, &bodies, request.generated, &mut sections)?;
        sections.check()?;
    }
    Ok((sections, notes))
}

/// The bodies of a module, in bytes from the start of the contents of its code section.
fn bodies(module: &[u8]) -> Result<Vec<Body>> {
    let invalid = |e: wasmparser::Error| Error::of_what_was_made("fused module", e.message());
    let mut bodies = Vec::new();
    let mut code = 0u64;
    let mut next = 0u64;
    for payload in Parser::new(0).parse_all(module) {
        match payload.map_err(invalid)? {
            Payload::CodeSectionStart { count, range, .. } => {
                code = range.start;
                // Sizes and counts are as short as they can be.
                let mut length = 1u64;
                let mut rest = count >> 7;
                while rest > 0 {
                    (length, rest) = (length.saturating_add(1), rest >> 7);
                }
                next = length;
            }
            Payload::CodeSectionEntry(body) => {
                let range = body.range();
                let (start, end) = (range.start.saturating_sub(code), range.end.saturating_sub(code));
                bodies.push(Body { size: next, start, end });
                next = end;
            }
            _ => {}
        }
    }
    Ok(bodies)
}
