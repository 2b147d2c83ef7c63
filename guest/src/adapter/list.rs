//! Lists, of any length and of a fixed one. In: operands. Out: checks, allocation, and a copy or a
//! loop. Not its job: the elements.

use super::body::{Local, Memory, TempLocal};
use super::operand::{Operand, Place};
use super::range::{Checked, allocate};
use super::route::shares_memory;
use super::translate::Translator;
use crate::abi::layout::{Layout, MAX_FLAT_PARAMS, Pointer};
use crate::abi::side::Domain;
use crate::error::{Error, Result};
use crate::ids::TypeId;
use crate::runtime::Trap;
use wasm_encoder::{BlockType, Instruction, ValType};

/// `MAX_LIST_BYTE_LENGTH`
const MAX_LIST_BYTE_LENGTH: u32 = (1 << 28) - 1;

impl Translator<'_, '_> {
    /// `load_list` and `store_list` without a fixed length, or their flat forms.
    pub fn list(&mut self, element: TypeId, src: Operand, dst: Operand) -> Result<()> {
        if shares_memory(self.from, self.to) {
            return self.pass_pair(src, dst);
        }
        let from = self.src_layouts().layout(element)?;
        let to = self.dst_layouts().layout(element)?;
        let (src_ptr, src_length, src_scalar) = self.src_pair(src)?;
        let (dst_ptr, dst_length, dst_scalar) = self.dst_pair(dst)?;

        let ptr = src_ptr.read(self.body, src_scalar)?;
        let length = src_length.read(self.body, src_scalar)?;
        let bytes = self.check_list(*ptr, *length, from)?;
        // With addresses in it, an element may have another size in the destination.
        let bytes = self.resize(bytes, *length, from.size, to.size)?;
        let copy = if self.stays() && self.module.facts.of(element).is_whole() {
            self.in_place(*ptr)?
        } else {
            let copy = allocate(self.module, self.body, self.to, to.align, *bytes)?;
            self.elements(element, *ptr, *copy, *length, *bytes)?;
            self.free_lifted(*ptr);
            copy
        };

        dst_ptr.write(self.body, dst_scalar, *copy)?;
        dst_length.begin_store(self.body);
        self.body.get(*length);
        self.body.coerce(src_scalar.flat, dst_scalar.flat)?;
        dst_length.finish_store(self.body, dst_scalar)?;
        self.body.release([ptr, length, bytes, copy]);
        Ok(())
    }

    /// The checks of `load_list_from_range`: the length in bytes, an i64.
    fn check_list(&mut self, ptr: Local, length: Local, element: Layout) -> Result<TempLocal> {
        let memory = self.src_memory()?;
        // The limit is on what is lifted. What lies in the runtime's memory has been lowered there by the
        // host; its addresses have 32 bits, so that the product fits without a limit.
        if self.from.domain != Domain::Host {
            let most = MAX_LIST_BYTE_LENGTH.checked_div(element.size).ok_or_else(no_size)?;
            self.body.get(length);
            self.body.pointer(memory.pointer, most);
            self.body.emit(match memory.pointer {
                Pointer::I32 => Instruction::I32GtU,
                Pointer::I64 => Instruction::I64GtU,
            });
            self.body.trap_if(Trap::ListTooLong);
        }
        self.body.check_aligned(ptr, element.align, Checked::LIST);
        let bytes = self.byte_length(length, element.size)?;
        self.body.check_in_bounds(memory, ptr, *bytes, Checked::LIST);
        Ok(bytes)
    }

    /// The length in bytes of `length` elements, an i64.
    fn byte_length(&mut self, length: Local, size: u32) -> Result<TempLocal> {
        self.body.get(length);
        self.body.coerce(length.ty, ValType::I64)?;
        if size != 1 {
            self.body.i64(size.into());
            self.body.emit(Instruction::I64Mul);
        }
        Ok(self.body.save(ValType::I64))
    }

    /// The length in bytes in the destination.
    fn resize(&mut self, bytes: TempLocal, length: Local, from: u32, to: u32) -> Result<TempLocal> {
        if from == to {
            return Ok(bytes);
        }
        self.body.release([bytes]);
        self.byte_length(length, to)
    }

    /// `load_list_from_valid_range` and `store_list_into_valid_range`: one `memory.copy` for plain
    /// elements, else a loop. `bytes` is their length, an i64.
    pub fn elements(
        &mut self,
        element: TypeId,
        src: Local,
        dst: Local,
        length: Local,
        bytes: Local,
    ) -> Result<()> {
        let from = self.src_memory()?;
        let to = self.dst_memory()?;
        if !self.module.plain.contains(element)? {
            self.body.get(length);
            self.body.coerce(length.ty, ValType::I32)?;
            let count = self.body.save(ValType::I32);
            let src = Place { memory: from, base: src, offset: 0 };
            let dst = Place { memory: to, base: dst, offset: 0 };
            self.body.get(*count);
            self.body.if_();
            self.each(element, *count, src, dst)?;
            self.body.end();
            self.body.release([count]);
            return Ok(());
        }
        self.copy_bytes(src, dst, bytes)
    }

    /// Copies so many bytes, an i64.
    pub fn copy_bytes(&mut self, src: Local, dst: Local, bytes: Local) -> Result<()> {
        let (from, to) = (self.src_memory()?, self.dst_memory()?);
        self.body.get(dst);
        self.body.get(src);
        self.body.get(bytes);
        let narrow = self.copy_length_type(to, from);
        self.body.coerce(ValType::I64, narrow.val_type())?;
        self.body.emit(Instruction::MemoryCopy { src_mem: from.index, dst_mem: to.index });
        Ok(())
    }

    /// The type of the length in a `memory.copy` between two memories: the narrower address type.
    pub fn copy_length_type(&self, to: Memory, from: Memory) -> Pointer {
        match (to.pointer, from.pointer) {
            (Pointer::I64, Pointer::I64) => Pointer::I64,
            _ => Pointer::I32,
        }
    }

    /// A loop over `count` elements: an i32 that is not 0, and 0 afterwards.
    fn each(&mut self, element: TypeId, count: Local, src: Place, dst: Place) -> Result<()> {
        let from = self.src_layouts().layout(element)?.size;
        let to = self.dst_layouts().layout(element)?.size;
        let src_cursor = self.cursor(src);
        let dst_cursor = self.cursor(dst);
        let src = Place { base: *src_cursor, offset: 0, ..src };
        let dst = Place { base: *dst_cursor, offset: 0, ..dst };
        self.body.emit(Instruction::Loop(BlockType::Empty));
        self.translate(element, Operand::Memory(src), Operand::Memory(dst))?;
        self.body.advance(*src_cursor, from);
        self.body.advance(*dst_cursor, to);
        self.body.get(count);
        self.body.i32(1);
        self.body.emit(Instruction::I32Sub);
        self.body.tee(count);
        self.body.emit(Instruction::BrIf(0));
        self.body.end();
        self.body.release([src_cursor, dst_cursor]);
        Ok(())
    }

    /// A place's address, to be moved from element to element.
    fn cursor(&mut self, place: Place) -> TempLocal {
        place.push(self.body);
        self.body.save(place.memory.pointer.val_type())
    }

    /// Lists of a fixed length: a loop in memory; unrolled in flat form, where they are short.
    pub fn fixed_list(&mut self, element: TypeId, length: u32, src: Operand, dst: Operand) -> Result<()> {
        match (src, dst) {
            (Operand::Memory(src), Operand::Memory(dst)) => {
                self.body.i32(length);
                let count = self.body.save(ValType::I32);
                self.each(element, *count, src, dst)?;
                self.body.release([count]);
                Ok(())
            }
            _ => {
                let fields = vec![element; length.min(MAX_FLAT_PARAMS as u32) as usize];
                self.record(&fields, src, dst)
            }
        }
    }
}

fn no_size() -> Error {
    Error::internal("a list whose elements have no size")
}
