//! What goes around a call, and the functions that are nothing else. In: the instances whose flags
//! can matter. Out: code before and after a call. Not its job: deciding which can (`assemble`).

use super::body::{Body, GlobalRef};
use super::module::{Global, Module};
use super::spec::{Guards, Ref};
use crate::abi::layout::Pointer;
use crate::error::Result;
use crate::ids::InstanceId;
use crate::link::CoreDef;
use crate::runtime::{RuntimeFunction, Trap};
use wasm_encoder::{Instruction, ValType};

/// A function with guards is `begin`, `end` and what is between; in there, once or not at all on each
/// path, `enter`, the call, and `leave`.
impl Guards {
    /// What comes before all else: exceptions are caught from here on, and `may_leave` is checked.
    pub(super) fn begin(&self, module: &mut Module, body: &mut Body) {
        if self.trap_on_throw {
            body.begin_trap_on_throw();
        }
        if let Some(instance) = self.check_may_leave {
            check_may_leave(module, body, instance);
        }
    }

    /// `may_enter_from` for all, then `enter_from`.
    pub(super) fn enter(&self, module: &mut Module, body: &mut Body) {
        for instance in &self.enter {
            let flag = module.global(Global::MayEnter(*instance));
            trap_unless(body, flag, Trap::CannotEnter);
        }
        self.set_may_enter(module, body, 0);
    }

    /// `leave_to`
    pub(super) fn leave(&self, module: &mut Module, body: &mut Body) {
        self.set_may_enter(module, body, 1);
    }

    /// The end of the function, whose results are on the stack.
    pub(super) fn end(&self, body: &mut Body) {
        if self.trap_on_throw {
            body.end_trap_on_throw();
        }
    }

    fn set_may_enter(&self, module: &mut Module, body: &mut Body, value: u32) {
        for instance in &self.enter {
            let flag = module.global(Global::MayEnter(*instance));
            body.global_set_i32(flag, value);
        }
    }
}

/// `trap_if(not may_leave)`
pub fn check_may_leave(module: &mut Module, body: &mut Body, instance: InstanceId) {
    let flag = module.global(Global::MayLeave(instance));
    trap_unless(body, flag, Trap::CannotLeave);
}

fn trap_unless(body: &mut Body, flag: GlobalRef, reason: Trap) {
    body.global_get(flag);
    body.emit(Instruction::I32Eqz);
    body.trap_if(reason);
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

/// A function that does nothing but call another one of the same type.
pub struct Wrapper<'s> {
    pub function: Ref,
    pub params: &'s [ValType],
    pub results: &'s [ValType],
    /// This instance may not leave while `function` runs.
    pub without_leaving: Option<InstanceId>,
    pub guards: &'s Guards,
}

/// Writes function `index`.
pub fn write_wrapper(module: &mut Module, index: u32, wrapper: Wrapper) -> Result<()> {
    let Wrapper { function, params, results, guards, .. } = wrapper;
    let function = module.function(function, params, results);
    let mut body = Body::new(params);
    guards.begin(module, &mut body);
    guards.enter(module, &mut body);
    without_leaving(module, &mut body, wrapper.without_leaving, |body| {
        for param in body.params() {
            body.get(param);
        }
        body.call(function);
    });
    guards.leave(module, &mut body);
    guards.end(&mut body);
    module.define(index, results, body)
}

/// Writes function `index`: a guest's `realloc` with `may_leave` off while it runs.
pub fn write_realloc(
    module: &mut Module,
    index: u32,
    realloc: CoreDef,
    instance: InstanceId,
    pointer: Pointer,
    guards: &Guards,
) -> Result<()> {
    let wrapper = Wrapper {
        function: Ref::Core(realloc),
        params: &[pointer.val_type(); 4],
        results: &[pointer.val_type()],
        without_leaving: Some(instance),
        guards,
    };
    write_wrapper(module, index, wrapper)
}

/// Writes function `index`, a post-return that frees what lies in the handle runtime's memory.
/// That is all of it: the host calls no export while another one is running.
pub fn write_free(module: &mut Module, index: u32, params: &[ValType]) -> Result<()> {
    let mut body = Body::new(params);
    let release = module.runtime(RuntimeFunction::Release);
    body.i32(0);
    body.call(release);
    module.define(index, &[], body)
}
