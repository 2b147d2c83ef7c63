//! Pieces of the handle runtime in the code of adapters. In: a function of the runtime that calls
//! nothing but what is rare, its arguments on the stack. Out: its instructions in the body. Not its
//! job: what they do (`runtime/handles.wat`).
//!
//! Engines do not inline calls between functions, and a call costs about as much as what these
//! functions do.

use super::body::{Body, FunctionRef, Local, Memory};
use super::module::Module;
use crate::abi::side::MemoryRef;
use crate::error::{Error, Result};
use crate::read;
use crate::runtime::RuntimeFunction;
use std::convert::Infallible;
use wasm_encoder::ValType;
use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{ExternalKind, FunctionBody, Operator};

/// Calls a function of the handle runtime, whose arguments are on the stack, or does on the spot what
/// it does.
pub fn call_or_inline(module: &mut Module, body: &mut Body, function: RuntimeFunction) -> Result<()> {
    if let Some(runtime) = module.pieces.clone() {
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
    let (index, source) = exported(runtime, function).ok_or_else(unknown)?;
    let locals = locals(runtime, index, source, body)?;
    for param in locals.params.iter().rev() {
        body.set(*param);
    }
    for local in &locals.own {
        body.zero(local.ty);
        body.set(*local);
    }
    let locals: Vec<Local> = locals.params.into_iter().chain(locals.own).collect();
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

struct Locals {
    params: Vec<Local>,
    own: Vec<Local>,
}

/// The index and the body of an exported function. The runtime imports nothing.
fn exported<'r, 'a>(
    runtime: &'r read::Module<'a>,
    function: RuntimeFunction,
) -> Option<(u32, &'r FunctionBody<'a>)> {
    let name = function.export();
    let export = runtime.exports.iter().find(|e| e.kind == ExternalKind::Func && e.name == name)?;
    Some((export.index, runtime.bodies.get(export.index as usize)?))
}

/// New locals for those of a function.
fn locals(runtime: &read::Module, index: u32, source: &FunctionBody, body: &mut Body) -> Result<Locals> {
    let ty = runtime.functions.get(index as usize).ok_or_else(unknown)?;
    let group = runtime.types.get(*ty as usize).and_then(|group| group.types().next());
    let params = group.ok_or_else(unknown)?.unwrap_func().params();
    let params: Vec<ValType> = params.iter().map(|ty| val_type(*ty)).collect::<Result<_>>()?;
    let mut own = Vec::new();
    for local in source.get_locals_reader().map_err(|_| unknown())? {
        let (count, ty) = local.map_err(|_| unknown())?;
        own.extend(vec![val_type(ty)?; count as usize]);
    }
    Ok(Locals { params: body.locals(&params), own: body.locals(&own) })
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
    locals: &[Local],
    operator: Operator,
) -> Result<()> {
    let local = |index: u32| locals.get(index as usize).copied().ok_or_else(unknown);
    match operator {
        Operator::LocalGet { local_index } => body.get(local(local_index)?),
        Operator::LocalSet { local_index } => body.set(local(local_index)?),
        Operator::LocalTee { local_index } => body.tee(local(local_index)?),
        Operator::Call { function_index } => body.call(callee(module, runtime, function_index)?),
        // What depends on where the function stands.
        Operator::GlobalGet { .. } | Operator::GlobalSet { .. } | Operator::Return => return Err(unknown()),
        operator => body.emit(InMemory(memory).instruction(operator).map_err(|_| unknown())?),
    }
    Ok(())
}

/// What a piece calls is exported, too.
fn callee(module: &mut Module, runtime: &read::Module, index: u32) -> Result<FunctionRef> {
    match exported(runtime, RuntimeFunction::Extend) {
        Some((extend, _)) if extend == index => Ok(module.runtime(RuntimeFunction::Extend)),
        _ => Err(unknown()),
    }
}

/// The runtime has one memory, which is another one here.
struct InMemory(Memory);

impl Reencode for InMemory {
    type Error = Infallible;

    fn memory_index(&mut self, _: u32) -> Result<u32, reencode::Error<Infallible>> {
        Ok(self.0.index)
    }
}

fn unknown() -> Error {
    Error::internal("a function of the handle runtime cannot be a piece of an adapter")
}
