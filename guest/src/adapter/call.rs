//! Calls: a lower met by a lift. In: a `Call`. Out: one function with the caller's core signature.
//! Not its job: translating values (`translate`).

use super::body::{Body, Local};
use super::guard::{check_may_leave, enter, leave, without_leaving};
use super::module::{Module, side_pointer};
use super::operand::Operand;
use super::range::{allocate_place, check_place};
use super::translate::{Translator, shares_memory};
use crate::abi::layout::{Context, Layouts, Signature, children};
use crate::abi::side::{Domain, MemoryRef, Reallocator, Side};
use crate::adapter::spec::{Call, Ref};
use crate::error::{Error, Result};
use crate::ids::TypeId;
use crate::link::{StringEncoding, Type};
use crate::runtime::RuntimeFunction;
use std::collections::BTreeSet;
use wasm_encoder::ValType;

/// Writes function `index`: `canon_lower` and `canon_lift` in one.
///
/// Lifting and lowering alternate value by value. The specification lifts all, then lowers all, but
/// only a trap could tell the difference, and a trap is final; nor can what runs in between, a
/// `realloc`, which may not leave its instance. Unless the two sides are one: see `aliases`.
pub fn write_call(module: &mut Module, index: u32, call: &Call) -> Result<()> {
    let aliasing = aliases(module, call)?;
    if aliasing {
        refuse_compact_utf16(module, call)?;
    }
    let outer = side_layouts(module, call.caller).signature(&call.ty, outer_context(call.caller))?;
    let inner = side_layouts(module, call.callee).signature(&call.ty, inner_context(call.callee))?;
    let body = Body::new(&outer.params);
    let mut writer = Writer {
        call,
        params: body.params(),
        inner,
        shared: shares_memory(call.caller, call.callee),
        aliasing,
        frame: None,
        gives: false,
        module,
        body,
    };
    writer.write()?;
    let body = writer.body;
    module.define(index, format!("adapter {index}"), &outer.results, body)
}

/// Whether an instance calls itself with values that lie in its memory or its handle table: both
/// sides touch the same one, and the order of lifting and lowering shows. So all is lifted to the
/// handle runtime's memory, and lowered from there.
fn aliases(module: &Module, call: &Call) -> Result<bool> {
    let layouts = side_layouts(module, call.caller);
    if call.caller.domain == Domain::Host || call.caller.domain != call.callee.domain {
        return Ok(false);
    }
    let flat = layouts.flat_params(&call.ty)?.is_some() && layouts.flat_result(&call.ty)?.is_some();
    let mut values = call.ty.params.iter().map(|(_, ty)| *ty).chain(call.ty.result);
    Ok(!flat || !values.all(|ty| module.analysis.by_value(ty)))
}

/// A string in latin1+utf16 cannot be kept between lifting and lowering as it was: writing it down
/// would choose anew between the two, and the second `store_string` would do other calls of
/// `realloc` than the specification's.
fn refuse_compact_utf16(module: &Module, call: &Call) -> Result<()> {
    let params: Vec<TypeId> = call.ty.params.iter().map(|(_, ty)| *ty).collect();
    let results: Vec<TypeId> = call.ty.result.into_iter().collect();
    for (side, types) in [(call.caller, params), (call.callee, results)] {
        let compact = side.encoding == StringEncoding::Latin1Utf16;
        if compact && any_inside(module, types, |ty| matches!(ty, Type::String)) {
            let what = "a component instance's call of its own function with strings in latin1+utf16";
            return Err(Error::unsupported(what));
        }
    }
    Ok(())
}

/// Whether `wanted` holds for one of the types or for a type inside them.
fn any_inside(module: &Module, mut left: Vec<TypeId>, mut wanted: impl FnMut(&Type) -> bool) -> bool {
    let mut seen = BTreeSet::new();
    while let Some(id) = left.pop() {
        if seen.insert(id) {
            let ty = &module.types[id];
            if wanted(ty) {
                return true;
            }
            left.extend(children(ty));
        }
    }
    false
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
    /// See `aliases`.
    aliasing: bool,
    frame: Option<Local>,
    /// See `Borrows`.
    gives: bool,
}

/// Which account a call has to keep of the handles that it borrows.
struct Borrows {
    /// Of what the caller lends: where its code may run before the call is over, or where the call
    /// itself may pass on what it lends.
    lends: bool,
    /// Of the borrow handles that the callee gets, and has to drop before it returns.
    gives: bool,
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
        self.task_return()?;
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
        let flat = side_layouts(self.module, *callee).flat_params(ty)?.is_some();
        let mut args = self.params.clone();
        if flat {
            for (from, to) in self.forward() {
                let values = side_layouts(self.module, to).flat_params(ty)?.ok_or_else(not_flat)?;
                let values = self.body.locals(&values);
                let (src, dst) = (Operand::Flat(&args), Operand::Flat(&values));
                self.translator(from, to, self.frame).record(&fields, src, dst)?;
                args = values;
            }
        } else {
            args.truncate(1);
            if !self.shared {
                let layout = side_layouts(self.module, *caller).record(&fields)?.layout;
                let ptr = *args.first().ok_or_else(no_pointer)?;
                let mut src = check_place(self.module, &mut self.body, *caller, ptr, layout)?;
                for (from, to) in self.forward() {
                    let layout = side_layouts(self.module, to).record(&fields)?.layout;
                    let dst = allocate_place(self.module, &mut self.body, to, layout)?;
                    let (a, b) = (Operand::Memory(src), Operand::Memory(dst));
                    self.translator(from, to, self.frame).record(&fields, a, b)?;
                    src = dst;
                }
                args = vec![src.base];
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
        if side_layouts(self.module, *caller).flat_result(ty)?.is_some() {
            let mut results = results.to_vec();
            for (from, to) in self.backward() {
                let values = side_layouts(self.module, to).flat_result(ty)?.ok_or_else(not_flat)?;
                let values = self.body.locals(&values);
                let (src, dst) = (Operand::Flat(&results), Operand::Flat(&values));
                self.translator(from, to, None).translate(result, src, dst)?;
                results = values;
            }
            return Ok(results);
        }
        // From a host function it is where we said, from a guest's where the guest says.
        let ptr = *results.first().or(args.last()).ok_or_else(no_pointer)?;
        match (self.shared, caller.domain) {
            (true, Domain::Host) => Ok(vec![ptr]),
            (true, _) => Ok(Vec::new()),
            (false, _) => self.lower_result_in_memory(result, ptr),
        }
    }

    fn lower_result_in_memory(&mut self, result: TypeId, ptr: Local) -> Result<Vec<Local>> {
        let Call { caller, callee, .. } = self.call;
        let layout = side_layouts(self.module, *callee).layout(result)?;
        let mut src = check_place(self.module, &mut self.body, *callee, ptr, layout)?;
        for (from, to) in self.backward() {
            let layout = side_layouts(self.module, to).layout(result)?;
            let dst = match to.domain {
                Domain::Instance(_) => {
                    let ptr = self.return_pointer()?;
                    check_place(self.module, &mut self.body, to, ptr, layout)?
                }
                Domain::Host | Domain::Transit => allocate_place(self.module, &mut self.body, to, layout)?,
            };
            self.translator(from, to, None).translate(result, Operand::Memory(src), Operand::Memory(dst))?;
            src = dst;
        }
        Ok(if caller.domain == Domain::Host { vec![src.base] } else { Vec::new() })
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

    /// The way from the caller to the callee.
    fn forward(&self) -> Vec<(Side, Side)> {
        self.way(self.call.caller, self.call.callee)
    }

    /// The way from the callee to the caller. There are no borrows on it.
    fn backward(&self) -> Vec<(Side, Side)> {
        self.way(self.call.callee, self.call.caller)
    }

    /// In one go; or, where that would show, all to the runtime's memory first. Strings keep their
    /// encoding there, so that the second half is the specification's `store_string`.
    fn way(&self, from: Side, to: Side) -> Vec<(Side, Side)> {
        if !self.aliasing {
            return vec![(from, to)];
        }
        let transit = Side {
            domain: Domain::Transit,
            memory: Some(MemoryRef::Runtime),
            realloc: Some(Reallocator::Runtime),
            encoding: from.encoding,
        };
        vec![(from, transit), (transit, to)]
    }

    fn translator(&mut self, from: Side, to: Side, frame: Option<Local>) -> Translator<'_, 'a> {
        Translator { module: self.module, body: &mut self.body, from, to, frame }
    }

    /// Finds out which account to keep of borrows, and makes a frame in the handle runtime for it if
    /// need be.
    fn begin_frame(&mut self) -> Result<()> {
        let Borrows { lends, gives } = self.borrows()?;
        if lends || (gives && self.module.tables.recursive) {
            let function = self.module.runtime(RuntimeFunction::CallEnter);
            self.body.call(function);
            self.frame = Some(self.body.save(ValType::I32));
        }
        self.gives = gives;
        Ok(())
    }

    fn borrows(&self) -> Result<Borrows> {
        let (caller, callee) = (self.call.caller.domain, self.call.callee.domain);
        let (mut borrowed, mut owned) = (BTreeSet::new(), BTreeSet::new());
        let params: Vec<TypeId> = self.call.ty.params.iter().map(|(_, param)| *param).collect();
        if !params.iter().any(|param| self.module.analysis.contains_borrow(*param)) {
            return Ok(Borrows { lends: false, gives: false });
        }
        any_inside(self.module, params, |ty| {
            match ty {
                Type::Borrow(resource) => borrowed.insert(*resource),
                Type::Own(resource) => owned.insert(*resource),
                _ => false,
            };
            false
        });
        let mut gives = false;
        if let Domain::Instance(instance) = callee {
            for resource in &borrowed {
                gives |= self.module.resource(*resource)?.implementer != Some(instance);
            }
        }
        let seen = self.module.tables.recursive || !borrowed.is_disjoint(&owned);
        let lends = matches!(caller, Domain::Instance(_)) && !borrowed.is_empty() && seen;
        Ok(Borrows { lends, gives })
    }

    /// `Task.return_` traps if the callee still has borrows. Nothing that lifts a result could
    /// change that: so it comes before.
    fn task_return(&mut self) -> Result<()> {
        match self.call.callee.domain {
            Domain::Instance(callee) if self.gives && !self.module.tables.recursive => {
                let scope = self.module.scope(callee)?;
                let memory = self.module.memory(MemoryRef::Runtime);
                self.body.i32(scope);
                self.body.load(memory, 4, 0);
                self.body.trap_if();
            }
            _ if self.gives => self.call_with_frame(RuntimeFunction::TaskReturn),
            _ => {}
        }
        Ok(())
    }

    /// `Subtask.deliver_resolve`
    fn end_frame(&mut self) {
        self.call_with_frame(RuntimeFunction::CallExit);
    }

    fn call_with_frame(&mut self, function: RuntimeFunction) {
        if let Some(frame) = self.frame {
            let function = self.module.runtime(function);
            self.body.get(frame);
            self.body.call(function);
        }
    }

    /// What is in the runtime's memory before this call puts values there.
    fn mark(&mut self) -> Option<Local> {
        if !self.aliasing && !self.copies_for(self.call.callee) {
            return None;
        }
        let function = self.module.runtime(RuntimeFunction::Mark);
        self.body.call(function);
        Some(self.body.save(ValType::I32))
    }

    /// Frees what this call allocated in the runtime's memory; when the host called it, also what the host allocated. A result that lies there is left to the host's
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
        let release = self.module.runtime(RuntimeFunction::Release);
        self.body.call(release);
        Ok(())
    }

    /// Whether values for this side are copied through the runtime's memory.
    fn copies_for(&self, side: Side) -> bool {
        side.domain == Domain::Host && side.memory == Some(MemoryRef::Runtime) && !self.shared
    }
}

fn not_flat() -> Error {
    Error::internal("two sides do not agree on what is flat")
}

fn no_pointer() -> Error {
    Error::internal("a call through memory without an address")
}
