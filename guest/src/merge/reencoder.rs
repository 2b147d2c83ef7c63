//! From a module's own indices to those of the merged module. In: items, expressions and bodies of
//! one instance. Out: the same with new indices. Everything that the parser knows passes through:
//! wasm-encoder's `Reencode` has a case for each instruction. What is referred to for the first
//! time becomes live. Not its job: what there is (`definitions`), and which constants are known
//! (`constant`).

use super::accessors::{Access, Accessors};
use super::constant::{Constant, Constants};
use super::entity::{Entity, Merged};
use super::live::{Live, LiveSet, Mark};
use super::mapped::{Mapped, Unmapped, convert};
use super::spaces::{IndexSpaces, Item};
use super::types::Types;
use crate::error::{Error, Result};
use crate::ids::{DataId, ElementId, FuncId, GlobalId, Id, IdVec, MemoryId, TableId, TagId};
use crate::read::limits;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{Encode, Instruction};
use wasmparser::{ConstExpr, Operator};

/// What the merged module's items refer to, gathered on the way.
#[derive(Debug)]
pub struct References {
    /// Functions that occur outside of bodies: `ref.func` is valid for these only.
    declared: IdVec<FuncId, bool>,
    /// Functions that a body takes a reference to.
    taken: IdVec<FuncId, bool>,
    /// A body names a data segment: the binary then needs a data count section.
    pub data: bool,
    /// The body that is being copied takes a reference to a function.
    taken_here: bool,
    /// Bytes of constant expressions written so far.
    constant_bytes: usize,
}

impl References {
    /// `functions` says how many definitions there are.
    pub fn new(functions: u32) -> References {
        let none = IdVec::filled(false, functions as usize);
        References { declared: none.clone(), taken: none, data: false, taken_here: false, constant_bytes: 0 }
    }

    /// Notes that `func` occurs outside of bodies.
    pub fn declare(&mut self, func: FuncId) {
        self.note(func, Where::Outside);
    }

    fn note(&mut self, func: FuncId, at: Where) {
        let noted = match at {
            Where::Outside => self.declared.get_mut(func),
            Where::Body => {
                self.taken_here = true;
                self.taken.get_mut(func)
            }
        };
        if let Some(noted) = noted {
            *noted = true;
        }
    }

    /// Whether a body has taken a reference to a function since this was last asked.
    pub fn taken_since(&mut self) -> bool {
        std::mem::take(&mut self.taken_here)
    }

    /// Functions whose reference is taken in a body and that nothing else declares, in the order of
    /// their indices.
    pub fn undeclared(&self, functions: &LiveSet<FuncId>) -> Vec<Merged<FuncId>> {
        let taken = self.taken.iter().filter(|(_, taken)| **taken).map(|(func, _)| func);
        let undeclared = taken.filter(|func| self.declared.get(*func) != Some(&true));
        let mut undeclared: Vec<_> = undeclared.filter_map(|func| functions.index(func)).collect();
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

/// What copying has found so far.
pub struct Found<'a> {
    pub live: Live,
    pub references: References,
    pub types: Types<'a>,
}

/// Maps what belongs to one instance.
pub struct Mapper<'m, 'a> {
    pub spaces: &'m IndexSpaces,
    pub constants: &'m Constants,
    pub accessors: &'m Accessors,
    pub found: &'m mut Found<'a>,
}

impl Mapper<'_, '_> {
    /// The definition that an index of the instance's module means.
    #[inline]
    fn item<I: Item>(&self, index: u32) -> Mapped<I> {
        self.spaces.get(index).ok_or_else(|| unmapped::<I>(index))
    }

    /// The index that a definition has in the merged module; `index` is what the input calls it.
    #[inline]
    fn mark<E: Mark>(&mut self, id: E, index: u32) -> Mapped {
        self.found.live.mark(id).map(Merged::raw).ok_or_else(|| unmapped::<E>(index))
    }

    #[inline]
    fn map<I: Item + Mark>(&mut self, index: u32) -> Mapped {
        let id = self.item::<I>(index)?;
        self.mark(id, index)
    }

    /// What a function does to which global of the merged module, if that is all that it does.
    #[inline]
    pub fn access(&mut self, function: u32) -> Mapped<Option<(Access, u32)>> {
        match self.accessors.get(self.item(function)?) {
            Some((access, global)) => Ok(Some((access, self.mark(global, function)?))),
            None => Ok(None),
        }
    }

    /// A constant expression in the merged module. In the first version of WebAssembly, only
    /// imported globals may be read there, and here none is imported: reads of known constants
    /// become the constants. What is left reads globals that hold allocations, and the input has
    /// needed the GC proposal for these, which allows it. The result lacks the final `end`.
    pub fn expression(&mut self, expr: &ConstExpr, at: Where) -> Result<Vec<u8>> {
        let offset = expr.get_binary_reader().original_position() as usize;
        let bytes = self.expression_bytes(expr, at).map_err(|e| convert(e).at(offset))?;
        let written = &mut self.found.references.constant_bytes;
        *written = written.saturating_add(bytes.len());
        if *written > limits::MERGED_BYTES {
            return Err(Error::limit("bytes of constant expressions", limits::MERGED_BYTES as u64).at(offset));
        }
        Ok(bytes)
    }

    fn expression_bytes(&mut self, expr: &ConstExpr, at: Where) -> Mapped<Vec<u8>> {
        let mut bytes = Vec::new();
        // A number stands for its arithmetic, which not every engine knows in constant expressions.
        if let Some(number @ (Constant::I32(_) | Constant::I64(_))) =
            self.constants.evaluate_inner(expr, self.spaces)?
        {
            self.write(number, at, &mut bytes)?;
            return Ok(bytes);
        }
        let mut operators = expr.get_operators_reader();
        while !operators.is_end_then_eof() {
            match operators.read()? {
                Operator::GlobalGet { global_index } => match self.constants.get(self.item(global_index)?) {
                    Some(constant) => self.write(constant, at, &mut bytes)?,
                    None => Instruction::GlobalGet(self.global_index(global_index)?).encode(&mut bytes),
                },
                Operator::RefFunc { function_index } => {
                    let func = self.item(function_index)?;
                    self.write(Constant::RefFunc(func), at, &mut bytes)?;
                }
                other => utils::instruction(self, other)?.encode(&mut bytes),
            }
        }
        Ok(bytes)
    }

    /// Writes the instructions that make the value.
    fn write(&mut self, constant: Constant, at: Where, sink: &mut Vec<u8>) -> Mapped<()> {
        match constant {
            Constant::I32(v) => Instruction::I32Const(v).encode(sink),
            Constant::I64(v) => Instruction::I64Const(v).encode(sink),
            Constant::F32(v) => Instruction::F32Const(v).encode(sink),
            Constant::F64(v) => Instruction::F64Const(v).encode(sink),
            Constant::V128(v) => Instruction::V128Const(v).encode(sink),
            Constant::RefNull(module, ty) => {
                Instruction::RefNull(self.found.types.heap_type(module, ty)?).encode(sink);
            }
            Constant::RefFunc(func) => {
                self.found.references.note(func, at);
                Instruction::RefFunc(self.mark(func, func.index() as u32)?).encode(sink);
            }
            Constant::I31(v) => {
                Instruction::I32Const(v).encode(sink);
                Instruction::RefI31.encode(sink);
            }
        }
        Ok(())
    }

    /// A constant expression as a global, a table or a segment has it.
    pub fn constant(&mut self, expr: &ConstExpr) -> Result<wasm_encoder::ConstExpr> {
        self.expression(expr, Where::Outside).map(wasm_encoder::ConstExpr::raw)
    }

    /// A function that occurs outside of bodies.
    pub fn declared(&mut self, index: u32) -> Mapped {
        let func = self.item(index)?;
        self.found.references.declare(func);
        self.mark(func, index)
    }
}

/// Writes the instructions that make the value; `func` is the index of the function.
#[cold]
fn unmapped<E: Entity>(index: u32) -> reencode::Error<Unmapped> {
    reencode::Error::UserError(Unmapped { what: E::WHAT, index })
}

impl Reencode for Mapper<'_, '_> {
    type Error = Unmapped;

    fn function_index(&mut self, func: u32) -> Mapped {
        self.map::<FuncId>(func)
    }

    fn table_index(&mut self, table: u32) -> Mapped {
        self.map::<TableId>(table)
    }

    fn memory_index(&mut self, memory: u32) -> Mapped {
        self.map::<MemoryId>(memory)
    }

    fn global_index(&mut self, global: u32) -> Mapped {
        self.map::<GlobalId>(global)
    }

    fn tag_index(&mut self, tag: u32) -> Mapped {
        self.map::<TagId>(tag)
    }

    fn type_index(&mut self, ty: u32) -> Mapped {
        self.found.types.index(self.spaces.module, ty)
    }

    fn element_index(&mut self, element: u32) -> Mapped {
        let id = self.spaces.element(element).ok_or_else(|| unmapped::<ElementId>(element))?;
        self.mark(id, element)
    }

    fn data_index(&mut self, data: u32) -> Mapped {
        self.found.references.data = true;
        let id = self.spaces.data(data).ok_or_else(|| unmapped::<DataId>(data))?;
        self.mark(id, data)
    }

    fn instruction<'a>(&mut self, arg: Operator<'a>) -> Mapped<Instruction<'a>> {
        if let Operator::RefFunc { function_index } = arg {
            let func = self.item(function_index)?;
            self.found.references.note(func, Where::Body);
        }
        utils::instruction(self, arg)
    }
}
