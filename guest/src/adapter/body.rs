//! One function in the making. In: instructions. Out: a body. Its calls and globals are symbolic until
//! `finish`, because the number of imports is known only when all bodies are written. Not its job: what
//! the code does.

use super::module::Imports;
use super::spec::Catches;
use crate::abi::layout::Pointer;
use crate::error::{Error, Result};
use crate::runtime::Trap;
use std::collections::BTreeSet;
use std::ops::Deref;
use wasm_encoder::{BlockType, Catch, Encode, Ieee32, Ieee64, Instruction, MemArg, ValType};

/// The limits of engines: the JavaScript embedding's.
const MAX_BODY_BYTES: usize = 7_654_321;
const MAX_LOCALS: usize = 50_000;

/// A function of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FunctionRef {
    /// The n-th imported function.
    Import(u32),
    /// The n-th function that the module defines.
    Own(u32),
    /// The function that traps for this reason, imported.
    Trap(Trap),
}

/// A global of the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GlobalRef {
    /// The n-th imported global.
    Import(u32),
    /// The n-th global that the module defines.
    Own(u32),
}

/// An imported memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Memory {
    pub index: u32,
    pub pointer: Pointer,
    /// The base-2 logarithm of the size of a page, in bytes.
    pub page_bits: u32,
}

/// A local variable or a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Local {
    pub index: u32,
    pub ty: ValType,
}

/// A local variable for a while. It has to be given back, with `Body::release`, or kept for the rest of
/// the function, with `Body::keep`: `Body::temporaries` counts those that are neither.
#[derive(Debug)]
#[must_use]
pub struct TempLocal(Local);

impl Deref for TempLocal {
    type Target = Local;

    fn deref(&self) -> &Local {
        &self.0
    }
}

/// An index that is not known yet.
#[derive(Debug, Clone, Copy)]
enum Symbol {
    Function(FunctionRef),
    Global(GlobalRef),
}

/// A function in the making.
#[derive(Debug)]
pub struct Body {
    params: Vec<ValType>,
    locals: Vec<ValType>,
    /// Locals that were given back.
    free: Vec<Local>,
    /// How many locals are in use as `TempLocal`s.
    temporaries: usize,
    code: Vec<u8>,
    /// Where indices are missing in `code`, as offsets in bytes, ascending.
    symbols: Vec<(usize, Symbol)>,
    /// The reasons for which it traps.
    traps: BTreeSet<Trap>,
}

impl Body {
    pub fn new(params: &[ValType]) -> Body {
        Body {
            params: params.to_vec(),
            locals: Vec::new(),
            free: Vec::new(),
            temporaries: 0,
            code: Vec::new(),
            symbols: Vec::new(),
            traps: BTreeSet::new(),
        }
    }

    /// The reasons for which it traps.
    pub fn traps(&self) -> &BTreeSet<Trap> {
        &self.traps
    }

    /// The code so far, in bytes.
    pub fn len(&self) -> usize {
        self.code.len()
    }

    /// All parameters, in order.
    pub fn params(&self) -> Vec<Local> {
        self.params.iter().enumerate().map(|(i, ty)| Local { index: i as u32, ty: *ty }).collect()
    }

    /// A local for the rest of the function. What is in it is undefined.
    pub fn local(&mut self, ty: ValType) -> Local {
        if let Some(i) = self.free.iter().rposition(|local| local.ty == ty) {
            return self.free.remove(i);
        }
        self.locals.push(ty);
        let index = self.params.len().saturating_add(self.locals.len()).saturating_sub(1);
        Local { index: index as u32, ty }
    }

    /// One local for each type.
    pub fn locals(&mut self, types: &[ValType]) -> Vec<Local> {
        types.iter().map(|ty| self.local(*ty)).collect()
    }

    /// A local for a while. What is in it is undefined.
    pub fn temp(&mut self, ty: ValType) -> TempLocal {
        self.temporaries = self.temporaries.saturating_add(1);
        TempLocal(self.local(ty))
    }

    /// One for each type.
    pub fn temps(&mut self, types: &[ValType]) -> Vec<TempLocal> {
        types.iter().map(|ty| self.temp(*ty)).collect()
    }

    /// Gives locals back.
    pub fn release(&mut self, locals: impl IntoIterator<Item = TempLocal>) {
        for TempLocal(local) in locals {
            self.temporaries = self.temporaries.saturating_sub(1);
            self.free.push(local);
        }
    }

    /// Makes a local one for the rest of the function.
    pub fn keep(&mut self, local: TempLocal) -> Local {
        self.temporaries = self.temporaries.saturating_sub(1);
        local.0
    }

    /// How many locals were neither given back nor kept: 0 for a finished function.
    pub fn temporaries(&self) -> usize {
        self.temporaries
    }

    pub fn emit(&mut self, instruction: Instruction<'_>) {
        instruction.encode(&mut self.code);
    }

    pub fn get(&mut self, local: Local) {
        self.emit(Instruction::LocalGet(local.index));
    }

    pub fn set(&mut self, local: Local) {
        self.emit(Instruction::LocalSet(local.index));
    }

    pub fn tee(&mut self, local: Local) {
        self.emit(Instruction::LocalTee(local.index));
    }

    /// The value on the stack, in a local for a while.
    pub fn save(&mut self, ty: ValType) -> TempLocal {
        let local = self.temp(ty);
        self.set(*local);
        local
    }

    /// The value on the stack, in a local for the rest of the function.
    pub fn save_for_good(&mut self, ty: ValType) -> Local {
        let local = self.local(ty);
        self.set(local);
        local
    }

    pub fn i32(&mut self, value: u32) {
        self.emit(Instruction::I32Const(value as i32));
    }

    pub fn i64(&mut self, value: u64) {
        self.emit(Instruction::I64Const(value as i64));
    }

    /// An address, or an offset or size in a memory with such addresses.
    pub fn pointer(&mut self, pointer: Pointer, value: u32) {
        match pointer {
            Pointer::I32 => self.i32(value),
            Pointer::I64 => self.i64(value.into()),
        }
    }

    pub fn zero(&mut self, ty: ValType) {
        match ty {
            ValType::I64 => self.i64(0),
            ValType::F32 => self.emit(Instruction::F32Const(Ieee32::from(0.0))),
            ValType::F64 => self.emit(Instruction::F64Const(Ieee64::from(0.0))),
            _ => self.i32(0),
        }
    }

    pub fn call(&mut self, function: FunctionRef) {
        self.code.push(0x10);
        self.symbols.push((self.code.len(), Symbol::Function(function)));
    }

    pub fn global_get(&mut self, global: GlobalRef) {
        self.code.push(0x23);
        self.symbols.push((self.code.len(), Symbol::Global(global)));
    }

    pub fn global_set(&mut self, global: GlobalRef) {
        self.code.push(0x24);
        self.symbols.push((self.code.len(), Symbol::Global(global)));
    }

    /// Sets an i32 global to a number.
    pub fn global_set_i32(&mut self, global: GlobalRef, value: u32) {
        self.i32(value);
        self.global_set(global);
    }

    pub fn block(&mut self) {
        self.emit(Instruction::Block(BlockType::Empty));
    }

    pub fn if_(&mut self) {
        self.emit(Instruction::If(BlockType::Empty));
    }

    pub fn end(&mut self) {
        self.emit(Instruction::End);
    }

    /// `trap_if` the i32 on the stack is not 0.
    pub fn trap_if(&mut self, reason: Trap) {
        self.if_();
        self.trap(reason);
        self.end();
    }

    /// `trap`, by the function whose name is the reason.
    fn trap(&mut self, reason: Trap) {
        self.traps.insert(reason);
        self.call(FunctionRef::Trap(reason));
        self.emit(Instruction::Unreachable);
    }

    /// Coerces the value on the stack to another core type, as `lift_flat_variant` and
    /// `lower_flat_variant` do: the bits stay what they are.
    pub fn coerce(&mut self, from: ValType, to: ValType) -> Result<()> {
        use ValType::{F32, F64, I32, I64};
        match (from, to) {
            _ if from == to => {}
            (I32, F32) => self.emit(Instruction::F32ReinterpretI32),
            (F32, I32) => self.emit(Instruction::I32ReinterpretF32),
            (I64, F64) => self.emit(Instruction::F64ReinterpretI64),
            (F64, I64) => self.emit(Instruction::I64ReinterpretF64),
            (I32, I64) => self.emit(Instruction::I64ExtendI32U),
            (I64, I32) => self.emit(Instruction::I32WrapI64),
            (F32, I64) => {
                self.emit(Instruction::I32ReinterpretF32);
                self.emit(Instruction::I64ExtendI32U);
            }
            (I64, F32) => {
                self.emit(Instruction::I32WrapI64);
                self.emit(Instruction::F32ReinterpretI32);
            }
            _ => return Err(Error::internal("a flat value is coerced to a type that it is not joined with")),
        }
        Ok(())
    }

    /// Loads `width` bytes, zero-extended to i32 or i64, from the address on the stack.
    pub fn load(&mut self, memory: Memory, width: u32, offset: u32) {
        let arg = memarg(memory, width, offset);
        self.emit(match width {
            1 => Instruction::I32Load8U(arg),
            2 => Instruction::I32Load16U(arg),
            4 => Instruction::I32Load(arg),
            _ => Instruction::I64Load(arg),
        });
    }

    /// Stores the low `width` bytes of the i32 or i64 on the stack at the address below it.
    pub fn store(&mut self, memory: Memory, width: u32, offset: u32) {
        let arg = memarg(memory, width, offset);
        self.emit(match width {
            1 => Instruction::I32Store8(arg),
            2 => Instruction::I32Store16(arg),
            4 => Instruction::I32Store(arg),
            _ => Instruction::I64Store(arg),
        });
    }

    /// `call_and_trap_on_throw`: an exception that leaves the body between here and `end_trap_on_throw`
    /// becomes a trap.
    pub fn begin_trap_on_throw(&mut self, catches: Catches) {
        match catches {
            Catches::TryTable => {
                self.block();
                self.emit(Instruction::TryTable(BlockType::Empty, vec![Catch::All { label: 0 }].into()));
            }
            Catches::Try => self.emit(Instruction::Try(BlockType::Empty)),
        }
    }

    /// The end of the function. Its results are on the stack.
    pub fn end_trap_on_throw(&mut self, catches: Catches) {
        self.emit(Instruction::Return);
        match catches {
            Catches::TryTable => self.end(),
            Catches::Try => self.emit(Instruction::CatchAll),
        }
        self.end();
        self.trap(Trap::UncaughtException);
    }

    /// The encoded body, once it is known what is imported. `Error::limit` if engines would not take it.
    pub fn finish(mut self, imports: &Imports) -> Result<wasm_encoder::Function> {
        self.end();
        let count = self.params.len().saturating_add(self.locals.len());
        if count > MAX_LOCALS {
            return Err(Error::limit("an adapter needs too many locals", MAX_LOCALS as u64));
        }
        let mut function = wasm_encoder::Function::new_with_locals_types(self.locals);
        let mut code = self.code.iter().copied();
        let mut at = 0;
        for (offset, symbol) in self.symbols {
            function.raw(code.by_ref().take(offset.saturating_sub(at)));
            at = offset;
            let mut index = Vec::new();
            match symbol {
                Symbol::Function(FunctionRef::Import(n)) | Symbol::Global(GlobalRef::Import(n)) => n,
                Symbol::Function(FunctionRef::Own(n)) => imports.functions.saturating_add(n),
                Symbol::Function(FunctionRef::Trap(trap)) => imports.trap(trap)?,
                Symbol::Global(GlobalRef::Own(n)) => imports.globals.saturating_add(n),
            }
            .encode(&mut index);
            function.raw(index);
        }
        function.raw(code);
        if function.byte_len() > MAX_BODY_BYTES {
            return Err(Error::limit("an adapter's code is too long, in bytes", MAX_BODY_BYTES as u64));
        }
        Ok(function)
    }
}

/// The address is aligned: the Canonical ABI checks that before any access.
fn memarg(memory: Memory, width: u32, offset: u32) -> MemArg {
    MemArg { offset: offset.into(), align: width.trailing_zeros(), memory_index: memory.index }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locals_for_a_while_are_counted_and_used_again() {
        let mut body = Body::new(&[ValType::I64]);
        let (first, second) = (body.temp(ValType::I32), body.temp(ValType::I32));
        assert_eq!(body.temporaries(), 2);
        let index = first.index;
        body.release([first]);
        assert_eq!(body.temporaries(), 1);
        let kept = body.keep(second);
        assert_eq!(body.temporaries(), 0);
        assert_eq!(body.local(ValType::I32).index, index);
        assert_ne!(body.local(ValType::I32), kept);
    }

    /// It would not do so in a release build, where a leak costs nothing but a local.
    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "does not give back a local")]
    fn a_leak_is_noticed() {
        use crate::adapter::Budget;
        use crate::adapter::derived::Derived;
        use crate::adapter::module::Module;
        use crate::ids::IdVec;
        use crate::link::Types;
        use crate::optimizations::Optimizations;
        use crate::runtime::HandleTables;

        let derived = Derived::of(&Types::default());
        let (resources, tables) = (IdVec::new(), HandleTables::default());
        let settings = (Optimizations::none(), Budget { code: 1000, handle_types: 0 });
        let mut module = Module::new(&derived, &resources, &tables, 1, settings).unwrap();
        let mut body = Body::new(&[]);
        let _leaked = body.temp(ValType::I32);
        let _ = module.define(0, &[], body);
    }
}
