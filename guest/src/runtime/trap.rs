//! Why generated code traps. In: nothing, this is the list of reasons. Out: what each is called, and the
//! core module of the functions that trap. Not its job: the checks (`adapter`, and the texts in this
//! directory).
//!
//! A check that fails calls the function of its reason, which does nothing but trap: so its name is the
//! first line of a backtrace. The name section always has these names, and docs/TRAPS.md lists them.

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, Module, NameMap, NameSection,
    TypeSection,
};

/// What the name of each function begins with.
pub const PREFIX: &str = "trap: ";

macro_rules! traps {
    ($($(#[doc = $doc:literal])+ $trap:ident = $reason:literal,)+) => {
        /// A reason for which generated code traps.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Trap {
            $($(#[doc = $doc])+ $trap,)+
        }

        impl Trap {
            /// All of them.
            pub const ALL: &[Trap] = &[$(Trap::$trap),+];

            /// The reason in a few words.
            pub const fn reason(self) -> &'static str {
                match self {
                    $(Trap::$trap => $reason,)+
                }
            }
        }
    };
}

traps! {
    /// `trap_if(not inst.may_leave)`
    CannotLeave = "cannot leave component instance",
    /// `trap_if(not inst.may_enter_from(caller))`
    CannotEnter = "cannot enter component instance",
    /// `call_and_trap_on_throw`
    UncaughtException = "uncaught exception",
    /// `Table.get`
    UnknownHandle = "unknown handle index",
    /// `trap_if(h.rt is not t.rt)`
    OtherResourceType = "handle of another resource type",
    /// `trap_if(h.num_lends != 0)`
    HandleIsLent = "handle is lent",
    /// `trap_if(not h.own)`
    HandleIsBorrowed = "handle is a borrow",
    /// `trap_if(self.num_borrows > 0)`
    BorrowsRemain = "borrow handles still remain",
    /// `Table.add`
    TableIsFull = "handle table is full",
    /// `lift_flat_values`, `lower_flat_values`
    PointerNotAligned = "pointer not aligned",
    /// `lift_flat_values`, `lower_flat_values`
    PointerOutOfBounds = "pointer out of bounds",
    /// `load_string_from_range`
    StringTooLong = "string too long",
    /// `load_string_from_range`
    StringNotAligned = "string not aligned",
    /// `load_string_from_range`
    StringOutOfBounds = "string out of bounds",
    /// `load_string_from_range`
    NotUtf8 = "string is not UTF-8",
    /// `load_string_from_range`
    NotUtf16 = "string is not UTF-16",
    /// `load_list_from_range`
    ListTooLong = "list too long",
    /// `load_list_from_range`
    ListNotAligned = "list not aligned",
    /// `load_list_from_range`
    ListOutOfBounds = "list out of bounds",
    /// `canon_lift`: a task of a function that is not async waits, and nothing in its instance can run
    CannotBlock = "cannot block a synchronous task before returning",
    /// All wait, and nothing is left that could end that
    Deadlock = "deadlock: nothing is left that can make progress",
    /// docs/ASYNC.md: what waits lies on the stack below what runs
    SecondStack = "only a second stack could go on",
    /// `Task.return_`
    ReturnsTwice = "task returns twice",
    /// `canon_task_return`, `canon_task_cancel`
    OtherReturn = "task.return of another task",
    /// `Task.cancel`
    NotCancelled = "task has not been cancelled",
    /// `Task.unregister_thread`
    NoResult = "task ends without a result",
    /// `unpack_callback_result`
    CallbackCode = "unsupported callback code",
    /// `canon_backpressure_inc`, `canon_backpressure_dec`
    Backpressure = "backpressure counter overflow",
    /// `WaitableSet.drop`
    SetInUse = "waitable set is not empty or is waited on",
    /// `Subtask.drop`
    SubtaskNotResolved = "subtask is not resolved",
    /// `canon_subtask_cancel`
    SubtaskCancelled = "subtask is cancelled after it is resolved or twice",
    /// `canon_waitable_join`
    WaitedFor = "waitable is waited for",
    /// `trap_if(e.in_waitable_set())`
    InSet = "waitable is in a set",
    /// `trap_if(e.state != CopyState.IDLE)`, `trap_if(self.copying())`
    ChannelBusy = "stream or future is busy",
    /// `trap_if(e.state != CopyState.IDLE)`
    ChannelDone = "stream or future is done",
    /// `trap_if(e.state != CopyState.COPYING)`
    NothingToCancel = "stream or future has nothing to cancel",
    /// `WritableFutureEnd.drop`
    FutureNotWritten = "future is not written",
    /// `trap_if(inst is self.pending_inst and not none_or_number_type(self.t))`
    SameInstance = "both ends in one component instance",
    /// `Buffer`: `trap_if(length > Buffer.MAX_LENGTH)`
    BufferTooLong = "stream buffer too long",
    /// `convert_i32_to_char`
    NotAChar = "not a char",
    /// `load_variant`, `lift_flat_variant`
    InvalidDiscriminant = "invalid discriminant",
    /// `store_string_into_range`, `store_list_into_range`, `lower_flat_values`
    ReallocNotAligned = "result of realloc not aligned",
    /// `store_string_into_range`, `store_list_into_range`, `lower_flat_values`
    ReallocOutOfBounds = "result of realloc out of bounds",
    /// No check of the specification's: handle tables, frames and values on their way through the
    /// runtime's memory have no more room.
    OutOfMemory = "out of memory",
    /// No check of the specification's: the host does not keep to the boundary.
    RuntimeMisused = "misuse of the runtime's memory",
}

impl Trap {
    /// The name of the function that traps for this reason.
    pub fn name(self) -> String {
        format!("{PREFIX}{}", self.reason())
    }

    /// The reason for which a function of that name traps, if it is one of these.
    pub fn named(name: &str) -> Option<Trap> {
        let reason = name.strip_prefix(PREFIX)?;
        Trap::ALL.iter().copied().find(|trap| trap.reason() == reason)
    }
}

impl Trap {
    /// Whether it is a reason of async functions', streams' or futures' alone.
    fn is_scheduled(self) -> bool {
        (Trap::CannotBlock..=Trap::BufferTooLong).contains(&self)
    }
}

/// The core module of the functions that trap, `() -> ()`, each exported under its reason; with those that only the
/// scheduler and what goes with it need, or without.
pub fn traps(scheduled: bool) -> Vec<u8> {
    let (mut types, mut functions) = (TypeSection::new(), FunctionSection::new());
    let (mut exports, mut code, mut names) = (ExportSection::new(), CodeSection::new(), NameMap::new());
    types.ty().function([], []);
    let reasons = Trap::ALL.iter().filter(|trap| scheduled || !trap.is_scheduled());
    for (index, trap) in (0..).zip(reasons) {
        functions.function(0);
        exports.export(trap.reason(), ExportKind::Func, index);
        names.append(index, &trap.name());
        let mut body = Function::new([]);
        body.instructions().unreachable().end();
        code.function(&body);
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&exports).section(&code).section(&section);
    module.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_reason_is_found_by_its_name() {
        for trap in Trap::ALL {
            assert_eq!(Trap::named(&trap.name()), Some(*trap));
        }
        assert_eq!(Trap::named(Trap::NotAChar.reason()), None);
        let reasons: BTreeSet<_> = Trap::ALL.iter().map(|trap| trap.reason()).collect();
        assert_eq!(reasons.len(), Trap::ALL.len());
    }
}
