//! What a component instance has of all this (CanonicalABI.md, "Component Instance State"). In: the address of
//! its handle table's descriptor, which names it. Out: its lock, its backpressure, and the tasks that wait for
//! these. Not its job: `may_leave` and `may_enter`, which are in the generated code.

use crate::list::{self, List};
use crate::memory;
use crate::outside::trap;
use crate::schedule;
use crate::task::Task;
use core::ptr::null_mut;

/// The descriptors of `runtime/handles.wat`: where they begin, and how long each is.
const DESCRIPTORS: u32 = 0x80;
const DESCRIPTOR_SIZE: u32 = 32;

pub struct Instance {
    pub backpressure: u32,
    /// `num_waiting_to_enter`
    pub entering: u32,
    /// The task that holds the lock: `exclusive_thread`.
    pub exclusive: *mut Task,
    /// Tasks that wait to enter, in the order in which they came.
    enter: List,
    /// Tasks that could go on but for the lock.
    locked: List,
}

static mut INSTANCES: *mut *mut Instance = null_mut();
/// How many there is room for.
static mut ROOM: usize = 0;

/// The instance of a handle table.
pub fn instance(table: u32) -> *mut Instance {
    let number = (table.wrapping_sub(DESCRIPTORS) / DESCRIPTOR_SIZE) as usize;
    unsafe {
        if number >= ROOM {
            grow(number);
        }
        let slot = INSTANCES.wrapping_add(number);
        if (*slot).is_null() {
            *slot = memory::new(Instance {
                backpressure: 0,
                entering: 0,
                exclusive: null_mut(),
                enter: List::new(),
                locked: List::new(),
            });
        }
        *slot
    }
}

unsafe fn grow(number: usize) {
    unsafe {
        let room = number.wrapping_add(1).next_power_of_two().max(8);
        let size = |room: usize| room.wrapping_mul(size_of::<*mut Instance>());
        let instances = memory::take(size(room)).cast::<*mut Instance>();
        for n in 0..room {
            let old = if n < ROOM { *INSTANCES.wrapping_add(n) } else { null_mut() };
            *instances.wrapping_add(n) = old;
        }
        if ROOM > 0 {
            memory::give(INSTANCES.cast(), size(ROOM));
        }
        INSTANCES = instances;
        ROOM = room;
    }
}

impl Instance {
    /// `has_backpressure` of `enter_implicit_thread`. Every task here needs the lock: one that does not would be
    /// lifted with `async` and without a callback.
    pub fn has_backpressure(&self) -> bool {
        self.backpressure > 0 || !self.exclusive.is_null()
    }
}

/// A task has to wait before it starts.
pub unsafe fn wait_to_enter(instance: *mut Instance, task: *mut Task) {
    unsafe { list::append(&raw mut (*instance).enter, &raw mut (*task).queue) }
}

/// The first of them has tried, and has to go on waiting.
pub unsafe fn wait_to_enter_first(instance: *mut Instance, task: *mut Task) {
    unsafe { list::prepend(&raw mut (*instance).enter, &raw mut (*task).queue) }
}

/// A task has to wait for the lock before it goes on.
pub unsafe fn wait_for_lock(instance: *mut Instance, task: *mut Task) {
    unsafe { list::append(&raw mut (*instance).locked, &raw mut (*task).queue) }
}

/// The lock is free: those that wait for it can try, and the first that waits to enter.
pub unsafe fn unlock(instance: *mut Instance) {
    unsafe {
        (*instance).exclusive = null_mut();
        schedule::ready_all(&raw mut (*instance).locked);
        admit(instance);
    }
}

/// The first that waits to enter can try. To be called where what it waits for may have come.
pub unsafe fn admit(instance: *mut Instance) {
    unsafe {
        if (*instance).has_backpressure() {
            return;
        }
        if let Some(link) = (*instance).enter.first() {
            schedule::ready(Task::of_queue(link));
        }
    }
}

/// "canon backpressure.inc"
#[unsafe(export_name = "backpressure.inc")]
extern "C" fn backpressure_inc(table: u32) {
    unsafe {
        let instance = instance(table);
        (*instance).backpressure += 1;
        if (*instance).backpressure == 1 << 16 {
            trap::backpressure()
        }
    }
}

/// "canon backpressure.dec"
#[unsafe(export_name = "backpressure.dec")]
extern "C" fn backpressure_dec(table: u32) {
    unsafe {
        let instance = instance(table);
        if (*instance).backpressure == 0 {
            trap::backpressure()
        }
        (*instance).backpressure -= 1;
        admit(instance);
    }
}
