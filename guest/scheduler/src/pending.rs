//! What is not over at the host, and of which it will tell: calls, and copies of streams and futures. In: the host's
//! index of each, and its events. Out: whose it is. Not its job: what an event means (`hosted`, `bridge`).
//!
//! Each is told to one call by the host, in whose set of the host's it is.

use crate::bridge;
use crate::hosted;
use crate::list::{self, Link};
use crate::memory;
use crate::outermost::{self, Outermost};
use crate::waitable::{Waitable, code as event};
use core::ptr::null_mut;

pub struct Pending {
    /// Its place among those of the call by the host, or of none.
    pub queue: Link,
    /// The call by the host to which it is told.
    pub outermost: *mut Outermost,
    /// The host's index.
    pub index: u32,
    /// The call by the host is not over before it is: so with a call, but not with a copy.
    pub counts: bool,
    /// The subtask, or the end.
    waitable: *mut Waitable,
}

/// By the host's index.
static mut ALL: *mut *mut Pending = null_mut();
/// How many there is room for.
static mut ROOM: usize = 0;
/// How many there are.
static mut COUNT: u32 = 0;

pub fn any() -> bool {
    unsafe { COUNT > 0 }
}

impl Pending {
    /// The one of a link.
    pub fn of_queue(link: *mut Link) -> *mut Pending {
        link.wrapping_byte_sub(core::mem::offset_of!(Pending, queue)).cast()
    }
}

unsafe fn slot(index: u32) -> *mut *mut Pending {
    let number = index as usize;
    unsafe {
        if number >= ROOM {
            let room = number.wrapping_add(1).next_power_of_two().max(16);
            let size = |room: usize| room.wrapping_mul(size_of::<*mut Pending>());
            let all = memory::take(size(room)).cast::<*mut Pending>();
            for n in 0..room {
                *all.wrapping_add(n) = if n < ROOM { *ALL.wrapping_add(n) } else { null_mut() };
            }
            if ROOM > 0 {
                memory::give(ALL.cast(), size(ROOM));
            }
            ALL = all;
            ROOM = room;
        }
        ALL.wrapping_add(number)
    }
}

/// A subtask of the host's, or an end, has to be waited for.
pub unsafe fn begins(index: u32, waitable: *mut Waitable, counts: bool) {
    unsafe {
        let outermost = outermost::of_caller();
        let pending = memory::new(Pending { queue: Link::new(), outermost, index, counts, waitable });
        *slot(index) = pending;
        COUNT += 1;
        outermost::waits_for(pending);
    }
}

/// It is over: whose it was.
pub unsafe fn ends(index: u32) -> *mut Waitable {
    unsafe {
        let pending = *slot(index);
        *slot(index) = null_mut();
        COUNT -= 1;
        list::unlink(&raw mut (*pending).queue);
        outermost::no_longer_waits_for(pending);
        let waitable = (*pending).waitable;
        memory::delete(pending);
        waitable
    }
}

/// An event of the host's.
pub unsafe fn happens(code: u32, index: u32, payload: u32) {
    unsafe {
        let pending = *slot(index);
        if pending.is_null() {
            return;
        }
        match code {
            event::SUBTASK => hosted::event((*pending).waitable.cast(), payload),
            _ => bridge::copied(ends(index).cast(), payload),
        }
    }
}

/// All that is pending will be told to the call by the host that runs.
pub unsafe fn take_over() {
    unsafe {
        for number in 0..ROOM {
            let pending = *ALL.wrapping_add(number);
            if !pending.is_null() {
                outermost::takes_over(pending);
            }
        }
    }
}
