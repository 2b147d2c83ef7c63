//! Calls: a lower met by a lift. In: a `Call`. Out: one function with the caller's core signature.
//! Not its job: translating values (`translate`), the flags around the call (`guard`), the count of
//! borrows (`borrows`).
//!
//! - this file: the steps of a call, in order
//! - `values`: the steps that move parameters and result

mod values;

use super::body::{Body, Local};
use super::borrows::Borrows;
use super::guard::without_leaving;
use super::module::{Global, Module};
use super::route::Route;
use super::spec::{Call, Ref};
use super::storage::Kept;
use crate::abi::layout::{Context, Signature};
use crate::abi::side::{Domain, MemoryRef, Side};
use crate::error::Result;
use crate::runtime::RuntimeFunction;
use wasm_encoder::ValType;

/// Writes function `index`: `canon_lower` and `canon_lift` in one.
pub fn write_call(module: &mut Module, index: u32, call: &Call) -> Result<()> {
    let Call { ty, caller, callee, guards, .. } = call;
    let route = Route::of(module, call)?;
    let outer = module.layouts(caller.pointer()).signature(ty, outer_context(*caller))?;
    let inner = module.layouts(callee.pointer()).signature(ty, inner_context(*callee))?;
    let flat_result = module.layouts(caller.pointer()).flat_result(ty, Context::Lower)?.is_some();
    let mut body = Body::new(&outer.params);
    guards.begin(module, &mut body);
    let kept = guards.enter(module, &mut body)?;
    let borrows = Borrows::begin(module, &mut body, call)?;
    let params = body.params();
    let mut writer = CallWriter { module, body, call, route, inner, flat_result, borrows, params };
    let values = writer.write(kept)?;
    let mut body = writer.body;
    for value in values {
        body.get(value);
    }
    guards.end(&mut body);
    module.define(index, &outer.results, body)
}

/// For whom the adapter's function is. The host stands on the other side of what the component's own
/// code sees.
fn outer_context(caller: Side) -> Context {
    if caller.domain == Domain::Host { Context::Lift } else { Context::Lower }
}

/// For whom the callee's function is.
fn inner_context(callee: Side) -> Context {
    if callee.domain == Domain::Host { Context::Lower } else { Context::Lift }
}

struct CallWriter<'m, 'a, 'c> {
    module: &'m mut Module<'a>,
    body: Body,
    call: &'c Call,
    route: Route,
    /// The callee's core signature.
    inner: Signature,
    /// The result is a core value, or there is none; otherwise it passes through memory.
    flat_result: bool,
    borrows: Borrows,
    /// The caller's core arguments.
    params: Vec<Local>,
}

/// What a call frees of the runtime's memory when it is over.
enum Freed {
    Nothing,
    /// What was allocated since this mark.
    Since(Local),
    /// All of it, with what the host allocated before the call: no other call has values there.
    Everything,
}

impl CallWriter<'_, '_, '_> {
    /// From the arguments to the results, which are in locals at the end. `kept` is for the end of the
    /// callee's task.
    fn write(&mut self, kept: Kept) -> Result<Vec<Local>> {
        let freed = self.begin_runtime_memory();
        let args = self.lower_params()?;
        let results = self.invoke(&args);
        let values = self.lower_result(&args, &results)?;
        // The result has been lifted. It is lowered too, which cannot drop a borrow handle.
        self.borrows.task_return(self.module, &mut self.body);
        self.post_return(&results);
        self.call.guards.leave(self.module, &mut self.body, kept);
        self.borrows.end(self.module, &mut self.body);
        self.free_runtime_memory(&freed);
        Ok(values)
    }

    /// Calls the callee: its core results.
    fn invoke(&mut self, args: &[Local]) -> Vec<Local> {
        let function = self.module.function(self.call.function, &self.inner.params, &self.inner.results);
        for arg in args {
            self.body.get(*arg);
        }
        self.body.call(function);
        // There is one at most.
        self.inner.results.iter().map(|ty| self.body.save_for_good(*ty)).collect()
    }

    /// The callee's post-return gets its core results as they were: here, or when the host calls it.
    fn post_return(&mut self, results: &[Local]) {
        if self.call.keeps_results {
            for (n, result) in (0..).zip(results) {
                let kept = self.module.global(Global::Kept(n, result.ty));
                self.body.get(*result);
                self.body.global_set(kept);
            }
        }
        let Some(post_return) = self.call.post_return else { return };
        let function = self.module.function(Ref::Core(post_return), &self.inner.results, &[]);
        without_leaving(self.module, &mut self.body, self.call.guard_post_return, |body| {
            for result in results {
                body.get(*result);
            }
            body.call(function);
        });
    }

    /// Before this call puts values into the runtime's memory: marks what is there.
    fn begin_runtime_memory(&mut self) -> Freed {
        let Call { caller, callee, .. } = self.call;
        if self.route == Route::ThroughRuntime || self.copies_for(*callee) {
            let mark = self.module.runtime(RuntimeFunction::Mark);
            self.body.call(mark);
            return Freed::Since(self.body.save_for_good(ValType::I32));
        }
        // A result that lies there is left to the host's post-return (`Function::FreeRuntimeMemory`).
        match self.copies_for(*caller) && self.flat_result {
            true => Freed::Everything,
            false => Freed::Nothing,
        }
    }

    fn free_runtime_memory(&mut self, freed: &Freed) {
        match freed {
            Freed::Nothing => return,
            Freed::Since(mark) => self.body.get(*mark),
            Freed::Everything => self.body.i32(0),
        }
        let release = self.module.runtime(RuntimeFunction::Release);
        self.body.call(release);
    }

    /// Whether values for this side are copied through the runtime's memory.
    fn copies_for(&self, side: Side) -> bool {
        side.domain == Domain::Host
            && side.memory == Some(MemoryRef::Runtime)
            && self.route != Route::ByAddress
    }
}
