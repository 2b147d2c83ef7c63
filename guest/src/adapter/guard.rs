//! The flags of component instances, and the functions that do nothing but keep them. In: instances
//! whose flags can matter. Out: code around calls. Not its job: deciding which can (`assemble`).

use super::body::{Body, FunctionRef};
use super::module::{Global, Module};
use crate::abi::layout::Pointer;
use crate::adapter::spec::Ref;
use crate::error::Result;
use crate::ids::InstanceId;
use crate::link::CoreDef;
use crate::runtime::RuntimeFunction;
use wasm_encoder::{Instruction, ValType};

/// `trap_if(not may_leave)`
pub fn check_may_leave(module: &mut Module, body: &mut Body, instance: InstanceId) {
    let flag = module.global(Global::MayLeave(instance));
    body.global_get(flag);
    body.emit(Instruction::I32Eqz);
    body.trap_if();
}

/// Runs `call` with `may_leave` off, if there is an instance in which that matters.
pub fn without_leaving(
    module: &mut Module,
    body: &mut Body,
    instance: Option<InstanceId>,
    call: impl FnOnce(&mut Body),
) {
    let flag = instance.map(|instance| module.global(Global::MayLeave(instance)));
    if let Some(flag) = flag {
        body.global_set_i32(flag, 0);
    }
    call(body);
    if let Some(flag) = flag {
        body.global_set_i32(flag, 1);
    }
}

/// `may_enter_from` for all, then `enter_from`.
pub fn enter(module: &mut Module, body: &mut Body, instances: &[InstanceId]) {
    for instance in instances {
        let flag = module.global(Global::MayEnter(*instance));
        body.global_get(flag);
        body.emit(Instruction::I32Eqz);
        body.trap_if();
    }
    set_may_enter(module, body, instances, 0);
}

/// `leave_to`
pub fn leave(module: &mut Module, body: &mut Body, instances: &[InstanceId]) {
    set_may_enter(module, body, instances, 1);
}

fn set_may_enter(module: &mut Module, body: &mut Body, instances: &[InstanceId], value: u32) {
    for instance in instances {
        let flag = module.global(Global::MayEnter(*instance));
        body.global_set_i32(flag, value);
    }
}

/// A function that calls another one of the same type.
pub struct Wrapper<'s> {
    pub name: String,
    pub params: &'s [ValType],
    pub results: &'s [ValType],
    /// Traps if this instance may not leave.
    pub check_may_leave: Option<InstanceId>,
    /// May not leave while the other function runs.
    pub without_leaving: Option<InstanceId>,
    pub enter: &'s [InstanceId],
    pub trap_on_throw: bool,
}

/// Writes function `index`, which calls `function`.
pub fn write_wrapper(module: &mut Module, index: u32, function: FunctionRef, wrapper: Wrapper) -> Result<()> {
    let mut body = Body::new(wrapper.params);
    if wrapper.trap_on_throw {
        body.begin_trap_on_throw();
    }
    if let Some(instance) = wrapper.check_may_leave {
        check_may_leave(module, &mut body, instance);
    }
    enter(module, &mut body, wrapper.enter);
    without_leaving(module, &mut body, wrapper.without_leaving, |body| {
        for param in body.params() {
            body.get(param);
        }
        body.call(function);
    });
    leave(module, &mut body, wrapper.enter);
    if wrapper.trap_on_throw {
        body.end_trap_on_throw();
    }
    module.define(index, wrapper.name, wrapper.results, body)
}

/// Writes function `index`: a guest's `realloc` with `may_leave` off while it runs.
pub fn write_realloc(
    module: &mut Module,
    index: u32,
    realloc: CoreDef,
    instance: InstanceId,
    pointer: Pointer,
    trap_on_throw: bool,
) -> Result<()> {
    let params = [pointer.val_type(); 4];
    let results = [pointer.val_type()];
    let function = module.function(Ref::Core(realloc), &params, &results);
    let wrapper = Wrapper {
        name: format!("realloc {index}"),
        params: &params,
        results: &results,
        check_may_leave: None,
        without_leaving: Some(instance),
        enter: &[],
        trap_on_throw,
    };
    write_wrapper(module, index, function, wrapper)
}

/// Writes function `index`, a post-return that frees what lies in the handle runtime's memory.
/// That is all of it: the host calls no export while another one is running.
pub fn write_free(module: &mut Module, index: u32, params: &[ValType]) -> Result<()> {
    let mut body = Body::new(params);
    let release = module.runtime(RuntimeFunction::Release);
    body.i32(0);
    body.call(release);
    module.define(index, format!("post-return {index}"), &[], body)
}
