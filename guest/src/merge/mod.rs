//! Assembly to one core module. In: instances of core modules, every import resolved. Out: one
//! module that does what they do together. Not its job: components, and anything that removes or
//! improves code.
//!
//! Custom sections of the inputs are dropped, but for function and local names on request. Branch
//! hints (`metadata.code.branch_hint`) go too: they point at byte offsets, which re-encoding
//! changes.

mod assembly;
mod body;
mod constant;
mod layout;
mod module;
mod names;
mod reencoder;
mod resolve;
mod segments;
mod start;
mod types;

pub use assembly::{Assembly, Def, Export, HostFunc, Instance};

use crate::error::{Error, Result};
use crate::ids::{Id, LinkId};
use crate::read::limits;
use constant::Constants;
use layout::{Layout, module_of};
use module::Parts;
use reencoder::{Mapper, References, convert};
use wasm_encoder::CodeSection;

/// Bytes of function bodies that one step copies, more or less.
const STEP_BYTES: usize = 256 * 1024;

/// Merges in steps.
pub struct Merger<'a> {
    assembly: Assembly<'a>,
    names: bool,
    layout: Layout,
    constants: Constants,
    references: References,
    code: CodeSection,
    buffers: body::Buffers,
    /// The next body: number of the instance, number of the function among those it defines.
    next: (usize, usize),
    done: usize,
    total: usize,
}

impl<'a> Merger<'a> {
    /// Lays out the merged module. `names`: keep the guests' function names and add the generated
    /// ones, in the name section.
    pub fn new(assembly: Assembly<'a>, names: bool) -> Result<Merger<'a>> {
        let mut layout = Layout::new(&assembly)?;
        let constants = constant::globals(&assembly, &mut layout)?;
        let references = References::new(layout.functions);
        let mut total = 0usize;
        for instance in assembly.instances.values() {
            total = total.saturating_add(module_of(&assembly, instance)?.bodies.len());
        }
        Ok(Merger {
            assembly,
            names,
            layout,
            constants,
            references,
            code: CodeSection::new(),
            buffers: body::Buffers::default(),
            next: (0, 0),
            done: 0,
            total,
        })
    }

    /// Copies some function bodies. True: call again.
    pub fn step(&mut self) -> Result<bool> {
        let mut copied = 0;
        while copied < STEP_BYTES {
            let id = LinkId::from_index(self.next.0);
            let Some(instance) = self.assembly.instances.get(id) else { return Ok(false) };
            let module = module_of(&self.assembly, instance)?;
            let Some(body) = module.bodies.get(self.next.1) else {
                self.next = (self.next.0.saturating_add(1), 0);
                continue;
            };
            let maps = self.layout.maps.get(id).ok_or_else(|| Error::internal("an instance has no place"))?;
            let mut mapper = Mapper { maps, constants: &self.constants, references: &mut self.references };
            let offset = body.range().start as usize;
            let result = body::copy(&mut mapper, &mut self.buffers, &mut self.code, body);
            if result.map_err(|e| convert(e).at(offset))? > limits::BODY_BYTES {
                let limit = limits::BODY_BYTES as u64;
                return Err(
                    Error::limit("bytes of a merged function, whose indices have grown", limit).at(offset)
                );
            }
            copied = copied.saturating_add(body.as_bytes().len());
            self.next.1 = self.next.1.saturating_add(1);
            self.done = self.done.saturating_add(1);
        }
        Ok(true)
    }

    /// Function bodies copied, and all that there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.total)
    }

    /// The merged module.
    pub fn finish(self) -> Result<Vec<u8>> {
        if self.done != self.total {
            return Err(Error::internal("the merged module is not complete"));
        }
        let waiting = segments::waiting(&self.assembly, &self.layout, &self.constants)?;
        let Merger { assembly, names, layout, constants, references, code, .. } = self;
        Parts { assembly: &assembly, layout, constants, waiting, references, code, names }.write()
    }
}

/// Merges in one call.
pub fn merge(assembly: Assembly, names: bool) -> Result<Vec<u8>> {
    let mut merger = Merger::new(assembly, names)?;
    while merger.step()? {}
    merger.finish()
}
