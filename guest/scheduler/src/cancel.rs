//! The cancellation of a call (CanonicalABI.md, "canon subtask.cancel", `request_cancellation`). In: subtasks.
//! Out: tasks that are told. Not its job: what they do then.

use crate::hosted;
use crate::list;
use crate::outside::{tables, trap};
use crate::schedule::{self, Waits};
use crate::task::{self, State, Task};
use crate::waitable::{self, BLOCKED, Event, SUBTASK};

/// "canon subtask.cancel"
#[unsafe(export_name = "subtask.cancel")]
extern "C" fn subtask_cancel(table: u32, asynchronous: u32, index: u32) -> u32 {
    unsafe {
        let task = tables::rep(table, SUBTASK & !3, index) as *mut Task;
        if (*task).delivered || (*task).cancellation_requested {
            trap::cancelled_before()
        }
        if (*task).waitable.in_set() && asynchronous == 0 {
            trap::in_set()
        }
        if !(*task).resolved() {
            (*task).cancellation_requested = true;
            match (*task).hosted {
                0 => {
                    // Where that waits on the stack, whoever cancels would go on.
                    (*task).cancelling = true;
                    schedule::lowering(1);
                    request(task);
                    schedule::lowering(u32::MAX);
                    (*task).cancelling = false;
                    // Others have run before the one that cancels has gone on, and have looked at it.
                    if (*task).delivered || (*task).waitable.in_set() && asynchronous == 0 {
                        trap::second_stack()
                    }
                }
                _ => hosted::request_cancellation(task, asynchronous != 0),
            }
            if !(*task).resolved() {
                if asynchronous != 0 {
                    return BLOCKED;
                }
                // Its start is an event, too, and may not have been looked at.
                (*task).waitable.waited_for = true;
                schedule::block(Waits::Resolved(task), false);
                (*task).waitable.waited_for = false;
            }
        }
        waitable::get_pending_event(&raw mut (*task).waitable).payload
    }
}

/// `Task.request_cancellation`
pub unsafe fn request(task: *mut Task) {
    unsafe {
        if (*task).state == State::Initial {
            return task::never_starts(task);
        }
        let instance = (*task).instance;
        let set = match (*task).waits {
            Waits::Turn => None,
            Waits::Set(set) => Some(set),
            _ => {
                let frame = (*task).frame;
                if !frame.is_null() && (*frame).cancellable {
                    trap::second_stack()
                }
                (*task).state = State::PendingCancel;
                return;
            }
        };
        if !(*instance).exclusive.is_null() {
            (*task).state = State::PendingCancel;
            return;
        }
        (*task).state = State::CancelDelivered;
        list::unlink(&raw mut (*task).queue);
        if let Some(set) = set {
            (*set).waiting -= 1;
            waitable::wake(set);
        }
        task::call_back(task, Event::CANCELLED);
    }
}
