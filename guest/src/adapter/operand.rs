//! Where a value is: in flat form or in memory. In: places. Out: the loads and stores of one core
//! value. Not its job: what the value means.

use super::body::{Body, Local, Memory, TempLocal};
use crate::abi::layout::Pointer;
use crate::error::{Error, Result};
use wasm_encoder::{Instruction, ValType};

/// A value in memory: at the address in `base`, plus `offset`, aligned and in bounds.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub memory: Memory,
    pub base: Local,
    pub offset: u32,
}

impl Place {
    /// The part of the value at `offset`, in bytes from its start.
    pub fn at(self, offset: u32) -> Result<Place> {
        // In bounds, so below 2^32 if the layout is right.
        let offset = self.offset.checked_add(offset);
        let offset = offset.ok_or_else(|| Error::internal("an offset past 32 bits"))?;
        Ok(Place { offset, ..self })
    }

    /// Pushes the address.
    pub fn push(self, body: &mut Body) {
        body.get(self.base);
        if self.offset != 0 {
            let pointer = self.memory.pointer;
            body.pointer(pointer, self.offset);
            body.emit(match pointer {
                Pointer::I32 => Instruction::I32Add,
                Pointer::I64 => Instruction::I64Add,
            });
        }
    }
}

/// Where a value is read from or written to. Flattening gives the same number of values on both sides.
#[derive(Debug, Clone, Copy)]
pub enum Operand<'l> {
    /// The value's flat form. Each local may have the type that `join` made of it.
    Flat(&'l [Local]),
    Memory(Place),
}

/// A value that is one core value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scalar {
    /// Its flat type.
    pub flat: ValType,
    /// Its size in memory, in bytes.
    pub width: u32,
}

impl Scalar {
    pub const I8: Scalar = Scalar { flat: ValType::I32, width: 1 };
    pub const I16: Scalar = Scalar { flat: ValType::I32, width: 2 };
    pub const I32: Scalar = Scalar { flat: ValType::I32, width: 4 };
    pub const I64: Scalar = Scalar { flat: ValType::I64, width: 8 };
    pub const F32: Scalar = Scalar { flat: ValType::F32, width: 4 };
    pub const F64: Scalar = Scalar { flat: ValType::F64, width: 8 };

    /// What `Operand::load` pushes and `Operand::finish_store` takes. A float in memory is an integer, so that no
    /// NaN changes its bits on the way to another memory.
    pub fn pushed(self, operand: Operand) -> ValType {
        match (operand, self.flat) {
            (Operand::Memory(_), ValType::F32) => ValType::I32,
            (Operand::Memory(_), ValType::F64) => ValType::I64,
            (_, flat) => flat,
        }
    }

    pub fn pointer(pointer: Pointer) -> Scalar {
        match pointer {
            Pointer::I32 => Scalar::I32,
            Pointer::I64 => Scalar::I64,
        }
    }
}

impl<'l> Operand<'l> {
    /// A part of the value: in flat form from its `flat`-th core value on, in memory from `offset` on, in
    /// bytes.
    pub fn part(self, flat: usize, offset: u32) -> Result<Operand<'l>> {
        match self {
            Operand::Flat(slots) => Ok(Operand::Flat(slots.get(flat..).ok_or_else(missing)?)),
            Operand::Memory(place) => Ok(Operand::Memory(place.at(offset)?)),
        }
    }

    pub fn is_flat(self) -> bool {
        matches!(self, Operand::Flat(_))
    }

    /// Pushes the value, as `Scalar::pushed` says.
    pub fn load(self, body: &mut Body, scalar: Scalar) -> Result<()> {
        match self {
            Operand::Flat(slots) => {
                let slot = *slots.first().ok_or_else(missing)?;
                body.get(slot);
                body.coerce(slot.ty, scalar.flat)?;
            }
            Operand::Memory(place) => {
                body.get(place.base);
                body.load(place.memory, scalar.width, place.offset);
            }
        }
        Ok(())
    }

    /// Pushes the address that `finish_store` takes below the value, if it takes one.
    pub fn begin_store(self, body: &mut Body) {
        if let Operand::Memory(place) = self {
            body.get(place.base);
        }
    }

    /// Stores the value on the stack, as `Scalar::pushed` says.
    pub fn finish_store(self, body: &mut Body, scalar: Scalar) -> Result<()> {
        match self {
            Operand::Flat(slots) => {
                let slot = *slots.first().ok_or_else(missing)?;
                body.coerce(scalar.flat, slot.ty)?;
                body.set(slot);
            }
            Operand::Memory(place) => body.store(place.memory, scalar.width, place.offset),
        }
        Ok(())
    }

    /// The value in a local for a while.
    pub fn read(self, body: &mut Body, scalar: Scalar) -> Result<TempLocal> {
        self.load(body, scalar)?;
        // Only integers are read this way, and their flat type is that in memory.
        Ok(body.save(scalar.flat))
    }

    pub fn write(self, body: &mut Body, scalar: Scalar, value: Local) -> Result<()> {
        self.begin_store(body);
        body.get(value);
        self.finish_store(body, scalar)
    }
}

fn missing() -> Error {
    Error::internal("a flat value has too few parts")
}
