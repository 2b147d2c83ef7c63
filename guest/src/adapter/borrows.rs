//! Borrow bookkeeping for one call: who has lent what, and how many borrow handles the callee still
//! has. In: a `Call`. Out: code at its beginning, after the callee, and at its end. Not its job: the
//! handles themselves (`handle`), and frames (`runtime/handles.wat`).

use super::body::{Body, Local};
use super::module::Module;
use super::spec::Call;
use crate::abi::facts::Facts;
use crate::abi::layout::inside;
use crate::abi::side::{Domain, MemoryRef, Side};
use crate::error::{Error, Result};
use crate::link::Type;
use crate::runtime::{RuntimeFunction, SchedulerFunction, Trap};
use std::collections::BTreeSet;
use wasm_encoder::ValType;

/// Where a call counts the borrow handles that its callee gets: `num_borrows` of the callee's task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BorrowScope {
    /// The word at this address in the runtime's memory, the callee's: it has one call in progress.
    Word(u32),
    /// The call's frame.
    Frame(Local),
    /// The cell of the task at this address, which the scheduler keeps.
    Task(Local),
}

/// What a call notes lenders in, and counts borrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame {
    /// One of the handle runtime's frames.
    Stack(Local),
    /// A task of the scheduler's.
    Task(Local),
    /// No call, but a copy to the host, which may not take it: owners stay where they are until it has.
    Copy,
}

/// A frame without the word that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameKind {
    Stack,
    Task,
    Copy,
}

impl Frame {
    /// The word that names it.
    pub fn local(self) -> Option<Local> {
        match self {
            Frame::Stack(local) | Frame::Task(local) => Some(local),
            Frame::Copy => None,
        }
    }

    pub fn kind(self) -> FrameKind {
        match self {
            Frame::Stack(_) => FrameKind::Stack,
            Frame::Task(_) => FrameKind::Task,
            Frame::Copy => FrameKind::Copy,
        }
    }

    /// The frame of this kind in another function, whose last parameter names it.
    pub fn of(kind: FrameKind, params: &mut Vec<Local>) -> Option<Frame> {
        match kind {
            FrameKind::Stack => params.pop().map(Frame::Stack),
            FrameKind::Task => params.pop().map(Frame::Task),
            FrameKind::Copy => Some(Frame::Copy),
        }
    }

    /// Whether values of which this is known depend on it.
    pub fn matters(self, facts: Facts) -> bool {
        match self {
            Frame::Stack(_) | Frame::Task(_) => facts.borrow,
            Frame::Copy => facts.own || facts.channel,
        }
    }
}

impl BorrowScope {
    /// The scope of a call of `callee` that has this frame.
    pub fn of(module: &Module, callee: Side, frame: Option<Frame>) -> Result<BorrowScope> {
        match (module.tables.scopes.frames(), frame, callee.domain) {
            (_, Some(Frame::Task(task)), _) => Ok(BorrowScope::Task(task)),
            (true, Some(Frame::Stack(frame)), _) => Ok(BorrowScope::Frame(frame)),
            (false, _, Domain::Instance(callee)) => Ok(BorrowScope::Word(module.scope(callee)?)),
            _ => Err(Error::internal("a borrow in a call without a scope")),
        }
    }

    /// Pushes what the handle runtime calls `scope`.
    pub fn push(self, module: &mut Module, body: &mut Body) {
        match self {
            BorrowScope::Task(task) => {
                let scope = module.scheduler(SchedulerFunction::Scope);
                body.get(task);
                body.call(scope);
            }
            BorrowScope::Word(address) => body.i32(address),
            BorrowScope::Frame(frame) => body.get(frame),
        }
    }
}

/// The bookkeeping of one call.
#[derive(Debug, Clone, Copy)]
pub struct Borrows {
    /// The frame, in which the runtime notes lenders; none where nobody could look at `num_lends`.
    pub frame: Option<Frame>,
    /// None where the callee gets no borrow handle.
    scope: Option<BorrowScope>,
}

impl Borrows {
    /// Makes a frame where the call needs one.
    pub fn begin(module: &mut Module, body: &mut Body, call: &Call) -> Result<Borrows> {
        let Counted { lends, borrows } = counted(module, call)?;
        let mut frame = None;
        if lends || (borrows && module.tables.scopes.frames()) {
            let enter = module.runtime(RuntimeFunction::CallEnter);
            body.call(enter);
            frame = Some(Frame::Stack(body.save_for_good(ValType::I32)));
        }
        let scope = borrows.then(|| BorrowScope::of(module, call.callee, frame)).transpose()?;
        Ok(Borrows { frame, scope })
    }

    /// `Task.return_`: traps if the callee still has a borrow handle of this call.
    pub fn task_return(&self, module: &mut Module, body: &mut Body) {
        match self.scope {
            Some(BorrowScope::Word(address)) => {
                let memory = module.memory(MemoryRef::Runtime);
                body.i32(address);
                body.load(memory, 4, 0);
                body.trap_if(Trap::BorrowsRemain);
            }
            Some(BorrowScope::Frame(frame)) => {
                let task_return = module.runtime(RuntimeFunction::TaskReturn);
                body.get(frame);
                body.call(task_return);
            }
            // The scheduler sees to it.
            Some(BorrowScope::Task(_)) | None => {}
        }
    }

    /// `Subtask.deliver_resolve`: what was lent is given back.
    pub fn end(&self, module: &mut Module, body: &mut Body) {
        if let Some(Frame::Stack(frame)) = self.frame {
            let exit = module.runtime(RuntimeFunction::CallExit);
            body.get(frame);
            body.call(exit);
        }
    }
}

/// What a call has to count.
struct Counted {
    /// `num_lends` of what the caller lends: its code may run before the call is over, or the call itself
    /// may give away what it lends.
    lends: bool,
    /// `num_borrows` of the callee's task: it gets borrow handles.
    borrows: bool,
}

fn counted(module: &mut Module, call: &Call) -> Result<Counted> {
    let mut counted = Counted { lends: false, borrows: false };
    if !module.facts.of_params(&call.ty).borrow {
        return Ok(counted);
    }
    let (mut borrowed, mut owned) = (BTreeSet::new(), BTreeSet::new());
    for (_, ty) in inside(module.types, call.ty.params.iter().map(|(_, param)| *param)) {
        module.look_for_handles()?;
        match ty {
            Type::Borrow(resource) => borrowed.insert(*resource),
            Type::Own(resource) => owned.insert(*resource),
            _ => false,
        };
    }
    if let Domain::Instance(callee) = call.callee.domain {
        for resource in &borrowed {
            // Whoever implements a resource gets the representation.
            counted.borrows |= module.resource(*resource)?.implementer != Some(callee);
        }
    }
    let seen = module.tables.scopes.frames() || !borrowed.is_disjoint(&owned);
    counted.lends = matches!(call.caller.domain, Domain::Instance(_)) && seen;
    Ok(counted)
}
