//! Functions of the handle runtime, inlined into adapters. In: a function whose only callees are
//! `RuntimeFunction::Extend` and `RuntimeFunction::Refuse`, its arguments on the stack. Out: its
//! instructions in the body. Not its job: what they do (`runtime/handles.wat`).
//!
//! Engines do not inline calls, and here a call would cost about as much as the function itself.

use super::body::{Body, FunctionRef, Memory, TempLocal};
use super::module::Module;
use crate::abi::side::MemoryRef;
use crate::error::{Error, Result};
use crate::read;
use crate::runtime::RuntimeFunction;
use std::convert::Infallible;
use wasm_encoder::ValType;
use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{ExternalKind, FunctionBody, Operator};

/// Calls a function of the handle runtime, or inlines it where that optimisation is on. Its arguments
/// are on the stack, and then its results.
pub fn call_or_inline(module: &mut Module, body: &mut Body, function: RuntimeFunction) -> Result<()> {
    if let Some(runtime) = module.inlined.clone() {
        return inline(module, body, &runtime, function);
    }
    let function = module.runtime(function);
    body.call(function);
    Ok(())
}

fn inline(
    module: &mut Module,
    body: &mut Body,
    runtime: &read::Module,
    function: RuntimeFunction,
) -> Result<()> {
    let (nth, source) = exported(runtime, function).ok_or_else(unknown)?;
    let locals = locals(runtime, nth, source, body)?;
    for param in locals.params.iter().rev() {
        body.set(**param);
    }
    for local in &locals.own {
        body.zero(local.ty);
        body.set(**local);
    }
    let locals: Vec<TempLocal> = locals.params.into_iter().chain(locals.own).collect();
    let memory = module.memory(MemoryRef::Runtime);
    let mut operators = source.get_operators_reader().map_err(|_| unknown())?;
    loop {
        let operator = operators.read().map_err(|_| unknown())?;
        if operators.eof() {
            break;
        }
        instruction(module, body, runtime, memory, &locals, operator)?;
    }
    body.release(locals);
    Ok(())
}

/// What stands for a function's parameters, and for its own locals.
struct Locals {
    params: Vec<TempLocal>,
    own: Vec<TempLocal>,
}

/// An exported function: its number among those that the module defines, and its body. All imports are
/// functions.
fn exported<'r, 'a>(
    runtime: &'r read::Module<'a>,
    function: RuntimeFunction,
) -> Option<(usize, &'r FunctionBody<'a>)> {
    let name = function.export();
    let export = runtime.exports.iter().find(|e| e.kind == ExternalKind::Func && e.name == name)?;
    let nth = (export.index as usize).checked_sub(runtime.imports.len())?;
    Some((nth, runtime.bodies.get(nth)?))
}

/// Locals of the body in place of the function's.
fn locals(runtime: &read::Module, nth: usize, source: &FunctionBody, body: &mut Body) -> Result<Locals> {
    let ty = runtime.functions.get(nth).ok_or_else(unknown)?;
    let group = runtime.types.get(*ty as usize).and_then(|group| group.types().next());
    let params = group.ok_or_else(unknown)?.unwrap_func().params();
    let params: Vec<ValType> = params.iter().map(|ty| val_type(*ty)).collect::<Result<_>>()?;
    let mut own = Vec::new();
    for local in source.get_locals_reader().map_err(|_| unknown())? {
        let (count, ty) = local.map_err(|_| unknown())?;
        own.extend(vec![val_type(ty)?; count as usize]);
    }
    Ok(Locals { params: body.temps(&params), own: body.temps(&own) })
}

fn val_type(ty: wasmparser::ValType) -> Result<ValType> {
    match ty {
        wasmparser::ValType::I32 => Ok(ValType::I32),
        wasmparser::ValType::I64 => Ok(ValType::I64),
        _ => Err(unknown()),
    }
}

fn instruction(
    module: &mut Module,
    body: &mut Body,
    runtime: &read::Module,
    memory: Memory,
    locals: &[TempLocal],
    operator: Operator,
) -> Result<()> {
    let local = |index: u32| locals.get(index as usize).map(|local| **local).ok_or_else(unknown);
    match operator {
        Operator::LocalGet { local_index } => body.get(local(local_index)?),
        Operator::LocalSet { local_index } => body.set(local(local_index)?),
        Operator::LocalTee { local_index } => body.tee(local(local_index)?),
        Operator::Call { function_index } => body.call(callee(module, runtime, function_index)?),
        // These would mean something else here.
        Operator::GlobalGet { .. } | Operator::GlobalSet { .. } | Operator::Return => return Err(unknown()),
        operator => body.emit(InMemory(memory).instruction(operator).map_err(|_| unknown())?),
    }
    Ok(())
}

/// One of the two functions that inlined code may call.
fn callee(module: &mut Module, runtime: &read::Module, index: u32) -> Result<FunctionRef> {
    let nth = (index as usize).checked_sub(runtime.imports.len());
    let callees = [RuntimeFunction::Extend, RuntimeFunction::Refuse];
    let is = |callee: &RuntimeFunction| exported(runtime, *callee).map(|(nth, _)| nth) == nth;
    let callee = callees.into_iter().find(is).filter(|_| nth.is_some());
    Ok(module.runtime(callee.ok_or_else(unknown)?))
}

/// Instructions of the runtime, whose one memory has another index here.
struct InMemory(Memory);

impl Reencode for InMemory {
    type Error = Infallible;

    fn memory_index(&mut self, _: u32) -> Result<u32, reencode::Error<Infallible>> {
        Ok(self.0.index)
    }
}

fn unknown() -> Error {
    Error::internal("a function of the handle runtime cannot be inlined")
}
