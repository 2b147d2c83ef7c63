//! What goes around a call, and the functions that are nothing else. In: the instances whose flags
//! can matter. Out: code before and after a call. Not its job: deciding which can (`assemble`), and the
//! storage of a task (`storage`).

use super::body::{Body, GlobalRef};
use super::module::{Global, Module};
use super::spec::{Guards, Ref};
use super::storage::Kept;
use crate::abi::layout::Pointer;
use crate::abi::side::Reallocator;
use crate::error::Result;
use crate::ids::InstanceId;
use crate::link::CoreDef;
use crate::runtime::{RuntimeFunction, SchedulerFunction, Trap};
use wasm_encoder::{Instruction, ValType};

/// A function with guards is `begin`, `end` and what is between; in there, once or not at all on each
/// path, `enter`, the call, and `leave`.
impl Guards {
    /// What comes before all else: exceptions are caught from here on, and `may_leave` is checked.
    pub(super) fn begin(&self, module: &mut Module, body: &mut Body) {
        if let Some(catches) = self.trap_on_throw {
            body.begin_trap_on_throw(catches);
        }
        if let Some(instance) = self.check_may_leave {
            check_may_leave(module, body, instance);
        }
        if self.waits {
            let may_wait = module.scheduler(SchedulerFunction::MayWait);
            body.call(may_wait);
        }
    }

    /// `may_enter_from` for all, then `enter_from`; the task begins.
    pub(super) fn enter(&self, module: &mut Module, body: &mut Body) -> Result<Kept> {
        for instance in &self.enter {
            let flag = module.global(Global::MayEnter(*instance));
            trap_unless(body, flag, Trap::CannotEnter);
        }
        self.set_may_enter(module, body, 0);
        if let Some(instance) = self.task {
            let enter = module.scheduler(SchedulerFunction::EnterSync);
            body.i32(module.descriptor(instance)?);
            body.call(enter);
        }
        let before = self.task.map(|_| body.save(ValType::I32));
        Ok(self.storage.begin(module, body).after(before))
    }

    /// The task is over, and `leave_to`. `kept` is what `enter` gave.
    pub(super) fn leave(&self, module: &mut Module, body: &mut Body, kept: Kept) {
        if let Some(before) = self.storage.end(module, body, kept) {
            let leave = module.scheduler(SchedulerFunction::LeaveSync);
            body.get(*before);
            body.call(leave);
            body.release([before]);
        }
        self.set_may_enter(module, body, 1);
    }

    /// The end of the function, whose results are on the stack.
    pub(super) fn end(&self, body: &mut Body) {
        if let Some(catches) = self.trap_on_throw {
            body.end_trap_on_throw(catches);
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
    let kept = guards.enter(module, &mut body)?;
    without_leaving(module, &mut body, wrapper.without_leaving, |body| {
        for param in body.params() {
            body.get(param);
        }
        body.call(function);
    });
    guards.leave(module, &mut body, kept);
    guards.end(&mut body);
    module.define(index, results, body)
}

/// Writes function `index`: a guest's `realloc`, during which `instance` may not leave.
pub fn write_realloc(
    module: &mut Module,
    index: u32,
    realloc: CoreDef,
    instance: Option<InstanceId>,
    pointer: Pointer,
    guards: &Guards,
) -> Result<()> {
    let wrapper = Wrapper {
        function: Ref::Core(realloc),
        params: &[pointer.val_type(); 4],
        results: &[pointer.val_type()],
        without_leaving: instance,
        guards,
    };
    write_wrapper(module, index, wrapper)
}

/// Writes function `index`: `Function::OneOfReallocs`.
///
/// ```text
/// block
///   block
///     br_table chosen
///   end
///   call realloc 0, return
/// end
/// call realloc 1, return
/// ```
pub fn write_one_of_reallocs(
    module: &mut Module,
    index: u32,
    reallocs: &[Reallocator],
    pointer: Pointer,
) -> Result<()> {
    let ty = pointer.val_type();
    let mut body = Body::new(&[ty; 4]);
    let chosen = module.global(Global::Realloc);
    reallocs.iter().for_each(|_| body.block());
    body.global_get(chosen);
    body.emit(Instruction::BrTable((0..reallocs.len() as u32).collect(), 0));
    for realloc in reallocs {
        body.end();
        let (function, instance) = module.reallocator(*realloc, pointer)?;
        without_leaving(module, &mut body, instance, |body| {
            for param in body.params() {
                body.get(param);
            }
            body.call(function);
        });
        body.emit(Instruction::Return);
    }
    module.define(index, &[ty], body)
}

/// Writes function `index`: `Function::KeptPostReturn`.
pub fn write_kept_post_return(
    module: &mut Module,
    index: u32,
    (function, kept): (CoreDef, &[ValType]),
    (instance, guards): (Option<InstanceId>, &Guards),
    (params, frees): (&[ValType], bool),
) -> Result<()> {
    let function = module.function(Ref::Core(function), kept, &[]);
    let globals: Vec<_> = (0..).zip(kept).map(|(n, ty)| module.global(Global::Kept(n, *ty))).collect();
    let mut body = Body::new(params);
    guards.begin(module, &mut body);
    without_leaving(module, &mut body, instance, |body| {
        for global in globals {
            body.global_get(global);
        }
        body.call(function);
    });
    if frees {
        free(module, &mut body);
    }
    guards.end(&mut body);
    module.define(index, &[], body)
}

/// Writes function `index`, a post-return that frees what lies in the handle runtime's memory.
/// That is all of it: the host calls no export while another one is running.
pub fn write_free(module: &mut Module, index: u32, params: &[ValType]) -> Result<()> {
    let mut body = Body::new(params);
    free(module, &mut body);
    module.define(index, &[], body)
}

fn free(module: &mut Module, body: &mut Body) {
    let release = module.runtime(RuntimeFunction::Release);
    body.i32(0);
    body.call(release);
}
