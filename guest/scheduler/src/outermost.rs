//! Calls by the host (CanonicalABI.md, "canon lift"). In: tasks that the host starts, and its calls back. Out: what to
//! return to it. Not its job: values, which the host has lowered and will lift itself.
//!
//! The component around the module lifts each export with a callback. One such call runs whatever is ready, but for
//! the tasks that others of them have started, since `task.return` is of the host's current task. Whoever makes such a
//! task ready rings: each has a stream without elements, of which it reads while it waits, and others write.

use crate::cancel;
use crate::current::{Current, current};
use crate::list::{self, Link, List};
use crate::memory;
use crate::outside::{blocks, host, trap};
use crate::pending::{self, Pending};
use crate::schedule;
use crate::task::{self, State, Task};
use crate::waitable::code as event;
use core::ptr::null_mut;

pub struct Outermost {
    /// The task that the host has started; null when it is over.
    task: *mut Task,
    /// How many tasks are part of it and not over.
    tasks: u32,
    /// The index of the host's waitable set that it waits for; 0 as long as there is none.
    set: u32,
    /// The ends of its stream, and whether it reads, or has been rung for and does not know yet.
    reader: u32,
    writer: u32,
    reads: bool,
    rung: bool,
    /// What of the host's is told to it.
    pending: List,
    /// Its place among those that are not over, or among those that are.
    queue: Link,
}

/// Those that are not over.
static mut LIVE: List = List::new();
/// Those that are over: what they have of the host's is used again.
static mut OVER: List = List::new();
/// What of the host's a call by the host has left behind that is over, or is not async: the next one looks after it.
static mut LEFT: List = List::new();
/// The host's set for these, once there is one.
static mut LEFT_SET: u32 = 0;
/// The one whose code the host runs.
static mut RUNNING: *mut Outermost = null_mut();

/// After how many turns in a row the host gets one, so that nothing inside can keep it from what it has to tell.
const TURNS: u32 = 1 << 10;

/// How often in a row the host has had a turn that brought nothing.
static mut IDLE: u32 = 0;
/// Two to the power of that is how many rounds there are before its next one, where nothing of it is pending and no
/// other call of it is there; up to this power.
const IDLE_MOST: u32 = 4;
/// After so many turns it gets one at the end of a round in any case.
const IDLE_TURNS: u32 = 64;

/// `CallbackCode`
const EXIT: u32 = 0;
const YIELD: u32 = 1;
const WAIT: u32 = 2;

/// The one that a call belongs to which the current task makes.
pub fn of_caller() -> *mut Outermost {
    match current() {
        Current::Task(task) => unsafe { (*task).outermost },
        _ => unsafe { RUNNING },
    }
}

pub unsafe fn begins(task: *mut Task) {
    unsafe {
        if let Some(outermost) = (*task).outermost.as_mut() {
            outermost.tasks += 1;
        }
    }
}

pub unsafe fn ends(task: *mut Task) {
    unsafe {
        if let Some(outermost) = (*task).outermost.as_mut() {
            if core::ptr::eq(outermost.task, task) {
                outermost.task = null_mut();
            }
            is_less(outermost);
        }
    }
}

/// One of its tasks is over, or is part of another: where it was the last, it has to be told.
unsafe fn is_less(outermost: *mut Outermost) {
    unsafe {
        (*outermost).tasks -= 1;
        if (*outermost).tasks == 0 && !core::ptr::eq(outermost, RUNNING) {
            ring(outermost);
        }
    }
}

/// Whether the task may run now.
pub unsafe fn may_run(task: *mut Task) -> bool {
    unsafe { !(*task).by_host || core::ptr::eq((*task).outermost, RUNNING) }
}

/// A task is ready: if nobody is there who may run it, somebody who may is told.
pub unsafe fn is_ready(task: *mut Task) {
    unsafe {
        if may_run(task) && !RUNNING.is_null() {
            return;
        }
        let mut outermost = (*task).outermost;
        if outermost.is_null() {
            // What a call that is not async has left behind, any of them may run.
            let Some(link) = list::first(&raw const LIVE) else { return };
            outermost = of_queue(link);
        }
        ring(outermost);
    }
}

/// Has the host call back, unless it will anyway.
unsafe fn ring(outermost: *mut Outermost) {
    unsafe {
        if (*outermost).reads && !(*outermost).rung {
            (*outermost).rung = true;
            host::stream_write((*outermost).writer, 0, 1);
        }
    }
}

fn of_queue(link: *mut Link) -> *mut Outermost {
    link.wrapping_byte_sub(core::mem::offset_of!(Outermost, queue)).cast()
}

/// Something of the host's is not over: the one that it is part of will be told.
pub unsafe fn waits_for(pending: *mut Pending) {
    unsafe {
        match (*pending).outermost.as_mut() {
            Some(outermost) => {
                outermost.tasks += u32::from((*pending).counts);
                let set = outermost.set();
                host::join((*pending).index, set);
                list::append(&raw mut outermost.pending, &raw mut (*pending).queue);
            }
            None => {
                if LEFT_SET == 0 {
                    LEFT_SET = host::set_new();
                }
                host::join((*pending).index, LEFT_SET);
                list::append(&raw mut LEFT, &raw mut (*pending).queue);
                // Whoever runs looks after it, or else one that is told.
                if RUNNING.is_null()
                    && let Some(link) = list::first(&raw const LIVE)
                {
                    ring(of_queue(link));
                }
            }
        }
    }
}

pub unsafe fn no_longer_waits_for(pending: *mut Pending) {
    unsafe {
        let outermost = (*pending).outermost;
        if !outermost.is_null() {
            loses(outermost);
            if (*pending).counts {
                is_less(outermost);
            }
        }
    }
}

/// An event may have been taken out of its set, while the host is about to call it back for that: wasmtime 48 does not
/// do so without an event, and fails. So it gets one.
unsafe fn loses(outermost: *mut Outermost) {
    unsafe {
        if !core::ptr::eq(outermost, RUNNING) {
            ring(outermost);
        }
    }
}

/// It will be told to the one that runs, and not to the one that it was part of.
pub unsafe fn takes_over(pending: *mut Pending) {
    unsafe {
        let before = (*pending).outermost;
        if !before.is_null() && !core::ptr::eq(before, RUNNING) {
            (*pending).outermost = RUNNING;
            waits_for(pending);
            loses(before);
            if (*pending).counts {
                is_less(before);
            }
        }
    }
}

/// Looks after what has been left behind.
unsafe fn adopt(outermost: *mut Outermost) {
    unsafe {
        while let Some(link) = list::first(&raw const LEFT) {
            list::unlink(link);
            let pending = Pending::of_queue(link);
            (*pending).outermost = outermost;
            waits_for(pending);
        }
    }
}

/// It is over, and what it would be told of is for others.
unsafe fn leave_behind(outermost: *mut Outermost) {
    unsafe {
        while let Some(link) = (*outermost).pending.first() {
            let pending = Pending::of_queue(link);
            (*pending).outermost = null_mut();
            waits_for(pending);
        }
    }
}

impl Outermost {
    fn set(&mut self) -> u32 {
        if self.set == 0 {
            self.set = unsafe { host::set_new() };
        }
        self.set
    }

    /// Begins to read of its stream, so that others can ring.
    unsafe fn listen(&mut self) {
        unsafe {
            if self.reader == 0 {
                let ends = host::stream_new();
                self.reader = ends as u32;
                self.writer = (ends >> 32) as u32;
                let set = self.set();
                host::join(self.reader, set);
            }
            if !self.reads {
                self.reads = true;
                host::stream_read(self.reader, 0, 1);
            }
        }
    }
}

/// One for a task that the host starts.
unsafe fn begun(task: *mut Task) -> *mut Outermost {
    unsafe {
        let outermost = match list::first(&raw const OVER) {
            Some(link) => of_queue(link),
            None => memory::new(Outermost {
                task: null_mut(),
                tasks: 0,
                set: 0,
                reader: 0,
                writer: 0,
                reads: false,
                rung: false,
                pending: List::new(),
                queue: Link::new(),
            }),
        };
        IDLE = 0;
        (*outermost).task = task;
        list::append(&raw mut LIVE, &raw mut (*outermost).queue);
        outermost
    }
}

/// The host calls: what its function returns. The task's frame has the arguments.
#[unsafe(export_name = "call-by-host")]
extern "C" fn call_by_host(
    task: *mut Task,
    callee: u32,
    start: u32,
    callback: u32,
    class: u32,
    memory: u32,
) -> u32 {
    unsafe {
        let outermost = begun(task);
        RUNNING = outermost;
        host::context_set(outermost as u32);
        (*task).by_host = true;
        (*task).released();
        task::begin(task, callee, start, callback, class, memory);
        run()
    }
}

/// The host calls back: what its callback returns.
#[unsafe(export_name = "call-back-by-host")]
extern "C" fn call_back_by_host(code: u32, index: u32, payload: u32) -> u32 {
    unsafe {
        RUNNING = host::context_get() as *mut Outermost;
        happens(code, index, payload);
        run()
    }
}

/// What the host has stored of an event: the index and the payload.
unsafe fn stored() -> (u32, u32) {
    let event = unsafe { blocks::event() };
    (event as u32, (event >> 32) as u32)
}

/// An event of the host's.
unsafe fn happens(code: u32, index: u32, payload: u32) {
    unsafe {
        if code == event::NONE {
            return;
        }
        IDLE = 0;
        match code {
            event::STREAM_READ if index == (*RUNNING).reader => {
                (*RUNNING).reads = false;
                (*RUNNING).rung = false;
            }
            event::TASK_CANCELLED => {
                let task = (*RUNNING).task;
                if !task.is_null() && matches!((*task).state, State::Initial | State::Started) {
                    cancel::request(task);
                }
            }
            _ => pending::happens(code, index, payload),
        }
    }
}

/// Looks whether the host has something to tell, of whatever is pending, without giving it a turn.
pub unsafe fn look() {
    unsafe {
        if !pending::any() {
            return;
        }
        if LEFT_SET != 0 {
            empty(LEFT_SET, null_mut());
        }
        let mut next = list::first(&raw const LIVE);
        while let Some(link) = next {
            next = list::after(&raw mut LIVE, link);
            let outermost = of_queue(link);
            if (*outermost).set != 0 {
                empty((*outermost).set, outermost);
            }
        }
    }
}

/// Takes all events of a set, which is that of `outermost`, if it is anybody's.
unsafe fn empty(set: u32, outermost: *mut Outermost) {
    unsafe {
        let mut rung = false;
        let mut taken = false;
        loop {
            let code = host::set_poll(set, blocks::EVENT);
            let (index, payload) = stored();
            match code {
                event::NONE => break,
                event::STREAM_READ if !outermost.is_null() && index == (*outermost).reader => {
                    (*outermost).reads = false;
                    (*outermost).rung = false;
                    rung = true;
                }
                _ => {
                    taken = true;
                    pending::happens(code, index, payload);
                }
            }
        }
        // That was for the call back of the one whose set it is.
        if (rung || taken) && !outermost.is_null() && !core::ptr::eq(outermost, RUNNING) {
            (*outermost).listen();
            ring(outermost);
        }
    }
}

/// The host's set, with all in it that the host has not yet told: who runs is on the stack, and no other call of the
/// host's can be called back meanwhile. 0: nothing is pending.
unsafe fn pending() -> u32 {
    unsafe {
        if RUNNING.is_null() || !pending::any() {
            return 0;
        }
        adopt(RUNNING);
        pending::take_over();
        (*RUNNING).set()
    }
}

/// Waits on the stack for the host, which knows of something that is not over. False: it does not.
pub unsafe fn wait() -> bool {
    unsafe {
        let set = pending();
        if set == 0 {
            return false;
        }
        let code = host::set_wait(set, blocks::EVENT);
        let (index, payload) = stored();
        happens(code, index, payload);
        true
    }
}

/// Nothing will ever happen that code on the stack waits for. If the call has returned, the host has its result and has
/// nothing more to learn; if not, the host finds out: so it waits there, as it did before it was fused.
pub unsafe fn wait_for_ever() -> ! {
    unsafe {
        if !RUNNING.is_null() {
            host::set_wait((*RUNNING).set(), blocks::EVENT);
        }
        trap::deadlock()
    }
}

/// Lets the host go on, and looks whether something has happened there. False: nothing of it is pending.
pub unsafe fn poll() -> bool {
    unsafe {
        let set = pending();
        if set == 0 {
            return false;
        }
        host::thread_yield();
        let code = host::set_poll(set, blocks::EVENT);
        let (index, payload) = stored();
        happens(code, index, payload);
        true
    }
}

/// Whether others are not over that cannot run before the one that runs gives back the stack.
pub fn others() -> bool {
    unsafe {
        match list::first(&raw const LIVE) {
            Some(link) => {
                !core::ptr::eq(of_queue(link), RUNNING) || list::after(&raw mut LIVE, link).is_some()
            }
            None => false,
        }
    }
}

/// A lower without `async` of an async function of the host's: to the host, the task that runs is one that it has
/// started, which may wait; this one may not. Where the host has started one that is not async, it knows itself.
#[unsafe(export_name = "may-wait")]
extern "C" fn may_wait() {
    unsafe {
        if !RUNNING.is_null() && !matches!(current(), Current::Task(_)) {
            trap::cannot_block()
        }
    }
}

/// Runs what is ready.
unsafe fn run() -> u32 {
    unsafe {
        let mut rounds = 1 << IDLE;
        for turn in 0..TURNS {
            if !schedule::step(None) {
                break;
            }
            // Those that only give up their turn give it to the host, too.
            if schedule::all_had_a_turn() {
                rounds -= 1;
                let enough = rounds == 0 || turn >= IDLE_TURNS;
                if enough || (*RUNNING).tasks == 0 || pending::any() || others() {
                    break;
                }
            }
        }
        let outermost = RUNNING;
        adopt(outermost);
        if (*outermost).tasks == 0 {
            RUNNING = null_mut();
            list::append(&raw mut OVER, &raw mut (*outermost).queue);
            leave_behind(outermost);
            schedule::leave_to_others();
            return EXIT;
        }
        if schedule::anyone_can_run() {
            RUNNING = null_mut();
            IDLE = IDLE_MOST.min(IDLE + 1);
            return YIELD;
        }
        (*outermost).listen();
        RUNNING = null_mut();
        WAIT | (*outermost).set() << 4
    }
}
