//! Waitables, events and sets (CanonicalABI.md, "Waitable State"). In: what happens to subtasks and ends. Out:
//! events, in the order in which they come. Not its job: what an event is of (`task`, `channel`).

use crate::channel::End;
use crate::current::{Current, current};
use crate::list::{self, Link, List, unlink};
use crate::memory;
use crate::outermost;
use crate::outside::{tables, trap};
use crate::schedule::{self, Waits};
use crate::task::{self, Task};
use core::ptr::null_mut;

/// `EventCode`
pub mod code {
    pub const NONE: u32 = 0;
    pub const SUBTASK: u32 = 1;
    pub const STREAM_READ: u32 = 2;
    pub const STREAM_WRITE: u32 = 3;
    pub const FUTURE_READ: u32 = 4;
    pub const FUTURE_WRITE: u32 = 5;
    pub const TASK_CANCELLED: u32 = 6;
}

pub const BLOCKED: u32 = 0xffff_ffff;

/// `EventTuple`
#[derive(Clone, Copy)]
pub struct Event {
    pub code: u32,
    pub index: u32,
    pub payload: u32,
}

impl Event {
    pub const NONE: Event = Event { code: code::NONE, index: 0, payload: 0 };
    pub const CANCELLED: Event = Event { code: code::TASK_CANCELLED, index: 0, payload: 0 };

    /// In one word: the code in 4 bits, the index in 28, the payload in 32.
    fn packed(self) -> u64 {
        u64::from(self.code) << 60 | u64::from(self.index) << 32 | u64::from(self.payload)
    }
}

/// The types of handles that are no resources: as numbers of resource types, far above those (`handles.wat`:
/// below 2^30), and as the `meta` of an owner.
const SET: u32 = meta(0x3fff_ffff);
pub const SUBTASK: u32 = meta(0x3fff_fffe);
/// From here on up to `SUBTASK` those of ends: `adapter::spec` numbers them.
const ENDS: u32 = meta(0x2000_0000);

const fn meta(number: u32) -> u32 {
    number << 2 | 1
}

/// What a subtask and an end begin with.
#[repr(C)]
pub struct Waitable {
    /// In the set: among those that have an event, or those that have none.
    link: Link,
    set: *mut Set,
    /// The handle table that it is in, and its index there; 0 if it is in none.
    pub table: u32,
    pub index: u32,
    /// The code of its events.
    code: u32,
    pending: bool,
    /// `has_sync_waiter`
    pub waited_for: bool,
}

impl Waitable {
    pub const fn new(code: u32) -> Waitable {
        let link = Link::new();
        Waitable { link, set: null_mut(), table: 0, index: 0, code, pending: false, waited_for: false }
    }

    pub fn has_pending_event(&self) -> bool {
        self.pending
    }

    pub fn in_set(&self) -> bool {
        !self.set.is_null()
    }
}

/// `set_pending_event`
pub unsafe fn set_pending_event(waitable: *mut Waitable) {
    unsafe {
        schedule::progress();
        (*waitable).pending = true;
        let set = (*waitable).set;
        if !set.is_null() {
            list::append(&raw mut (*set).ready, &raw mut (*waitable).link);
            wake(set);
        }
    }
}

/// `get_pending_event`
pub unsafe fn get_pending_event(waitable: *mut Waitable) -> Event {
    unsafe {
        (*waitable).pending = false;
        let set = (*waitable).set;
        if !set.is_null() {
            list::append(&raw mut (*set).idle, &raw mut (*waitable).link);
        }
        let payload = match (*waitable).code {
            code::SUBTASK => task::deliver(waitable.cast()),
            _ => End::deliver(waitable.cast()),
        };
        Event { code: (*waitable).code, index: (*waitable).index, payload }
    }
}

/// Waits on the stack for the event of a waitable that is in no set: `wait_for_pending_event`.
pub unsafe fn wait_for_pending_event(waitable: *mut Waitable) {
    unsafe {
        (*waitable).waited_for = true;
        schedule::block(Waits::Event(waitable), false);
        (*waitable).waited_for = false;
    }
}

/// `Waitable.join`
unsafe fn join(waitable: *mut Waitable, set: *mut Set) {
    unsafe {
        unlink(&raw mut (*waitable).link);
        (*waitable).set = set;
        if !set.is_null() {
            let pending = (*waitable).pending;
            let list = if pending { &raw mut (*set).ready } else { &raw mut (*set).idle };
            list::append(list, &raw mut (*waitable).link);
            if pending {
                wake(set);
            }
        }
    }
}

/// `Waitable.drop`
pub unsafe fn leave_set(waitable: *mut Waitable) {
    unsafe { join(waitable, null_mut()) }
}

/// `WaitableSet`
pub struct Set {
    idle: List,
    ready: List,
    /// Tasks that wait for it by their callback, and have not been told of an event.
    waiters: List,
    /// `num_waiting`
    pub waiting: u32,
}

impl Set {
    pub fn has_pending_event(&self) -> bool {
        !self.ready.is_empty()
    }
}

/// The event that came first. There is one.
pub unsafe fn next_event(set: *mut Set) -> Event {
    unsafe {
        match (*set).ready.first() {
            // A waitable begins with its link.
            Some(link) => get_pending_event(link.cast()),
            None => Event::NONE,
        }
    }
}

/// A task waits for the set.
pub unsafe fn wait_for_set(set: *mut Set, task: *mut Task) {
    unsafe {
        list::append(&raw mut (*set).waiters, &raw mut (*task).queue);
        wake(set);
    }
}

/// One of those that wait for the set can try, if there is an event. To be called where either may have come.
pub unsafe fn wake(set: *mut Set) {
    unsafe {
        if (*set).has_pending_event()
            && let Some(link) = (*set).waiters.first()
        {
            schedule::ready(Task::of_queue(link));
        }
    }
}

/// The set of an index.
pub unsafe fn set_of(table: u32, index: u32) -> *mut Set {
    unsafe { tables::rep(table, SET & !3, index) as *mut Set }
}

/// "canon waitable-set.new"
#[unsafe(export_name = "waitable-set.new")]
extern "C" fn waitable_set_new(table: u32) -> u32 {
    let set = Set { idle: List::new(), ready: List::new(), waiters: List::new(), waiting: 0 };
    unsafe { tables::new(table, SET, memory::new(set) as u32) }
}

/// "canon waitable-set.wait"; the event as `packed`.
#[unsafe(export_name = "waitable-set.wait")]
extern "C" fn waitable_set_wait(table: u32, cancellable: u32, index: u32) -> u64 {
    unsafe {
        let set = set_of(table, index);
        (*set).waiting += 1;
        let cancelled = schedule::block(Waits::Set(set), cancellable != 0);
        let event = if cancelled { Event::CANCELLED } else { next_event(set) };
        (*set).waiting -= 1;
        event.packed()
    }
}

/// "canon waitable-set.poll"; the event as `packed`.
#[unsafe(export_name = "waitable-set.poll")]
extern "C" fn waitable_set_poll(table: u32, cancellable: u32, index: u32) -> u64 {
    unsafe {
        let set = set_of(table, index);
        outermost::look();
        let cancelled = match current() {
            Current::Task(task) => (*task).deliver_pending_cancel(cancellable != 0),
            _ => false,
        };
        let event = match cancelled {
            true => Event::CANCELLED,
            false if (*set).has_pending_event() => next_event(set),
            false => Event::NONE,
        };
        event.packed()
    }
}

/// "canon waitable-set.drop"
#[unsafe(export_name = "waitable-set.drop")]
extern "C" fn waitable_set_drop(table: u32, index: u32) {
    unsafe {
        let set = tables::take(table, SET, index) as *mut Set;
        if !(*set).idle.is_empty() || !(*set).ready.is_empty() || (*set).waiting > 0 {
            trap::set_in_use()
        }
        memory::delete(set);
    }
}

/// "canon waitable.join"
#[unsafe(export_name = "waitable.join")]
extern "C" fn waitable_join(table: u32, index: u32, set: u32) {
    unsafe {
        let entry = tables::entry(table, index);
        if !(ENDS..=SUBTASK).contains(&((entry >> 32) as u32)) {
            trap::other_type()
        }
        let waitable = entry as u32 as *mut Waitable;
        if (*waitable).waited_for {
            trap::waited_for()
        }
        let set = if set == 0 { null_mut() } else { set_of(table, set) };
        join(waitable, set);
    }
}
