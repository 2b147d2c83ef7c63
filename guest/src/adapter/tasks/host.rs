//! Lowers with `async` of functions of the host's. In: a `HostCall`. Out: what the caller calls, and what carries the
//! result to it. Not its job: the subtask (the scheduler), and values of each type (`translate`).
//!
//! What has to be carried over goes through the runtime's memory: the parameters at once, since the host may read them
//! later, and the result when the host says that it is there. What stays in place (`Reallocator::InPlace`) the caller
//! has to keep until the callee has started.

use super::frame::{note, noted};
use super::values::Values;
use super::{begin_carried, of_task, table};
use crate::abi::layout::Context;
use crate::adapter::body::{Body, Local};
use crate::adapter::guard::check_may_leave;
use crate::adapter::module::Module;
use crate::adapter::range::allocate_place;
use crate::adapter::spec::{Ends, HostCall};
use crate::error::{Error, Result};
use crate::runtime::{RuntimeFunction, SchedulerFunction};
use wasm_encoder::ValType;

/// The bytes that a call notes: where its caller wants the result, and where the host puts it.
const FRAME: u32 = 16;
/// The number of no function that carries a result over.
const BY_ADDRESS: u32 = u32::MAX;

/// Writes function `index`: `(..) -> (status)`.
pub fn write_host_call(module: &mut Module, index: u32, call: &HostCall) -> Result<()> {
    let ends = call.ends();
    let Ends { ty, caller, callee, .. } = ends;
    let outer = module.layouts(caller.pointer()).signature(ty, Context::LowerAsync)?;
    let inner = module.layouts(callee.pointer()).signature(ty, Context::LowerAsync)?;
    let mut body = Body::new(&outer.params);
    if let Some(instance) = call.check_may_leave {
        check_may_leave(module, &mut body, instance);
    }
    let new = module.scheduler(SchedulerFunction::NewTask);
    body.i32(FRAME);
    body.call(new);
    let task = body.save_for_good(ValType::I32);
    let mark = begin_carried(module, &mut body, callee);
    let params = body.params();
    let returned = params.last().copied();
    let mut values = Values { module, body: &mut body, ends, task, params };
    let mut args = values.lower_params()?;
    if let Some(result) = ty.result {
        let wanted = returned.ok_or_else(no_pointer)?;
        args.push(match call.resolve {
            Some(_) => {
                let layout = module.layouts(callee.pointer()).layout(result)?;
                let place = allocate_place(module, &mut body, callee, layout)?.base;
                note(module, &mut body, task, 0, &[wanted, place])?;
                place
            }
            None => wanted,
        });
    }
    let called = module.scheduler(SchedulerFunction::HostCalled);
    body.get(task);
    body.i32(table(module, caller)?);
    body.i32(call.resolve.unwrap_or(BY_ADDRESS));
    match mark {
        Some(mark) => {
            let detach = module.runtime(RuntimeFunction::Detach);
            body.get(mark);
            body.call(detach);
        }
        None => body.i32(0),
    }
    let function = module.function(call.function, &inner.params, &[ValType::I32]);
    args.iter().for_each(|arg| body.get(*arg));
    body.call(function);
    body.call(called);
    module.define(index, &[ValType::I32], body)
}

/// Writes function `index`: `(task) -> ()`.
pub fn write_host_resolve(module: &mut Module, index: u32, call: &HostCall) -> Result<()> {
    let (mut body, task) = of_task(&[])?;
    if let Some(catches) = call.trap_on_throw {
        body.begin_trap_on_throw(catches);
    }
    let types = [call.caller.pointer().val_type(), call.callee.pointer().val_type()];
    let noted = noted(module, &mut body, task, 0, &types)?;
    let [wanted, place] = noted.as_slice() else { return Err(no_pointer()) };
    let (params, results): (Vec<Local>, [Local; 1]) = (vec![*wanted], [*place]);
    let mut values = Values { module, body: &mut body, ends: call.ends(), task, params };
    values.lower_result(&results)?;
    if let Some(catches) = call.trap_on_throw {
        body.end_trap_on_throw(catches);
    }
    module.define(index, &[], body)
}

fn no_pointer() -> Error {
    Error::internal("a call of the host's through memory without an address")
}
