//! Which task runs. In: changes of it. Out: what kind it is. Not its job: what it does.
//!
//! It is one word: 0 where no task of this component runs, as in a start function; the address of a task; or, for
//! a task of a function that is not async, the handle table of its instance, plus 1. Such tasks have nothing
//! else here: they end before their caller goes on.

use crate::task::Task;

pub enum Current {
    None,
    Sync { table: u32 },
    Task(*mut Task),
}

static mut CURRENT: u32 = 0;

pub fn current() -> Current {
    match unsafe { CURRENT } {
        0 => Current::None,
        word if word & 1 == 1 => Current::Sync { table: word - 1 },
        word => Current::Task(word as *mut Task),
    }
}

/// Another task runs: what to give to `restore` when it does no more.
#[must_use]
pub fn replace(task: *mut Task) -> u32 {
    set(task as u32)
}

pub fn restore(before: u32) {
    set(before);
}

/// What it was before.
fn set(word: u32) -> u32 {
    unsafe {
        let before = CURRENT;
        CURRENT = word;
        before
    }
}

/// A task of a function that is not async begins: what to give to `leave-sync` when it ends.
#[unsafe(export_name = "enter-sync")]
extern "C" fn enter_sync(table: u32) -> u32 {
    set(table + 1)
}

#[unsafe(export_name = "leave-sync")]
extern "C" fn leave_sync(before: u32) {
    restore(before);
}
