//! "canon lower". In: a lower of a lift or of an import. Out: what it has become. Not its job: what an
//! adapter does (`adapter`).

use super::Decider;
use super::sides::Passage;
use crate::abi::layout::Context;
use crate::abi::side::Side;
use crate::adapter::spec::{Call, Function, Guards};
use crate::assemble::decisions::Outcome;
use crate::error::Result;
use crate::ids::{ImportId, InstanceId, LiftId};
use crate::link::{Func, Options};

/// `check_may_leave` is the caller's instance, where the lower has to test its flag.
impl Decider<'_> {
    /// A lower of a lift.
    pub fn inner_call(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        options: &Options,
        id: LiftId,
    ) -> Result<Outcome> {
        let lift = &self.plan.lifts[id];
        if lift.ty.async_ {
            return self.async_call(instance, check_may_leave, options, id);
        }
        let needs = self.func_types.needs(&lift.ty, Context::Lower)?;
        let enter = self.proofs.entering.set(Some(instance), lift.instance);
        let storage = self.lift_storage(Some(instance), lift);
        let call = Call {
            ty: self.call_type(Func::Lift(id)),
            caller: self.side(instance, options, needs),
            callee: self.lift_side(lift)?,
            function: self.core(lift.core)?,
            post_return: lift.options.post_return,
            guard_post_return: self.proofs.leaving.flag(lift.instance),
            keeps_results: false,
            guards: Guards {
                storage,
                task: self.task_of(lift.instance),
                ..self.guards(check_may_leave, enter)
            },
        };
        if self.optimizations.direct_calls && self.transparency.holds(&call) {
            return Ok(Outcome::Direct(call.function));
        }
        Ok(self.adapter(call))
    }

    /// A lower of a function that the root imports.
    pub fn host_call(
        &mut self,
        instance: InstanceId,
        check_may_leave: Option<InstanceId>,
        options: &Options,
        id: ImportId,
    ) -> Result<Outcome> {
        let plan = self.plan;
        let ty = &plan.imports[id].ty;
        if options.async_ {
            return self.async_host_call(instance, check_may_leave, options, id);
        }
        let needs = self.func_types.needs(ty, Context::Lower)?;
        let caller = self.side(instance, options, needs);
        let passage = self.passage(ty, Context::Lower)?;
        // The runtime's memory is a 32-bit one.
        let memory64 = passage != Passage::Copied && caller.memory64();
        let core = self.func_types.signature(ty, Context::Lower, memory64)?;
        let copied = passage == Passage::Copied;
        let (callee, outer) = self.host_end(instance, options, caller, needs, copied);
        let host = Outcome::HostImport(self.outer.import_func(id, outer, &core)?);
        Ok(match passage {
            Passage::Straight => {
                let guards = Guards { waits: ty.async_, ..self.guards(check_may_leave, Vec::new()) };
                self.guard(host, &core, guards)
            }
            Passage::Handles | Passage::Copied => {
                let call = self.outgoing(id, caller, callee, host, check_may_leave);
                self.adapter(call)
            }
        })
    }

    /// A call of the host.
    fn outgoing(
        &mut self,
        id: ImportId,
        caller: Side,
        callee: Side,
        host: Outcome,
        check_may_leave: Option<InstanceId>,
    ) -> Call {
        Call {
            ty: self.call_type(Func::Import(id)),
            caller,
            callee,
            function: host.reference(),
            post_return: None,
            guard_post_return: None,
            keeps_results: false,
            guards: Guards {
                waits: self.plan.imports[id].ty.async_,
                ..self.guards(check_may_leave, Vec::new())
            },
        }
    }

    pub fn adapter(&mut self, call: Call) -> Outcome {
        Outcome::Adapter(self.function(Function::Call(Box::new(call))))
    }
}
