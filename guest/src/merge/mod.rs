//! Assembly to one core module. In: instances of core modules, every import resolved. Out: one
//! module that does what they do together. Not its job: components, and improving code.
//!
//! One pass. Roots are pushed onto worklists, and what is taken from them is copied; copying a
//! definition finds what it refers to, which gets the next index of its sort and goes onto the
//! worklist. What is never pushed is never looked at.
//!
//! The files, in reading order:
//!
//! - what is merged: `assembly`, the input; `entity`, the kinds of index
//! - what each index means: `resolve`, `spaces`, `definitions`
//! - what is known before anything is copied: `constant`, `shims`, `accessors`, `segments`, and all of it:
//!   `linked`
//! - what is live: `live`, `roots`, `memories` (which of them is memory 0)
//! - copying: `mapped`, `types`, `reencoder`, `body`, `sections`
//! - writing: `code`, `start`, `names`, `module`; and looking at it again: `valid`
//! - telling: `notes`, `debugged`

mod accessors;
mod assembly;
mod body;
mod code;
mod constant;
mod debugged;
mod definitions;
mod entity;
mod linked;
mod live;
mod mapped;
mod memories;
mod module;
mod names;
mod notes;
mod reencoder;
mod resolve;
mod roots;
mod sections;
mod segments;
mod shims;
mod spaces;
mod start;
mod types;
mod valid;

pub use assembly::{Assembly, CoreExport, Def, HostFunc, Instance, Naming};

use crate::debug::{self, Guest, Moves};
use crate::error::{Error, Result};
use crate::ids::{FuncId, GlobalId, Id, LinkId, MemoryId, TableId};
use crate::optimizations::{Note, Optimizations};
use crate::read::limits;
use accessors::Accessors;
use code::Code;
use definitions::Definitions;
use linked::{Linked, missing};
use live::Live;
use mapped::convert;
use reencoder::{Found, References};
use roots::MayTrap;
use sections::Sections;
use shims::Shims;
use std::collections::HashMap;
use types::Types;

/// Bytes of function bodies that one step copies, more or less.
const STEP_BYTES: usize = 256 * 1024;

/// Bytes of the merged module that may be in none of its parts.
const AROUND: usize = 64 * 1024;

/// How to merge.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// Keep the guests' function names, in the name section; generated functions have theirs anyway.
    pub names: bool,
    /// Find out what translating debug information has to know: `Merged::guests`, `Merged::moves`.
    pub debug_info: bool,
    pub optimizations: Optimizations,
    /// Tell what the optimisations have done.
    pub explain: bool,
    /// Only find out what is reached: nothing is kept of what is copied, and `Merger::reached` takes the
    /// place of `finish`.
    pub survey: bool,
}

/// A merged module, and where its parts are from.
pub struct Merged<'a> {
    pub bytes: Vec<u8>,
    /// What was done to make it smaller.
    pub notes: Vec<Note>,
    /// For each function body, which it was. None: the start function was generated.
    pub bodies: Vec<Option<Body>>,
    /// Of instances whose functions always have names, as far as they have any: their labels.
    pub labels: HashMap<LinkId, String>,
    /// For each memory, whose it is.
    pub memories: Vec<LinkId>,
    /// For each table, whose it is.
    pub tables: Vec<LinkId>,
    /// The globals of `Assembly::bases` that are left, each with its memory. Without the memory nobody can come to
    /// where the global is read: who has an address of it has checked that.
    pub bases: Vec<(u32, u32)>,
    /// The instances with debug information, with `Settings::debug_info`.
    pub guests: Vec<Guest<'a>>,
    /// For each body, where it has gone; nothing of those without debug information.
    pub moves: Moves,
}

/// A function of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Body {
    pub instance: LinkId,
    /// Index of the function in the instance's module, imports first.
    pub index: u32,
}

impl Body {
    /// Whether it is of a module that meld has made: those of the input have so many instances, which come first.
    pub fn is_generated(self, of_input: usize) -> bool {
        self.instance.index() >= of_input
    }
}

/// Merges in steps.
pub struct Merger<'a> {
    settings: Settings,
    linked: Linked<'a>,
    found: Found<'a>,
    sections: Sections,
    buffers: body::Buffers,
    moves: Moves,
    progress: Progress,
    notes: Vec<Note>,
}

#[derive(Default)]
struct Progress {
    bodies: usize,
    /// How many bodies there are; fewer may be live.
    total: usize,
    complete: bool,
}

impl<'a> Merger<'a> {
    /// Finds out what every index means, and pushes the roots.
    ///
    /// Errors: `limit-exceeded` past the budgets; `unsupported`; `internal` where the assembly is not
    /// as its types say.
    pub fn new(assembly: Assembly<'a>, settings: Settings) -> Result<Merger<'a>> {
        let mut definitions = Definitions::new(&assembly)?;
        let (constants, reads) = constant::globals(&assembly, &definitions)?;
        let shims = match settings.optimizations.import_shims {
            true => shims::find(&assembly, &definitions, &constants)?,
            false => Shims::new(),
        };
        shims::replace(&mut definitions, &shims);
        let deferred = segments::deferred(&assembly, &definitions, &constants)?;
        let mut active = segments::active(&assembly, &definitions, &constants)?;
        active.implied.globals = reads;
        let mut found = Found {
            live: Live::new(&definitions.counts, active.implied),
            references: References::new(definitions.counts.funcs),
            types: Types::new(&assembly.modules),
        };
        let total = (definitions.counts.funcs as usize).saturating_sub(assembly.imports.len());
        let room = room(&assembly)?;
        let accessors = Accessors::new(&assembly, &definitions)?;
        let linked = Linked { assembly, definitions, constants, accessors, deferred };
        let may_trap = MayTrap { elements: active.elements_may_trap, data: active.data_may_trap };
        roots::push(&linked, &mut found, settings, may_trap)?;
        let notes = if settings.explain { notes::shims(&linked, &shims) } else { Vec::new() };
        Ok(Merger {
            settings,
            linked,
            found,
            sections: Sections::new(Code::with_room(if settings.survey { 0 } else { room })),
            buffers: body::Buffers::default(),
            moves: Moves::default(),
            progress: Progress { bodies: 0, total, complete: false },
            notes,
        })
    }

    /// Drains the worklists, up to some bytes of function bodies. True: call again.
    pub fn step(&mut self) -> Result<bool> {
        let mut copied = 0usize;
        while copied < STEP_BYTES {
            let Some(bytes) = self.body()? else {
                // What tables hold comes last: the functions that are called by their index get the
                // small ones.
                self.sections.drain(&self.linked, &mut self.found)?;
                self.forget();
                if self.found.live.funcs.is_done() {
                    self.progress.complete = true;
                    return Ok(false);
                }
                continue;
            };
            copied = copied.saturating_add(bytes);
        }
        Ok(true)
    }

    /// Copies the next body of the worklist; the result is its size in the input, in bytes. None:
    /// there is none, for the time being.
    fn body(&mut self) -> Result<Option<usize>> {
        let Merger { linked, found, sections, settings, .. } = self;
        let Some(func) = found.live.funcs.take() else { return Ok(None) };
        // The host's have no body; they are on the worklist in a survey alone.
        if func.index() < linked.assembly.imports.len() {
            return match settings.survey {
                true => Ok(Some(0)),
                false => Err(Error::internal("a function of the host that was left out is reached")),
            };
        }
        let at = linked.locate(func)?;
        let body = at.module.bodies.get(at.nth.index()).ok_or_else(missing)?;
        let sites = at.module.sites.of(at.nth.index()).ok_or_else(missing)?;
        let offset = body.range().start as usize;
        let mut mapper = at.mapper(found);
        let moves = (settings.debug_info && debug::has_any(at.module)).then_some(&mut self.moves);
        let result = body::copy(&mut mapper, &mut self.buffers, &mut sections.code, body, sites, moves);
        if result.map_err(|e| convert(e).at(offset))? > limits::BODY_BYTES {
            let limit = limits::BODY_BYTES as u64;
            return Err(
                Error::limit("bytes of a merged function, whose indices have grown", limit).at(offset)
            );
        }
        if found.references.taken_since() {
            sections.code.last_is_unproved();
        }
        let bytes = body.as_bytes().len();
        self.progress.bodies = self.progress.bodies.saturating_add(1);
        if settings.debug_info {
            self.moves.end();
        }
        self.forget();
        Ok(Some(bytes))
    }

    /// Function bodies copied, and all that there may be to copy.
    pub fn progress(&self) -> (usize, usize) {
        let Progress { bodies, total, complete } = self.progress;
        (bodies, if complete { bodies } else { total })
    }

    /// In a survey, what has been copied.
    fn forget(&mut self) {
        if self.settings.survey {
            self.sections = Sections::default();
        }
    }

    /// After a survey: for each of `Assembly::imports`, whether something reaches it. An error as for
    /// `finish`.
    pub fn reached(self) -> Result<Vec<bool>> {
        if !self.progress.complete || !self.settings.survey {
            return Err(Error::internal("the survey is not complete"));
        }
        self.found.types.check_limits()?;
        let imports = 0..self.linked.assembly.imports.len();
        Ok(imports.map(|nth| self.found.live.funcs.is_live(FuncId::from_index(nth))).collect())
    }

    /// The merged module. An error where `step` has not been called until it said that it is done.
    pub fn finish(self) -> Result<Merged<'a>> {
        if !self.progress.complete || self.settings.survey {
            return Err(Error::internal("the merged module is not complete"));
        }
        let mut notes = self.notes;
        if self.settings.explain {
            notes.extend(notes::unreachable(&self.linked, &self.found)?);
            notes.extend(notes::debug_info(&self.linked, self.settings.debug_info)?);
        }
        let guests = match self.settings.debug_info {
            true => debugged::guests(&self.linked, &self.found)?,
            false => Vec::new(),
        };
        let definitions = &self.linked.definitions;
        let Live { funcs, memories, tables, globals, .. } = &self.found.live;
        let base = |(global, memory): &(GlobalId, MemoryId)| {
            Some((globals.index(*global)?.raw(), memories.index(*memory)?.raw()))
        };
        let bases = definitions.bases.iter().filter_map(base).collect();
        let bodies = funcs.order().iter().skip(self.linked.assembly.imported().count());
        let bodies = bodies.map(|func| self.linked.body(*func).map(Some));
        let mut bodies: Vec<Option<Body>> = bodies.collect::<Result<_>>()?;
        let owner = |memory: &MemoryId| Some(definitions.owner(*memory)?.0);
        let memories = memories.order().iter().map(owner).collect::<Option<_>>().ok_or_else(missing)?;
        let owner = |table: &TableId| Some(definitions.owner(*table)?.0);
        let tables = tables.order().iter().map(owner).collect::<Option<_>>().ok_or_else(missing)?;
        let named = self.linked.assembly.instances.iter().filter(|(_, one)| one.naming != Naming::OnRequest);
        let labels = named.map(|(id, one)| (id, one.label.clone())).collect();
        let (bytes, starts) = module::write(self.sections, &self.linked, self.found, self.settings)?;
        bodies.extend(starts.then_some(None));
        Ok(Merged { bytes, notes, bodies, labels, memories, tables, bases, guests, moves: self.moves })
    }
}

/// An upper bound of the merged module with what may be put around it, in bytes. With so much room
/// its memory need not grow, which can take a copy; room that is not used costs nothing.
fn room(assembly: &Assembly) -> Result<usize> {
    let mut bytes = AROUND;
    for instance in assembly.instances.values() {
        bytes = bytes.saturating_add(assembly.module(instance)?.bytes.len());
    }
    Ok(bytes)
}

/// Merges in one call. Errors: those of `Merger`.
pub fn merge(assembly: Assembly, settings: Settings) -> Result<Vec<u8>> {
    let mut merger = Merger::new(assembly, settings)?;
    while merger.step()? {}
    Ok(merger.finish()?.bytes)
}
