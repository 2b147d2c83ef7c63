//! Values that are copied as bytes. In: types. Out: which are. Not its job: the code of a copy.

use crate::abi::layout::{Layouts, Pointer, fields};
use crate::error::Result;
use crate::ids::{Id, TypeId};
use crate::link::{Type, Types};
use std::cell::RefCell;

/// Plain values up to this size, in bytes, are copied field by field.
const COPY_BYTES: u32 = 16;

/// Which types are plain: translating a value from memory to memory is copying its bytes. Every bit
/// pattern is a value, no byte is padding, and there are no addresses and no handles in it.
pub struct PlainTypes<'a> {
    types: &'a Types,
    layouts: Layouts<'a>,
    /// Copying bytes is an optimisation: without it, no type is plain.
    bulk_copies: bool,
    /// By type, worked out once.
    plain: RefCell<Vec<Option<bool>>>,
}

impl<'a> PlainTypes<'a> {
    pub fn new(types: &'a Types, bulk_copies: bool) -> PlainTypes<'a> {
        let plain = RefCell::new(vec![None; types.iter().len()]);
        // A plain type has the same layout for both sizes of addresses.
        PlainTypes { types, layouts: Layouts::new(types, Pointer::I32), bulk_copies, plain }
    }

    /// Whether a type is plain. `Error::limit` if its size is no 32-bit number.
    pub fn contains(&self, id: TypeId) -> Result<bool> {
        if !self.bulk_copies {
            return Ok(false);
        }
        if let Some(plain) = self.plain.borrow().get(id.index()).copied().flatten() {
            return Ok(plain);
        }
        let ty = &self.types[id];
        let plain = match ty {
            Type::S8 | Type::U8 | Type::S16 | Type::U16 | Type::S32 | Type::U32 => true,
            Type::S64 | Type::U64 | Type::F32 | Type::F64 => true,
            Type::Flags(labels) => matches!(labels.len(), 8 | 16 | 32),
            Type::FixedList(element, _) => self.contains(*element)?,
            _ => match fields(ty) {
                Some(fields) => self.all(&fields)? && !self.has_padding(&fields)?,
                None => false,
            },
        };
        if let Some(slot) = self.plain.borrow_mut().get_mut(id.index()) {
            *slot = Some(plain);
        }
        Ok(plain)
    }

    /// Whether a value in memory is copied in one piece. Small ones are copied field by field: that is
    /// faster than `memory.copy`. Errors: as for `contains`.
    pub fn copied(&self, id: TypeId) -> Result<bool> {
        Ok(self.contains(id)? && self.layouts.layout(id)?.size > COPY_BYTES)
    }

    fn all(&self, fields: &[TypeId]) -> Result<bool> {
        for field in fields {
            if !self.contains(*field)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a record has bytes that are no field's.
    fn has_padding(&self, fields: &[TypeId]) -> Result<bool> {
        let mut bytes = 0u32;
        for field in fields {
            bytes = bytes.saturating_add(self.layouts.layout(*field)?.size);
        }
        Ok(bytes != self.layouts.record(fields)?.layout.size)
    }
}
