//! Why a guest trapped. In: the engine's error, of an original or of what is fused, or what a script says
//! that it should be. Out: a `Reason`, to be compared. Not its job: where it may trap (`trace`).
//!
//! Where the engine lifts and lowers, a reason is what wasmtime calls it; in fused code it is the name of
//! the function that trapped. `docs/TRAPS.md` has the table. What the guest's own code does has the
//! engine's code for it, and is never the reason of a check.

use meld_fuser::runtime::Trap as Check;
use std::fmt;
use wasmtime::{Error, FrameInfo, ThrownException, Trap, WasmBacktrace};

/// One way to tell why.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// A check of the Canonical ABI's.
    Check(Check),
    /// The guest's own code, by the engine's code.
    Guest(Trap),
    /// A segment is out of bounds, of a memory or of a table: in one module all that are for tables may
    /// come before all that are for memories, and which it was is the same to everybody.
    Segment,
    /// The tests' host serves a call by a trap.
    Host,
    /// The host's own limits.
    Limit,
}

/// Why a call trapped, as far as it can be told: where wasmtime has one word for several checks, it may be
/// any of these.
#[derive(Debug, Clone)]
pub struct Reason {
    may_be: Vec<Why>,
    /// The engine's error with all that belongs to it, for people.
    said: String,
}

/// Reasons are equal if they may be the same. What nobody knows a reason for is equal to nothing, itself
/// not excepted: then a word is missing here.
impl PartialEq for Reason {
    fn eq(&self, other: &Reason) -> bool {
        self.may_be.iter().any(|why| other.may_be.contains(why))
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.may_be, self.said)
    }
}

/// A check of the tests' own host fails.
#[derive(Debug)]
pub struct Failed(pub Check);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.reason())
    }
}

impl std::error::Error for Failed {}

/// The error that says so.
pub fn failed(check: Check) -> Error {
    Error::new(Failed(check))
}

/// The tests' host serves a call by a trap.
#[derive(Debug)]
pub struct HostTrap(pub String);

impl fmt::Display for HostTrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for HostTrap {}

impl Reason {
    /// What an engine's error says.
    pub fn of(error: &Error) -> Reason {
        Reason { may_be: may_be(error), said: format!("{error:?}") }
    }

    /// What a text says: the reason of a check, or one of wasmtime's messages.
    pub fn told(text: &str) -> Reason {
        Reason { may_be: by_message(text), said: text.to_string() }
    }

    /// The guest has trapped before: nothing enters it any more.
    pub fn dead() -> Reason {
        Reason { may_be: vec![Why::Check(Check::CannotEnter)], said: "the guest has trapped before".into() }
    }

    /// All that the engine said.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Whether there is a reason at all.
    pub fn is_known(&self) -> bool {
        !self.may_be.is_empty()
    }

    /// Whether it is a limit of the host's: then it says nothing of the guest.
    pub fn is_limit_of_host(&self) -> bool {
        self.may_be.contains(&Why::Limit)
    }
}

fn may_be(error: &Error) -> Vec<Why> {
    if let Some(Failed(check)) = error.downcast_ref() {
        return vec![Why::Check(*check)];
    }
    if error.is::<HostTrap>() {
        return vec![Why::Host];
    }
    let frames = error.downcast_ref::<WasmBacktrace>().map_or(&[][..], |trace| trace.frames());
    let top = frames.first();
    match error.downcast_ref::<Trap>() {
        Some(Trap::UnreachableCodeReached) => {
            let name = top.and_then(|frame| frame.func_name());
            if name == Some(OUT_OF_WINDOW) {
                let segment = frames.get(1).is_some_and(is_init) && frames.get(2).is_some_and(is_start);
                return vec![if segment { Why::Segment } else { Why::Guest(Trap::MemoryOutOfBounds) }];
            }
            vec![name.and_then(Check::named).map_or(Why::Guest(Trap::UnreachableCodeReached), Why::Check)]
        }
        Some(Trap::MemoryOutOfBounds | Trap::TableOutOfBounds) if top.is_none_or(is_start) => {
            vec![Why::Segment]
        }
        Some(Trap::TableOutOfBounds) if top.is_some_and(is_init) && frames.get(1).is_some_and(is_start) => {
            vec![Why::Segment]
        }
        Some(Trap::MemoryOutOfBounds) if top.is_some_and(is_adapter) => {
            vec![Why::Check(Check::PointerOutOfBounds), Why::Check(Check::ReallocOutOfBounds)]
        }
        Some(trap) => by_code(*trap),
        None if error.is::<ThrownException>() => vec![Why::Check(Check::UncaughtException)],
        None => by_message(&error.root_cause().to_string()),
    }
}

/// The function that traps where a memory is a part of one.
const OUT_OF_WINDOW: &str = "trap: out of bounds memory access";

/// Whether the frame is the function that copies a segment where a memory or a table is a part of one.
fn is_init(frame: &FrameInfo) -> bool {
    let names = ["memory.init: ", "table.init: "];
    frame.func_name().is_some_and(|name| names.iter().any(|start| name.starts_with(start)))
}

/// Whether the frame is the start function that applies the segments that have to wait.
fn is_start(frame: &FrameInfo) -> bool {
    frame.func_name() == Some("meld!start")
}

/// Whether the frame is one of wasmtime's own adapters, which have a function to trap by. They use the
/// engine's code for a guest's memory where parameters or results lie outside of it.
fn is_adapter(frame: &FrameInfo) -> bool {
    frame.module().imports().any(|import| (import.module(), import.name()) == ("runtime", "trap"))
}

/// Where wasmtime's own adapters lift and lower.
fn by_code(trap: Trap) -> Vec<Why> {
    use Check::*;
    let checks: &[Check] = match trap {
        Trap::CannotEnterComponent => &[CannotEnter],
        Trap::CannotLeaveComponent => &[CannotLeave],
        Trap::UncaughtException => &[UncaughtException],
        Trap::InvalidChar => &[NotAChar],
        Trap::InvalidDiscriminant => &[InvalidDiscriminant],
        Trap::UnalignedPointer => NOT_ALIGNED,
        Trap::StringOutOfBounds => &[StringTooLong, StringOutOfBounds, ReallocOutOfBounds],
        Trap::ListOutOfBounds => &[ListTooLong, ListOutOfBounds, ReallocOutOfBounds],
        Trap::CannotBlockSyncTask => &[CannotBlock],
        Trap::AsyncDeadlock => &[Deadlock],
        Trap::NoAsyncResult => &[NoResult],
        Trap::TaskCancelNotCancelled => &[NotCancelled],
        Trap::TaskCancelOrReturnTwice => &[ReturnsTwice],
        Trap::TaskReturnInvalid => &[OtherReturn],
        Trap::SubtaskCancelAfterTerminal => &[SubtaskCancelled],
        Trap::SubtaskDropNotResolved => &[SubtaskNotResolved],
        Trap::WaitableSetDropHasWaiters => &[SetInUse],
        Trap::WaitableSyncAndAsync => &[InSet, WaitedFor],
        Trap::BackpressureOverflow => &[Backpressure],
        Trap::UnsupportedCallbackCode => &[CallbackCode],
        Trap::ConcurrentFutureStreamOp => &[ChannelBusy],
        Trap::StreamOpTooBig => &[BufferTooLong],
        guest => return vec![Why::Guest(guest)],
    };
    checks.iter().copied().map(Why::Check).collect()
}

/// Why wasmtime's own adapters say that a pointer is not aligned. They look at the address of a string or a list
/// before they look at its length, the specification the other way round (`load_string_from_range`,
/// `load_list_from_range`): where both are wrong, it is too long.
const NOT_ALIGNED: &[Check] = {
    use Check::*;
    &[PointerNotAligned, StringNotAligned, StringTooLong, ListNotAligned, ListTooLong, ReallocNotAligned]
};

/// What wasmtime says in words, and the reasons of checks. The first that the message contains counts.
const MESSAGES: &[(&str, &[Check])] = {
    use Check::*;
    &[
        ("unknown handle index", &[UnknownHandle]),
        ("used with the wrong type", &[OtherResourceType]),
        ("cannot remove owned resource while borrowed", &[HandleIsLent]),
        ("cannot lift own resource from a borrow", &[HandleIsBorrowed]),
        ("borrow handles still remain", &[BorrowsRemain]),
        ("cannot enter component instance", &[CannotEnter]),
        ("cannot leave component instance", &[CannotLeave]),
        ("uncaught exception", &[UncaughtException]),
        ("realloc return: result not aligned", &[ReallocNotAligned]),
        ("realloc return: beyond end of memory", &[ReallocOutOfBounds]),
        ("string pointer not aligned", &[StringNotAligned]),
        ("string pointer/length out of bounds", &[StringTooLong, StringOutOfBounds]),
        ("list pointer is not aligned", &[ListNotAligned]),
        ("map pointer is not aligned", &[ListNotAligned]),
        ("list pointer/length out of bounds", &[ListTooLong, ListNotAligned, ListOutOfBounds]),
        ("map pointer/length out of bounds", &[ListTooLong, ListNotAligned, ListOutOfBounds]),
        ("size overflow copying a", &[ListTooLong]),
        ("pointer not aligned", &[PointerNotAligned]),
        ("pointer out of bounds", &[PointerOutOfBounds]),
        ("pointer size overflow", &[PointerOutOfBounds]),
        ("invalid `char` bit pattern", &[NotAChar]),
        ("converted integer out of range for `char`", &[NotAChar]),
        ("invalid variant discriminant", &[InvalidDiscriminant]),
        ("invalid option discriminant", &[InvalidDiscriminant]),
        ("invalid expected discriminant", &[InvalidDiscriminant]),
        ("out of range [0..", &[InvalidDiscriminant]),
        ("invalid utf-8", &[NotUtf8]),
        ("incomplete utf-8", &[NotUtf8]),
        ("invalid utf8 encoding", &[NotUtf8]),
        ("invalid utf16 encoding", &[NotUtf16]),
        ("unpaired surrogate found", &[NotUtf16]),
        ("unaligned pointer", NOT_ALIGNED),
        ("string content out-of-bounds", &[StringTooLong, StringOutOfBounds, ReallocOutOfBounds]),
        ("list content out-of-bounds", &[ListTooLong, ListOutOfBounds, ReallocOutOfBounds]),
        ("deadlock detected", &[Deadlock]),
        ("failed to produce a result", &[NoResult]),
        ("called by task which has not been cancelled", &[NotCancelled]),
        ("called more than once for current task", &[ReturnsTwice]),
        ("invalid `task.return` signature", &[OtherReturn]),
        ("called after terminal status delivered", &[SubtaskCancelled]),
        ("cannot drop a subtask which has not yet resolved", &[SubtaskNotResolved]),
        ("cannot drop waitable set with waiters", &[SetInUse]),
        ("used synchronously while added to a waitable set", &[InSet]),
        ("while it's in a waitable set", &[InSet]),
        ("backpressure counter overflow", &[Backpressure]),
        ("unsupported callback code", &[CallbackCode]),
        ("cannot have concurrent operations", &[ChannelBusy]),
        ("busy stream", &[ChannelBusy]),
        ("busy future", &[ChannelBusy]),
        ("read/write count too large", &[BufferTooLong]),
        ("intra-component", &[SameInstance]),
        ("without first writing a value", &[FutureNotWritten]),
        ("cancelled when no", &[NothingToCancel]),
        ("of a different type", &[OtherResourceType]),
        ("handle is not a ", &[OtherResourceType]),
        ("is not a resource", &[OtherResourceType]),
        ("not a readable end of a", &[OtherResourceType]),
        ("passed read end to", &[OtherResourceType]),
        ("passed write end to", &[OtherResourceType]),
        ("resource has children", &[SetInUse]),
        ("after being notified that", &[ChannelDone]),
        ("after previous", &[ChannelDone]),
    ]
};

/// Codes of the engine's that scripts name.
const CODES: &[(&str, Trap)] = &[
    ("unreachable", Trap::UnreachableCodeReached),
    ("out of bounds memory access", Trap::MemoryOutOfBounds),
    ("integer divide by zero", Trap::IntegerDivisionByZero),
];

fn by_message(message: &str) -> Vec<Why> {
    if let Some(check) = Check::ALL.iter().find(|check| check.reason() == message) {
        return vec![Why::Check(*check)];
    }
    let limits = ["store handle limit exceeded", "fuel allocated for hostcalls has been exhausted"];
    if limits.iter().any(|limit| message.contains(limit)) {
        return vec![Why::Limit];
    }
    if let Some((_, checks)) = MESSAGES.iter().find(|(part, _)| message.contains(part)) {
        return checks.iter().copied().map(Why::Check).collect();
    }
    let code = CODES.iter().find(|(part, _)| message.contains(part));
    code.map(|(_, trap)| Why::Guest(*trap)).into_iter().collect()
}
