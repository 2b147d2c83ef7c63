//! Strings. In: operands. Out: a call of the transcoder, which checks, allocates and copies; or the checks alone, where
//! a string stays where it is. Not its job: transcoding (`runtime`).

use super::body::Local;
use super::operand::Operand;
use super::range::Checked;
use super::route::shares_memory;
use super::spec::Transcoder;
use super::translate::Translator;
use crate::abi::layout::Pointer;
use crate::abi::side::{Domain, Side, Strings};
use crate::error::{Error, Result};
use crate::link::StringEncoding;
use crate::runtime::{Manner, Trap};
use wasm_encoder::{Instruction, ValType};

/// `MAX_STRING_BYTE_LENGTH`
const MAX_STRING_BYTE_LENGTH: u64 = (1 << 28) - 1;

impl Translator<'_, '_> {
    /// `load_string` and `store_string`, or their flat forms.
    pub fn string(&mut self, src: Operand, dst: Operand) -> Result<()> {
        if shares_memory(self.from, self.to) {
            return self.pass_pair(src, dst);
        }
        let (src_ptr, src_length, src_scalar) = self.src_pair(src)?;
        let (dst_ptr, dst_length, dst_scalar) = self.dst_pair(dst)?;
        if self.stays() {
            let ptr = src_ptr.read(self.body, src_scalar)?;
            let tagged = src_length.read(self.body, src_scalar)?;
            self.check_string(*ptr, *tagged)?;
            let there = self.in_place(*ptr)?;
            dst_ptr.write(self.body, dst_scalar, *there)?;
            dst_length.begin_store(self.body);
            self.body.get(*tagged);
            self.body.coerce(src_scalar.flat, dst_scalar.flat)?;
            dst_length.finish_store(self.body, dst_scalar)?;
            self.body.release([ptr, tagged, there]);
            return Ok(());
        }
        let realloc = self.to.realloc;
        let realloc = realloc.ok_or_else(|| Error::internal("a string goes to a side without a realloc"))?;
        let (from, to, manner) = (strings(self.from)?, strings(self.to)?, manner(self.from, self.to));
        let transcoder = Transcoder { from, to, realloc, manner };
        let (function, length) = self.module.transcoder(transcoder);

        let code_units = src_length.read(self.body, src_scalar)?;
        dst_ptr.begin_store(self.body);
        src_ptr.load(self.body, src_scalar)?;
        self.body.get(*code_units);
        self.body.call(function);
        dst_ptr.finish_store(self.body, dst_scalar)?;
        dst_length.begin_store(self.body);
        match length {
            Some(length) => self.body.global_get(length),
            None => {
                self.body.get(*code_units);
                self.body.coerce(src_scalar.flat, dst_scalar.flat)?;
            }
        }
        self.body.release([code_units]);
        dst_length.finish_store(self.body, dst_scalar)?;
        if self.frees_lifted() {
            let ptr = src_ptr.read(self.body, src_scalar)?;
            self.free_lifted(*ptr);
            self.body.release([ptr]);
        }
        Ok(())
    }

    /// The checks of `load_string_from_range` but for what is in the string.
    fn check_string(&mut self, ptr: Local, tagged_code_units: Local) -> Result<()> {
        let memory = self.src_memory()?;
        let tag = match memory.pointer {
            Pointer::I32 => 31,
            Pointer::I64 => 63,
        };
        self.body.get(tagged_code_units);
        self.body.coerce(tagged_code_units.ty, ValType::I64)?;
        let code_units = self.body.save(ValType::I64);
        // The base-2 logarithm of the bytes of a code unit.
        match self.from.encoding {
            StringEncoding::Utf8 => self.body.i64(0),
            StringEncoding::Utf16 => self.body.i64(1),
            StringEncoding::Latin1Utf16 => {
                self.body.get(*code_units);
                self.body.i64(tag);
                self.body.emit(Instruction::I64ShrU);
                self.body.get(*code_units);
                self.body.i64(!(1 << tag));
                self.body.emit(Instruction::I64And);
                self.body.set(*code_units);
            }
        }
        let size = self.body.save(ValType::I64);
        self.check_string_length(*code_units);
        self.body.get(*code_units);
        self.body.get(*size);
        self.body.emit(Instruction::I64Shl);
        let bytes = self.body.save(ValType::I64);
        self.check_string_length(*bytes);
        let align = if self.from.encoding == StringEncoding::Utf8 { 1 } else { 2 };
        self.body.check_aligned(ptr, align, Checked::STRING);
        self.body.check_in_bounds(memory, ptr, *bytes, Checked::STRING);
        self.body.release([code_units, size, bytes]);
        Ok(())
    }

    /// Of an i64. Code units are checked before they become bytes, so that the product fits.
    fn check_string_length(&mut self, length: Local) {
        self.body.get(length);
        self.body.i64(MAX_STRING_BYTE_LENGTH);
        self.body.emit(Instruction::I64GtU);
        self.body.trap_if(Trap::StringTooLong);
    }
}

/// Between the host and a guest a string goes through the runtime's memory in the guest's encoding, and is
/// lifted or lowered in full on the host's side of that.
fn manner(from: Side, to: Side) -> Manner {
    match (from.domain, to.domain) {
        (Domain::Host, _) => Manner::Replay,
        (_, Domain::Host | Domain::Transit) => Manner::Keep,
        _ => Manner::Store,
    }
}

fn strings(side: Side) -> Result<Strings> {
    let memory = side.memory.ok_or_else(|| Error::internal("a string on a side without a memory"))?;
    Ok(Strings { memory, encoding: side.encoding })
}
