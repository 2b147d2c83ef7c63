//! Calls of async functions. In: an `AsyncCall`. Out: the functions that it takes: what the caller calls, what starts
//! the callee, what carries its result over; and what calls a task back. Not its job: who runs when (the
//! scheduler), and values of each type (`translate`).
//!
//! - this file: the functions
//! - `frame`: what a call notes in its task
//! - `values`: parameters and result
//! - `host`: calls of the host's functions

mod frame;
mod host;
mod values;

pub use host::{write_host_call, write_host_resolve};

use super::body::{Body, Local};
use super::guard::{check_may_leave, without_leaving};
use super::module::Module;
use super::spec::{AsyncCall, Calling, Catches, Class, Ref, Storage};
use crate::abi::side::{Domain, MemoryRef, Side};
use crate::error::{Error, Result};
use crate::ids::InstanceId;
use crate::runtime::{RuntimeFunction, SchedulerFunction};
use frame::Frame;
use values::Values;
use wasm_encoder::ValType;

/// What `code::start` returns for a task that is over.
const EXIT: u32 = 0;
/// The number of no callback.
const NO_CALLBACK: u32 = u32::MAX;

/// Writes function `index`: what the caller calls. It notes the arguments, which are read when the callee starts.
pub fn write_call(module: &mut Module, index: u32, call: &AsyncCall) -> Result<()> {
    let AsyncCall { call: inside, calling, number, callback, class } = call;
    let outer = module.layouts(inside.caller.pointer()).signature(&inside.ty, call.outer())?;
    let frame = Frame::of(module, call)?;
    let mut body = Body::new(&outer.params);
    if let Some(instance) = inside.guards.check_may_leave {
        check_may_leave(module, &mut body, instance);
    }
    let new = module.scheduler(SchedulerFunction::NewTask);
    body.i32(frame.size());
    body.call(new);
    let task = body.save_for_good(ValType::I32);
    frame.note_params(module, &mut body, task)?;
    body.get(task);
    if *calling == Calling::Async {
        body.i32(table(module, inside.caller)?);
    }
    body.i32(table(module, inside.callee)?);
    body.i32(*number);
    body.i32(callback.unwrap_or(NO_CALLBACK));
    body.i32(class.values);
    body.i32(class.memory);
    let function = module.scheduler(match calling {
        Calling::Sync => SchedulerFunction::CallSync,
        Calling::Async => SchedulerFunction::CallAsync,
        Calling::Host { .. } => SchedulerFunction::CallByHost,
    });
    body.call(function);
    if *calling == Calling::Sync {
        let results = frame.noted_results(module, &mut body, task, &outer.results)?;
        let release = module.scheduler(SchedulerFunction::Release);
        body.get(task);
        body.call(release);
        results.into_iter().for_each(|result| body.get(result));
    }
    module.define(index, &outer.results, body)
}

/// The descriptor of the handle table of a side's instance.
fn table(module: &Module, side: Side) -> Result<u32> {
    match side.domain {
        Domain::Instance(instance) => module.descriptor(instance),
        _ => Err(Error::internal("an async call of the host's has no handle table")),
    }
}

/// Writes function `index`: what starts the callee.
pub fn write_start(module: &mut Module, index: u32, call: &AsyncCall) -> Result<()> {
    let inside = &call.call;
    let guards = &inside.guards;
    let inner = module.layouts(inside.callee.pointer()).signature(&inside.ty, call.inner())?;
    let frame = Frame::of(module, call)?;
    let (mut body, task) = of_task(&[])?;
    if let Some(catches) = guards.trap_on_throw {
        body.begin_trap_on_throw(catches);
    }
    let kept = guards.storage.begin(module, &mut body);
    let params = frame.noted_params(module, &mut body, task)?;
    let mut values = Values { module, body: &mut body, ends: call.ends(), task, params };
    let args = values.lower_params()?;
    let function = values.module.function(inside.function, &inner.params, &inner.results);
    args.iter().for_each(|arg| values.body.get(*arg));
    values.body.call(function);
    let results: Vec<Local> = inner.results.iter().map(|ty| values.body.save_for_good(*ty)).collect();
    let code = match call.callback {
        Some(_) => {
            guards.storage.suspend(values.module, values.body, task);
            results.first().copied()
        }
        None => {
            values.scheduler(SchedulerFunction::Returning);
            give_result(&mut values, call, &frame, &results)?;
            values.scheduler(SchedulerFunction::Returned);
            post_return(values.module, values.body, call, &results);
            None
        }
    };
    guards.storage.end(module, &mut body, kept);
    match code {
        Some(code) => body.get(code),
        None => body.i32(EXIT),
    }
    if let Some(catches) = guards.trap_on_throw {
        body.end_trap_on_throw(catches);
    }
    module.define(index, &[ValType::I32], body)
}

/// Gives the caller the result: what one without `async` gets is noted in the task.
fn give_result(values: &mut Values, call: &AsyncCall, frame: &Frame, results: &[Local]) -> Result<()> {
    let Calling::Host { task_return } = call.calling else {
        let lowered = values.lower_result(results)?;
        return match call.calling {
            Calling::Sync => frame.note_results(values.module, values.body, values.task, &lowered),
            _ => Ok(()),
        };
    };
    // The host lifts the result at once.
    let mark = begin_carried(values.module, values.body, call.call.caller);
    let lowered = values.lower_result(results)?;
    let params: Vec<_> = lowered.iter().map(|value| value.ty).collect();
    let function = values.module.function(task_return, &params, &[]);
    lowered.iter().for_each(|value| values.body.get(*value));
    values.body.call(function);
    if let Some(mark) = mark {
        let release = values.module.runtime(RuntimeFunction::Release);
        values.body.get(mark);
        values.body.call(release);
    }
    Ok(())
}

/// Marks what is in the runtime's memory, if values for this side of the host's go there.
fn begin_carried(module: &mut Module, body: &mut Body, host: Side) -> Option<Local> {
    (host.memory == Some(MemoryRef::Runtime)).then(|| {
        let mark = module.runtime(RuntimeFunction::Mark);
        body.call(mark);
        body.save_for_good(ValType::I32)
    })
}

/// The post-return of a callee that is lifted without `async`, with its core results.
fn post_return(module: &mut Module, body: &mut Body, call: &AsyncCall, results: &[Local]) {
    let Some(post_return) = call.call.post_return else { return };
    let params: Vec<ValType> = results.iter().map(|result| result.ty).collect();
    let function = module.function(Ref::Core(post_return), &params, &[]);
    without_leaving(module, body, call.call.guard_post_return, |body| {
        results.iter().for_each(|result| body.get(*result));
        body.call(function);
    });
}

/// Writes function `index`: what carries the result over that "canon task.return" has noted.
pub fn write_resolve(module: &mut Module, index: u32, call: &AsyncCall) -> Result<()> {
    let frame = Frame::of(module, call)?;
    let (mut body, task) = of_task(&[])?;
    // The caller's `realloc` belongs to the call.
    let catches = call.call.guards.trap_on_throw;
    if let Some(catches) = catches {
        body.begin_trap_on_throw(catches);
    }
    let results = frame.noted_by_return(module, &mut body, task)?;
    let params = frame.noted_params(module, &mut body, task)?;
    let mut values = Values { module, body: &mut body, ends: call.ends(), task, params };
    give_result(&mut values, call, &frame, &results)?;
    if let Some(catches) = catches {
        body.end_trap_on_throw(catches);
    }
    module.define(index, &[], body)
}

/// Writes function `index`: calls a task back.
pub fn write_callback(
    module: &mut Module,
    index: u32,
    function: Ref,
    storage: &Storage,
    trap_on_throw: Option<Catches>,
) -> Result<()> {
    let event = [ValType::I32; 3];
    let (mut body, task) = of_task(&event)?;
    if let Some(catches) = trap_on_throw {
        body.begin_trap_on_throw(catches);
    }
    let kept = storage.resume(module, &mut body, task);
    let function = module.function(function, &event, &[ValType::I32]);
    body.params().into_iter().skip(1).for_each(|param| body.get(param));
    body.call(function);
    let code = body.save_for_good(ValType::I32);
    storage.suspend(module, &mut body, task);
    storage.end(module, &mut body, kept);
    body.get(code);
    if let Some(catches) = trap_on_throw {
        body.end_trap_on_throw(catches);
    }
    module.define(index, &[ValType::I32], body)
}

/// Writes function `index`: "canon task.return".
pub fn write_return(
    module: &mut Module,
    index: u32,
    check: Option<InstanceId>,
    class: Class,
    params: &[ValType],
) -> Result<()> {
    let mut body = Body::new(params);
    if let Some(instance) = check {
        check_may_leave(module, &mut body, instance);
    }
    let begin = module.scheduler(SchedulerFunction::TaskReturn);
    body.i32(class.values);
    body.i32(class.memory);
    body.call(begin);
    let task = body.save_for_good(ValType::I32);
    let params = body.params();
    frame::note(module, &mut body, task, 0, &params)?;
    let end = module.scheduler(SchedulerFunction::ReturnNoted);
    body.get(task);
    body.call(end);
    module.define(index, &[], body)
}

/// A function whose first parameter is a task.
fn of_task(more: &[ValType]) -> Result<(Body, Local)> {
    let params: Vec<ValType> = [ValType::I32].iter().chain(more).copied().collect();
    let body = Body::new(&params);
    let task = body.params().first().copied();
    Ok((body, task.ok_or_else(|| Error::internal("a function of a task without the task"))?))
}
