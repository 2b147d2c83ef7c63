//! How a call is resolved: "canon task.return", "canon task.cancel". In: a task, with its core result noted in its frame.
//! Out: its result carried over by generated code, and its caller told. Not its job: when its code is over (`task`).

use super::{State, Subtask, Task, changed, ended};
use crate::current::{Current, current};
use crate::instance;
use crate::list;
use crate::outside::{code, host, tables, trap};

/// `trap_if(self.num_borrows > 0)`
unsafe fn check_borrows(task: *mut Task) {
    unsafe {
        if (*task).scope != 0 {
            tables::task_return((*task).scope);
            tables::drop_scope((*task).scope);
            (*task).scope = 0;
        }
    }
}

/// "canon task.return", up to where the result is carried over: the task, in whose frame it is to be noted.
/// `returned` has to follow.
#[unsafe(export_name = "task.return")]
extern "C" fn task_return(class: u32, memory: u32) -> *mut Task {
    unsafe {
        let Current::Task(task) = current() else { trap::other_return() };
        // Without a memory it is for each.
        let fits = (*task).class == class && (memory == 0 || memory == (*task).memory);
        if !(*task).has_callback() || !fits {
            trap::other_return()
        }
        returning(task);
        task
    }
}

/// The checks of `Task.return_`.
#[unsafe(export_name = "returning")]
unsafe extern "C" fn returning(task: *mut Task) {
    unsafe {
        if (*task).state == State::Resolved {
            trap::returns_twice()
        }
        check_borrows(task);
    }
}

/// The result is noted in the frame: it is carried over.
#[unsafe(export_name = "return-noted")]
extern "C" fn return_noted(task: *mut Task) {
    unsafe {
        code::resolve((*task).start, task);
        returned(task);
    }
}

/// The result has been carried over: the rest of `Task.return_`.
#[unsafe(export_name = "returned")]
unsafe extern "C" fn returned(task: *mut Task) {
    unsafe {
        (*task).subtask = Subtask::Returned;
        (*task).state = State::Resolved;
        changed(task);
    }
}

/// "canon task.cancel"
#[unsafe(export_name = "task.cancel")]
extern "C" fn task_cancel() {
    unsafe {
        let Current::Task(task) = current() else { trap::other_return() };
        if !(*task).has_callback() {
            trap::other_return()
        }
        cancelled(task);
    }
}

/// `Task.cancel`
unsafe fn cancelled(task: *mut Task) {
    unsafe {
        if (*task).state != State::CancelDelivered {
            trap::not_cancelled()
        }
        check_borrows(task);
        (*task).subtask = match (*task).subtask {
            Subtask::Starting => Subtask::CancelledBeforeStarted,
            _ => Subtask::CancelledBeforeReturned,
        };
        (*task).state = State::Resolved;
        if (*task).by_host {
            host::task_cancel();
        }
        changed(task);
    }
}

/// The task is cancelled before it has started.
pub unsafe fn never_starts(task: *mut Task) {
    unsafe {
        let instance = (*task).instance;
        list::unlink(&raw mut (*task).queue);
        (*instance).entering -= 1;
        (*task).state = State::CancelDelivered;
        cancelled(task);
        ended(task);
        instance::admit(instance);
    }
}
