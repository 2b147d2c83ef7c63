//! Assembly to one core module. In: instances of core modules, every import resolved. Out: one
//! module that does what they do together. Not its job: components, and improving code.
//!
//! One pass: an item gets its index when something that is needed first refers to it, functions are
//! copied in the order of their indices, and copying one finds what it refers to. What nothing
//! refers to is never looked at.
//!
//! Custom sections of the inputs are dropped, but for function and local names on request. Branch
//! hints (`metadata.code.branch_hint`) go too: they point at byte offsets, which re-encoding
//! changes.

mod assembly;
mod body;
mod code;
mod constant;
mod layout;
mod mapped;
mod memories;
mod module;
mod names;
mod notes;
mod numbers;
mod reencoder;
mod resolve;
mod segments;
mod shims;
mod start;
mod types;

pub use assembly::{Assembly, Def, Export, HostFunc, Instance};

use crate::error::{Error, Result};
use crate::optimizations::{Note, Optimizations};
use crate::read::{CoreSort, limits};
use code::Code;
use constant::Constants;
use layout::Layout;
use mapped::convert;
use module::{Sections, Spot};
use numbers::Numbers;
use reencoder::{Mapper, References, State};
use segments::Waiting;
use types::Types;

/// Bytes of function bodies that one step copies, more or less.
const STEP_BYTES: usize = 256 * 1024;

/// Bytes of the merged module that may be in none of its parts.
const AROUND: usize = 64 * 1024;

/// How to merge.
#[derive(Debug, Clone, Copy, Default)]
pub struct Settings {
    /// Keep the guests' function names and add the generated ones, in the name section.
    pub names: bool,
    pub optimizations: Optimizations,
    /// Tell what the optimisations have done.
    pub explain: bool,
}

/// What is fixed before the first body is copied.
pub struct Frame<'a> {
    pub assembly: Assembly<'a>,
    pub layout: Layout,
    pub constants: Constants,
    pub waiting: Vec<Waiting>,
}

/// Merges in steps.
pub struct Merger<'a> {
    settings: Settings,
    frame: Frame<'a>,
    state: State<'a>,
    sections: Sections,
    buffers: body::Buffers,
    /// The index of the next function whose body is to be copied.
    next: u32,
    progress: Progress,
    notes: Vec<Note>,
}

#[derive(Default)]
struct Progress {
    bodies: usize,
    /// How many bodies there are; fewer may be needed.
    total: usize,
    complete: bool,
}

impl<'a> Merger<'a> {
    /// Lays out the merged module, and begins with what is needed for its own sake: the functions of
    /// the host, exports, start functions, and segments at which instantiation may trap. Everything
    /// else is needed because something that is needed refers to it.
    pub fn new(assembly: Assembly<'a>, settings: Settings) -> Result<Merger<'a>> {
        let mut layout = Layout::new(&assembly)?;
        let (constants, reads) = constant::globals(&assembly, &layout)?;
        let aliases = match settings.optimizations.import_shims {
            true => shims::find(&assembly, &layout, &constants)?,
            false => shims::Aliases::new(),
        };
        shims::replace(&mut layout, &aliases);
        let waiting = segments::waiting(&assembly, &layout, &constants)?;
        let mut active = segments::active(&assembly, &layout, &constants)?;
        active.consequences.globals = reads;
        let segments::Active { consequences, elements, data } = active;
        let mut state = State {
            numbers: Numbers::new(&layout.places, layout.elements, layout.data, consequences),
            references: References::new(layout.places.funcs),
            types: Types::new(&assembly.modules),
        };
        let imports = assembly.imports.len();
        let total = (layout.places.funcs as usize).saturating_sub(imports);
        let room = room(&assembly)?;
        let frame = Frame { assembly, layout, constants, waiting };
        frame.begin(&mut state, settings.optimizations.unreachable, elements, data)?;
        let notes = if settings.explain { notes::shims(&frame, &aliases) } else { Vec::new() };
        Ok(Merger {
            settings,
            frame,
            state,
            sections: Sections::new(Code::with_room(room)),
            buffers: body::Buffers::default(),
            next: resolve::to_index(imports)?,
            progress: Progress { bodies: 0, total, complete: false },
            notes,
        })
    }

    /// Copies some function bodies. True: call again.
    pub fn step(&mut self) -> Result<bool> {
        let mut copied = 0usize;
        while copied < STEP_BYTES {
            let Some(bytes) = self.body()? else {
                // What tables hold comes last: the functions that are called by their index get the
                // small ones.
                self.sections.items(&self.frame, &mut self.state)?;
                if (self.next as usize) < self.state.numbers.items.funcs.len() {
                    continue;
                }
                self.progress.complete = true;
                return Ok(false);
            };
            copied = copied.saturating_add(bytes);
        }
        Ok(true)
    }

    /// Copies the next body; the result is its size. None: there is no next one, for now.
    fn body(&mut self) -> Result<Option<usize>> {
        let Merger { frame, state, sections, .. } = self;
        let spot = Spot::item(frame, state, CoreSort::Func, self.next)?;
        let Some(Spot { module, maps, nth, .. }) = spot else { return Ok(None) };
        let body = module.bodies.get(nth as usize).ok_or_else(module::missing)?;
        let sites = module.sites.of(nth as usize).ok_or_else(module::missing)?;
        let mut mapper = Mapper { maps, constants: &frame.constants, state };
        let offset = body.range().start as usize;
        let result = body::copy(&mut mapper, &mut self.buffers, &mut sections.code, body, sites);
        if result.map_err(|e| convert(e).at(offset))? > limits::BODY_BYTES {
            let limit = limits::BODY_BYTES as u64;
            return Err(
                Error::limit("bytes of a merged function, whose indices have grown", limit).at(offset)
            );
        }
        self.next = self.next.saturating_add(1);
        self.progress.bodies = self.progress.bodies.saturating_add(1);
        Ok(Some(body.as_bytes().len()))
    }

    /// Function bodies copied, and all that there may be to copy.
    pub fn progress(&self) -> (usize, usize) {
        let Progress { bodies, total, complete } = self.progress;
        (bodies, if complete { bodies } else { total })
    }

    /// The merged module, and what was done to it.
    pub fn finish(self) -> Result<(Vec<u8>, Vec<Note>)> {
        if !self.progress.complete {
            return Err(Error::internal("the merged module is not complete"));
        }
        let mut notes = self.notes;
        if self.settings.explain {
            notes.extend(notes::unreachable(&self.frame, &self.state)?);
        }
        let bytes = self.sections.write(&self.frame, self.state, self.settings)?;
        Ok((bytes, notes))
    }
}

impl Frame<'_> {
    /// Gives the first indices.
    fn begin(&self, state: &mut State, unreachable: bool, elements: Vec<u32>, data: Vec<u32>) -> Result<()> {
        let State { numbers, types, .. } = state;
        if unreachable && let Some(memory) = memories::first(&self.assembly, &self.layout)? {
            numbers.keep_first_memory(memory);
        }
        let given = |number: Option<u32>| number.map(drop).ok_or_else(module::missing);
        for (place, host) in (0u32..).zip(&self.assembly.imports) {
            given(numbers.number(CoreSort::Func, place))?;
            types.add_function(&host.params, &host.results);
        }
        if !unreachable {
            for instance in self.assembly.instances.values() {
                types.add_module(instance.module).map_err(convert)?;
            }
            numbers.all();
        }
        elements.into_iter().try_for_each(|place| given(numbers.element(place)))?;
        data.into_iter().try_for_each(|place| given(numbers.data(place)))?;
        self.layout.exports.iter().try_for_each(|(sort, place)| given(numbers.number(*sort, *place)))?;
        let mut starts = self.waiting.iter().filter_map(|waiting| waiting.start);
        starts.try_for_each(|place| given(numbers.number(CoreSort::Func, place)))?;
        numbers.check_limits()
    }
}

/// How many bytes the merged module, and what may be put around it, will have at most, or a bit
/// more: so that its memory need not grow, which can take a copy. What is not used costs nothing.
fn room(assembly: &Assembly) -> Result<usize> {
    let mut bytes = AROUND;
    for instance in assembly.instances.values() {
        bytes = bytes.saturating_add(layout::module_of(assembly, instance)?.bytes.len());
    }
    Ok(bytes)
}

/// Merges in one call.
pub fn merge(assembly: Assembly, settings: Settings) -> Result<Vec<u8>> {
    let mut merger = Merger::new(assembly, settings)?;
    while merger.step()? {}
    Ok(merger.finish()?.0)
}
