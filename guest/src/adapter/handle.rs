//! Handles. In: operands. Out: calls of the handle runtime or of the host's resource functions. Not
//! its job: handle tables (`runtime/handles.wat`).
//!
//! A handle is lifted to its resource's representation, and lowered from it. For a resource that the
//! host defines, the representation in our tables is the handle in the host's table.

use super::body::Body;
use super::borrows::{BorrowScope, Frame};
use super::inline::call_or_inline;
use super::module::{Global, Module};
use super::operand::{Operand, Scalar};
use super::spec::ResourceInfo;
use super::translate::Translator;
use crate::abi::side::Domain;
use crate::error::{Error, Result};
use crate::ids::{Id, InstanceId, ResourceId};
use crate::runtime::{RuntimeFunction, SchedulerFunction};
use wasm_encoder::{Instruction, ValType};

impl Translator<'_, '_> {
    /// `lift_own` and `lower_own`.
    pub fn own(&mut self, resource: ResourceId, src: Operand, dst: Operand) -> Result<()> {
        if self.same_host() {
            return self.move_scalar(Scalar::I32, src, dst, |_| {});
        }
        let info = self.module.resource(resource)?;
        dst.begin_store(self.body);
        self.table_and_meta(self.to.domain, resource, Kind::Own)?;
        self.table_and_meta(self.from.domain, resource, Kind::Own)?;
        src.load(self.body, Scalar::I32)?;
        match self.from.domain {
            Domain::Instance(_) if self.frame == Some(Frame::Copy) => {
                let reserve = self.module.scheduler(SchedulerFunction::Reserve);
                self.body.call(reserve);
            }
            Domain::Instance(_) => call_or_inline(self.module, self.body, RuntimeFunction::LiftOwn)?,
            Domain::Host => self.take_back(info)?,
            Domain::Transit => {}
        }
        match self.to.domain {
            Domain::Instance(_) => call_or_inline(self.module, self.body, RuntimeFunction::New)?,
            Domain::Transit => {}
            Domain::Host if info.implementer.is_none() => {}
            Domain::Host => {
                let new = self.module.host(info.host.new, 1)?;
                self.body.call(new);
                if self.frame == Some(Frame::Copy) {
                    self.body.i32(self.module.offered(resource)?);
                    let offer = self.module.scheduler(SchedulerFunction::Offer);
                    self.body.call(offer);
                }
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
        // A borrow handle in the host's table has to be dropped along with ours.
        let of_host = self.from.domain == Domain::Host && implementer.is_none();
        dst.begin_store(self.body);
        if handle {
            let kind = if of_host { Kind::BorrowOfHost } else { Kind::Borrow };
            self.table_and_meta(self.to.domain, resource, kind)?;
        }
        self.lift_borrow(resource, src)?;
        if handle {
            BorrowScope::of(self.module, self.to, self.frame)?.push(self.module, self.body);
            self.call_runtime(RuntimeFunction::Borrow);
        }
        dst.finish_store(self.body, Scalar::I32)
    }

    /// `lift_borrow`: pushes the representation.
    fn lift_borrow(&mut self, resource: ResourceId, src: Operand) -> Result<()> {
        if let (Domain::Instance(_), Some(Frame::Task(task))) = (self.from.domain, self.frame) {
            self.body.get(task);
            self.table_and_meta(self.from.domain, resource, Kind::Any)?;
            src.load(self.body, Scalar::I32)?;
            let lend = self.module.scheduler(SchedulerFunction::Lend);
            self.body.call(lend);
            return Ok(());
        }
        self.table_and_meta(self.from.domain, resource, Kind::Any)?;
        src.load(self.body, Scalar::I32)?;
        match (self.from.domain, self.frame) {
            (Domain::Instance(_), Some(_)) => self.call_runtime(RuntimeFunction::LiftBorrow),
            (Domain::Instance(_), None) => call_or_inline(self.module, self.body, RuntimeFunction::Rep)?,
            _ => {}
        }
        Ok(())
    }

    /// Both sides use the host's table: handles stay what they are.
    fn same_host(&self) -> bool {
        self.from.domain == Domain::Host && self.to.domain == Domain::Host
    }

    /// Pushes the first two arguments of the handle runtime's functions; nothing where the domain has no
    /// table of ours.
    fn table_and_meta(&mut self, domain: Domain, resource: ResourceId, kind: Kind) -> Result<()> {
        match domain {
            Domain::Instance(instance) => {
                push_table_and_meta(self.module, self.body, instance, resource, kind)
            }
            Domain::Host | Domain::Transit => Ok(()),
        }
    }

    fn call_runtime(&mut self, function: RuntimeFunction) {
        let function = self.module.runtime(function);
        self.body.call(function);
    }

    /// `lift_own` from the host: from its own handle on the stack to the representation. The host's handle
    /// is gone afterwards.
    fn take_back(&mut self, info: ResourceInfo) -> Result<()> {
        take_back(self.module, self.body, info)
    }
}

fn take_back(module: &mut Module, body: &mut Body, info: ResourceInfo) -> Result<()> {
    if info.implementer.is_none() {
        return Ok(());
    }
    let rep = module.host(info.host.rep, 1)?;
    let drop = module.host(info.host.drop, 0)?;
    let hold = module.global(Global::HoldDestructor);
    let handle = body.temp(ValType::I32);
    body.tee(*handle);
    body.call(rep);
    // The host's drop calls the destructor, which must do nothing this time.
    body.global_set_i32(hold, 1);
    body.get(*handle);
    body.call(drop);
    body.global_set_i32(hold, 0);
    body.release([handle]);
    Ok(())
}

/// Writes function `index`: takes back a handle that the host has been offered, `(handle) -> ()`. Its owner has kept
/// one of its own.
pub fn write_take_back(module: &mut Module, index: u32, resource: ResourceId) -> Result<()> {
    let info = module.resource(resource)?;
    let mut body = Body::new(&[ValType::I32]);
    body.params().into_iter().for_each(|handle| body.get(handle));
    take_back(module, &mut body, info)?;
    body.emit(Instruction::Drop);
    module.define(index, &[], body)
}

/// The kind of an entry of a handle table, as in `runtime/handles.wat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// For functions that take any kind.
    Any = 0,
    Own = 1,
    Borrow = 2,
    /// A borrow whose representation is a borrow handle in the host's table.
    BorrowOfHost = 3,
}

/// The `meta` of an entry, as in `runtime/handles.wat`.
fn meta(resource: ResourceId, kind: Kind) -> u32 {
    // Budgets keep the number of resources far below 2^30.
    ((resource.index() as u32) << 2) | kind as u32
}

/// Pushes the address of an instance's table descriptor, and the `meta` that an entry has to have.
pub fn push_table_and_meta(
    module: &Module,
    body: &mut Body,
    instance: InstanceId,
    resource: ResourceId,
    kind: Kind,
) -> Result<()> {
    body.i32(module.descriptor(instance)?);
    body.i32(meta(resource, kind));
    Ok(())
}
