//! Canonical definitions. In: `canon` definitions. Out: lifts and canons of the plan. Not its job:
//! their code (`adapter`).

use super::evaluator::{Evaluator, Here};
use super::plan::{
    AsyncBuiltin, Canon, CanonKind, ChannelOperation, CoreDef, End, Func, Lift, Memory, Options, Slot,
    StringEncoding,
};
use super::scope::at;
use crate::error::{Error, Result};
use crate::ids::ScopeId;
use crate::read::CoreSort;
use wasmparser::{CanonicalFunction, CanonicalOption, ComponentValType, ValType};

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
            other => match self.builtin(here.scope, other)? {
                Some(kind) => kind,
                None => return Err(Error::unsupported(format!("`canon {}`", name(other)))),
            },
        };
        let canon = self.plan.canons.push(Canon { instance: here.instance, kind, offset: here.offset });
        self.scopes[here.scope].push_core(CoreSort::Func, CoreDef::Canon(canon));
        Ok(())
    }

    /// A built-in of tasks, waitables, streams and futures; none if it is not fused.
    fn builtin(&mut self, scope: ScopeId, canonical: &CanonicalFunction) -> Result<Option<CanonKind>> {
        use CanonicalFunction as C;
        let simple = match *canonical {
            C::TaskCancel => AsyncBuiltin::TaskCancel,
            C::BackpressureInc => AsyncBuiltin::BackpressureInc,
            C::BackpressureDec => AsyncBuiltin::BackpressureDec,
            C::SubtaskCancel { async_ } => AsyncBuiltin::SubtaskCancel { async_ },
            C::SubtaskDrop => AsyncBuiltin::SubtaskDrop,
            C::WaitableSetNew => AsyncBuiltin::WaitableSetNew,
            C::WaitableSetWait { cancellable, memory } => {
                AsyncBuiltin::WaitableSetWait { cancellable, memory: self.memory(scope, memory)? }
            }
            C::WaitableSetPoll { cancellable, memory } => {
                AsyncBuiltin::WaitableSetPoll { cancellable, memory: self.memory(scope, memory)? }
            }
            C::WaitableSetDrop => AsyncBuiltin::WaitableSetDrop,
            C::WaitableJoin => AsyncBuiltin::WaitableJoin,
            C::ThreadYield { cancellable } => AsyncBuiltin::ThreadYield { cancellable },
            C::TaskReturn { result, ref options } => {
                let options = self.options(scope, "canon task.return", options)?;
                let result = self.optional_type(scope, result)?;
                return Ok(Some(CanonKind::TaskReturn { result, options }));
            }
            _ => return self.channel(scope, canonical),
        };
        Ok(Some(CanonKind::Async(simple)))
    }

    /// A built-in of streams and futures.
    fn channel(&mut self, scope: ScopeId, canonical: &CanonicalFunction) -> Result<Option<CanonKind>> {
        use CanonicalFunction as C;
        use End::{Readable, Writable};
        let (ty, operation) = match *canonical {
            C::StreamNew { ty } | C::FutureNew { ty } => (ty, ChannelOperation::New),
            C::StreamRead { ty, ref options } | C::FutureRead { ty, ref options } => {
                let options = self.options(scope, name(canonical), options)?;
                (ty, ChannelOperation::Copy { end: Readable, options })
            }
            C::StreamWrite { ty, ref options } | C::FutureWrite { ty, ref options } => {
                let options = self.options(scope, name(canonical), options)?;
                (ty, ChannelOperation::Copy { end: Writable, options })
            }
            C::StreamCancelRead { ty, async_ } | C::FutureCancelRead { ty, async_ } => {
                (ty, ChannelOperation::Cancel { end: Readable, async_ })
            }
            C::StreamCancelWrite { ty, async_ } | C::FutureCancelWrite { ty, async_ } => {
                (ty, ChannelOperation::Cancel { end: Writable, async_ })
            }
            C::StreamDropReadable { ty } | C::FutureDropReadable { ty } => {
                (ty, ChannelOperation::Drop(Readable))
            }
            C::StreamDropWritable { ty } | C::FutureDropWritable { ty } => {
                (ty, ChannelOperation::Drop(Writable))
            }
            _ => return Ok(None),
        };
        let ty = self.val_type(scope, ComponentValType::Type(ty))?;
        Ok(Some(CanonKind::Channel { ty, operation }))
    }

    fn memory(&self, scope: ScopeId, index: u32) -> Result<Memory> {
        let def = at(self.scopes[scope].core(CoreSort::Memory), index, "core memory")?;
        let ty = self.memory_type(def)?;
        let page_bits = ty.page_size_log2.unwrap_or(16);
        Ok(Memory { def, memory64: ty.memory64, page_bits })
    }

    fn lift(&mut self, here: Here, core: u32, ty: u32, options: &[CanonicalOption]) -> Result<()> {
        let core = at(self.scopes[here.scope].core(CoreSort::Func), core, "core function")?;
        let options = self.options(here.scope, "canon lift", options)?;
        if options.async_ && options.callback.is_none() {
            return Err(Error::unsupported("`canon lift` with the option `async` and without `callback`"));
        }
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
                CanonicalOption::Memory(index) => found.memory = Some(self.memory(scope, index)?),
                CanonicalOption::Realloc(index) => found.realloc = Some(func(index)?),
                CanonicalOption::PostReturn(index) => found.post_return = Some(func(index)?),
                CanonicalOption::Async => found.async_ = true,
                CanonicalOption::Callback(index) => found.callback = Some(func(index)?),
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
