//! What is known of globals before anything runs. In: the initialisers of all globals. Out: the
//! values of those that are constant, and for each of the others which ones its initialiser still
//! has to read. Not its job: writing expressions (`reencoder`). Globals go by their places.

use super::assembly::Assembly;
use super::layout::{Layout, Maps, module_of};
use super::mapped::{Mapped, Unmapped, convert};
use crate::error::{Error, Result};
use crate::ids::ModuleId;
use crate::read::CoreSort;
use std::collections::HashMap;
use wasm_encoder::reencode::Reencode;
use wasmparser::{ConstExpr, HeapType, Operator};

/// A value that is the same wherever and whenever it is computed: everything but allocations,
/// which have an identity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Constant {
    I32(i32),
    I64(i64),
    F32(wasm_encoder::Ieee32),
    F64(wasm_encoder::Ieee64),
    V128(i128),
    /// The type is that of a module.
    RefNull(ModuleId, HeapType),
    /// The function by its place.
    RefFunc(u32),
    I31(i32),
}

impl Constant {
    /// As an offset or an address: i32 and i64 are unsigned there.
    pub fn as_offset(self) -> Option<u64> {
        match self {
            Constant::I32(v) => Some(u64::from(v.cast_unsigned())),
            Constant::I64(v) => Some(v.cast_unsigned()),
            _ => None,
        }
    }
}

/// What is known of all globals.
#[derive(Debug, Default)]
pub struct Constants {
    values: Vec<Option<Constant>>,
}

impl Constants {
    /// The value of an immutable global, if it is constant.
    pub fn get(&self, global: u32) -> Option<Constant> {
        self.values.get(global as usize).copied().flatten()
    }

    /// The value of a constant expression of the instance that `maps` belong to, if it is constant.
    pub fn evaluate(&self, expr: &ConstExpr, maps: &Maps) -> Result<Option<Constant>> {
        let offset = expr.get_binary_reader().original_position() as usize;
        self.evaluate_inner(expr, maps).map_err(|e| convert(e).at(offset))
    }

    fn evaluate_inner(&self, expr: &ConstExpr, maps: &Maps) -> Mapped<Option<Constant>> {
        use Constant::{F32, F64, I31, I32, I64, RefFunc, RefNull, V128};
        let mut operators = expr.get_operators_reader();
        let mut stack = Vec::new();
        let mut mapper = NoIndices;
        while !operators.is_end_then_eof() {
            let value = match operators.read()? {
                Operator::I32Const { value } => Some(I32(value)),
                Operator::I64Const { value } => Some(I64(value)),
                Operator::F32Const { value } => Some(F32(mapper.ieee32_arg(value)?)),
                Operator::F64Const { value } => Some(F64(mapper.ieee64_arg(value)?)),
                Operator::V128Const { value } => Some(V128(value.i128())),
                Operator::RefNull { hty } => Some(RefNull(maps.module, hty)),
                Operator::RefFunc { function_index } => {
                    maps.items.funcs.get(function_index as usize).copied().map(RefFunc)
                }
                Operator::GlobalGet { global_index } => {
                    let global = maps.items.globals.get(global_index as usize);
                    global.and_then(|global| self.get(*global))
                }
                Operator::RefI31 => match stack.pop() {
                    Some(I32(v)) => Some(I31(v)),
                    _ => None,
                },
                operator => binary(&operator, stack.pop(), stack.pop()),
            };
            match value {
                Some(value) => stack.push(value),
                None => return Ok(None),
            }
        }
        Ok(stack.pop().filter(|_| stack.is_empty()))
    }
}

/// The integer arithmetic of extended constant expressions. `right` is the top of the stack.
fn binary(operator: &Operator, right: Option<Constant>, left: Option<Constant>) -> Option<Constant> {
    use Constant::{I32, I64};
    Some(match (operator, left?, right?) {
        (Operator::I32Add, I32(a), I32(b)) => I32(a.wrapping_add(b)),
        (Operator::I32Sub, I32(a), I32(b)) => I32(a.wrapping_sub(b)),
        (Operator::I32Mul, I32(a), I32(b)) => I32(a.wrapping_mul(b)),
        (Operator::I64Add, I64(a), I64(b)) => I64(a.wrapping_add(b)),
        (Operator::I64Sub, I64(a), I64(b)) => I64(a.wrapping_sub(b)),
        (Operator::I64Mul, I64(a), I64(b)) => I64(a.wrapping_mul(b)),
        _ => return None,
    })
}

/// Floating-point constants have no indices.
struct NoIndices;

impl Reencode for NoIndices {
    type Error = Unmapped;
}

/// Evaluates all globals. With the values come, of each global that is not constant, the globals
/// that its initialiser reads and that are not constant either.
pub fn globals(assembly: &Assembly, layout: &Layout) -> Result<(Constants, HashMap<u32, Vec<u32>>)> {
    let count = layout.places.globals as usize;
    let constants = Constants { values: vec![None; count] };
    let mut walk =
        Walk { assembly, layout, constants, states: vec![State::New; count], reads: HashMap::new() };
    walk.run()?;
    Ok((walk.constants, walk.reads))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// A walk over the globals, each after those that it reads. It keeps its own stack: chains can be
/// as long as the input.
struct Walk<'r, 'a> {
    assembly: &'r Assembly<'a>,
    layout: &'r Layout,
    constants: Constants,
    states: Vec<State>,
    reads: HashMap<u32, Vec<u32>>,
}

impl<'r, 'a> Walk<'r, 'a> {
    fn run(&mut self) -> Result<()> {
        for global in 0..self.layout.places.globals {
            let mut stack = Vec::new();
            self.enter(global, &mut stack)?;
            while let Some((at, mut reads)) = stack.pop() {
                if let Some(next) = reads.pop() {
                    stack.push((at, reads));
                    self.enter(next, &mut stack)?;
                } else {
                    self.leave(at)?;
                }
            }
        }
        Ok(())
    }

    /// Starts with a global that is new.
    fn enter(&mut self, global: u32, stack: &mut Vec<(u32, Vec<u32>)>) -> Result<()> {
        let state = self.states.get_mut(global as usize).ok_or_else(no_global)?;
        match state {
            State::Done => {}
            State::Open => {
                return Err(Error::internal("the initialiser of a global reads the global itself"));
            }
            State::New => {
                *state = State::Open;
                stack.push((global, self.reads(global)?));
            }
        }
        Ok(())
    }

    fn leave(&mut self, global: u32) -> Result<()> {
        let (item, maps) = self.global(global)?;
        let value = self.constants.evaluate(&item.init_expr, maps)?;
        if value.is_none() {
            let mut reads = self.reads(global)?;
            reads.retain(|read| self.constants.get(*read).is_none());
            if !reads.is_empty() {
                self.reads.insert(global, reads);
            }
        }
        if let Some(place) = self.constants.values.get_mut(global as usize) {
            // A mutable global's value is only its first one.
            *place = value.filter(|_| !item.ty.mutable);
        }
        if let Some(state) = self.states.get_mut(global as usize) {
            *state = State::Done;
        }
        Ok(())
    }

    /// The globals that the initialiser of `global` reads.
    fn reads(&self, global: u32) -> Result<Vec<u32>> {
        let (item, maps) = self.global(global)?;
        let mut operators = item.init_expr.get_operators_reader();
        let mut reads = Vec::new();
        while !operators.is_end_then_eof() {
            let operator = operators.read().map_err(|e| convert(e.into()))?;
            if let Operator::GlobalGet { global_index } = operator {
                let read = maps.items.get(CoreSort::Global).get(global_index as usize);
                reads.push(*read.ok_or_else(no_global)?);
            }
        }
        Ok(reads)
    }

    fn global(&self, global: u32) -> Result<(wasmparser::Global<'a>, &'r Maps)> {
        let (id, nth) = self.layout.owner(CoreSort::Global, global).ok_or_else(no_global)?;
        let instance = self.assembly.instances.get(id).ok_or_else(no_global)?;
        let item = module_of(self.assembly, instance)?.globals.get(nth as usize).ok_or_else(no_global)?;
        Ok((item.clone(), self.layout.maps.get(id).ok_or_else(no_global)?))
    }
}

fn no_global() -> Error {
    Error::internal("a global has no place in the merged module")
}
