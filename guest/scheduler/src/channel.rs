//! Streams and futures (CanonicalABI.md, "Stream State", "Future State"). In: reads, writes, cancels and drops at
//! either end. Out: copies by generated code, from buffer to buffer, and events. Not its job: checks of buffers,
//! and elements.

use crate::bridge::{self, Bridge};
use crate::memory;
use crate::outside::{code, tables, trap};
use crate::waitable::{self, BLOCKED, Waitable, code as event};
use core::ptr::null_mut;

/// `CopyResult`
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CopyResult {
    Completed = 0,
    Dropped = 1,
    Cancelled = 2,
}

/// `CopyState`
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum CopyState {
    Idle,
    Copying,
    Cancelling,
    Done,
    /// In an element that the host may read.
    Reserved,
}

/// `CopyEnd`, with the buffer of its copy.
#[repr(C)]
pub struct End {
    pub waitable: Waitable,
    pub shared: *mut Shared,
    state: CopyState,
    /// Of the copy that has an event.
    result: CopyResult,
    /// With the event the buffer is no longer the pending one: `reclaim_buffer`.
    reclaims: bool,
    pub writes: bool,
    /// The number of what copies from it, or to it.
    site: u32,
    /// The size of an element, in bytes.
    pub size: u32,
    pub address: u64,
    length: u32,
    pub progress: u32,
    /// How the host copies, and what the host's copy in progress has.
    pub bridge: Bridge,
}

/// `SharedStreamImpl`, `SharedFutureImpl`
pub struct Shared {
    pub future: bool,
    /// Values that pass between two ends in one instance: none, or numbers.
    pub local: bool,
    pub dropped: bool,
    /// How many ends are left.
    pub ends: u8,
    /// The end whose buffer waits for the other one.
    pub pending: *mut End,
    /// The host's index of the end that it keeps for the component, where the other one is the host's; else 0.
    pub host: u32,
    /// The number of its type among those that the host has, if it is.
    pub ty: u32,
}

impl End {
    fn new(shared: *mut Shared, future: bool, writes: bool) -> *mut End {
        let code = match (future, writes) {
            (false, false) => event::STREAM_READ,
            (false, true) => event::STREAM_WRITE,
            (true, false) => event::FUTURE_READ,
            (true, true) => event::FUTURE_WRITE,
        };
        memory::new(End {
            waitable: Waitable::new(code),
            shared,
            state: CopyState::Idle,
            result: CopyResult::Completed,
            reclaims: false,
            writes,
            site: 0,
            size: 0,
            address: 0,
            length: 0,
            progress: 0,
            bridge: Bridge::NONE,
        })
    }

    /// A new end, with an index in a table, where `meta` is the type of its handles: the index.
    unsafe fn enters_table(shared: *mut Shared, writes: bool, table: u32, meta: u32) -> u32 {
        unsafe {
            let end = End::new(shared, (*shared).future, writes);
            let index = tables::new(table, meta, end as u32);
            (*end).waitable.table = table;
            (*end).waitable.index = index;
            index
        }
    }

    /// `trap_if(e.state != CopyState.IDLE)`
    fn check_idle(&self) {
        match self.state {
            CopyState::Idle => {}
            CopyState::Done => unsafe { trap::done() },
            CopyState::Copying | CopyState::Cancelling | CopyState::Reserved => unsafe { trap::busy() },
        }
    }

    /// The checks of `lift_async_value`.
    pub unsafe fn check_lift(end: *mut End) {
        unsafe {
            (*end).check_idle();
            if (*end).waitable.in_set() {
                trap::in_set()
            }
        }
    }

    pub fn reserve(&mut self) {
        self.state = CopyState::Reserved;
    }

    /// It is reserved no longer.
    pub fn is_left(&mut self) {
        self.state = CopyState::Idle;
    }

    fn copying(&self) -> bool {
        matches!(self.state, CopyState::Copying | CopyState::Cancelling | CopyState::Reserved)
    }

    pub fn remain(&self) -> u32 {
        self.length - self.progress
    }

    /// The payload of its event, which is delivered: `stream_event`, `future_event`.
    pub unsafe fn deliver(end: *mut End) -> u32 {
        unsafe {
            let shared = (*end).shared;
            if (*end).reclaims {
                (*end).reclaims = false;
                (*shared).pending = null_mut();
            }
            let result = (*end).result;
            let done = match (*shared).future {
                true => result != CopyResult::Cancelled,
                false => result == CopyResult::Dropped,
            };
            (*end).state = if done { CopyState::Done } else { CopyState::Idle };
            match (*shared).future {
                true => result as u32,
                false => result as u32 | (*end).progress << 4,
            }
        }
    }

    /// `on_copy`
    unsafe fn copied(end: *mut End) {
        unsafe {
            (*end).result = CopyResult::Completed;
            (*end).reclaims = true;
            waitable::set_pending_event(&raw mut (*end).waitable);
        }
    }

    /// `on_copy_done`
    pub unsafe fn copy_done(end: *mut End, result: CopyResult) {
        unsafe {
            (*end).result = result;
            (*end).reclaims = false;
            waitable::set_pending_event(&raw mut (*end).waitable);
        }
    }
}

/// `reset_and_notify_pending`
unsafe fn notify_pending(shared: *mut Shared, result: CopyResult) {
    unsafe {
        let pending = (*shared).pending;
        (*shared).pending = null_mut();
        End::copy_done(pending, result);
    }
}

/// `SharedStreamImpl.read` and `.write`
unsafe fn copy_stream(end: *mut End) {
    unsafe {
        let Some(pending) = meets(end) else { return };
        let shared = (*end).shared;
        if (*pending).remain() > 0 {
            if (*end).remain() > 0 {
                copy(end, pending);
                End::copied(pending);
            }
            End::copy_done(end, CopyResult::Completed);
        } else if (*end).writes && (*end).length == 0 && (*pending).length == 0 {
            End::copy_done(end, CopyResult::Completed);
        } else {
            notify_pending(shared, CopyResult::Completed);
            (*shared).pending = end;
        }
    }
}

/// `SharedFutureImpl.read` and `.write`
unsafe fn copy_future(end: *mut End) {
    unsafe {
        let Some(pending) = meets(end) else { return };
        copy(end, pending);
        notify_pending((*end).shared, CopyResult::Completed);
        End::copy_done(end, CopyResult::Completed);
    }
}

/// How each of them begins: the end that waits for this one. None: the other is dropped, or this one waits now.
unsafe fn meets(end: *mut End) -> Option<*mut End> {
    unsafe {
        let shared = (*end).shared;
        let pending = (*shared).pending;
        if (*shared).dropped {
            End::copy_done(end, CopyResult::Dropped);
            return None;
        }
        if pending.is_null() {
            (*shared).pending = end;
            return None;
        }
        if (*end).waitable.table == (*pending).waitable.table && !(*shared).local {
            trap::same_instance()
        }
        Some(pending)
    }
}

/// Copies as many elements as both buffers have room for.
unsafe fn copy(a: *mut End, b: *mut End) {
    unsafe {
        let (from, to) = if (*a).writes { (a, b) } else { (b, a) };
        let count = (*from).remain().min((*to).remain());
        if (*from).size != 0 {
            code::copy((*from).site + (*to).site, (*from).address, (*to).address, count);
        }
        for end in [from, to] {
            (*end).progress += count;
            (*end).address += u64::from(count) * u64::from((*end).size);
        }
    }
}

/// "canon stream.new", "canon future.new": the index of the readable end, and above it that of the writable one.
/// `meta` is the type of handles of the readable end, behind which that of the writable end comes.
#[unsafe(export_name = "channel.new")]
extern "C" fn channel_new(table: u32, meta: u32, future: u32, local: u32) -> u64 {
    let shared = memory::new(Shared {
        future: future != 0,
        local: local != 0,
        dropped: false,
        ends: 2,
        pending: null_mut(),
        host: 0,
        ty: 0,
    });
    unsafe {
        let readable = End::enters_table(shared, false, table, meta);
        let writable = End::enters_table(shared, true, table, meta + 4);
        u64::from(readable) | u64::from(writable) << 32
    }
}

/// An end that is about to copy: the checks that come before those of the buffer.
#[unsafe(export_name = "channel.end")]
extern "C" fn channel_end(table: u32, meta: u32, asynchronous: u32, index: u32) -> *mut End {
    unsafe {
        let end = tables::rep(table, meta & !3, index) as *mut End;
        (*end).check_idle();
        if (*end).waitable.in_set() && asynchronous == 0 {
            trap::in_set()
        }
        end
    }
}

/// "canon stream.read" and so on, with a buffer that is as it has to be. `size` is that of an element, in bytes, 0
/// where there is none. From `host` on it is said how the host copies (`Bridge`).
#[unsafe(export_name = "channel.copy")]
extern "C" fn channel_copy(
    end: *mut End,
    asynchronous: u32,
    site: u32,
    size: u32,
    host: u32,
    carry: u32,
    carried: u32,
    address: u64,
    length: u32,
) -> u32 {
    unsafe {
        (*end).site = site;
        (*end).bridge.is_to(host, carry, carried);
        (*end).size = size;
        (*end).address = address;
        (*end).length = length;
        (*end).progress = 0;
        (*end).state = CopyState::Copying;
        let shared = (*end).shared;
        if (*shared).host != 0 {
            bridge::copy(end);
        } else if (*shared).future {
            copy_future(end);
        } else {
            copy_stream(end);
        }
        let waitable = &raw mut (*end).waitable;
        if !(*waitable).has_pending_event() {
            if asynchronous != 0 {
                return BLOCKED;
            }
            waitable::wait_for_pending_event(waitable);
        }
        waitable::get_pending_event(waitable).payload
    }
}

/// "canon stream.cancel-read" and so on. Between fused instances a copy is cancelled at once; the host may say
/// later that it is.
#[unsafe(export_name = "channel.cancel")]
extern "C" fn channel_cancel(table: u32, meta: u32, asynchronous: u32, index: u32) -> u32 {
    unsafe {
        let end = tables::rep(table, meta & !3, index) as *mut End;
        let waitable = &raw mut (*end).waitable;
        if (*end).state != CopyState::Copying || (*waitable).waited_for {
            trap::nothing_to_cancel()
        }
        if (*waitable).in_set() && asynchronous == 0 {
            trap::in_set()
        }
        (*end).state = CopyState::Cancelling;
        if !(*waitable).has_pending_event() {
            match (*end).bridge.in_progress {
                true => {
                    if bridge::cancel(end, asynchronous != 0) {
                        return BLOCKED;
                    }
                }
                false => notify_pending((*end).shared, CopyResult::Cancelled),
            }
        } else if !(*(*end).shared).future && (*end).result == CopyResult::Completed {
            // As the specification's tests have it (`cancel-stream.wast`); its text says COMPLETED.
            (*end).result = CopyResult::Cancelled;
        }
        waitable::get_pending_event(waitable).payload
    }
}

/// "canon stream.drop-readable" and so on.
#[unsafe(export_name = "channel.drop")]
extern "C" fn channel_drop(table: u32, meta: u32, index: u32) {
    unsafe {
        let end = tables::take(table, meta, index) as *mut End;
        let shared = (*end).shared;
        if (*shared).future && (*end).writes && (*end).state != CopyState::Done {
            match (*end).copying() {
                true => trap::busy(),
                false => trap::not_written(),
            }
        }
        if (*end).copying() {
            trap::busy()
        }
        if (*shared).host != 0 {
            bridge::drop(shared, (*end).writes);
        } else if !(*shared).dropped {
            (*shared).dropped = true;
            if !(*shared).pending.is_null() {
                notify_pending(shared, CopyResult::Dropped);
            }
        }
        waitable::leave_set(&raw mut (*end).waitable);
        memory::delete(end);
        (*shared).ends -= 1;
        if (*shared).ends == 0 {
            memory::delete(shared);
        }
    }
}

/// `lift_async_value`: the end leaves the table.
#[unsafe(export_name = "channel.lift")]
extern "C" fn channel_lift(table: u32, meta: u32, index: u32) -> *mut Shared {
    unsafe {
        let end = tables::take(table, meta, index) as *mut End;
        End::check_lift(end);
        let shared = (*end).shared;
        memory::delete(end);
        shared
    }
}

/// `lower_stream`, `lower_future`: a readable end in another table.
#[unsafe(export_name = "channel.lower")]
extern "C" fn channel_lower(table: u32, meta: u32, shared: *mut Shared) -> u32 {
    unsafe { End::enters_table(shared, false, table, meta) }
}
