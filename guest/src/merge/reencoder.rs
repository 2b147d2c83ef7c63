//! From a module's own indices to those of the merged module. In: items, expressions and bodies of
//! one instance. Out: the same with new indices. Everything that the parser knows passes through:
//! wasm-encoder's `Reencode` has a case for each instruction. Not its job: which index becomes
//! which (`layout`), and which constants are known (`constant`).

use super::constant::{Constant, Constants};
use super::layout::Maps;
use crate::error::{Code, Error, Result};
use crate::read::{CoreSort, limits};
use std::fmt;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{Encode, Instruction};
use wasmparser::{ConstExpr, Operator};

/// An index that the maps do not have. Small, because every mapped index returns a `Result`.
#[derive(Debug, Clone, Copy)]
pub struct Unmapped {
    pub what: &'static str,
    pub index: u32,
}

/// The result of mapping one thing.
pub type Mapped<T = u32> = Result<T, reencode::Error<Unmapped>>;

impl fmt::Display for Unmapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} has no place in the merged module", self.what, self.index)
    }
}

/// What `Reencode` reports, as an error of meld's.
pub fn convert(error: reencode::Error<Unmapped>) -> Error {
    match error {
        reencode::Error::ParseError(e) => {
            Error::new(Code::Malformed, e.message().to_string()).at(e.offset() as usize)
        }
        other => Error::internal(other),
    }
}

/// What the merged module's items refer to, gathered on the way.
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
        self.note(func, Place::Outside);
    }

    fn note(&mut self, func: u32, place: Place) {
        let noted = match place {
            Place::Outside => &mut self.declared,
            Place::Body => &mut self.taken,
        };
        if let Some(noted) = noted.get_mut(func as usize) {
            *noted = true;
        }
    }

    /// Functions whose reference is taken in a body and that nothing else declares.
    pub fn undeclared(&self) -> Vec<u32> {
        let both = self.taken.iter().zip(&self.declared);
        (0u32..).zip(both).filter(|(_, (taken, declared))| **taken && !**declared).map(|(f, _)| f).collect()
    }
}

/// Where an expression is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a global, a table or a segment.
    Outside,
    /// In a function body.
    Body,
}

/// Maps what belongs to one instance.
pub struct Mapper<'m> {
    pub maps: &'m Maps,
    pub constants: &'m Constants,
    pub references: &'m mut References,
}

impl Mapper<'_> {
    fn item(&self, sort: CoreSort, what: &'static str, index: u32) -> Mapped {
        let map = self.maps.items.get(sort);
        map.get(index as usize).copied().ok_or(reencode::Error::UserError(Unmapped { what, index }))
    }

    /// A constant expression in the merged module. In the first version of WebAssembly, only
    /// imported globals may be read there, and here none is imported: reads of known constants
    /// become the constants. What is left reads globals that hold allocations, and the input has
    /// needed the GC proposal for these, which allows it. The result lacks the final `end`.
    pub fn expression(&mut self, expr: &ConstExpr, place: Place) -> Result<Vec<u8>> {
        let offset = expr.get_binary_reader().original_position() as usize;
        let bytes = self.expression_bytes(expr, place).map_err(|e| convert(e).at(offset))?;
        let written = &mut self.references.constant_bytes;
        *written = written.saturating_add(bytes.len());
        if *written > limits::MERGED_BYTES {
            return Err(Error::limit("bytes of constant expressions", limits::MERGED_BYTES as u64).at(offset));
        }
        Ok(bytes)
    }

    fn expression_bytes(&mut self, expr: &ConstExpr, place: Place) -> Mapped<Vec<u8>> {
        let mut operators = expr.get_operators_reader();
        let mut bytes = Vec::new();
        while !operators.is_end_then_eof() {
            match operators.read()? {
                Operator::GlobalGet { global_index } => {
                    let global = self.global_index(global_index)?;
                    let constant = self.constants.get(global);
                    if let Some(Constant::RefFunc(func)) = constant {
                        self.references.note(func, place);
                    }
                    match constant {
                        Some(constant) => constant.encode(&mut bytes),
                        None => Instruction::GlobalGet(global).encode(&mut bytes),
                    }
                }
                Operator::RefFunc { function_index } => {
                    let func = self.function_index(function_index)?;
                    self.references.note(func, place);
                    Instruction::RefFunc(func).encode(&mut bytes);
                }
                other => utils::instruction(self, other)?.encode(&mut bytes),
            }
        }
        Ok(bytes)
    }

    /// A constant expression as a global, a table or a segment has it.
    pub fn constant(&mut self, expr: &ConstExpr) -> Result<wasm_encoder::ConstExpr> {
        self.expression(expr, Place::Outside).map(wasm_encoder::ConstExpr::raw)
    }
}

impl Reencode for Mapper<'_> {
    type Error = Unmapped;

    fn function_index(&mut self, func: u32) -> Mapped {
        self.item(CoreSort::Func, "function", func)
    }

    fn table_index(&mut self, table: u32) -> Mapped {
        self.item(CoreSort::Table, "table", table)
    }

    fn memory_index(&mut self, memory: u32) -> Mapped {
        self.item(CoreSort::Memory, "memory", memory)
    }

    fn global_index(&mut self, global: u32) -> Mapped {
        self.item(CoreSort::Global, "global", global)
    }

    fn tag_index(&mut self, tag: u32) -> Mapped {
        self.item(CoreSort::Tag, "tag", tag)
    }

    fn type_index(&mut self, ty: u32) -> Mapped {
        let unmapped = Unmapped { what: "type", index: ty };
        self.maps.types.get(ty as usize).copied().ok_or(reencode::Error::UserError(unmapped))
    }

    fn element_index(&mut self, element: u32) -> Mapped {
        let unmapped = Unmapped { what: "element segment", index: element };
        self.maps.first_element.checked_add(element).ok_or(reencode::Error::UserError(unmapped))
    }

    fn data_index(&mut self, data: u32) -> Mapped {
        self.references.data = true;
        let unmapped = Unmapped { what: "data segment", index: data };
        self.maps.first_data.checked_add(data).ok_or(reencode::Error::UserError(unmapped))
    }

    fn instruction<'a>(&mut self, arg: Operator<'a>) -> Mapped<Instruction<'a>> {
        if let Operator::RefFunc { function_index } = arg {
            let func = self.function_index(function_index)?;
            self.references.note(func, Place::Body);
        }
        utils::instruction(self, arg)
    }
}
