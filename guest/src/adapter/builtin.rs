//! The canonical built-ins of resources, and destructors. In: instances and resources. Out: one
//! function each. Not its job: handle tables (`runtime/handles.wat`).

use super::body::{Body, Local};
use super::guard::check_may_leave;
use super::handle::{Kind, push_table_and_meta};
use super::inline::call_or_inline;
use super::module::{Global, Module};
use super::spec::{Guards, Ref};
use crate::error::{Error, Result};
use crate::ids::{InstanceId, ResourceId};
use crate::runtime::RuntimeFunction;
use wasm_encoder::{Instruction, ValType};

/// Writes function `index`: "canon resource.new".
pub fn write_new(
    module: &mut Module,
    index: u32,
    instance: InstanceId,
    resource: ResourceId,
    checked: bool,
) -> Result<()> {
    let mut body = Body::new(&[ValType::I32]);
    if checked {
        check_may_leave(module, &mut body, instance);
    }
    push_table_and_meta(module, &mut body, instance, resource, Kind::Own)?;
    body.get(param(&body)?);
    call_or_inline(module, &mut body, RuntimeFunction::New)?;
    module.define(index, &[ValType::I32], body)
}

/// Writes function `index`: "canon resource.rep".
pub fn write_rep(module: &mut Module, index: u32, instance: InstanceId, resource: ResourceId) -> Result<()> {
    let mut body = Body::new(&[ValType::I32]);
    push_table_and_meta(module, &mut body, instance, resource, Kind::Any)?;
    body.get(param(&body)?);
    call_or_inline(module, &mut body, RuntimeFunction::Rep)?;
    module.define(index, &[ValType::I32], body)
}

/// Writes function `index`: "canon resource.drop".
pub fn write_drop(
    module: &mut Module,
    index: u32,
    instance: InstanceId,
    resource: ResourceId,
    destructor: Option<Ref>,
    guards: &Guards,
) -> Result<()> {
    let mut body = Body::new(&[ValType::I32]);
    guards.begin(module, &mut body);
    push_table_and_meta(module, &mut body, instance, resource, Kind::Any)?;
    body.get(param(&body)?);
    call_or_inline(module, &mut body, RuntimeFunction::Drop)?;
    // 2^32 + rep if there is something to destroy, else 0.
    let dropped = body.save(ValType::I64);
    body.get(*dropped);
    body.i64(32);
    body.emit(Instruction::I64ShrU);
    body.emit(Instruction::I32WrapI64);
    body.if_();
    body.get(*dropped);
    body.emit(Instruction::I32WrapI64);
    let rep = body.save(ValType::I32);
    destroy(module, &mut body, destructor, guards, *rep)?;
    body.end();
    body.release([dropped, rep]);
    guards.end(&mut body);
    module.define(index, &[], body)
}

/// Writes function `index`: a destructor as the host calls it. It does nothing while `handle` takes an
/// owner back from the host.
pub fn write_host_destructor(
    module: &mut Module,
    index: u32,
    destructor: Option<Ref>,
    guards: &Guards,
) -> Result<()> {
    let mut body = Body::new(&[ValType::I32]);
    let rep = param(&body)?;
    guards.begin(module, &mut body);
    let hold = module.global(Global::HoldDestructor);
    body.global_get(hold);
    body.emit(Instruction::I32Eqz);
    body.if_();
    destroy(module, &mut body, destructor, guards, rep)?;
    body.end();
    guards.end(&mut body);
    module.define(index, &[], body)
}

/// Destroys `rep`. The implementing instance is entered even where there is no destructor: "canon
/// resource.drop".
fn destroy(
    module: &mut Module,
    body: &mut Body,
    destructor: Option<Ref>,
    guards: &Guards,
    rep: Local,
) -> Result<()> {
    let kept = guards.enter(module, body)?;
    if let Some(destructor) = destructor {
        let destructor = module.function(destructor, &[ValType::I32], &[]);
        body.get(rep);
        body.call(destructor);
    }
    guards.leave(module, body, kept);
    Ok(())
}

/// A built-in's one parameter.
fn param(body: &Body) -> Result<Local> {
    body.params().first().copied().ok_or_else(|| Error::internal("a built-in without a parameter"))
}
