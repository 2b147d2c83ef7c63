//! What is imported. In: nothing, these are declarations. Out: the functions that trap, those of the handle
//! tables, and the generated code. Not its job: any of these.

use crate::task::Task;

/// Each traps, and its name is the reason (`runtime/trap.rs`).
pub mod trap {
    #[link(wasm_import_module = "trap")]
    unsafe extern "C" {
        #[link_name = "cannot block a synchronous task before returning"]
        pub fn cannot_block() -> !;
        #[link_name = "deadlock: nothing is left that can make progress"]
        pub fn deadlock() -> !;
        #[link_name = "only a second stack could go on"]
        pub fn second_stack() -> !;
        #[link_name = "task returns twice"]
        pub fn returns_twice() -> !;
        #[link_name = "task.return of another task"]
        pub fn other_return() -> !;
        #[link_name = "task has not been cancelled"]
        pub fn not_cancelled() -> !;
        #[link_name = "task ends without a result"]
        pub fn no_result() -> !;
        #[link_name = "unsupported callback code"]
        pub fn callback_code() -> !;
        #[link_name = "backpressure counter overflow"]
        pub fn backpressure() -> !;
        #[link_name = "waitable set is not empty or is waited on"]
        pub fn set_in_use() -> !;
        #[link_name = "subtask is not resolved"]
        pub fn not_resolved() -> !;
        #[link_name = "subtask is cancelled after it is resolved or twice"]
        pub fn cancelled_before() -> !;
        #[link_name = "waitable is waited for"]
        pub fn waited_for() -> !;
        #[link_name = "waitable is in a set"]
        pub fn in_set() -> !;
        #[link_name = "stream or future is busy"]
        pub fn busy() -> !;
        #[link_name = "stream or future is done"]
        pub fn done() -> !;
        #[link_name = "stream or future has nothing to cancel"]
        pub fn nothing_to_cancel() -> !;
        #[link_name = "future is not written"]
        pub fn not_written() -> !;
        #[link_name = "both ends in one component instance"]
        pub fn same_instance() -> !;
        #[link_name = "handle of another resource type"]
        pub fn other_type() -> !;
        #[link_name = "out of memory"]
        pub fn out_of_memory() -> !;
    }
}

/// The handle tables. `table` is the address of a descriptor, `meta` the type of a handle (`Kind::Own`).
pub mod tables {
    #[link(wasm_import_module = "handles")]
    unsafe extern "C" {
        /// A new index for `rep`.
        pub fn new(table: u32, meta: u32, rep: u32) -> u32;
        /// The representation of a handle of this type; traps for any other.
        pub fn rep(table: u32, meta: u32, handle: u32) -> u32;
        /// The same, and the handle is gone.
        #[link_name = "lift-own"]
        pub fn take(table: u32, meta: u32, handle: u32) -> u32;
        /// The `meta` of a handle of any type, in the upper half, and its representation; traps if there is
        /// none.
        pub fn entry(table: u32, handle: u32) -> u64;
        /// `lift_borrow`: the representation of a resource's handle, which is lent once more.
        pub fn lend(table: u32, meta: u32, handle: u32) -> u32;
        /// `lift_own` of a handle that stays where it is, lent.
        pub fn reserve(table: u32, meta: u32, handle: u32) -> u32;
        /// The end of `lend` or `reserve`.
        #[link_name = "give-back"]
        pub fn give_back(table: u32, handle: u32);
        /// A scope of borrows that does not end in the order of calls.
        #[link_name = "new-scope"]
        pub fn new_scope() -> u32;
        #[link_name = "drop-scope"]
        pub fn drop_scope(scope: u32);
        /// Traps if there are borrows left in it.
        #[link_name = "task-return"]
        pub fn task_return(scope: u32);
    }
}

/// The runtime's memory, through which values pass that the host does not read or write where they are.
pub mod blocks {
    /// Where the host stores events.
    pub const EVENT: u32 = 8;

    #[link(wasm_import_module = "handles")]
    unsafe extern "C" {
        /// The newest block.
        pub fn mark() -> u32;
        /// A block of so many bytes.
        pub fn alloc(size: u32) -> u32;
        /// The blocks that are newer than a mark, until `free_chain`.
        pub fn detach(mark: u32) -> u32;
        #[link_name = "free-chain"]
        pub fn free_chain(chain: u32);
        /// What is at `EVENT`, two words.
        pub fn event() -> u64;
    }
}

/// The generated code, function by function under numbers.
#[allow(improper_ctypes)] // It only hands the address of a task back.
pub mod code {
    use super::Task;

    #[link(wasm_import_module = "adapters")]
    unsafe extern "C" {
        /// Lowers the parameters of a task and calls the callee: what its core function returned, or `EXIT` for
        /// one that is lifted without a callback, whose result has been returned.
        pub fn start(function: u32, task: *mut Task) -> u32;
        /// Calls back: what the core function returned.
        pub fn callback(function: u32, task: *mut Task, event: u32, p1: u32, p2: u32) -> u32;
        /// Takes the result to the caller, from where `task.return` has put it.
        pub fn resolve(function: u32, task: *mut Task);
        /// Copies elements of a stream or future.
        pub fn copy(function: u32, from: u64, to: u64, count: u32);
        /// The host's "canon {stream,future}.new" of a type.
        #[link_name = "host-new"]
        pub fn host_new(ty: u32) -> u64;
        /// ... its "canon {stream,future}.{read,write} async", for one of the component's own.
        #[link_name = "host-copy"]
        pub fn host_copy(site: u32, end: u32, address: u64, length: u32) -> u32;
        /// ... its "canon {stream,future}.cancel-{read,write}": 4 times the type, 2 for the writable end, 1 for
        /// `async`.
        #[link_name = "host-cancel"]
        pub fn host_cancel(function: u32, end: u32) -> u32;
        /// ... its "canon {stream,future}.drop-{readable,writable}": 2 times the type, 1 for the writable end.
        #[link_name = "host-drop"]
        pub fn host_drop(function: u32, end: u32);
        /// Takes a handle back from the host that nobody has taken.
        #[link_name = "take-back"]
        pub fn take_back(function: u32, handle: u32);
    }
}

/// The host's own built-ins, of the component that is put around the module. A stream here has no elements.
pub mod host {
    #[link(wasm_import_module = "host")]
    unsafe extern "C" {
        #[link_name = "context-get"]
        pub fn context_get() -> u32;
        #[link_name = "context-set"]
        pub fn context_set(value: u32);
        #[link_name = "task-cancel"]
        pub fn task_cancel();
        #[link_name = "thread-yield"]
        pub fn thread_yield() -> u32;
        #[link_name = "waitable-set-new"]
        pub fn set_new() -> u32;
        #[link_name = "waitable-set-wait"]
        pub fn set_wait(set: u32, event: u32) -> u32;
        #[link_name = "waitable-set-poll"]
        pub fn set_poll(set: u32, event: u32) -> u32;
        #[link_name = "waitable-join"]
        pub fn join(waitable: u32, set: u32);
        #[link_name = "subtask-cancel"]
        pub fn subtask_cancel(subtask: u32) -> u32;
        #[link_name = "subtask-cancel-async"]
        pub fn subtask_cancel_async(subtask: u32) -> u32;
        #[link_name = "subtask-drop"]
        pub fn subtask_drop(subtask: u32);
        #[link_name = "stream-new"]
        pub fn stream_new() -> u64;
        #[link_name = "stream-read"]
        pub fn stream_read(end: u32, address: u32, length: u32) -> u32;
        #[link_name = "stream-write"]
        pub fn stream_write(end: u32, address: u32, length: u32) -> u32;
    }
}
