//! What a call notes in its task: its arguments until the callee starts, its result until it is carried over. In: a
//! call. Out: stores and loads. Not its job: what these values are.
//!
//! Each value has 8 bytes. The results come first, as many as either side has of them; then the arguments.

use crate::abi::layout::Context;
use crate::abi::side::MemoryRef;
use crate::adapter::body::{Body, Local};
use crate::adapter::module::Module;
use crate::adapter::spec::{AsyncCall, Calling};
use crate::error::Result;
use crate::runtime::task;
use wasm_encoder::ValType;

/// How the values of a call lie in its task.
pub struct Frame {
    /// The caller's core parameters.
    params: Vec<ValType>,
    /// What "canon task.return" notes: the flat result, or where it is.
    returned: Vec<ValType>,
    /// How many values there is room for before the parameters.
    results: u32,
}

impl Frame {
    pub fn of(module: &Module, call: &AsyncCall) -> Result<Frame> {
        let inside = &call.call;
        let outer = module.layouts(inside.caller.pointer()).signature(&inside.ty, call.outer())?;
        let returned = match call.callback {
            Some(_) => {
                let layouts = module.layouts(inside.callee.pointer());
                match layouts.flat_result(&inside.ty, Context::LiftCallback)? {
                    Some(flat) => flat.to_vec(),
                    None => vec![inside.callee.pointer().val_type()],
                }
            }
            None => Vec::new(),
        };
        let own = if call.calling == Calling::Sync { outer.results.len() } else { 0 };
        let results = returned.len().max(own) as u32;
        Ok(Frame { params: outer.params, returned, results })
    }

    /// In bytes.
    pub fn size(&self) -> u32 {
        self.results.saturating_add(self.params.len() as u32).saturating_mul(8)
    }

    /// Notes the function's own parameters.
    pub fn note_params(&self, module: &mut Module, body: &mut Body, task: Local) -> Result<()> {
        let params = body.params();
        note(module, body, task, self.results, &params)
    }

    pub fn noted_params(&self, module: &mut Module, body: &mut Body, task: Local) -> Result<Vec<Local>> {
        noted(module, body, task, self.results, &self.params)
    }

    /// Notes the results that a caller without `async` will get.
    pub fn note_results(
        &self,
        module: &mut Module,
        body: &mut Body,
        task: Local,
        results: &[Local],
    ) -> Result<()> {
        note(module, body, task, 0, results)
    }

    pub fn noted_results(
        &self,
        module: &mut Module,
        body: &mut Body,
        task: Local,
        types: &[ValType],
    ) -> Result<Vec<Local>> {
        noted(module, body, task, 0, types)
    }

    /// What "canon task.return" has noted.
    pub fn noted_by_return(&self, module: &mut Module, body: &mut Body, task: Local) -> Result<Vec<Local>> {
        noted(module, body, task, 0, &self.returned)
    }
}

/// Stores values from the `first` place on.
pub fn note(module: &mut Module, body: &mut Body, task: Local, first: u32, values: &[Local]) -> Result<()> {
    let memory = module.memory(MemoryRef::Scheduler);
    for (n, value) in (first..).zip(values) {
        let stored = as_integer(value.ty);
        body.get(task);
        body.get(*value);
        body.coerce(value.ty, stored)?;
        body.store(memory, width(stored), offset(n));
    }
    Ok(())
}

pub fn noted(
    module: &mut Module,
    body: &mut Body,
    task: Local,
    first: u32,
    types: &[ValType],
) -> Result<Vec<Local>> {
    let memory = module.memory(MemoryRef::Scheduler);
    let mut values = Vec::with_capacity(types.len());
    for (n, ty) in (first..).zip(types) {
        let stored = as_integer(*ty);
        body.get(task);
        body.load(memory, width(stored), offset(n));
        body.coerce(stored, *ty)?;
        values.push(body.save_for_good(*ty));
    }
    Ok(values)
}

/// A float lies there by its bits.
fn as_integer(ty: ValType) -> ValType {
    match ty {
        ValType::F32 => ValType::I32,
        ValType::F64 => ValType::I64,
        ty => ty,
    }
}

fn width(ty: ValType) -> u32 {
    if ty == ValType::I64 { 8 } else { 4 }
}

fn offset(n: u32) -> u32 {
    task::FRAME.saturating_add(n.saturating_mul(8))
}
