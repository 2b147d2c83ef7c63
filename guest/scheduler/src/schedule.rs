//! Who runs next. In: tasks that are ready, and code that waits on the stack. Out: tasks that run. Not its job:
//! what makes a task ready.
//!
//! There is one stack. A task that waits by its callback is not on it. Code that waits in a call lies on it, and
//! whatever runs meanwhile runs above: so it can go on only when that is over (docs/ASYNC.md).

use crate::current::{Current, current};
use crate::instance;
use crate::list::{self, List};
use crate::outermost;
use crate::outside::trap;
use crate::task::{self, Task};
use crate::waitable::{self, Event, Set, Waitable};
use core::ptr::null_mut;

/// What a thread waits for: `ready_func`.
#[derive(Clone, Copy)]
pub enum Waits {
    Nothing,
    /// Its callee has no backpressure.
    ToEnter,
    /// Others have had their turn.
    Turn,
    /// An event of one in the set.
    Set(*mut Set),
    /// An event of this one; on the stack only.
    Event(*mut Waitable),
    /// The call is resolved; on the stack only.
    Resolved(*mut Task),
}

impl Waits {
    unsafe fn is_over(self) -> bool {
        unsafe {
            match self {
                Waits::Set(set) => (*set).has_pending_event(),
                Waits::Event(waitable) => (*waitable).has_pending_event(),
                Waits::Resolved(task) => (*task).resolved(),
                _ => true,
            }
        }
    }
}

/// Code that waits on the stack.
pub struct Frame {
    waits: Waits,
    pub cancellable: bool,
    /// The next one below, and how many there are.
    below: *mut Frame,
    depth: u32,
}

/// How many frames there may be: the module's own stack has room for them. (build.rs)
const DEPTH: u32 = 500;

/// The tasks that are ready, or were when they came here.
static mut READY: List = List::new();
/// The newest frame.
static mut FRAMES: *mut Frame = null_mut();
/// How many calls by lowers with `async` are on the stack: their callers would go on where the callee waits.
static mut LOWERING: u32 = 0;
/// Counts what happens, so as to tell where nothing does.
static mut PROGRESS: u32 = 0;
/// What that was at the last turn that somebody got while code waited on the stack, and how many such turns there
/// have been since.
static mut SEEN: u32 = 0;
static mut TURNS: u32 = 0;
/// How often somebody has run above code that waits on the stack; and after how many of these the host gets a turn.
static mut STEPS: u32 = 0;
const POLL: u32 = 1 << 10;
/// Rounds in which each task that gives up its turn gets one.
static mut ROUND: u32 = 1;

/// How many turns there may be in a row while nothing happens and somebody below could go on.
const PATIENCE: u32 = 1 << 16;

/// Something happens that another task can see.
pub fn progress() {
    unsafe { PROGRESS = PROGRESS.wrapping_add(1) }
}

pub fn lowering(by: u32) {
    unsafe { LOWERING = LOWERING.wrapping_add(by) }
}

/// The task can try to go on.
pub unsafe fn ready(task: *mut Task) {
    unsafe {
        list::append(&raw mut READY, &raw mut (*task).queue);
        outermost::is_ready(task);
    }
}

pub unsafe fn ready_all(tasks: *mut List) {
    unsafe {
        while let Some(link) = list::first(tasks) {
            ready(Task::of_queue(link));
        }
    }
}

/// The first of the tasks that may run now.
unsafe fn first_that_may_run() -> Option<*mut Task> {
    unsafe {
        let mut next = list::first(&raw const READY);
        while let Some(link) = next {
            let task = Task::of_queue(link);
            if outermost::may_run(task) {
                return Some(task);
            }
            next = list::after(&raw mut READY, link);
        }
        None
    }
}

/// Whether only such tasks are ready as have given up their turn since this was asked last and said yes.
pub fn all_had_a_turn() -> bool {
    unsafe {
        let turn = first_that_may_run();
        let had = turn.is_none_or(|task| (*task).round == ROUND && matches!((*task).waits, Waits::Turn));
        if had {
            ROUND = ROUND.wrapping_add(1);
        }
        had
    }
}

/// Nobody runs any more: others are told of what is ready.
pub unsafe fn leave_to_others() {
    unsafe {
        let mut next = list::first(&raw const READY);
        while let Some(link) = next {
            outermost::is_ready(Task::of_queue(link));
            next = list::after(&raw mut READY, link);
        }
    }
}

pub fn round() -> u32 {
    unsafe { ROUND }
}

/// Whether one of the tasks is ready that may run now.
pub fn anyone_can_run() -> bool {
    unsafe { first_that_may_run().is_some() }
}

/// Runs the first of the tasks that can go on, of one instance or of all. False: there is none.
pub unsafe fn step(only: Option<u32>) -> bool {
    unsafe {
        let mut next = list::first(&raw const READY);
        while let Some(link) = next {
            next = list::after(&raw mut READY, link);
            let task = Task::of_queue(link);
            // `candidates` of "canon lift": a thread that has not entered is none.
            let candidate =
                only.is_none_or(|table| (*task).callee == table && !matches!((*task).waits, Waits::ToEnter));
            if !candidate || !outermost::may_run(task) {
                continue;
            }
            if try_run(task) {
                return true;
            }
        }
        false
    }
}

/// Runs a task, or puts it where it waits for what it lacks.
unsafe fn try_run(task: *mut Task) -> bool {
    unsafe {
        let instance = (*task).instance;
        let waits = (*task).waits;
        if let Waits::ToEnter = waits {
            if (*instance).has_backpressure() {
                instance::wait_to_enter_first(instance, task);
                return false;
            }
            list::unlink(&raw mut (*task).queue);
            (*instance).entering -= 1;
            task::run(task);
            return true;
        }
        if !(*instance).exclusive.is_null() {
            instance::wait_for_lock(instance, task);
            return false;
        }
        let event = match waits {
            Waits::Set(set) => {
                if !(*set).has_pending_event() {
                    waitable::wait_for_set(set, task);
                    return false;
                }
                list::unlink(&raw mut (*task).queue);
                (*set).waiting -= 1;
                let event = waitable::next_event(set);
                waitable::wake(set);
                event
            }
            _ => {
                list::unlink(&raw mut (*task).queue);
                Event::NONE
            }
        };
        task::call_back(task, event);
        true
    }
}

/// Waits on the stack. True: the task has been cancelled, which only happens where it is `cancellable`.
pub unsafe fn block(waits: Waits, cancellable: bool) -> bool {
    unsafe {
        let (task, only) = running();
        if !task.is_null() && (*task).deliver_pending_cancel(cancellable) {
            return true;
        }
        if waits.is_over() {
            return false;
        }
        let mut here = frame(waits, cancellable);
        push(&raw mut here, task);
        while !waits.is_over() {
            match only {
                Some(table) => {
                    if !step(only) {
                        outermost::look();
                        if !waits.is_over() {
                            cannot_block(table)
                        }
                    }
                }
                None => {
                    if !turn() && !outermost::wait() {
                        stuck(here.below)
                    }
                    be_patient(here.below);
                }
            }
        }
        pop(&raw mut here, task);
        false
    }
}

/// Runs a call whose caller will wait for this, and may go on before the call is over.
pub unsafe fn above(waits: Waits, call: impl FnOnce()) {
    unsafe {
        let mut here = frame(waits, false);
        FRAMES = &raw mut here;
        call();
        FRAMES = here.below;
    }
}

/// The task that waits, or null for one that is not async; then the instance whose tasks alone may run while it
/// does (`canon_lift`).
fn running() -> (*mut Task, Option<u32>) {
    match current() {
        Current::Task(task) => (task, None),
        Current::Sync { table } => (null_mut(), Some(table)),
        // No table is there.
        Current::None => (null_mut(), Some(0)),
    }
}

unsafe fn frame(waits: Waits, cancellable: bool) -> Frame {
    unsafe {
        let below = FRAMES;
        let depth = if below.is_null() { 0 } else { (*below).depth + 1 };
        if depth > DEPTH {
            trap::second_stack()
        }
        Frame { waits, cancellable, below, depth }
    }
}

unsafe fn push(frame: *mut Frame, task: *mut Task) {
    unsafe {
        FRAMES = frame;
        if !task.is_null() {
            (*task).frame = frame;
        }
    }
}

unsafe fn pop(frame: *mut Frame, task: *mut Task) {
    unsafe {
        FRAMES = (*frame).below;
        if !task.is_null() {
            (*task).frame = null_mut();
        }
    }
}

/// Lets somebody run; and the host, too, where all have had a turn. False: nobody can, and the host was not asked.
unsafe fn turn() -> bool {
    unsafe {
        if !step(None) {
            return false;
        }
        STEPS = STEPS.wrapping_add(1);
        if all_had_a_turn() || STEPS.is_multiple_of(POLL) {
            outermost::poll();
        }
        true
    }
}

/// A task that is not async waits, and no other of its instance can run.
unsafe fn cannot_block(table: u32) -> ! {
    unsafe {
        let mut next = list::first(&raw const READY);
        while let Some(link) = next {
            let task = Task::of_queue(link);
            // One that another call of the host's has started could.
            if (*task).callee == table
                && !matches!((*task).waits, Waits::ToEnter)
                && !outermost::may_run(task)
            {
                trap::second_stack()
            }
            next = list::after(&raw mut READY, link);
        }
        trap::cannot_block()
    }
}

/// Nothing can run above what waits on the stack.
unsafe fn stuck(below: *mut Frame) -> ! {
    unsafe {
        if somebody_below(below) || outermost::others() {
            trap::second_stack()
        }
        outermost::wait_for_ever()
    }
}

/// Whether somebody on the stack below could go on, if it were not below.
unsafe fn somebody_below(mut below: *mut Frame) -> bool {
    unsafe {
        let mut could = LOWERING > 0;
        while !could && !below.is_null() {
            could = (*below).waits.is_over();
            below = (*below).below;
        }
        could
    }
}

/// To be called after each turn that somebody gets while code waits on the stack: they may all wait for somebody
/// below, or for another call of the host's.
unsafe fn be_patient(below: *mut Frame) {
    unsafe {
        TURNS = if SEEN == PROGRESS { TURNS + 1 } else { 0 };
        SEEN = PROGRESS;
        if TURNS > PATIENCE && (somebody_below(below) || outermost::others()) {
            trap::second_stack()
        }
    }
}

/// "canon thread.yield"
#[unsafe(export_name = "thread.yield")]
extern "C" fn thread_yield(cancellable: u32) -> u32 {
    unsafe {
        let (task, only) = running();
        if !task.is_null() && (*task).deliver_pending_cancel(cancellable != 0) {
            return 1;
        }
        let mut here = frame(Waits::Turn, cancellable != 0);
        push(&raw mut here, task);
        if only.is_some() {
            step(only);
        } else {
            if !turn() {
                outermost::poll();
            }
            be_patient(here.below);
        }
        pop(&raw mut here, task);
        0
    }
}
