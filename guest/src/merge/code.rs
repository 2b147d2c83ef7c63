//! The merged module's bytes, from its code section on. In: function bodies, then what comes before
//! them and after them. Out: the module. Not its job: what is in it.
//!
//! The bodies are nearly all of a module, and are copied first, because copying finds out what else
//! is needed. So the module grows around them, in one piece of memory.

use super::entity::to_index;
use crate::error::Result;
use std::collections::BTreeSet;
use wasm_encoder::{Encode, Function, SectionId};

/// Function bodies, each with its size in front.
#[derive(Default)]
pub struct Code {
    bodies: Vec<u8>,
    count: usize,
    /// The bodies of which it does not go without saying that they are valid, by their places.
    unproved: BTreeSet<usize>,
}

impl Code {
    /// With room for that many bytes of a module.
    pub fn with_room(bytes: usize) -> Code {
        Code { bodies: Vec::with_capacity(bytes), ..Code::default() }
    }

    /// Adds the body that `write` writes; the result is its size.
    pub fn body<E>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<usize, E> {
        self.count = self.count.saturating_add(1);
        sized(&mut self.bodies, write)
    }

    /// Adds a body that is no copy.
    pub fn function(&mut self, function: &Function) {
        self.count = self.count.saturating_add(1);
        function.encode(&mut self.bodies);
        self.last_is_unproved();
    }

    /// The last body is to be validated when the module is there (`valid`).
    pub fn last_is_unproved(&mut self) {
        self.unproved.extend(self.count.checked_sub(1));
    }

    pub fn unproved(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.unproved)
    }

    /// The module up to here: `head`, then the code section, if there is any.
    pub fn behind(self, mut head: Vec<u8>) -> Result<Vec<u8>> {
        if self.count > 0 {
            self.section_head(&mut head)?;
        }
        let mut module = self.bodies;
        module.splice(..0, head);
        Ok(module)
    }

    /// Writes what comes before the bodies in the code section.
    fn section_head(&self, out: &mut Vec<u8>) -> Result<()> {
        let mut count = Vec::new();
        // Checked because wasm-encoder counts on it.
        to_index(self.count)?;
        self.count.encode(&mut count);
        let size = self.bodies.len().saturating_add(count.len());
        to_index(size)?;
        out.push(SectionId::Code.into());
        size.encode(out);
        out.extend(count);
        Ok(())
    }
}

/// Writes what `write` writes, with its size in front; the result is that size.
pub fn sized<E>(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Result<usize, E> {
    let start = out.len();
    write(out)?;
    let size = out.len().saturating_sub(start);
    size.encode(out);
    // The size, which is now known, goes to the front.
    let length = out.len().saturating_sub(start).saturating_sub(size);
    if let Some(written) = out.get_mut(start..) {
        written.rotate_right(length);
    }
    Ok(size)
}
