//! "canon lift", where the host calls. In: the functions that the root exports. Out: what the host calls
//! for each. Not its job: the other exports, which no core function stands behind (`wrap`).

use super::Decider;
use super::sides::Passage;
use crate::abi::layout::{Context, Signature};
use crate::abi::side::{Domain, Side};
use crate::adapter::spec::{Call, Function, Guards, Ref};
use crate::assemble::decisions::{ExportedLift, Outcome};
use crate::assemble::outer::{OuterOptions, visit_exports};
use crate::error::Result;
use crate::ids::{InstanceId, LiftId};
use crate::link::{CoreDef, ExportItem, Func, Lift};
use crate::name::Name;

/// An export in the making: what the host calls, and how.
struct Incoming {
    outcome: Outcome,
    options: OuterOptions,
    core: Signature,
}

impl Decider<'_> {
    pub fn exports(&mut self) -> Result<()> {
        let plan = self.plan;
        let mut functions = Vec::new();
        visit_exports(&plan.exports, &mut |path, item| {
            if let ExportItem::Func(func) = item {
                functions.push((path.to_vec(), *func));
            }
        });
        for (path, func) in functions {
            match func {
                Func::Import(import) => self.outer.reexport_func(&path, import)?,
                Func::Lift(lift) => {
                    let offset = plan.lifts[lift].offset;
                    self.export(path, lift).map_err(|e| e.at(offset))?;
                }
            }
        }
        Ok(())
    }

    fn export(&mut self, path: Vec<Name>, id: LiftId) -> Result<()> {
        let lift = &self.plan.lifts[id];
        if lift.ty.async_ {
            return self.async_export(path, id);
        }
        let Incoming { outcome, options, core } = match self.passage(&lift.ty, Context::Lift)? {
            Passage::Straight => self.straight(lift)?,
            Passage::Handles => self.with_handles(id)?,
            Passage::Copied => self.copied(id)?,
        };
        self.outer.export_func(&path, &lift.ty, (outcome.reference(), None), options, &core)?;
        self.exported.push(ExportedLift { path, lift: id, outcome });
        Ok(())
    }

    /// The host calls the guest's function, perhaps behind a check.
    fn straight(&mut self, lift: &Lift) -> Result<Incoming> {
        let callee = self.lift_side(lift)?;
        let function = self.core(lift.core)?;
        let core = self.func_types.signature(&lift.ty, Context::Lift, callee.memory64())?;
        let post_return = self.host_post_return(lift, &core);
        let options = self.lift_options(lift, &callee, post_return)?;
        let enter = self.proofs.entering.set(None, lift.instance);
        let guards = Guards {
            storage: self.lift_storage(None, lift),
            task: self.task_of(lift.instance),
            ..self.guards(None, enter)
        };
        let outcome = self.guard(Outcome::Direct(function), &core, guards);
        Ok(Incoming { outcome, options, core })
    }

    /// An adapter translates the flat handles; values in memory stay where they are.
    fn with_handles(&mut self, id: LiftId) -> Result<Incoming> {
        let lift = &self.plan.lifts[id];
        let callee = self.lift_side(lift)?;
        let caller = Side { domain: Domain::Host, ..callee };
        let core = self.func_types.signature(&lift.ty, Context::Lift, callee.memory64())?;
        // `post-return` is given what the guest's function returned. The host has just that where the
        // result is an address. A flat result the adapter may have translated or normalised.
        let (keeps, post_return) = match self.func_types.result_spills(&lift.ty, Context::Lift)? {
            true => (false, self.host_post_return(lift, &core)),
            false => (true, self.kept_post_return(lift, &core, false)?),
        };
        let options = self.lift_options(lift, &callee, post_return)?;
        let call = self.incoming(id, caller, keeps && post_return.is_some())?;
        Ok(Incoming { outcome: self.adapter(call), options, core })
    }

    /// An adapter carries the values through the runtime's memory, whose addresses are 32-bit ones.
    fn copied(&mut self, id: LiftId) -> Result<Incoming> {
        let lift = &self.plan.lifts[id];
        let callee = self.lift_side(lift)?;
        let needs = self.func_types.needs(&lift.ty, Context::Lift)?;
        let caller = self.host_side(&callee, needs);
        let core = self.func_types.signature(&lift.ty, Context::Lift, false)?;
        let kept = self.kept_post_return(lift, &core, caller.memory.is_some())?;
        let freed = caller.memory.filter(|_| kept.is_none()).map(|_| {
            Ref::Adapter(self.function(Function::FreeRuntimeMemory { params: core.results.clone() }))
        });
        let options = self.runtime_options(&caller, needs, kept.or(freed));
        let call = self.incoming(id, caller, kept.is_some())?;
        Ok(Incoming { outcome: self.adapter(call), options, core })
    }

    /// The guest's `post-return`, if it has one, where the host has other core results than the guest gave.
    /// `core` is the signature that the host sees.
    fn kept_post_return(&mut self, lift: &Lift, core: &Signature, frees: bool) -> Result<Option<Ref>> {
        let Some(function) = lift.options.post_return else { return Ok(None) };
        let memory64 = self.lift_side(lift)?.memory64();
        let kept = self.func_types.signature(&lift.ty, Context::Lift, memory64)?.results;
        let (instance, params) = (self.proofs.leaving.flag(lift.instance), core.results.clone());
        let guards = self.guards(None, Vec::new());
        let function = Function::KeptPostReturn { function, instance, params, kept, frees, guards };
        Ok(Some(Ref::Adapter(self.function(function))))
    }

    /// A call by the host.
    fn incoming(&mut self, id: LiftId, caller: Side, keeps_results: bool) -> Result<Call> {
        let lift = &self.plan.lifts[id];
        let enter = self.proofs.entering.set(None, lift.instance);
        let storage = self.lift_storage(None, lift);
        Ok(Call {
            ty: self.call_type(Func::Lift(id)),
            caller,
            callee: self.lift_side(lift)?,
            function: self.core(lift.core)?,
            post_return: None,
            guard_post_return: None,
            keeps_results,
            guards: Guards { storage, task: self.task_of(lift.instance), ..self.guards(None, enter) },
        })
    }

    pub fn lift_options(
        &mut self,
        lift: &Lift,
        side: &Side,
        post_return: Option<Ref>,
    ) -> Result<OuterOptions> {
        let needs = self.func_types.needs(&lift.ty, Context::Lift)?;
        Ok(self.guest_options(lift.instance, &lift.options, side, needs, post_return))
    }

    /// The guest's `post-return`, if it has one, as the host shall call it. `core` is the signature of
    /// the lifted function.
    fn host_post_return(&mut self, lift: &Lift, core: &Signature) -> Option<Ref> {
        let function = lift.options.post_return?;
        Some(match self.proofs.leaving.flag(lift.instance) {
            Some(instance) => Ref::Adapter(self.guarded_post_return(function, instance, core)),
            None => Ref::Core(function),
        })
    }

    fn guarded_post_return(&mut self, function: CoreDef, instance: InstanceId, core: &Signature) -> u32 {
        let params = core.results.clone();
        let guards = self.guards(None, Vec::new());
        self.function(Function::PostReturn { function, instance, params, guards })
    }
}
