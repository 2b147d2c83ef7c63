//! Calls of functions of the host by lowers with `async` (CanonicalABI.md, "canon lower"). In: what the host's function
//! has returned, and the host's events. Out: subtasks in the tables of instances. Not its job: values, which generated
//! code carries over.

use crate::outside::{blocks, code, host};
use crate::pending;
use crate::task::{self, Subtask, Task};
use crate::waitable::BLOCKED;

/// The number of no function that carries a result over.
const BY_ADDRESS: u32 = u32::MAX;

/// The host's function has returned `status`: what the caller's gets. `table` is the caller's, `resolve` the number of
/// the function that carries the result over, `chain` what the values lie in until the host has read them and the
/// result has been carried over.
#[unsafe(export_name = "host-called")]
extern "C" fn host_called(task: *mut Task, table: u32, resolve: u32, chain: u32, status: u32) -> u32 {
    unsafe {
        (*task).calls_host(resolve, chain);
        let state = Subtask::of(status & 0xf);
        changes(task, state);
        if (*task).resolved() {
            task::deliver(task);
            task::exits(task);
            task::release(task);
            return state as u32;
        }
        let subtask = status >> 4;
        (*task).hosted = subtask;
        pending::begins(subtask, task.cast(), true);
        task::enters_table(task, table)
    }
}

/// An event of the host's: a subtask of ours has another state.
pub unsafe fn event(task: *mut Task, state: u32) {
    unsafe {
        changes(task, Subtask::of(state));
        if (*task).resolved() {
            let subtask = (*task).hosted;
            pending::ends(subtask);
            host::subtask_drop(subtask);
        }
        task::changed(task);
        if (*task).resolved() {
            task::exits(task);
        }
    }
}

unsafe fn changes(task: *mut Task, state: Subtask) {
    unsafe {
        (*task).starts(state);
        if (*task).resolved() {
            let (resolve, chain) = (*task).of_host();
            if state == Subtask::Returned && resolve != BY_ADDRESS {
                code::resolve(resolve, task);
            }
            blocks::free_chain(chain);
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
            state => event(task, state),
        }
    }
}
