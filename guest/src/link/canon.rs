//! Canonical definitions. In: `canon` definitions. Out: lifts and canons of the plan. Not its job:
//! their code (`adapter`).

use super::evaluator::{Evaluator, Here};
use super::plan::{Canon, CanonKind, CoreDef, Func, Lift, Memory, Options, Slot, StringEncoding};
use super::scope::at;
use crate::error::{Error, Result};
use crate::ids::ScopeId;
use crate::read::CoreSort;
use wasmparser::{CanonicalFunction, CanonicalOption, ValType};

impl<'t> Evaluator<'t> {
    /// Explainer.md, "Canonical Definitions".
    pub fn canonical(&mut self, here: Here, canonical: &'t CanonicalFunction) -> Result<()> {
        let kind = match canonical {
            CanonicalFunction::Lift { core_func_index, type_index, options } => {
                return self.lift(here, *core_func_index, *type_index, options);
            }
            CanonicalFunction::Lower { func_index, options } => {
                let func = at(&self.scopes[here.scope].funcs, *func_index, "function")?;
                CanonKind::Lower { func, options: self.options(here.scope, "canon lower", options)? }
            }
            CanonicalFunction::ResourceNew { resource } => {
                CanonKind::ResourceNew(self.resource_type(here.scope, *resource)?)
            }
            CanonicalFunction::ResourceDrop { resource } => {
                CanonKind::ResourceDrop(self.resource_type(here.scope, *resource)?)
            }
            CanonicalFunction::ResourceRep { resource } => {
                CanonKind::ResourceRep(self.resource_type(here.scope, *resource)?)
            }
            CanonicalFunction::ContextGet { ty, slot: index } => {
                CanonKind::ContextGet(Slot { index: *index, wide: *ty == ValType::I64 })
            }
            CanonicalFunction::ContextSet { ty, slot: index } => {
                CanonKind::ContextSet(Slot { index: *index, wide: *ty == ValType::I64 })
            }
            other => return Err(Error::unsupported(format!("`canon {}`", name(other)))),
        };
        let canon = self.plan.canons.push(Canon { instance: here.instance, kind, offset: here.offset });
        self.scopes[here.scope].push_core(CoreSort::Func, CoreDef::Canon(canon));
        Ok(())
    }

    fn lift(&mut self, here: Here, core: u32, ty: u32, options: &[CanonicalOption]) -> Result<()> {
        let core = at(self.scopes[here.scope].core(CoreSort::Func), core, "core function")?;
        let options = self.options(here.scope, "canon lift", options)?;
        let ty = self.func_type(here.scope, ty)?;
        self.spend(ty.params.len())?;
        let lift = Lift { instance: here.instance, core, ty, options, offset: here.offset };
        let lift = self.plan.lifts.push(lift);
        self.scopes[here.scope].funcs.push(Func::Lift(lift));
        Ok(())
    }

    /// CanonicalABI.md, "Canonical ABI Options".
    fn options(&self, scope: ScopeId, of: &str, options: &[CanonicalOption]) -> Result<Options> {
        let unsupported = |name: &str| Err(Error::unsupported(format!("`{of}` with the option `{name}`")));
        let func = |index: u32| at(self.scopes[scope].core(CoreSort::Func), index, "core function");
        let mut found = Options::default();
        for option in options {
            match *option {
                CanonicalOption::UTF8 => found.string_encoding = StringEncoding::Utf8,
                CanonicalOption::UTF16 => found.string_encoding = StringEncoding::Utf16,
                CanonicalOption::CompactUTF16 => found.string_encoding = StringEncoding::Latin1Utf16,
                CanonicalOption::Memory(index) => {
                    let def = at(self.scopes[scope].core(CoreSort::Memory), index, "core memory")?;
                    let ty = self.memory_type(def)?;
                    let page_bits = ty.page_size_log2.unwrap_or(16);
                    found.memory = Some(Memory { def, memory64: ty.memory64, page_bits });
                }
                CanonicalOption::Realloc(index) => found.realloc = Some(func(index)?),
                CanonicalOption::PostReturn(index) => found.post_return = Some(func(index)?),
                CanonicalOption::Async => return unsupported("async"),
                CanonicalOption::Callback(_) => return unsupported("callback"),
                CanonicalOption::CoreType(_) => return unsupported("core-type"),
                CanonicalOption::Gc => return unsupported("gc"),
            }
        }
        Ok(found)
    }
}

/// The name of a built-in that is not fused, as the text format writes it.
fn name(canonical: &CanonicalFunction) -> &'static str {
    use CanonicalFunction as C;
    match canonical {
        C::Lift { .. } => "lift",
        C::Lower { .. } => "lower",
        C::ResourceNew { .. } => "resource.new",
        C::ResourceDrop { .. } => "resource.drop",
        C::ResourceRep { .. } => "resource.rep",
        C::ThreadSpawnRef { .. } => "thread.spawn-ref",
        C::ThreadSpawnIndirect { .. } => "thread.spawn-indirect",
        C::ThreadAvailableParallelism => "thread.available-parallelism",
        C::BackpressureInc => "backpressure.inc",
        C::BackpressureDec => "backpressure.dec",
        C::TaskReturn { .. } => "task.return",
        C::TaskCancel => "task.cancel",
        C::ContextGet { .. } => "context.get",
        C::ContextSet { .. } => "context.set",
        C::ThreadYield { .. } => "thread.yield",
        C::SubtaskDrop => "subtask.drop",
        C::SubtaskCancel { .. } => "subtask.cancel",
        C::StreamNew { .. } => "stream.new",
        C::StreamRead { .. } => "stream.read",
        C::StreamWrite { .. } => "stream.write",
        C::StreamCancelRead { .. } => "stream.cancel-read",
        C::StreamCancelWrite { .. } => "stream.cancel-write",
        C::StreamDropReadable { .. } => "stream.drop-readable",
        C::StreamDropWritable { .. } => "stream.drop-writable",
        C::FutureNew { .. } => "future.new",
        C::FutureRead { .. } => "future.read",
        C::FutureWrite { .. } => "future.write",
        C::FutureCancelRead { .. } => "future.cancel-read",
        C::FutureCancelWrite { .. } => "future.cancel-write",
        C::FutureDropReadable { .. } => "future.drop-readable",
        C::FutureDropWritable { .. } => "future.drop-writable",
        C::ErrorContextNew { .. } => "error-context.new",
        C::ErrorContextDebugMessage { .. } => "error-context.debug-message",
        C::ErrorContextDrop => "error-context.drop",
        C::WaitableSetNew => "waitable-set.new",
        C::WaitableSetWait { .. } => "waitable-set.wait",
        C::WaitableSetPoll { .. } => "waitable-set.poll",
        C::WaitableSetDrop => "waitable-set.drop",
        C::WaitableJoin => "waitable.join",
        C::ThreadIndex => "thread.index",
        C::ThreadNewIndirect { .. } => "thread.new-indirect",
        C::ThreadResumeLater => "thread.resume-later",
        C::ThreadSuspend { .. } => "thread.suspend",
        C::ThreadSuspendThenResume { .. } => "thread.suspend-then-resume",
        C::ThreadYieldThenResume { .. } => "thread.yield-then-resume",
        C::ThreadSuspendThenPromote { .. } => "thread.suspend-then-promote",
        C::ThreadYieldThenPromote { .. } => "thread.yield-then-promote",
    }
}
