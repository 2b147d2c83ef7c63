//! Built-ins that are functions of the scheduler, and how it calls back into generated code. In: which function, and
//! what is known of its arguments. Out: one function each. Not its job: what the scheduler does.

use super::body::{Body, Local};
use super::channel;
use super::guard::check_may_leave;
use super::module::Module;
use super::range::check_place;
use super::spec::{Leading, Ref};
use crate::abi::layout::Layout;
use crate::abi::side::{Domain, MemoryRef, Side};
use crate::error::{Error, Result};
use crate::ids::InstanceId;
use crate::link::{Memory, StringEncoding};
use crate::runtime::SchedulerFunction;
use wasm_encoder::{Instruction, ValType};

/// Writes function `index`: `Function::Scheduled`.
pub fn write(
    module: &mut Module,
    index: u32,
    check: Option<InstanceId>,
    function: SchedulerFunction,
    leading: &[Leading],
) -> Result<()> {
    let params = function.params().get(leading.len()..);
    let params = params.ok_or_else(|| Error::internal("a built-in with too many arguments"))?;
    let mut body = Body::new(params);
    if let Some(instance) = check {
        check_may_leave(module, &mut body, instance);
    }
    for leading in leading {
        push(module, &mut body, *leading)?;
    }
    let callee = module.scheduler(function);
    body.params().into_iter().for_each(|param| body.get(param));
    body.call(callee);
    module.define(index, function.results(), body)
}

pub fn push(module: &Module, body: &mut Body, leading: Leading) -> Result<()> {
    match leading {
        Leading::Number(number) => body.i32(number),
        Leading::Table(instance) => body.i32(module.descriptor(instance)?),
        Leading::End(ty, end) => body.i32(channel::meta(ty, end)),
    }
    Ok(())
}

/// Writes function `index`: "canon waitable-set.wait" or "canon waitable-set.poll".
pub fn write_event(
    module: &mut Module,
    index: u32,
    check: Option<InstanceId>,
    function: SchedulerFunction,
    (instance, cancellable, memory): (InstanceId, bool, Memory),
) -> Result<()> {
    let side = Side {
        domain: Domain::Instance(instance),
        memory: Some(MemoryRef::Guest(memory)),
        realloc: None,
        encoding: StringEncoding::default(),
    };
    let mut body = Body::new(&[ValType::I32, side.pointer().val_type()]);
    let params = body.params();
    let [set, ptr] = params.as_slice() else { return Err(Error::internal("a built-in without parameters")) };
    if let Some(instance) = check {
        check_may_leave(module, &mut body, instance);
    }
    let callee = module.scheduler(function);
    body.i32(module.descriptor(instance)?);
    body.i32(cancellable.into());
    body.get(*set);
    body.call(callee);
    let event = body.save_for_good(ValType::I64);
    // `unpack_event`
    let place = check_place(module, &mut body, side, *ptr, Layout { size: 8, align: 4 })?;
    body.get(place.base);
    body.get(event);
    shifted(&mut body, 32);
    body.i32(0x0fff_ffff);
    body.emit(Instruction::I32And);
    body.store(place.memory, 4, 0);
    body.get(place.base);
    body.get(event);
    body.emit(Instruction::I32WrapI64);
    body.store(place.memory, 4, 4);
    body.get(event);
    shifted(&mut body, 60);
    module.define(index, &[ValType::I32], body)
}

/// The i64 on the stack, by so many bits to the right, as an i32.
fn shifted(body: &mut Body, bits: u64) {
    body.i64(bits);
    body.emit(Instruction::I64ShrU);
    body.emit(Instruction::I32WrapI64);
}

/// Writes function `index`: calls the target whose number is the first argument, with the others.
///
/// ```text
/// block
///   block
///     br_table number
///   end
///   call target 0, return
/// end
/// call target 1, return
/// ```
pub fn write_dispatch(
    module: &mut Module,
    index: u32,
    (params, results): (&[ValType], &[ValType]),
    targets: &[Option<Ref>],
) -> Result<()> {
    let mut body = Body::new(params);
    let params: Vec<Local> = body.params();
    targets.iter().for_each(|_| body.block());
    let rest = match params.split_first() {
        Some((number, rest)) if !targets.is_empty() => {
            body.get(*number);
            body.emit(Instruction::BrTable((0..targets.len() as u32).collect(), 0));
            rest
        }
        _ => &[],
    };
    for target in targets {
        body.end();
        match target {
            Some(target) => {
                let types: Vec<ValType> = rest.iter().map(|param| param.ty).collect();
                let function = module.function(*target, &types, results);
                rest.iter().for_each(|param| body.get(*param));
                body.call(function);
                body.emit(Instruction::Return);
            }
            None => body.emit(Instruction::Unreachable),
        }
    }
    body.emit(Instruction::Unreachable);
    module.define(index, results, body)
}
