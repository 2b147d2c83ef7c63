//! Calls of async functions: the subtask of whoever lowered one, and the task of whoever lifted it
//! (CanonicalABI.md, "Task State", "Subtask State"). In: a call, with its core arguments noted in its frame. Out:
//! the call's states. Not its job: its result (`task::end`), and when it goes on (`schedule`).

use crate::current::{self, Current, current};
use crate::instance::{self, Instance, instance};
use crate::list::Link;
use crate::memory::{self, Array};
use crate::outermost::{self, Outermost};
use crate::outside::{code, tables, trap};
use crate::schedule::{self, Frame, Waits};
use crate::waitable::{self, Event, SUBTASK, Waitable};
use core::ptr::null_mut;

mod end;
pub use end::never_starts;

/// Where the frame begins in which generated code notes arguments and results, in bytes from the task's start;
/// before that, two words for `Thread.storage`: as in `adapter/tasks.rs`.
const FRAME: usize = 128;
const _: () = assert!(size_of::<Task>() <= FRAME - 16);

/// The number of no callback.
const NO_CALLBACK: u32 = u32::MAX;

/// `Task.State`
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    Initial,
    Started,
    PendingCancel,
    CancelDelivered,
    Resolved,
}

/// `Subtask.State`
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Subtask {
    Starting = 0,
    Started = 1,
    Returned = 2,
    CancelledBeforeStarted = 3,
    CancelledBeforeReturned = 4,
}

impl Subtask {
    /// As the host says it.
    pub fn of(state: u32) -> Subtask {
        match state {
            0 => Subtask::Starting,
            1 => Subtask::Started,
            2 => Subtask::Returned,
            3 => Subtask::CancelledBeforeStarted,
            _ => Subtask::CancelledBeforeReturned,
        }
    }
}

#[repr(C)]
pub struct Task {
    /// As the subtask of its caller.
    pub waitable: Waitable,
    /// Its place among those that are ready, or that wait for something.
    pub queue: Link,
    /// What it waits for while it is not on the stack.
    pub waits: Waits,
    /// Its frame on the stack, while code of it waits there.
    pub frame: *mut Frame,
    pub instance: *mut Instance,
    /// The call by the host that it is part of.
    pub outermost: *mut Outermost,
    /// Who has lent it handles, until it is resolved.
    lenders: Array<Lender>,
    /// Where its borrow handles are counted (`handles.wat`), or 0.
    scope: u32,
    /// The handle table of the callee.
    pub callee: u32,
    /// The generated functions that start it and call it back.
    start: u32,
    callback: u32,
    /// What "canon task.return" has to fit: the number of its result type and encoding, and of its memory.
    class: u32,
    memory: u32,
    /// The bytes of its frame.
    size: u32,
    /// The host's index of the subtask, for a call of the host; else 0.
    pub hosted: u32,
    /// The round in which it has given up its turn.
    pub round: u32,
    pub state: State,
    subtask: Subtask,
    pub cancellation_requested: bool,
    /// That is just being requested, and it stays here until that is done.
    pub cancelling: bool,
    /// `resolve_delivered`: the caller knows how it has ended.
    pub delivered: bool,
    /// The host has called it.
    pub by_host: bool,
    /// Its code is over.
    exited: bool,
    /// Its caller knows it no longer.
    released: bool,
}

/// A handle that is lent.
#[derive(Clone, Copy)]
struct Lender {
    table: u32,
    handle: u32,
}

impl Task {
    /// The task of a link of a queue.
    pub fn of_queue(link: *mut Link) -> *mut Task {
        link.wrapping_byte_sub(core::mem::offset_of!(Task, queue)).cast()
    }

    pub fn resolved(&self) -> bool {
        !matches!(self.subtask, Subtask::Starting | Subtask::Started)
    }

    /// `deliver_pending_cancel`
    pub fn deliver_pending_cancel(&mut self, cancellable: bool) -> bool {
        let deliver = cancellable && self.state == State::PendingCancel;
        if deliver {
            self.state = State::CancelDelivered;
        }
        deliver
    }

    /// The host says how far its subtask is.
    pub fn starts(&mut self, state: Subtask) {
        self.subtask = state;
    }

    /// Nobody asks how it has ended.
    pub fn released(&mut self) {
        self.released = true;
    }

    /// A call of the host's: the number of what carries its result over, and the blocks that its values lie in.
    pub fn calls_host(&mut self, resolve: u32, chain: u32) {
        self.start = resolve;
        self.callback = chain;
    }

    pub fn of_host(&self) -> (u32, u32) {
        (self.start, self.callback)
    }

    /// Lifted with a callback.
    pub fn has_callback(&self) -> bool {
        self.callback != NO_CALLBACK
    }
}

/// A call, with a frame of `size` bytes. `begin` has to follow.
#[unsafe(export_name = "new-task")]
extern "C" fn new_task(size: u32) -> *mut Task {
    let task = memory::take(FRAME.wrapping_add(size as usize)).cast::<Task>();
    let new = Task {
        waitable: Waitable::new(waitable::code::SUBTASK),
        queue: Link::new(),
        waits: Waits::Nothing,
        frame: null_mut(),
        instance: null_mut(),
        outermost: null_mut(),
        lenders: Array::new(),
        scope: 0,
        callee: 0,
        start: 0,
        callback: NO_CALLBACK,
        class: 0,
        memory: 0,
        size,
        hosted: 0,
        round: 0,
        state: State::Initial,
        subtask: Subtask::Starting,
        cancellation_requested: false,
        cancelling: false,
        delivered: false,
        by_host: false,
        exited: false,
        released: false,
    };
    unsafe { task.write(new) };
    task
}

/// The callee and the numbers of its generated functions; then the callee's `enter_implicit_thread`.
pub unsafe fn begin(task: *mut Task, callee: u32, start: u32, callback: u32, class: u32, memory: u32) {
    unsafe {
        let instance = instance(callee);
        (*task).instance = instance;
        (*task).callee = callee;
        (*task).start = start;
        (*task).callback = callback;
        (*task).class = class;
        (*task).memory = memory;
        (*task).outermost = outermost::of_caller();
        outermost::begins(task);
        if (*instance).has_backpressure() || (*instance).entering > 0 {
            (*instance).entering += 1;
            (*task).waits = Waits::ToEnter;
            instance::wait_to_enter(instance, task);
        } else {
            run(task);
        }
    }
}

/// "canon lower" with `async`: the core result.
#[unsafe(export_name = "call-async")]
extern "C" fn call_async(
    task: *mut Task,
    caller: u32,
    callee: u32,
    start: u32,
    callback: u32,
    class: u32,
    memory: u32,
) -> u32 {
    unsafe {
        schedule::lowering(1);
        begin(task, callee, start, callback, class, memory);
        schedule::lowering(u32::MAX);
        if (*task).resolved() {
            deliver(task);
            release(task);
            return Subtask::Returned as u32;
        }
        enters_table(task, caller)
    }
}

/// The subtask gets an index in its caller's table: the core result of the lower.
pub unsafe fn enters_table(task: *mut Task, caller: u32) -> u32 {
    unsafe {
        let index = tables::new(caller, SUBTASK, task as u32);
        (*task).waitable.table = caller;
        (*task).waitable.index = index;
        (*task).subtask as u32 | index << 4
    }
}

/// "canon lower" without `async`, up to where the result is there. `release` has to follow.
#[unsafe(export_name = "call-sync")]
extern "C" fn call_sync(task: *mut Task, callee: u32, start: u32, callback: u32, class: u32, memory: u32) {
    unsafe {
        // A start function is no task; engines let it call nothing that might wait.
        if let Current::None = current() {
            trap::cannot_block()
        }
        let resolved = Waits::Resolved(task);
        schedule::above(resolved, || begin(task, callee, start, callback, class, memory));
        if !(*task).resolved() {
            schedule::block(resolved, false);
        }
        deliver(task);
    }
}

/// The caller has no use for the call any more.
#[unsafe(export_name = "release")]
pub unsafe extern "C" fn release(task: *mut Task) {
    unsafe {
        (*task).released = true;
        free_if_over(task);
    }
}

unsafe fn free_if_over(task: *mut Task) {
    unsafe {
        if (*task).released && (*task).exited && !(*task).cancelling {
            (*task).lenders.free();
            memory::give(task.cast(), FRAME.wrapping_add((*task).size as usize));
        }
    }
}

/// The task starts: its parameters are read now, and its code runs until it waits.
pub unsafe fn run(task: *mut Task) {
    unsafe {
        (*(*task).instance).exclusive = task;
        (*task).waits = Waits::Nothing;
        (*task).state = State::Started;
        (*task).subtask = Subtask::Started;
        changed(task);
        let before = current::replace(task);
        let packed = code::start((*task).start, task);
        current::restore(before);
        go_on(task, packed);
    }
}

/// The task gets an event, and its code runs until it waits.
pub unsafe fn call_back(task: *mut Task, event: Event) {
    unsafe {
        (*(*task).instance).exclusive = task;
        let packed = called_back(task, event);
        go_on(task, packed);
    }
}

unsafe fn called_back(task: *mut Task, event: Event) -> u32 {
    unsafe {
        (*task).waits = Waits::Nothing;
        let before = current::replace(task);
        let Event { code, index, payload } = event;
        let packed = code::callback((*task).callback, task, code, index, payload);
        current::restore(before);
        packed
    }
}

/// `CallbackCode`
const EXIT: u32 = 0;
const YIELD: u32 = 1;
const WAIT: u32 = 2;

/// What a task's core function has returned.
unsafe fn go_on(task: *mut Task, mut packed: u32) {
    unsafe {
        let instance = (*task).instance;
        loop {
            let set = match packed & 0xf {
                EXIT => return exit(task),
                YIELD => null_mut(),
                WAIT => waitable::set_of((*task).callee, packed >> 4),
                _ => trap::callback_code(),
            };
            if (*task).deliver_pending_cancel(true) {
                packed = called_back(task, Event::CANCELLED);
                continue;
            }
            if set.is_null() {
                (*task).waits = Waits::Turn;
                (*task).round = schedule::round();
                instance::unlock(instance);
                schedule::ready(task);
            } else {
                (*task).waits = Waits::Set(set);
                (*set).waiting += 1;
                instance::unlock(instance);
                waitable::wait_for_set(set, task);
            }
            return;
        }
    }
}

/// `exit_implicit_thread`
unsafe fn exit(task: *mut Task) {
    unsafe {
        if (*task).state != State::Resolved {
            trap::no_result()
        }
        instance::unlock((*task).instance);
        ended(task);
    }
}

/// Its code is over.
unsafe fn ended(task: *mut Task) {
    unsafe {
        schedule::progress();
        outermost::ends(task);
        exits(task);
    }
}

/// Nothing will happen to it any more.
pub unsafe fn exits(task: *mut Task) {
    unsafe {
        (*task).exited = true;
        free_if_over(task);
    }
}

/// The subtask has another state: an event, if the caller has an index for it. (`on_progress`)
pub unsafe fn changed(task: *mut Task) {
    unsafe {
        schedule::progress();
        if (*task).waitable.index != 0 {
            waitable::set_pending_event(&raw mut (*task).waitable);
        }
    }
}

/// The payload of a subtask's event, which is delivered: `subtask_event`, `deliver_resolve`.
pub unsafe fn deliver(task: *mut Task) -> u32 {
    unsafe {
        if (*task).resolved() {
            (*task).lenders.drain(|Lender { table, handle }| tables::give_back(table, handle));
            (*task).delivered = true;
        }
        (*task).subtask as u32
    }
}

/// `lift_borrow` for a call that may not be over when its caller goes on: the representation.
#[unsafe(export_name = "lend")]
extern "C" fn lend(task: *mut Task, table: u32, meta: u32, handle: u32) -> u32 {
    unsafe {
        let rep = tables::lend(table, meta, handle);
        (*task).lenders.push(Lender { table, handle });
        rep
    }
}

/// Where the callee's borrow handles are counted, for `borrow` of the handle tables.
#[unsafe(export_name = "scope")]
extern "C" fn scope(task: *mut Task) -> u32 {
    unsafe {
        if (*task).scope == 0 {
            (*task).scope = tables::new_scope();
        }
        (*task).scope
    }
}

/// "canon subtask.drop"
#[unsafe(export_name = "subtask.drop")]
extern "C" fn subtask_drop(table: u32, index: u32) {
    unsafe {
        let task = tables::take(table, SUBTASK, index) as *mut Task;
        if !(*task).delivered {
            trap::not_resolved()
        }
        waitable::leave_set(&raw mut (*task).waitable);
        (*task).waitable.index = 0;
        release(task);
    }
}
