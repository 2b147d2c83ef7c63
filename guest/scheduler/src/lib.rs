//! The state that CanonicalABI.md keeps in a store, for the component instances that are fused: tasks,
//! subtasks, waitables and their sets, streams and futures, and who runs next. In: calls of generated code
//! (`adapter`). Out: calls of generated code, which starts tasks, calls back and carries values over. Not its
//! job: values, and the handle tables in which all of this has its indices (`runtime/handles.wat`).
//!
//! In reading order:
//!
//! - `outside`: what is imported: the reasons to trap, the handle tables, the generated code
//! - `memory`: where objects lie; `list`: what they are linked in
//! - `instance`: what a component instance has of this; `current`: which task runs
//! - `waitable`: waitables, events and sets
//! - `task`: a call, which is the subtask of its caller and the task of its callee
//! - `schedule`: who runs next, and what happens where code waits on the stack
//! - `cancel`: the cancellation of a call
//! - `channel`: streams and futures
//! - `bridge`: those of which the host has an end
//! - `outermost`: calls by the host; `hosted`: calls of the host; `pending`: what of the host's is not over
//!
//! There is one thread, and one module for each fused component: all state is in statics. Addresses of objects
//! are representations in the handle tables. Nothing here takes an address from a guest.

#![no_std]
#![allow(clippy::missing_safety_doc)]

mod bridge;
mod cancel;
mod channel;
mod current;
mod hosted;
mod instance;
mod list;
mod memory;
mod outermost;
mod outside;
mod pending;
mod schedule;
mod task;
mod waitable;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
