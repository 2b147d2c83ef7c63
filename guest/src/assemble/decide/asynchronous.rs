//! Calls of async functions, and the built-ins of tasks and waitables. In: definitions. Out: what they have become,
//! with the functions that the scheduler calls for them. Not its job: streams and futures (`channels`).

use super::Decider;
use super::sides::Passage;
use crate::abi::layout::Context;
use crate::abi::side::Side;
use crate::adapter::spec::{AsyncCall, Call, Calling, Class, Function, Guards, HostCall, Leading, Ref};
use crate::assemble::boundary::{CoreValType, TaskBuiltin};
use crate::assemble::decisions::{ExportedLift, Outcome, SchedulerImports};
use crate::assemble::outer::OuterOptions;
use crate::assemble::proofs::anything_waits;
use crate::error::{Error, Result};
use crate::ids::{ImportId, InstanceId, LiftId, TypeId};
use crate::link::{AsyncBuiltin, Func, FuncType, Memory, Options, StringEncoding};
use crate::name::Name;
use crate::runtime::SchedulerFunction;
use indexmap::{IndexMap, IndexSet};
use std::rc::Rc;
use wasm_encoder::ValType;

/// What the scheduler calls by number.
#[derive(Default)]
pub struct Scheduling {
    /// For each call the functions of the adapter module that start it and that carry its result over. The callee
    /// does the latter itself if it has no callback; the host starts its own.
    calls: Vec<(Option<u32>, Option<u32>)>,
    /// The functions that call tasks back, by the lift.
    callbacks: IndexMap<LiftId, u32>,
    /// See `Class`.
    values: IndexSet<(Option<TypeId>, StringEncoding)>,
    memories: IndexSet<Memory>,
    /// The host calls some.
    by_host: bool,
    /// The host is called by lowers with `async`.
    of_host: bool,
    /// "canon subtask.cancel async" is used.
    cancels_async: bool,
}

impl Decider<'_> {
    /// Refuses what the scheduler cannot do together with async.
    pub fn check_asynchronous(&self) -> Result<()> {
        if self.proofs.used.asynchronous() && self.proofs.entering.possible() {
            let what = "async together with calls from a component to one that it is nested in";
            return Err(Error::unsupported(what));
        }
        Ok(())
    }

    /// A lower of an async lift. (A lower with `async` of a function that is not is not valid.)
    pub fn async_call(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        options: &Options,
        id: LiftId,
    ) -> Result<Outcome> {
        let lift = &self.plan.lifts[id];
        let needs = self.func_types.needs(&lift.ty, Context::lower(options.async_))?;
        let caller = self.side(instance, options, needs);
        let calling = if options.async_ { Calling::Async } else { Calling::Sync };
        if instance == lift.instance {
            return Err(Error::unsupported("an async call from a component instance to itself"));
        }
        let call = self.call(id, caller, calling, check_may_leave)?;
        Ok(Outcome::Scheduled(self.function(Function::AsyncCall(call))))
    }

    /// A lower with `async` of a function that the root imports.
    pub fn async_host_call(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        options: &Options,
        id: ImportId,
    ) -> Result<Outcome> {
        let plan = self.plan;
        let ty = &plan.imports[id].ty;
        let needs = self.func_types.needs(ty, Context::LowerAsync)?;
        let caller = self.side(instance, options, needs);
        let copied = self.passage(ty, Context::LowerAsync)? == Passage::Copied;
        let (callee, outer) = self.host_end(instance, options, caller, needs, copied);
        let core = self.func_types.signature(ty, Context::LowerAsync, callee.memory64())?;
        let outer = OuterOptions { async_: true, ..outer };
        let function = Ref::Host(self.outer.import_func(id, outer, &core)?);
        self.scheduling.of_host = true;
        let number = self.scheduling.calls.len() as u32;
        let call = Rc::new(HostCall {
            ty: self.call_type(Func::Import(id)),
            caller,
            callee,
            function,
            check_may_leave,
            resolve: (copied && ty.result.is_some()).then_some(number),
            trap_on_throw: self.proofs.catches,
        });
        if call.resolve.is_some() {
            let resolve = self.function(Function::HostResolve(call.clone()));
            self.scheduling.calls.push((None, Some(resolve)));
        }
        Ok(Outcome::Scheduled(self.function(Function::HostCall(call))))
    }

    /// An export of the root that is async, as the host calls it.
    pub fn async_export(&mut self, path: Vec<Name>, id: LiftId) -> Result<()> {
        let lift = &self.plan.lifts[id];
        let needs = self.func_types.needs(&lift.ty, Context::LiftCallback)?;
        let callee =
            self.async_side(lift.instance, &lift.options, &lift.ty, lift.options.callback.is_some())?;
        let copied = self.passage(&lift.ty, Context::LiftCallback)? == Passage::Copied;
        let (caller, options) = self.host_end(lift.instance, &lift.options, callee, needs, copied);
        let returns_memory = self.func_types.returns_memory(&lift.ty)?;
        let returned = OuterOptions {
            encoding: caller.encoding,
            memory: caller.memory.filter(|_| returns_memory),
            realloc: None,
            post_return: None,
            async_: false,
        };
        let memory64 = caller.memory64();
        let flat = self.func_types.returned(lift.ty.result, memory64)?;
        let task_return = Ref::Host(self.outer.task_return(&path, &lift.ty, returned, &flat)?);
        let call = self.call(id, caller, Calling::Host { task_return }, None)?;
        let core = self.func_types.signature(&lift.ty, Context::LiftCallback, memory64)?;
        let outcome = Outcome::Scheduled(self.function(Function::AsyncCall(call)));
        self.scheduling.by_host = true;
        let callback = Some(Ref::Scheduler(SchedulerFunction::CallBackByHost));
        self.outer.export_func(&path, &lift.ty, (outcome.reference(), callback), options, &core)?;
        self.exported.push(ExportedLift { path, lift: id, outcome });
        Ok(())
    }

    /// The side of a lift.
    fn async_side(
        &mut self,
        instance: InstanceId,
        options: &Options,
        ty: &FuncType,
        callback: bool,
    ) -> Result<Side> {
        let needs = self.func_types.needs(ty, Context::lift(callback))?;
        Ok(self.side(instance, options, needs))
    }

    /// The call of a lift, as `Call` has it.
    fn inside(&mut self, id: LiftId, caller: Side, check_may_leave: Option<InstanceId>) -> Result<Call> {
        let lift = &self.plan.lifts[id];
        let storage = self.lift_storage(Some(lift.instance), lift);
        let callback = lift.options.callback.is_some();
        Ok(Call {
            ty: self.call_type(Func::Lift(id)),
            caller,
            callee: self.async_side(lift.instance, &lift.options, &lift.ty, callback)?,
            function: self.core(lift.core)?,
            post_return: lift.options.post_return,
            guard_post_return: self.proofs.leaving.flag(lift.instance),
            keeps_results: false,
            guards: Guards { storage, ..self.guards(check_may_leave, Vec::new()) },
        })
    }

    /// A call of an async lift, with the functions that the scheduler calls for it.
    fn call(
        &mut self,
        id: LiftId,
        caller: Side,
        calling: Calling,
        check_may_leave: Option<InstanceId>,
    ) -> Result<Rc<AsyncCall>> {
        let lift = &self.plan.lifts[id];
        let call = self.inside(id, caller, check_may_leave)?;
        let callback = self.callback(id)?;
        let class = self.class(lift.ty.result, &lift.options);
        let number = self.scheduling.calls.len() as u32;
        let call = Rc::new(AsyncCall { call, calling, number, callback, class });
        let start = self.function(Function::TaskStart(call.clone()));
        let resolve = callback.map(|_| self.function(Function::TaskResolve(call.clone())));
        self.scheduling.calls.push((Some(start), resolve));
        Ok(call)
    }

    /// The number of a lift's callback, if it has one.
    fn callback(&mut self, id: LiftId) -> Result<Option<u32>> {
        let lift = &self.plan.lifts[id];
        let Some(callback) = lift.options.callback else { return Ok(None) };
        if let Some(number) = self.scheduling.callbacks.get_index_of(&id) {
            return Ok(Some(number as u32));
        }
        let storage = self.lift_storage(Some(lift.instance), lift);
        let function = self.core(callback)?;
        let trap_on_throw = self.proofs.catches;
        let function = self.function(Function::Callback { function, storage, trap_on_throw });
        Ok(Some(self.scheduling.callbacks.insert_full(id, function).0 as u32))
    }

    fn class(&mut self, result: Option<TypeId>, options: &Options) -> Class {
        let Scheduling { values, memories, .. } = &mut self.scheduling;
        Class {
            values: values.insert_full((result, options.string_encoding)).0 as u32,
            memory: match options.memory {
                Some(memory) => (memories.insert_full(memory).0 as u32).saturating_add(1),
                None => 0,
            },
        }
    }

    pub fn task_return(
        &mut self,
        check_may_leave: Option<InstanceId>,
        result: Option<TypeId>,
        options: &Options,
    ) -> Result<Outcome> {
        let class = self.class(result, options);
        let memory64 = options.memory.is_some_and(|memory| memory.memory64);
        let params = self.func_types.returned(result, memory64)?.params;
        let function = Function::TaskReturn { check_may_leave, class, params };
        Ok(Outcome::Scheduled(self.function(function)))
    }

    pub fn async_builtin(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        builtin: AsyncBuiltin,
    ) -> Outcome {
        use SchedulerFunction as F;
        let table = Leading::Table(instance);
        let (function, leading) = match builtin {
            AsyncBuiltin::TaskCancel => (F::TaskCancel, vec![]),
            AsyncBuiltin::BackpressureInc => (F::BackpressureInc, vec![table]),
            AsyncBuiltin::BackpressureDec => (F::BackpressureDec, vec![table]),
            AsyncBuiltin::SubtaskCancel { async_ } => {
                self.scheduling.cancels_async |= async_;
                (F::SubtaskCancel, vec![table, Leading::Number(async_.into())])
            }
            AsyncBuiltin::SubtaskDrop => (F::SubtaskDrop, vec![table]),
            AsyncBuiltin::WaitableSetNew => (F::WaitableSetNew, vec![table]),
            AsyncBuiltin::WaitableSetDrop => (F::WaitableSetDrop, vec![table]),
            AsyncBuiltin::WaitableJoin => (F::WaitableJoin, vec![table]),
            AsyncBuiltin::ThreadYield { cancellable } => {
                (F::ThreadYield, vec![Leading::Number(cancellable.into())])
            }
            AsyncBuiltin::WaitableSetWait { cancellable, memory } => {
                return self.event(instance, check_may_leave, F::WaitableSetWait, (cancellable, memory));
            }
            AsyncBuiltin::WaitableSetPoll { cancellable, memory } => {
                return self.event(instance, check_may_leave, F::WaitableSetPoll, (cancellable, memory));
            }
        };
        let check_may_leave = match builtin {
            AsyncBuiltin::BackpressureInc | AsyncBuiltin::BackpressureDec => None,
            _ => check_may_leave,
        };
        let function = Function::Scheduled { check_may_leave, function, leading };
        Outcome::Scheduled(self.function(function))
    }

    fn event(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        function: SchedulerFunction,
        (cancellable, memory): (bool, Memory),
    ) -> Outcome {
        let event = Function::WaitableSetEvent { check_may_leave, function, instance, cancellable, memory };
        Outcome::Scheduled(self.function(event))
    }

    /// What the scheduler imports, when all that it calls is known.
    pub fn scheduler(&mut self) -> Result<Option<SchedulerImports>> {
        if !self.proofs.used.asynchronous() {
            return Ok(None);
        }
        let adapter = |function: Option<u32>| function.map(Ref::Adapter);
        let calls = self.scheduling.calls.iter();
        let (starts, resolves): (Vec<_>, Vec<_>) =
            calls.map(|(start, resolve)| (adapter(*start), adapter(*resolve))).unzip();
        let callbacks = self.scheduling.callbacks.values().map(|function| adapter(Some(*function))).collect();
        let host_channels = self.host_channels()?;
        let copies = self.copies()?.into_iter().map(adapter).collect();
        let i32s = |count| vec![ValType::I32; count];
        let start = self.dispatch(i32s(2), i32s(1), starts);
        let callback = self.dispatch(i32s(5), i32s(1), callbacks);
        let resolve = self.dispatch(i32s(2), Vec::new(), resolves);
        let copied = vec![ValType::I32, ValType::I64, ValType::I64, ValType::I32];
        let copy = self.dispatch(copied, Vec::new(), copies);
        let builtins = TaskBuiltin::ALL.iter();
        let host = builtins.map(|builtin| self.task_builtin(*builtin)).collect::<Result<_>>()?;
        Ok(Some(SchedulerImports { start, callback, resolve, copy, host_channels, host }))
    }

    /// The host's built-in, or a function that nothing comes to.
    fn task_builtin(&mut self, builtin: TaskBuiltin) -> Result<Ref> {
        use TaskBuiltin::{ContextGet, ContextSet, StreamNew, StreamRead, StreamWrite, TaskCancel};
        use TaskBuiltin::{SubtaskCancel, SubtaskCancelAsync, SubtaskDrop, ThreadYield};
        use TaskBuiltin::{WaitableJoin, WaitableSetNew, WaitableSetPoll, WaitableSetWait};
        // Something of the host's can be pending.
        let pending = self.scheduling.of_host || self.bridges.any();
        let needed = match builtin {
            ContextGet | ContextSet | TaskCancel | StreamNew | StreamRead | StreamWrite => {
                self.scheduling.by_host
            }
            SubtaskCancelAsync => self.scheduling.of_host && self.scheduling.cancels_async,
            SubtaskCancel | SubtaskDrop => self.scheduling.of_host,
            ThreadYield => self.scheduling.by_host && pending,
            // For what is pending, and for what never comes.
            WaitableSetWait => {
                self.scheduling.by_host && (pending || anything_waits(self.plan, &self.proofs.used))
            }
            WaitableSetPoll => pending,
            WaitableJoin | WaitableSetNew => self.scheduling.by_host || pending,
        };
        if needed {
            return Ok(Ref::Host(self.outer.task_builtin(builtin)?));
        }
        let (params, results) = builtin.core();
        let types = |types: Vec<CoreValType>| types.into_iter().map(Into::into).collect();
        Ok(Ref::Adapter(self.dispatch(types(params), types(results), Vec::new())))
    }

    pub fn dispatch(
        &mut self,
        params: Vec<ValType>,
        results: Vec<ValType>,
        targets: Vec<Option<Ref>>,
    ) -> u32 {
        self.function(Function::Dispatch { params, results, targets })
    }
}
