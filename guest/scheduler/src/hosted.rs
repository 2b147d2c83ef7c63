//! Calls of functions of the host by lowers with `async` (CanonicalABI.md, "canon lower"). In: what the host's function
//! has returned, and the host's events. Out: subtasks in the tables of instances. Not its job: values, which pass by
//! address.

use crate::list;
use crate::memory;
use crate::outermost;
use crate::outside::host;
use crate::task::{self, Subtask, Task};
use crate::waitable::BLOCKED;
use core::ptr::null_mut;

/// By the index that the host has for the subtask.
static mut CALLS: *mut *mut Task = null_mut();
/// How many there is room for.
static mut ROOM: usize = 0;
/// How many are not resolved.
static mut PENDING: u32 = 0;

pub fn anything_pending() -> bool {
    unsafe { PENDING > 0 }
}

unsafe fn slot(subtask: u32) -> *mut *mut Task {
    let number = subtask as usize;
    unsafe {
        if number >= ROOM {
            let room = number.wrapping_add(1).next_power_of_two().max(16);
            let size = |room: usize| room.wrapping_mul(size_of::<*mut Task>());
            let calls = memory::take(size(room)).cast::<*mut Task>();
            for n in 0..room {
                *calls.wrapping_add(n) = if n < ROOM { *CALLS.wrapping_add(n) } else { null_mut() };
            }
            if ROOM > 0 {
                memory::give(CALLS.cast(), size(ROOM));
            }
            CALLS = calls;
            ROOM = room;
        }
        CALLS.wrapping_add(number)
    }
}

/// The host's function has returned this: what the caller's gets. `table` is the caller's.
#[unsafe(export_name = "host-called")]
extern "C" fn host_called(task: *mut Task, table: u32, status: u32) -> u32 {
    unsafe {
        let state = Subtask::of(status & 0xf);
        (*task).starts(state);
        if (*task).resolved() {
            task::deliver(task);
            task::exits(task);
            task::release(task);
            return state as u32;
        }
        let subtask = status >> 4;
        *slot(subtask) = task;
        PENDING += 1;
        (*task).hosted = subtask;
        (*task).outermost = outermost::of_caller();
        outermost::waits_for(task);
        task::enters_table(task, table)
    }
}

/// An event of the host's: a subtask of ours has another state.
pub unsafe fn event(subtask: u32, state: u32) {
    unsafe {
        let task = *slot(subtask);
        if let Some(known) = task.as_mut() {
            known.starts(Subtask::of(state));
            if known.resolved() {
                PENDING -= 1;
                *slot(subtask) = null_mut();
                host::subtask_drop(subtask);
                list::unlink(&raw mut (*task).queue);
                outermost::ends(task);
            }
            task::changed(task);
            if known.resolved() {
                task::exits(task);
            }
        }
    }
}

/// All that is pending will be told to the call of the host's that runs.
pub unsafe fn take_over() {
    unsafe {
        for number in 0..ROOM {
            let task = *CALLS.wrapping_add(number);
            if !task.is_null() {
                outermost::takes_over(task);
            }
        }
    }
}

/// `on_cancel` of the host's function. Without `async` it waits in the host: the other one is no part of what every
/// host has.
pub unsafe fn request_cancellation(task: *mut Task, asynchronous: bool) {
    unsafe {
        let subtask = (*task).hosted;
        let state = if asynchronous {
            host::subtask_cancel_async(subtask)
        } else {
            host::join(subtask, 0);
            host::subtask_cancel(subtask)
        };
        match state {
            // Its event comes as any other.
            BLOCKED => {}
            state => event(subtask, state),
        }
    }
}
