//! The scheduler (`scheduler/`, compiled by build.rs). In: nothing. Out: its bytes, and the names and types of what
//! it exports. Not its job: what each function does, which its source says.

use wasm_encoder::ValType;

/// A core module.
pub const SCHEDULER: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/scheduler.wasm"));

/// A task as generated code sees it, in bytes from its address: as in `scheduler/src/task.rs`.
pub mod task {
    /// `Thread.storage`, 8 bytes for each slot.
    pub const STORAGE: u32 = 112;
    /// What generated code notes there, as much as it has asked for.
    pub const FRAME: u32 = 128;
}

macro_rules! functions {
    ($($(#[doc = $doc:literal])+ $name:ident = $export:literal: ($($param:ident),*) -> ($($result:ident)?),)+) => {
        /// A function that the scheduler exports.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SchedulerFunction {
            $($(#[doc = $doc])+ $name,)+
        }

        impl SchedulerFunction {
            /// All of them.
            pub const ALL: &[SchedulerFunction] = &[$(SchedulerFunction::$name),+];

            /// The name of the export.
            pub fn export(self) -> &'static str {
                match self {
                    $(SchedulerFunction::$name => $export,)+
                }
            }

            pub fn params(self) -> &'static [ValType] {
                match self {
                    $(SchedulerFunction::$name => &[$(ValType::$param),*],)+
                }
            }

            pub fn results(self) -> &'static [ValType] {
                match self {
                    $(SchedulerFunction::$name => &[$(ValType::$result)?],)+
                }
            }
        }
    };
}

functions! {
    /// A call with a frame of so many bytes: `(size) -> (task)`.
    NewTask = "new-task": (I32) -> (I32),
    /// "canon lower" with `async`: `(task, caller, callee, start, callback, class, memory) -> (status)`.
    CallAsync = "call-async": (I32, I32, I32, I32, I32, I32, I32) -> (I32),
    /// "canon lower" without: `(task, callee, start, callback, class, memory) -> ()`. `Release` has to follow.
    CallSync = "call-sync": (I32, I32, I32, I32, I32, I32) -> (),
    /// A call by the host: `(task, callee, start, callback, class, memory) -> (code)`.
    CallByHost = "call-by-host": (I32, I32, I32, I32, I32, I32) -> (I32),
    /// The callback of any of these: `(event, index, payload) -> (code)`.
    CallBackByHost = "call-back-by-host": (I32, I32, I32) -> (I32),
    /// A function of the host's has returned this to a lower with `async`:
    /// `(task, descriptor, resolve, chain, status) -> (status)`.
    HostCalled = "host-called": (I32, I32, I32, I32, I32) -> (I32),
    /// The caller has no use for the call any more: `(task) -> ()`.
    Release = "release": (I32) -> (),
    /// `lift_borrow`: `(task, descriptor, meta, handle) -> (rep)`.
    Lend = "lend": (I32, I32, I32, I32) -> (I32),
    /// Where the callee's borrows are counted: `(task) -> (scope)`.
    Scope = "scope": (I32) -> (I32),
    /// "canon task.return", before the result is noted in the task's frame: `(class, memory) -> (task)`.
    TaskReturn = "task.return": (I32, I32) -> (I32),
    /// ... and after that: `(task) -> ()`.
    ReturnNoted = "return-noted": (I32) -> (),
    /// The checks of `Task.return_`, without "canon task.return": `(task) -> ()`.
    Returning = "returning": (I32) -> (),
    /// ... and when the result has been carried over: `(task) -> ()`.
    Returned = "returned": (I32) -> (),
    /// "canon task.cancel"
    TaskCancel = "task.cancel": () -> (),
    /// A task of a function that is not async begins: `(descriptor) -> (before)`.
    EnterSync = "enter-sync": (I32) -> (I32),
    /// ... and ends: `(before) -> ()`.
    LeaveSync = "leave-sync": (I32) -> (),
    /// A function of the host's is called that may wait: traps if the task that runs may not.
    MayWait = "may-wait": () -> (),
    /// "canon backpressure.inc": `(descriptor) -> ()`.
    BackpressureInc = "backpressure.inc": (I32) -> (),
    /// "canon backpressure.dec": `(descriptor) -> ()`.
    BackpressureDec = "backpressure.dec": (I32) -> (),
    /// "canon subtask.cancel": `(descriptor, async, index) -> (state)`.
    SubtaskCancel = "subtask.cancel": (I32, I32, I32) -> (I32),
    /// "canon subtask.drop": `(descriptor, index) -> ()`.
    SubtaskDrop = "subtask.drop": (I32, I32) -> (),
    /// "canon waitable-set.new": `(descriptor) -> (index)`.
    WaitableSetNew = "waitable-set.new": (I32) -> (I32),
    /// "canon waitable-set.wait": `(descriptor, cancellable, index) -> (event)`, the event in 4 bits, then in 28
    /// and 32 what belongs to it.
    WaitableSetWait = "waitable-set.wait": (I32, I32, I32) -> (I64),
    /// "canon waitable-set.poll", the same.
    WaitableSetPoll = "waitable-set.poll": (I32, I32, I32) -> (I64),
    /// "canon waitable-set.drop": `(descriptor, index) -> ()`.
    WaitableSetDrop = "waitable-set.drop": (I32, I32) -> (),
    /// "canon waitable.join": `(descriptor, index, set) -> ()`.
    WaitableJoin = "waitable.join": (I32, I32, I32) -> (),
    /// "canon thread.yield": `(cancellable) -> (cancelled)`.
    ThreadYield = "thread.yield": (I32) -> (I32),
    /// "canon {stream,future}.new": `(descriptor, meta, future, local) -> (ends)`.
    ChannelNew = "channel.new": (I32, I32, I32, I32) -> (I64),
    /// An end that is about to copy: `(descriptor, meta, async, index) -> (end)`.
    ChannelEnd = "channel.end": (I32, I32, I32, I32) -> (I32),
    /// "canon {stream,future}.{read,write}":
    /// `(end, async, site, size, host, carry, carried, address, length) -> (result)`.
    ChannelCopy = "channel.copy": (I32, I32, I32, I32, I32, I32, I32, I64, I32) -> (I32),
    /// "canon {stream,future}.cancel-{read,write}": `(descriptor, meta, async, index) -> (result)`.
    ChannelCancel = "channel.cancel": (I32, I32, I32, I32) -> (I32),
    /// "canon {stream,future}.drop-{readable,writable}": `(descriptor, meta, index) -> ()`.
    ChannelDrop = "channel.drop": (I32, I32, I32) -> (),
    /// `lift_async_value`: `(descriptor, meta, index) -> (shared)`.
    ChannelLift = "channel.lift": (I32, I32, I32) -> (I32),
    /// `lower_stream`, `lower_future`: `(descriptor, meta, shared) -> (index)`.
    ChannelLower = "channel.lower": (I32, I32, I32) -> (I32),
    /// The same to the host: `(type, shared) -> (index)`.
    ChannelToHost = "channel.to-host": (I32, I32) -> (I32),
    /// `lift_async_value` from the host: `(type, future, index) -> (shared)`.
    ChannelFromHost = "channel.from-host": (I32, I32, I32) -> (I32),
    /// `lift_own` in an element that the host may read: `(descriptor, meta, handle) -> (rep)`.
    Reserve = "reserve": (I32, I32, I32) -> (I32),
    /// What has been reserved has become a handle of the host's: `(handle, back) -> (handle)`.
    Offer = "offer": (I32, I32) -> (I32),
    /// `lift_async_value` there: `(type, site, descriptor, meta, handle) -> (index)`.
    ChannelReserve = "channel.reserve": (I32, I32, I32, I32, I32) -> (I32),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Module;
    use wasmparser::ExternalKind;

    #[test]
    fn each_is_an_export_of_its_type() {
        let module = Module::parse(SCHEDULER, 0).unwrap();
        let imported =
            module.imports.iter().filter(|import| matches!(import.ty, wasmparser::TypeRef::Func(_)));
        let imported = imported.count();
        for function in SchedulerFunction::ALL {
            let export = module.exports.iter().find(|export| export.name == function.export());
            let export = export.unwrap_or_else(|| panic!("{function:?}"));
            assert_eq!(export.kind, ExternalKind::Func);
            let ty = module.functions[export.index as usize - imported];
            let ty = module.types[ty as usize].types().next().unwrap().unwrap_func();
            let types = |types: &[ValType]| -> Vec<wasmparser::ValType> {
                let of = |ty: &ValType| match ty {
                    ValType::I64 => wasmparser::ValType::I64,
                    _ => wasmparser::ValType::I32,
                };
                types.iter().map(of).collect()
            };
            assert_eq!(ty.params(), types(function.params()), "{function:?}");
            assert_eq!(ty.results(), types(function.results()), "{function:?}");
        }
    }
}
