//! Random programs over tasks, subtasks and waitable sets in up to four component instances. In: a seed. Out: a program
//! as data, which `text` makes a component of and `tests/spec/tasks.py` runs by the specification's `definitions.py`.
//! Not its job: running it; streams (`channels`).
//!
//! An instance calls those behind it. A task goes through its operations, and tells the host's `log` all that a
//! built-in gives it, so that the log is what the schedule has come to.

pub mod run;
mod text;

pub use text::component;

use crate::random::Random;
use serde::Serialize;

/// How many calls a task can have under way at once.
const SLOTS: u32 = 3;
/// How many futures there are in an instance, for its tasks to wait for each other.
const GATES: u32 = 2;

/// A component of several instances. The host calls the first function of the first one.
#[derive(Debug, Serialize)]
pub struct Program {
    pub instances: Vec<Vec<Function>>,
}

#[derive(Debug, Serialize)]
pub struct Function {
    pub kind: Kind,
    pub operations: Vec<Operation>,
}

/// How a function is lifted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// With `async` and a callback.
    Callback,
    /// An async function without `async`: it waits on the stack.
    Sync,
    /// Not an async function.
    Plain,
}

/// What a task does next. `slot` is one of `SLOTS`, `gate` one of `GATES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Lowered with `async`, into a slot that is free.
    Call {
        slot: u32,
        instance: usize,
        function: usize,
    },
    /// Lowered without.
    CallSync {
        instance: usize,
        function: usize,
    },
    /// A function that is not async.
    CallPlain {
        instance: usize,
        function: usize,
    },
    /// Gives other parameters to a call that may not have started.
    Scribble {
        slot: u32,
    },
    /// `subtask.cancel`, once for each call. Without `async`, the subtask leaves its set before.
    Cancel {
        slot: u32,
        async_: bool,
    },
    /// The same, whatever is in the slot.
    WildCancel {
        slot: u32,
    },
    /// `subtask.drop`, whatever is in the slot.
    WildDrop {
        slot: u32,
    },
    /// An event, if the task has called something that is not over.
    Wait,
    Poll,
    /// `waitable-set.wait` in a task that has a callback.
    WaitOnTheStack,
    Yield,
    YieldOnTheStack {
        cancellable: bool,
    },
    BackpressureInc,
    BackpressureDec,
    /// `context.set` and `context.get` of the slot that the task itself does not use.
    Context {
        value: u32,
    },
    /// `future.read` of a gate that nobody has read, and `future.write` of one that nobody has written.
    Watch {
        gate: u32,
    },
    Open {
        gate: u32,
    },
    /// `task.return`, once; `task.cancel` in its place, if the task has been told that it is cancelled, and gives in.
    Return {
        gives_in: bool,
    },
    /// Whatever has been returned.
    WildReturn,
    WildCancelled,
    /// Waits until all that it has called is over.
    Finish,
}

/// The program of a seed.
pub fn program(seed: u64) -> Program {
    let mut random = Random::new(seed ^ 0x7a5c);
    let on_the_stack = random.below(4) == 0;
    let count = 2 + random.below(3);
    let kinds: Vec<Vec<Kind>> = (0..count)
        .map(|instance| {
            let mut kinds: Vec<Kind> = (0..1 + random.below(3))
                .map(|_| if on_the_stack && random.below(3) == 0 { Kind::Sync } else { Kind::Callback })
                .collect();
            if instance > 0 {
                kinds.push(Kind::Plain);
            }
            kinds
        })
        .collect();
    let instances = (0..count).map(|instance| {
        let functions = kinds[instance].iter().map(|kind| Function {
            kind: *kind,
            operations: operations(&mut random, *kind, instance, &kinds, on_the_stack),
        });
        functions.collect()
    });
    Program { instances: instances.collect() }
}

fn operations(
    random: &mut Random,
    kind: Kind,
    instance: usize,
    kinds: &[Vec<Kind>],
    on_the_stack: bool,
) -> Vec<Operation> {
    if kind == Kind::Plain {
        return (0..1 + random.below(2)).map(|_| plain(random, instance, kinds)).collect();
    }
    let mut operations = Vec::new();
    let mut calls = if instance == 0 { 6 } else { 2 };
    for _ in 0..2 + random.below(if instance == 0 { 12 } else { 6 }) {
        let operation = operation(random, kind, instance, kinds, on_the_stack);
        if matches!(operation, Operation::Call { .. } | Operation::CallSync { .. }) {
            if calls == 0 {
                continue;
            }
            calls -= 1;
        }
        operations.push(operation);
    }
    // It returns early, late, or after all that it has called.
    let place = random.below(operations.len() + 1);
    operations.push(Operation::Finish);
    if random.below(3) == 0 {
        operations.insert(place, Operation::Return { gives_in: random.below(2) == 0 });
    }
    operations.push(Operation::Return { gives_in: random.below(2) == 0 });
    operations
}

fn plain(random: &mut Random, instance: usize, kinds: &[Vec<Kind>]) -> Operation {
    match (random.below(5), callee(random, instance, kinds, true)) {
        (0, Some((instance, function))) => Operation::CallPlain { instance, function },
        (1 | 2, _) => Operation::BackpressureInc,
        (3, _) => Operation::Open { gate: random.below(GATES as usize) as u32 },
        _ => Operation::BackpressureDec,
    }
}

/// One of a later instance.
fn callee(random: &mut Random, instance: usize, kinds: &[Vec<Kind>], plain: bool) -> Option<(usize, usize)> {
    let mut all = Vec::new();
    for (at, kinds) in kinds.iter().enumerate().skip(instance + 1) {
        all.extend((0..kinds.len()).filter(|n| (kinds[*n] == Kind::Plain) == plain).map(|n| (at, n)));
    }
    if all.is_empty() { None } else { Some(all[random.below(all.len())]) }
}

fn operation(
    random: &mut Random,
    kind: Kind,
    instance: usize,
    kinds: &[Vec<Kind>],
    on_the_stack: bool,
) -> Operation {
    let slot = random.below(SLOTS as usize) as u32;
    let gate = random.below(GATES as usize) as u32;
    if random.below(60) == 0 {
        return match random.below(4) {
            0 => Operation::WildCancel { slot },
            1 => Operation::WildDrop { slot },
            2 => Operation::WildReturn,
            _ => Operation::WildCancelled,
        };
    }
    let on_the_stack = on_the_stack && random.below(2) == 0;
    match (random.below(24), callee(random, instance, kinds, false), callee(random, instance, kinds, true)) {
        (0..=6, Some((instance, function)), _) if on_the_stack && random.below(2) == 0 => {
            Operation::CallSync { instance, function }
        }
        (0..=6, Some((instance, function)), _) => Operation::Call { slot, instance, function },
        (7 | 8, _, Some((instance, function))) => Operation::CallPlain { instance, function },
        (9, ..) => Operation::Scribble { slot },
        (10 | 11, ..) => Operation::Cancel { slot, async_: !on_the_stack },
        (12 | 13, ..) if on_the_stack && kind == Kind::Callback => Operation::WaitOnTheStack,
        (12 | 13, ..) => Operation::Wait,
        (14, ..) => Operation::Poll,
        (15 | 16, ..) if on_the_stack => Operation::YieldOnTheStack { cancellable: random.below(2) == 0 },
        (15 | 16, ..) => Operation::Yield,
        (17, ..) if instance > 0 => Operation::BackpressureInc,
        (18, ..) if instance > 0 => Operation::BackpressureDec,
        (19, ..) => Operation::Watch { gate },
        (20 | 21, ..) => Operation::Open { gate },
        (22, ..) => Operation::Context { value: random.below(1000) as u32 },
        _ => Operation::Yield,
    }
}
