//! Scalars: numbers, bool, char, flags. In: operands. Out: code that loads, normalises or checks,
//! and stores. Not its job: handles (`handle`) and enums (`variant`).

use super::body::Body;
use super::operand::{Operand, Scalar};
use super::translate::Translator;
use crate::error::{Error, Result};
use crate::link::Type;
use crate::runtime::Trap;
use crate::width::flags_size;
use wasm_encoder::{Instruction, ValType};

impl Translator<'_, '_> {
    /// The scalar cases of `load`, `store`, `lift_flat` and `lower_flat`. What is loaded from
    /// memory has no bits above its width; a flat value can have any.
    pub fn scalar(&mut self, ty: &Type, src: Operand, dst: Operand) -> Result<()> {
        let flat = src.is_flat() || dst.is_flat();
        let as_is = |_: &mut Body| {};
        match ty {
            Type::Bool => self.move_scalar(Scalar::I8, src, dst, normalise_bool),
            Type::U8 | Type::S8 | Type::U16 | Type::S16 if !flat => {
                let scalar = if matches!(ty, Type::U8 | Type::S8) { Scalar::I8 } else { Scalar::I16 };
                self.move_scalar(scalar, src, dst, as_is)
            }
            Type::U8 => self.move_scalar(Scalar::I8, src, dst, |body| mask(body, 0xff)),
            Type::U16 => self.move_scalar(Scalar::I16, src, dst, |body| mask(body, 0xffff)),
            Type::S8 => self.move_scalar(Scalar::I8, src, dst, |body| extend_sign(body, 8)),
            Type::S16 => self.move_scalar(Scalar::I16, src, dst, |body| extend_sign(body, 16)),
            Type::U32 | Type::S32 => self.move_scalar(Scalar::I32, src, dst, as_is),
            Type::U64 | Type::S64 => self.move_scalar(Scalar::I64, src, dst, as_is),
            Type::F32 => self.move_scalar(Scalar::F32, src, dst, as_is),
            Type::F64 => self.move_scalar(Scalar::F64, src, dst, as_is),
            Type::Char => self.move_scalar(Scalar::I32, src, dst, check_char),
            Type::Flags(labels) => self.flags(labels.len(), src, dst),
            _ => Err(Error::internal("a type that is no scalar is translated as one")),
        }
    }

    /// Loads a value, applies `then` to it on the stack, and stores it.
    pub fn move_scalar(
        &mut self,
        scalar: Scalar,
        src: Operand,
        dst: Operand,
        then: impl FnOnce(&mut Body),
    ) -> Result<()> {
        dst.begin_store(self.body);
        src.load(self.body, scalar)?;
        self.body.coerce(scalar.pushed(src), scalar.pushed(dst))?;
        then(self.body);
        dst.finish_store(self.body, scalar)
    }

    /// `unpack_flags_from_int` and `pack_flags_into_int`: bits without a label become 0.
    fn flags(&mut self, labels: usize, src: Operand, dst: Operand) -> Result<()> {
        let (scalar, bits) = match flags_size(labels) {
            1 => (Scalar::I8, 8),
            2 => (Scalar::I16, 16),
            _ => (Scalar::I32, 32),
        };
        let loaded = if src.is_flat() { 32 } else { bits };
        self.move_scalar(scalar, src, dst, |body| {
            if labels < loaded {
                mask(body, (1u32 << labels).wrapping_sub(1));
            }
        })
    }
}

/// `convert_int_to_bool`
fn normalise_bool(body: &mut Body) {
    body.i32(0);
    body.emit(Instruction::I32Ne);
}

fn mask(body: &mut Body, mask: u32) {
    body.i32(mask);
    body.emit(Instruction::I32And);
}

/// `lift_flat_signed`, with shifts: WebAssembly 1.0 has no sign-extension instructions.
fn extend_sign(body: &mut Body, bits: u32) {
    let unused = 32u32.saturating_sub(bits);
    body.i32(unused);
    body.emit(Instruction::I32Shl);
    body.i32(unused);
    body.emit(Instruction::I32ShrS);
}

/// `convert_i32_to_char`
fn check_char(body: &mut Body) {
    let char = body.temp(ValType::I32);
    body.tee(*char);
    body.i32(0x110000);
    body.emit(Instruction::I32GeU);
    // A surrogate, 0xd800 to 0xdfff.
    body.get(*char);
    body.i32(0xd800);
    body.emit(Instruction::I32Sub);
    body.i32(0x800);
    body.emit(Instruction::I32LtU);
    body.emit(Instruction::I32Or);
    body.trap_if(Trap::NotAChar);
    body.get(*char);
    body.release([char]);
}
