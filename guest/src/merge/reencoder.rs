//! From a module's own indices to those of the merged module. In: items, expressions and bodies of
//! one instance. Out: the same with new indices. Everything that the parser knows passes through:
//! wasm-encoder's `Reencode` has a case for each instruction. What is referred to for the first
//! time gets its index here. Not its job: which places there are (`layout`), and which constants
//! are known (`constant`).

use super::constant::{Constant, Constants};
use super::layout::Maps;
use super::mapped::{Mapped, Unmapped, convert};
use super::numbers::{Numbers, Space};
use super::types::Types;
use crate::error::{Error, Result};
use crate::read::{CoreSort, limits};
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{Encode, Instruction};
use wasmparser::{ConstExpr, Operator};

/// What the merged module's items refer to, gathered on the way. Functions go by their places.
#[derive(Debug)]
pub struct References {
    /// Functions that occur outside of bodies: `ref.func` is valid for these only.
    declared: Vec<bool>,
    /// Functions that a body takes a reference to.
    taken: Vec<bool>,
    /// A body names a data segment: the binary then needs a data count section.
    pub data: bool,
    /// Bytes of constant expressions written so far.
    constant_bytes: usize,
}

impl References {
    pub fn new(functions: u32) -> References {
        let none = vec![false; functions as usize];
        References { declared: none.clone(), taken: none, data: false, constant_bytes: 0 }
    }

    /// Notes that `func` occurs outside of bodies.
    pub fn declare(&mut self, func: u32) {
        self.note(func, Where::Outside);
    }

    fn note(&mut self, func: u32, at: Where) {
        let noted = match at {
            Where::Outside => &mut self.declared,
            Where::Body => &mut self.taken,
        };
        if let Some(noted) = noted.get_mut(func as usize) {
            *noted = true;
        }
    }

    /// Functions whose reference is taken in a body and that nothing else declares, by their indices.
    pub fn undeclared(&self, functions: &Space) -> Vec<u32> {
        let both = self.taken.iter().zip(&self.declared);
        let undeclared = (0u32..).zip(both).filter(|(_, (taken, declared))| **taken && !**declared);
        let mut undeclared: Vec<u32> = undeclared.filter_map(|(place, _)| functions.get(place)).collect();
        undeclared.sort_unstable();
        undeclared
    }
}

/// Where an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// In a global, a table or a segment.
    Outside,
    /// In a function body.
    Body,
}

/// What grows while things are mapped.
pub struct State<'a> {
    pub numbers: Numbers,
    pub references: References,
    pub types: Types<'a>,
}

/// Maps what belongs to one instance.
pub struct Mapper<'m, 'a> {
    pub maps: &'m Maps,
    pub constants: &'m Constants,
    pub state: &'m mut State<'a>,
}

impl Mapper<'_, '_> {
    #[inline]
    fn place(&self, sort: CoreSort, index: u32) -> Mapped {
        let place = self.maps.items.get(sort).get(index as usize).copied();
        place.ok_or_else(|| unmapped(sort, index))
    }

    #[inline]
    fn item(&mut self, sort: CoreSort, index: u32) -> Mapped {
        let place = self.place(sort, index)?;
        self.state.numbers.number(sort, place).ok_or_else(|| unmapped(sort, index))
    }

    /// A constant expression in the merged module. In the first version of WebAssembly, only
    /// imported globals may be read there, and here none is imported: reads of known constants
    /// become the constants. What is left reads globals that hold allocations, and the input has
    /// needed the GC proposal for these, which allows it. The result lacks the final `end`.
    pub fn expression(&mut self, expr: &ConstExpr, at: Where) -> Result<Vec<u8>> {
        let offset = expr.get_binary_reader().original_position() as usize;
        let bytes = self.expression_bytes(expr, at).map_err(|e| convert(e).at(offset))?;
        let written = &mut self.state.references.constant_bytes;
        *written = written.saturating_add(bytes.len());
        if *written > limits::MERGED_BYTES {
            return Err(Error::limit("bytes of constant expressions", limits::MERGED_BYTES as u64).at(offset));
        }
        Ok(bytes)
    }

    fn expression_bytes(&mut self, expr: &ConstExpr, at: Where) -> Mapped<Vec<u8>> {
        let mut operators = expr.get_operators_reader();
        let mut bytes = Vec::new();
        while !operators.is_end_then_eof() {
            match operators.read()? {
                Operator::GlobalGet { global_index } => {
                    let global = self.place(CoreSort::Global, global_index)?;
                    match self.constants.get(global) {
                        Some(constant) => self.write(constant, at, &mut bytes)?,
                        None => Instruction::GlobalGet(self.global_index(global_index)?).encode(&mut bytes),
                    }
                }
                Operator::RefFunc { function_index } => {
                    let func = self.place(CoreSort::Func, function_index)?;
                    self.write(Constant::RefFunc(func), at, &mut bytes)?;
                }
                other => utils::instruction(self, other)?.encode(&mut bytes),
            }
        }
        Ok(bytes)
    }

    fn write(&mut self, constant: Constant, at: Where, bytes: &mut Vec<u8>) -> Mapped<()> {
        let State { numbers, references, types } = &mut *self.state;
        let func = match constant {
            Constant::RefFunc(place) => {
                references.note(place, at);
                numbers.number(CoreSort::Func, place)
            }
            _ => None,
        };
        encode(constant, types, func, bytes)
    }

    /// A constant expression as a global, a table or a segment has it.
    pub fn constant(&mut self, expr: &ConstExpr) -> Result<wasm_encoder::ConstExpr> {
        self.expression(expr, Where::Outside).map(wasm_encoder::ConstExpr::raw)
    }

    /// A function that occurs outside of bodies.
    pub fn declared(&mut self, index: u32) -> Mapped {
        let place = self.place(CoreSort::Func, index)?;
        self.state.references.declare(place);
        self.function_index(index)
    }
}

/// Writes the instructions that make the value; `func` is the index of the function.
fn encode(constant: Constant, types: &mut Types, func: Option<u32>, sink: &mut Vec<u8>) -> Mapped<()> {
    match constant {
        Constant::I32(v) => Instruction::I32Const(v).encode(sink),
        Constant::I64(v) => Instruction::I64Const(v).encode(sink),
        Constant::F32(v) => Instruction::F32Const(v).encode(sink),
        Constant::F64(v) => Instruction::F64Const(v).encode(sink),
        Constant::V128(v) => Instruction::V128Const(v).encode(sink),
        Constant::RefNull(module, ty) => {
            Instruction::RefNull(types.heap_type(module, ty)?).encode(sink);
        }
        Constant::RefFunc(place) => {
            let unmapped = Unmapped { what: "function at place", index: place };
            let func = func.ok_or(reencode::Error::UserError(unmapped))?;
            Instruction::RefFunc(func).encode(sink);
        }
        Constant::I31(v) => {
            Instruction::I32Const(v).encode(sink);
            Instruction::RefI31.encode(sink);
        }
    }
    Ok(())
}

#[cold]
fn unmapped(sort: CoreSort, index: u32) -> reencode::Error<Unmapped> {
    let what = match sort {
        CoreSort::Func => "function",
        CoreSort::Table => "table",
        CoreSort::Memory => "memory",
        CoreSort::Global => "global",
        CoreSort::Tag => "tag",
    };
    reencode::Error::UserError(Unmapped { what, index })
}

impl Reencode for Mapper<'_, '_> {
    type Error = Unmapped;

    fn function_index(&mut self, func: u32) -> Mapped {
        self.item(CoreSort::Func, func)
    }

    fn table_index(&mut self, table: u32) -> Mapped {
        self.item(CoreSort::Table, table)
    }

    fn memory_index(&mut self, memory: u32) -> Mapped {
        self.item(CoreSort::Memory, memory)
    }

    fn global_index(&mut self, global: u32) -> Mapped {
        self.item(CoreSort::Global, global)
    }

    fn tag_index(&mut self, tag: u32) -> Mapped {
        self.item(CoreSort::Tag, tag)
    }

    fn type_index(&mut self, ty: u32) -> Mapped {
        self.state.types.index(self.maps.module, ty)
    }

    fn element_index(&mut self, element: u32) -> Mapped {
        let place = self.maps.first_element.checked_add(element);
        let unmapped = Unmapped { what: "element segment", index: element };
        let number = place.and_then(|place| self.state.numbers.element(place));
        number.ok_or(reencode::Error::UserError(unmapped))
    }

    fn data_index(&mut self, data: u32) -> Mapped {
        self.state.references.data = true;
        let place = self.maps.first_data.checked_add(data);
        let unmapped = Unmapped { what: "data segment", index: data };
        let number = place.and_then(|place| self.state.numbers.data(place));
        number.ok_or(reencode::Error::UserError(unmapped))
    }

    fn instruction<'a>(&mut self, arg: Operator<'a>) -> Mapped<Instruction<'a>> {
        if let Operator::RefFunc { function_index } = arg {
            let func = self.place(CoreSort::Func, function_index)?;
            self.state.references.note(func, Where::Body);
        }
        utils::instruction(self, arg)
    }
}
