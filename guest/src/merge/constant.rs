//! What is known of globals before anything runs. In: the initialisers of all globals. Out: the
//! values of those that are constant, and an order of all globals in which each comes after those
//! that its initialiser still has to read. Not its job: writing expressions (`reencoder`).

use super::assembly::Assembly;
use super::layout::{Layout, Maps, module_of};
use super::reencoder::{Unmapped, convert};
use super::resolve::to_index;
use crate::error::{Error, Result};
use crate::ids::LinkId;
use crate::read::CoreSort;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{Encode, HeapType, Instruction};
use wasmparser::{ConstExpr, Operator};

/// A value that is the same wherever and whenever it is computed: everything but allocations,
/// which have an identity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Constant {
    I32(i32),
    I64(i64),
    F32(wasm_encoder::Ieee32),
    F64(wasm_encoder::Ieee64),
    V128(i128),
    RefNull(HeapType),
    RefFunc(u32),
    I31(i32),
}

impl Constant {
    /// Writes the instructions that make the value.
    pub fn encode(self, sink: &mut Vec<u8>) {
        match self {
            Constant::I32(v) => Instruction::I32Const(v).encode(sink),
            Constant::I64(v) => Instruction::I64Const(v).encode(sink),
            Constant::F32(v) => Instruction::F32Const(v).encode(sink),
            Constant::F64(v) => Instruction::F64Const(v).encode(sink),
            Constant::V128(v) => Instruction::V128Const(v).encode(sink),
            Constant::RefNull(ty) => Instruction::RefNull(ty).encode(sink),
            Constant::RefFunc(func) => Instruction::RefFunc(func).encode(sink),
            Constant::I31(v) => {
                Instruction::I32Const(v).encode(sink);
                Instruction::RefI31.encode(sink);
            }
        }
    }

    /// As an offset or an address: i32 and i64 are unsigned there.
    pub fn as_offset(self) -> Option<u64> {
        match self {
            Constant::I32(v) => Some(u64::from(v.cast_unsigned())),
            Constant::I64(v) => Some(v.cast_unsigned()),
            _ => None,
        }
    }
}

/// The globals of the merged module.
#[derive(Debug, Default)]
pub struct Constants {
    /// By merged index.
    values: Vec<Option<Constant>>,
    /// Instance and number among the globals that it defines, in the order of the global section.
    order: Vec<(LinkId, u32)>,
}

impl Constants {
    /// The value of an immutable global, if it is constant.
    pub fn get(&self, global: u32) -> Option<Constant> {
        self.values.get(global as usize).copied().flatten()
    }

    /// All globals, in the order of the global section.
    pub fn order(&self) -> &[(LinkId, u32)] {
        &self.order
    }

    /// The value of a constant expression of the instance that `maps` belong to, if it is constant.
    pub fn evaluate(&self, expr: &ConstExpr, maps: &Maps) -> Result<Option<Constant>> {
        let offset = expr.get_binary_reader().original_position() as usize;
        self.evaluate_inner(expr, maps).map_err(|e| convert(e).at(offset))
    }

    fn evaluate_inner(
        &self,
        expr: &ConstExpr,
        maps: &Maps,
    ) -> Result<Option<Constant>, reencode::Error<Unmapped>> {
        use Constant::{F32, F64, I31, I32, I64, RefFunc, RefNull, V128};
        let mut operators = expr.get_operators_reader();
        let mut stack = Vec::new();
        let mut mapper = TypesOnly { maps };
        while !operators.is_end_then_eof() {
            let value = match operators.read()? {
                Operator::I32Const { value } => Some(I32(value)),
                Operator::I64Const { value } => Some(I64(value)),
                Operator::F32Const { value } => Some(F32(mapper.ieee32_arg(value)?)),
                Operator::F64Const { value } => Some(F64(mapper.ieee64_arg(value)?)),
                Operator::V128Const { value } => Some(V128(value.i128())),
                Operator::RefNull { hty } => Some(RefNull(mapper.heap_type(hty)?)),
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

/// Heap types need nothing but the type map.
struct TypesOnly<'m> {
    maps: &'m Maps,
}

impl Reencode for TypesOnly<'_> {
    type Error = Unmapped;

    fn type_index(&mut self, ty: u32) -> Result<u32, reencode::Error<Unmapped>> {
        let unmapped = Unmapped { what: "type", index: ty };
        self.maps.types.get(ty as usize).copied().ok_or(reencode::Error::UserError(unmapped))
    }
}

/// Evaluates all globals. Where one has to read another that comes later, all are put into an
/// order that works, and `layout` is changed accordingly.
pub fn globals(assembly: &Assembly, layout: &mut Layout) -> Result<Constants> {
    let mut constants = Constants::default();
    for (id, instance) in assembly.instances.iter() {
        let count = to_index(module_of(assembly, instance)?.globals.len())?;
        constants.order.extend((0..count).map(|nth| (id, nth)));
    }
    constants.values = vec![None; constants.order.len()];
    let mut walk =
        Walk { assembly, layout, constants, states: Vec::new(), order: Vec::new(), forward: false };
    walk.run()?;
    let Walk { mut constants, order, forward, .. } = walk;
    if forward {
        reorder(layout, &mut constants, &order)?;
    }
    Ok(constants)
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
    /// The globals in the order in which they were finished.
    order: Vec<u32>,
    /// A global that is not constant is read by an earlier one.
    forward: bool,
}

impl<'r, 'a> Walk<'r, 'a> {
    fn run(&mut self) -> Result<()> {
        let count = to_index(self.constants.order.len())?;
        self.states = vec![State::New; count as usize];
        for global in 0..count {
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
        if value.is_none()
            && self.reads(global)?.iter().any(|&read| read > global && self.constants.get(read).is_none())
        {
            self.forward = true;
        }
        if let Some(place) = self.constants.values.get_mut(global as usize) {
            // A mutable global's value is only its first one.
            *place = value.filter(|_| !item.ty.mutable);
        }
        if let Some(state) = self.states.get_mut(global as usize) {
            *state = State::Done;
        }
        self.order.push(global);
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
        let &(id, nth) = self.constants.order.get(global as usize).ok_or_else(no_global)?;
        let instance = self.assembly.instances.get(id).ok_or_else(no_global)?;
        let item = module_of(self.assembly, instance)?.globals.get(nth as usize).ok_or_else(no_global)?;
        Ok((item.clone(), self.layout.maps.get(id).ok_or_else(no_global)?))
    }
}

fn no_global() -> Error {
    Error::internal("a global has no place in the merged module")
}

/// Moves the globals into `order` (old indices).
fn reorder(layout: &mut Layout, constants: &mut Constants, order: &[u32]) -> Result<()> {
    let mut new_of_old = vec![0; order.len()];
    for (new, &old) in (0u32..).zip(order) {
        *new_of_old.get_mut(old as usize).ok_or_else(no_global)? = new;
    }
    let moved = |global: &mut u32| -> Result<()> {
        *global = *new_of_old.get(*global as usize).ok_or_else(no_global)?;
        Ok(())
    };
    for id in layout.maps.ids() {
        layout.maps[id].items.globals.iter_mut().try_for_each(moved)?;
    }
    for (sort, index) in &mut layout.exports {
        if *sort == CoreSort::Global {
            moved(index)?;
        }
    }
    let pick = |old: &u32| {
        constants.values.get(*old as usize).copied().zip(constants.order.get(*old as usize).copied())
    };
    let both: Option<Vec<_>> = order.iter().map(pick).collect();
    (constants.values, constants.order) = both.ok_or_else(no_global)?.into_iter().unzip();
    Ok(())
}
