//! Handles. In: operands. Out: calls of the handle runtime or of the host's resource functions. Not
//! its job: handle tables (`abi/runtime/handles.wat`).
//!
//! A handle is lifted to its representation and lowered from it. For a resource that the host
//! defines, the representation in our tables is the handle in the host's table.

use super::body::Body;
use super::module::{Global, Module};
use super::operand::{Operand, Scalar};
use super::translate::Translator;
use crate::abi::spec::{Domain, ResourceInfo};
use crate::error::{Error, Result};
use crate::ids::{Id, InstanceId, ResourceId};
use wasm_encoder::ValType;

impl Translator<'_, '_> {
    /// `lift_own` and `lower_own`.
    pub fn own(&mut self, resource: ResourceId, src: Operand, dst: Operand) -> Result<()> {
        if self.same_host() {
            return self.move_scalar(Scalar::I32, src, dst, |_| {});
        }
        let info = self.module.resource(resource)?;
        dst.begin_store(self.body);
        self.table_and_type(self.to.domain, resource)?;
        self.table_and_type(self.from.domain, resource)?;
        src.load(self.body, Scalar::I32)?;
        match self.from.domain {
            Domain::Instance(_) => self.call_runtime("lift-own", 3),
            Domain::Host => self.take_back(info)?,
            Domain::Transit => {}
        }
        match self.to.domain {
            Domain::Instance(_) => self.call_runtime("new", 3),
            Domain::Transit => {}
            Domain::Host if info.implementer.is_none() => {}
            Domain::Host => {
                let new = self.module.host(info.host.new, 1)?;
                self.body.call(new);
            }
        }
        dst.finish_store(self.body, Scalar::I32)
    }

    /// `lift_borrow` and `lower_borrow`.
    pub fn borrow(&mut self, resource: ResourceId, src: Operand, dst: Operand) -> Result<()> {
        if self.same_host() {
            return self.move_scalar(Scalar::I32, src, dst, |_| {});
        }
        let implementer = self.module.resource(resource)?.implementer;
        if self.to.domain == Domain::Host && implementer.is_some() {
            return Err(Error::internal("the host is lent a resource that the component defines"));
        }
        // Whoever implements the resource gets the representation itself.
        let handle = matches!(self.to.domain, Domain::Instance(to) if implementer != Some(to));
        dst.begin_store(self.body);
        if handle {
            self.table_and_type(self.to.domain, resource)?;
        }
        self.table_and_type(self.from.domain, resource)?;
        src.load(self.body, Scalar::I32)?;
        if let Domain::Instance(_) = self.from.domain {
            self.call_runtime("lift-borrow", 3);
        }
        if handle {
            let frame = self.frame.ok_or_else(|| Error::internal("a borrow in a call without a frame"))?;
            self.body.get(frame);
            // A borrow handle in the host's table has to be dropped along with ours.
            let of_host = self.from.domain == Domain::Host && implementer.is_none();
            self.call_runtime(if of_host { "borrow-host" } else { "borrow" }, 4);
        }
        dst.finish_store(self.body, Scalar::I32)
    }

    /// Both sides use the host's table: handles stay what they are.
    fn same_host(&self) -> bool {
        self.from.domain == Domain::Host && self.to.domain == Domain::Host
    }

    /// What the handle runtime's functions take first. Nothing where there is no table of ours.
    fn table_and_type(&mut self, domain: Domain, resource: ResourceId) -> Result<()> {
        match domain {
            Domain::Instance(instance) => push_table_and_type(self.module, self.body, instance, resource),
            Domain::Host | Domain::Transit => Ok(()),
        }
    }

    fn call_runtime(&mut self, name: &'static str, params: usize) {
        let function = self.module.runtime(name, params, 1);
        self.body.call(function);
    }

    /// Makes the host's own handle on the stack its representation, and the host forget it.
    fn take_back(&mut self, info: ResourceInfo) -> Result<()> {
        if info.implementer.is_none() {
            return Ok(());
        }
        let rep = self.module.host(info.host.rep, 1)?;
        let drop = self.module.host(info.host.drop, 0)?;
        let hold = self.module.global(Global::HoldDestructor);
        let handle = self.body.local(ValType::I32);
        self.body.tee(handle);
        self.body.call(rep);
        // The host's drop calls the destructor: not now.
        self.body.global_set_i32(hold, 1);
        self.body.get(handle);
        self.body.call(drop);
        self.body.global_set_i32(hold, 0);
        self.body.release([handle]);
        Ok(())
    }
}

/// Pushes the numbers of an instance's handle table and of a resource type.
pub fn push_table_and_type(
    module: &Module,
    body: &mut Body,
    instance: InstanceId,
    resource: ResourceId,
) -> Result<()> {
    body.i32(module.table(instance)?);
    // Budgets keep the number of resources far below 2^32.
    body.i32(resource.index() as u32);
    Ok(())
}

/// Whether a call that passes a borrow of `resource` needs a frame in the handle runtime: for the
/// lender, or for the borrow that the callee has to drop.
pub fn needs_frame(info: ResourceInfo, caller: Domain, callee: Domain) -> bool {
    match (caller, callee) {
        (Domain::Instance(_), _) => true,
        (_, Domain::Instance(callee)) => info.implementer != Some(callee),
        _ => false,
    }
}
