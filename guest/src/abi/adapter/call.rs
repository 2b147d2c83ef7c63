//! Calls: a lower met by a lift. In: a `Call`. Out: one function with the caller's core signature.
//! Not its job: translating values (`translate`).

use super::body::{Body, Local};
use super::guard::{check_may_leave, enter, leave, without_leaving};
use super::handle::needs_frame;
use super::module::{Module, side_pointer};
use super::operand::Operand;
use super::range::{allocate_place, check_place};
use super::translate::{Translator, shares_memory};
use crate::abi::layout::{Context, Layouts, Signature, children};
use crate::abi::spec::{Call, Domain, MemoryRef, Ref, Side};
use crate::error::{Error, Result};
use crate::ids::TypeId;
use crate::link::Type;
use std::collections::BTreeSet;
use wasm_encoder::ValType;

/// Writes function `index`: `canon_lower` and `canon_lift` in one.
///
/// Lifting and lowering alternate value by value. The specification lifts all, then lowers all, but
/// only a trap could tell the difference, and a trap is final; nor can what runs in between, a
/// `realloc`, which may not leave its instance.
pub fn write_call(module: &mut Module, index: u32, call: &Call) -> Result<()> {
    refuse_aliasing(module, call)?;
    let outer = side_layouts(module, call.caller).signature(&call.ty, outer_context(call.caller))?;
    let inner = side_layouts(module, call.callee).signature(&call.ty, inner_context(call.callee))?;
    let body = Body::new(&outer.params);
    let mut writer = Writer {
        call,
        params: body.params(),
        inner,
        shared: shares_memory(call.caller, call.callee),
        frame: None,
        module,
        body,
    };
    writer.write()?;
    let body = writer.body;
    module.define(index, format!("adapter {index}"), &outer.results, body)
}

/// Where an instance calls itself, lifting and lowering touch the same memory and the same handle
/// table: their order shows, and one after the other is not what this module writes.
fn refuse_aliasing(module: &Module, call: &Call) -> Result<()> {
    let layouts = side_layouts(module, call.caller);
    if call.caller.domain == Domain::Host || call.caller.domain != call.callee.domain {
        return Ok(());
    }
    let flat = layouts.flat_params(&call.ty)?.is_some() && layouts.flat_result(&call.ty)?.is_some();
    let mut values = call.ty.params.iter().map(|(_, ty)| *ty).chain(call.ty.result);
    if flat && values.all(|ty| module.analysis.by_value(ty)) {
        return Ok(());
    }
    Err(Error::unsupported("a component instance's call of its own function with strings, lists or handles"))
}

/// The host stands on the other side of what the component's own code sees.
fn outer_context(caller: Side) -> Context {
    if caller.domain == Domain::Host { Context::Lift } else { Context::Lower }
}

fn inner_context(callee: Side) -> Context {
    if callee.domain == Domain::Host { Context::Lower } else { Context::Lift }
}

fn side_layouts<'m, 'a>(module: &'m Module<'a>, side: Side) -> &'m Layouts<'a> {
    module.layouts(side_pointer(side))
}

struct Writer<'m, 'a, 'c> {
    module: &'m mut Module<'a>,
    body: Body,
    call: &'c Call,
    params: Vec<Local>,
    /// The callee's core signature.
    inner: Signature,
    /// What lies in memory passes by address.
    shared: bool,
    frame: Option<Local>,
}

impl<'a> Writer<'_, 'a, '_> {
    fn write(&mut self) -> Result<()> {
        if self.call.trap_on_throw {
            self.body.begin_trap_on_throw();
        }
        if let Some(instance) = self.call.check_may_leave {
            check_may_leave(self.module, &mut self.body, instance);
        }
        enter(self.module, &mut self.body, &self.call.enter);
        self.begin_frame()?;
        let mark = self.mark();

        let args = self.lower_params()?;
        let results = self.invoke(&args);
        self.task_return();
        let values = self.lower_result(&args, &results)?;
        self.post_return(&results)?;

        leave(self.module, &mut self.body, &self.call.enter);
        self.end_frame();
        self.free_runtime_memory(mark)?;
        for value in values {
            self.body.get(value);
        }
        if self.call.trap_on_throw {
            self.body.end_trap_on_throw();
        }
        Ok(())
    }

    /// Lifts the parameters from the caller and lowers them to the callee: the callee's core
    /// arguments (`lift_flat_values`, `lower_flat_values`).
    fn lower_params(&mut self) -> Result<Vec<Local>> {
        let Call { ty, caller, callee, .. } = self.call;
        let fields: Vec<TypeId> = ty.params.iter().map(|(_, param)| *param).collect();
        let mut args;
        match side_layouts(self.module, *callee).flat_params(ty)? {
            Some(flat) => {
                args = self.body.locals(&flat);
                let params = self.params.clone();
                self.forward().record(&fields, Operand::Flat(&params), Operand::Flat(&args))?;
            }
            None if self.shared => args = self.params.iter().take(1).copied().collect(),
            None => {
                let from = side_layouts(self.module, *caller).record(&fields)?.layout;
                let to = side_layouts(self.module, *callee).record(&fields)?.layout;
                let ptr = *self.params.first().ok_or_else(no_pointer)?;
                let src = check_place(self.module, &mut self.body, *caller, ptr, from)?;
                let dst = allocate_place(self.module, &mut self.body, *callee, to)?;
                self.forward().record(&fields, Operand::Memory(src), Operand::Memory(dst))?;
                args = vec![dst.base];
            }
        }
        if self.inner.params.len() > args.len() {
            args.push(self.return_area()?);
        }
        Ok(args)
    }

    /// Where a host function shall write its result.
    fn return_area(&mut self) -> Result<Local> {
        let Call { ty, caller, callee, .. } = self.call;
        if self.shared && caller.domain != Domain::Host {
            return self.return_pointer();
        }
        let result = ty.result.ok_or_else(|| Error::internal("a return pointer without a result"))?;
        let layout = side_layouts(self.module, *callee).layout(result)?;
        Ok(allocate_place(self.module, &mut self.body, *callee, layout)?.base)
    }

    /// The caller's return pointer: its last core parameter.
    fn return_pointer(&self) -> Result<Local> {
        self.params.last().copied().ok_or_else(no_pointer)
    }

    /// Calls the callee: its core results.
    fn invoke(&mut self, args: &[Local]) -> Vec<Local> {
        let function = self.module.function(self.call.function, &self.inner.params, &self.inner.results);
        for arg in args {
            self.body.get(*arg);
        }
        self.body.call(function);
        // There is one at most.
        self.inner.results.iter().map(|ty| self.body.save(*ty)).collect()
    }

    /// Lifts the result from the callee and lowers it to the caller: the caller's core results.
    fn lower_result(&mut self, args: &[Local], results: &[Local]) -> Result<Vec<Local>> {
        let Call { ty, caller, .. } = self.call;
        let Some(result) = ty.result else { return Ok(Vec::new()) };
        if let Some(flat) = side_layouts(self.module, *caller).flat_result(ty)? {
            let values = self.body.locals(&flat);
            self.backward().translate(result, Operand::Flat(results), Operand::Flat(&values))?;
            return Ok(values);
        }
        // From a host function it is where we said, from a guest's where the guest says.
        let ptr = *results.first().or(args.last()).ok_or_else(no_pointer)?;
        match (self.shared, caller.domain) {
            (true, Domain::Host) => Ok(vec![ptr]),
            (true, Domain::Instance(_)) => Ok(Vec::new()),
            (false, _) => self.lower_result_in_memory(result, ptr),
        }
    }

    fn lower_result_in_memory(&mut self, result: TypeId, ptr: Local) -> Result<Vec<Local>> {
        let Call { caller, callee, .. } = self.call;
        let from = side_layouts(self.module, *callee).layout(result)?;
        let to = side_layouts(self.module, *caller).layout(result)?;
        let src = check_place(self.module, &mut self.body, *callee, ptr, from)?;
        let dst = match caller.domain {
            Domain::Host => allocate_place(self.module, &mut self.body, *caller, to)?,
            Domain::Instance(_) => {
                let ptr = self.return_pointer()?;
                check_place(self.module, &mut self.body, *caller, ptr, to)?
            }
        };
        self.backward().translate(result, Operand::Memory(src), Operand::Memory(dst))?;
        Ok(if caller.domain == Domain::Host { vec![dst.base] } else { Vec::new() })
    }

    /// The callee's post-return gets its core results as they were.
    fn post_return(&mut self, results: &[Local]) -> Result<()> {
        let Some(post_return) = self.call.post_return else { return Ok(()) };
        let function = self.module.function(Ref::Core(post_return), &self.inner.results, &[]);
        without_leaving(self.module, &mut self.body, self.call.guard_post_return, |body| {
            for result in results {
                body.get(*result);
            }
            body.call(function);
        });
        Ok(())
    }

    /// From the caller to the callee.
    fn forward(&mut self) -> Translator<'_, 'a> {
        let Call { caller, callee, .. } = *self.call;
        Translator { module: self.module, body: &mut self.body, from: caller, to: callee, frame: self.frame }
    }

    /// From the callee to the caller. There are no borrows on this way.
    fn backward(&mut self) -> Translator<'_, 'a> {
        let Call { caller, callee, .. } = *self.call;
        Translator { module: self.module, body: &mut self.body, from: callee, to: caller, frame: None }
    }

    /// A frame in the handle runtime, where the call has borrows that it keeps account of.
    fn begin_frame(&mut self) -> Result<()> {
        if self.has_counted_borrow()? {
            let function = self.module.runtime("call-enter", 0, 1);
            self.body.call(function);
            self.frame = Some(self.body.save(ValType::I32));
        }
        Ok(())
    }

    fn has_counted_borrow(&self) -> Result<bool> {
        let mut seen = BTreeSet::new();
        let mut left: Vec<TypeId> = self.call.ty.params.iter().map(|(_, param)| *param).collect();
        while let Some(ty) = left.pop() {
            if !self.module.analysis.contains_borrow(ty) || !seen.insert(ty) {
                continue;
            }
            let ty = &self.module.types[ty];
            if let Type::Borrow(resource) = ty {
                let info = self.module.resource(*resource)?;
                if needs_frame(info, self.call.caller.domain, self.call.callee.domain) {
                    return Ok(true);
                }
            }
            left.extend(children(ty));
        }
        Ok(false)
    }

    /// `Task.return_` traps if the callee still has borrows. Nothing that lifts a result could
    /// change that: so it comes before.
    fn task_return(&mut self) {
        self.call_with_frame("task-return");
    }

    /// `Subtask.deliver_resolve`
    fn end_frame(&mut self) {
        self.call_with_frame("call-exit");
    }

    fn call_with_frame(&mut self, name: &'static str) {
        if let Some(frame) = self.frame {
            let function = self.module.runtime(name, 1, 0);
            self.body.get(frame);
            self.body.call(function);
        }
    }

    /// What this call will leave in the runtime's memory when it calls the host.
    fn mark(&mut self) -> Option<Local> {
        if !self.copies_for(self.call.callee) {
            return None;
        }
        let function = self.module.runtime("mark", 0, 1);
        self.body.call(function);
        Some(self.body.save(ValType::I32))
    }

    /// Frees what this call allocated for the host in the runtime's memory; when the host called
    /// it, also what the host allocated. A result that lies there is left to the host's
    /// post-return (`Function::FreeRuntimeMemory`).
    fn free_runtime_memory(&mut self, mark: Option<Local>) -> Result<()> {
        let caller = self.call.caller;
        let flat_result = side_layouts(self.module, caller).flat_result(&self.call.ty)?.is_some();
        if let Some(mark) = mark {
            self.body.get(mark);
        } else if self.copies_for(caller) && flat_result {
            self.body.i32(0);
        } else {
            return Ok(());
        }
        let release = self.module.runtime("release", 1, 0);
        self.body.call(release);
        Ok(())
    }

    /// Whether values for this side are copied through the runtime's memory.
    fn copies_for(&self, side: Side) -> bool {
        side.domain == Domain::Host && side.memory == Some(MemoryRef::Runtime) && !self.shared
    }
}

fn no_pointer() -> Error {
    Error::internal("a call through memory without an address")
}
