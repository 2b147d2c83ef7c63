//! What is known of globals before anything runs. In: the initialisers of all globals. Out: the
//! values of those that are constant, and for each of the others which ones its initialiser still
//! has to read. Not its job: writing expressions (`reencoder`).

use super::assembly::Assembly;
use super::definitions::Definitions;
use super::mapped::{Mapped, Unmapped, convert};
use super::spaces::IndexSpaces;
use crate::error::{Error, Result};
use crate::ids::{FuncId, GlobalId, IdVec, ModuleId};
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
    RefFunc(FuncId),
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
    values: IdVec<GlobalId, Option<Constant>>,
}

impl Constants {
    /// The value of an immutable global, if it is constant.
    pub fn get(&self, global: GlobalId) -> Option<Constant> {
        self.values.get(global).copied().flatten()
    }

    /// The value of a constant expression of the instance that `spaces` belong to, if it is constant.
    pub fn evaluate(&self, expr: &ConstExpr, spaces: &IndexSpaces) -> Result<Option<Constant>> {
        let offset = expr.get_binary_reader().original_position() as usize;
        self.evaluate_inner(expr, spaces).map_err(|e| convert(e).at(offset))
    }

    pub fn evaluate_inner(&self, expr: &ConstExpr, spaces: &IndexSpaces) -> Mapped<Option<Constant>> {
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
                Operator::RefNull { hty } => Some(RefNull(spaces.module, hty)),
                Operator::RefFunc { function_index } => spaces.get(function_index).map(RefFunc),
                Operator::GlobalGet { global_index } => {
                    spaces.get(global_index).and_then(|global| self.get(global))
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

/// Of each global that is not constant, the globals that its initialiser reads and that are not
/// constant either.
pub type Reads = HashMap<GlobalId, Vec<GlobalId>>;

/// Evaluates all globals.
pub fn globals(assembly: &Assembly, definitions: &Definitions) -> Result<(Constants, Reads)> {
    let count = definitions.counts.globals as usize;
    let constants = Constants { values: IdVec::filled(None, count) };
    let visits = IdVec::filled(Visit::New, count);
    let mut evaluation = Evaluation { assembly, definitions, constants, visits, reads: Reads::new() };
    evaluation.run()?;
    Ok((evaluation.constants, evaluation.reads))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

/// Goes through the globals, each after those that it reads. It keeps its own stack: chains can be as
/// long as the input.
struct Evaluation<'r, 'a> {
    assembly: &'r Assembly<'a>,
    definitions: &'r Definitions,
    constants: Constants,
    visits: IdVec<GlobalId, Visit>,
    reads: Reads,
}

/// Globals that are open, each with what it reads and has not been entered.
type Stack = Vec<(GlobalId, Vec<GlobalId>)>;

impl<'r, 'a> Evaluation<'r, 'a> {
    fn run(&mut self) -> Result<()> {
        for global in self.visits.ids() {
            let mut stack = Stack::new();
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
    fn enter(&mut self, global: GlobalId, stack: &mut Stack) -> Result<()> {
        let visit = self.visits.get_mut(global).ok_or_else(no_global)?;
        match visit {
            Visit::Done => {}
            Visit::Open => {
                return Err(Error::internal("the initialiser of a global reads the global itself"));
            }
            Visit::New => {
                *visit = Visit::Open;
                stack.push((global, self.reads(global)?));
            }
        }
        Ok(())
    }

    fn leave(&mut self, global: GlobalId) -> Result<()> {
        let (definition, spaces) = self.definition(global)?;
        let value = self.constants.evaluate(&definition.init_expr, spaces)?;
        if value.is_none() {
            let mut reads = self.reads(global)?;
            reads.retain(|read| self.constants.get(*read).is_none());
            if !reads.is_empty() {
                self.reads.insert(global, reads);
            }
        }
        if let Some(known) = self.constants.values.get_mut(global) {
            // A mutable global's value is only its first one.
            *known = value.filter(|_| !definition.ty.mutable);
        }
        if let Some(visit) = self.visits.get_mut(global) {
            *visit = Visit::Done;
        }
        Ok(())
    }

    /// The globals that the initialiser of `global` reads.
    fn reads(&self, global: GlobalId) -> Result<Vec<GlobalId>> {
        let (definition, spaces) = self.definition(global)?;
        let mut operators = definition.init_expr.get_operators_reader();
        let mut reads = Vec::new();
        while !operators.is_end_then_eof() {
            let operator = operators.read().map_err(|e| convert(e.into()))?;
            if let Operator::GlobalGet { global_index } = operator {
                reads.push(spaces.get(global_index).ok_or_else(no_global)?);
            }
        }
        Ok(reads)
    }

    fn definition(&self, global: GlobalId) -> Result<(wasmparser::Global<'a>, &'r IndexSpaces)> {
        let (id, nth) = self.definitions.owner(global).ok_or_else(no_global)?;
        let instance = self.assembly.instances.get(id).ok_or_else(no_global)?;
        let definition = nth.get(self.assembly.module(instance)?).ok_or_else(no_global)?;
        Ok((definition.clone(), self.definitions.instances.get(id).ok_or_else(no_global)?))
    }
}

fn no_global() -> Error {
    Error::internal("a global that no instance defines")
}

#[cfg(test)]
mod tests {
    use crate::{Input, Options, fuse};
    use wasmparser::{Validator, WasmFeatures};

    #[test]
    fn a_result_leaves_no_arithmetic_to_the_engine() {
        let text = r#"(component
          (core module $a (global (export "base") i32 (i32.const 64)))
          (core instance $a (instantiate $a))
          (core module $b
            (import "a" "base" (global $base i32))
            (global $end i32 (i32.add (global.get $base) (i32.mul (i32.const 3) (i32.const 4))))
            (memory 1)
            (data (i32.sub (global.get $base) (i32.const 4)) "data")
            (table 80 funcref)
            (elem (i32.add (global.get $base) (i32.const 1)) $f)
            (func $f (export "f") (result i32) (drop (i32.load (i32.const 0))) (drop (table.size 0)) (global.get $end)))
          (core instance $b (instantiate $b (with "a" (instance $a))))
          (func (export "f") (result u32) (canon lift (core func $b "f"))))"#;
        let fused = fuse(vec![Input::new("arithmetic", text)], Options::default()).unwrap();
        let features = WasmFeatures::all() - WasmFeatures::EXTENDED_CONST;
        Validator::new_with_features(features).validate_all(&fused.bytes).unwrap();
    }
}
