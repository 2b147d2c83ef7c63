//! The adapter module: the code that carries values over a boundary. In: `spec::Function`s. Out: one core
//! module, as bytes, and what each of its imports is. Not its job: deciding which adapters are needed
//! and which checks can fire (`assemble`).
//!
//! In reading order:
//!
//! - [`spec`]: what is asked for, and the names of what generated code uses
//! - `body`: one function in the making; `module`: the module in the making
//! - `guard`: what goes around a call; `storage`: what a task finds in `context.get`; `builtin`: the
//!   built-ins of resources, and destructors
//! - `call`: a lower met by a lift; `route`: the way that its values take; `borrows`: its bookkeeping of
//!   borrows
//! - `translate`: one value from one side to the other; `operand`: where a value is; `range`: checks of
//!   addresses, allocation; `helper`: a translation that is a function of its own
//! - `derived`: types that stand for what is not one type in a component
//! - the kinds of types: `scalar`, `variant`, `string`, `list`, `handle`
//! - `tasks`: calls of async functions; `scheduled`: built-ins that are functions of the scheduler; `channel`:
//!   streams and futures
//! - what is better than the plain way: `transparent` (no adapter at all), `plain` (bytes are copied),
//!   `inline` (the handle runtime's code on the spot), `cost` (which translations become functions);
//!   `copies`: which values of a call are copied as bytes, for people to be told

mod body;
mod borrows;
mod builtin;
mod call;
pub mod channel;
mod copies;
mod cost;
mod derived;
mod guard;
mod handle;
mod helper;
mod inline;
mod list;
mod module;
mod operand;
mod plain;
mod range;
mod route;
mod scalar;
mod scheduled;
pub mod spec;
mod storage;
mod string;
mod tasks;
mod translate;
mod transparent;
mod variant;

pub use copies::{Copied, Copies};
pub use module::{AdapterModule, Budget};
pub use transparent::Transparency;

use crate::abi::layout::Pointer;
use crate::error::{Error, Result};
use crate::ids::{IdVec, ResourceId};
use crate::link::Types;
use crate::optimizations::Optimizations;
use crate::runtime::HandleTables;
use builtin::{write_drop, write_host_destructor, write_new, write_rep};
use derived::Derived;
use guard::{
    Wrapper, write_free, write_kept_post_return, write_one_of_reallocs, write_realloc, write_wrapper,
};
use module::Module;
use spec::{Function, Ref, ResourceInfo};

/// Generates the module: function `n` of `functions` is exported as `"n"`, in decimal, and called
/// `names[n]` in the name section.
///
/// `tables` has every instance that is the `Domain` of a side with handles.
///
/// The imports' types are those that the ABI gives them, except that memories have no limits: a
/// linker that resolves by definition does not look at these.
///
/// Errors: `Error::limit` for a type, a function or a module that is too large; internal ones where
/// `functions`, `resources` and `tables` do not fit together.
pub fn generate(
    types: &Types,
    resources: &IdVec<ResourceId, ResourceInfo>,
    tables: &HandleTables,
    functions: &[Function],
    names: &[String],
    (optimizations, budget): (Optimizations, Budget),
) -> Result<AdapterModule, Refused> {
    let derived = Derived::with_params(types, functions);
    let settings = (optimizations, budget);
    let mut module =
        Module::new(&derived, resources, tables, functions.len(), settings).map_err(Refused::whole)?;
    if let Err(error) = write_all(&mut module, functions) {
        return Err(Refused { function: Some(module.at), error: Box::new(error) });
    }
    module.finish(names)
}

/// Why there is no module.
#[derive(Debug)]
pub struct Refused {
    /// Which of the `Function`s it is about.
    pub function: Option<u32>,
    pub error: Box<Error>,
}

impl Refused {
    /// About none of them.
    fn whole(error: Error) -> Refused {
        Refused { function: None, error: Box::new(error) }
    }
}

fn write_all(module: &mut Module, functions: &[Function]) -> Result<()> {
    for (index, function) in (0..).zip(functions) {
        module.at = index;
        write(module, index, function)?;
    }
    while let Some((index, helper)) = module.next_helper()? {
        translate::write_helper(module, index, helper)?;
    }
    Ok(())
}

fn write(module: &mut Module, index: u32, function: &Function) -> Result<()> {
    match function {
        Function::Call(call) => call::write_call(module, index, call),
        Function::ResourceNew { instance, resource, check_may_leave } => {
            write_new(module, index, *instance, *resource, *check_may_leave)
        }
        Function::ResourceRep { instance, resource } => write_rep(module, index, *instance, *resource),
        Function::ResourceDrop { instance, resource, destroy, guards } => {
            write_drop(module, index, *instance, *resource, *destroy, guards)
        }
        Function::HostDestructor { destructor, guards } => {
            write_host_destructor(module, index, *destructor, guards)
        }
        Function::Realloc { realloc, instance, memory64, guards } => {
            write_realloc(module, index, *realloc, *instance, Pointer::new(*memory64), guards)
        }
        Function::OneOfReallocs { reallocs, memory64, .. } => {
            write_one_of_reallocs(module, index, reallocs, Pointer::new(*memory64))
        }
        Function::PostReturn { function, instance, params, guards } => {
            let wrapper = Wrapper {
                function: Ref::Core(*function),
                params,
                results: &[],
                without_leaving: Some(*instance),
                guards,
            };
            write_wrapper(module, index, wrapper)
        }
        Function::KeptPostReturn { function, instance, params, kept, frees, guards } => {
            let (guest, around) = ((*function, kept.as_slice()), (*instance, guards));
            write_kept_post_return(module, index, guest, around, (params, *frees))
        }
        Function::Guard { function, params, results, guards } => {
            let function = *function;
            let wrapper = Wrapper { function, params, results, without_leaving: None, guards };
            write_wrapper(module, index, wrapper)
        }
        Function::FreeRuntimeMemory { params } => write_free(module, index, params),
        Function::ContextGet(slot) => storage::write_get(module, index, *slot),
        Function::ContextSet(slot) => storage::write_set(module, index, *slot),
        Function::AsyncCall(call) => tasks::write_call(module, index, call),
        Function::TaskStart(call) => tasks::write_start(module, index, call),
        Function::TaskResolve(call) => tasks::write_resolve(module, index, call),
        Function::Callback { function, storage, trap_on_throw } => {
            tasks::write_callback(module, index, *function, storage, *trap_on_throw)
        }
        Function::TaskReturn { check_may_leave, class, params } => {
            tasks::write_return(module, index, *check_may_leave, *class, params)
        }
        Function::Scheduled { check_may_leave, function, leading } => {
            scheduled::write(module, index, *check_may_leave, *function, leading)
        }
        Function::WaitableSetEvent { check_may_leave, function, instance, cancellable, memory } => {
            let set = (*instance, *cancellable, *memory);
            scheduled::write_event(module, index, *check_may_leave, *function, set)
        }
        Function::HostCall(call) => tasks::write_host_call(module, index, call),
        Function::HostResolve(call) => tasks::write_host_resolve(module, index, call),
        Function::ChannelCopy { check_may_leave, end, async_, site, bridge } => {
            channel::write_copy(module, index, *check_may_leave, *end, (*async_, *site, *bridge))
        }
        Function::HostCopy { function, future, memory64, within } => {
            channel::write_host_copy(module, index, *function, (*future, *memory64, *within))
        }
        Function::ChannelElements { element, from, to, trap_on_throw } => {
            channel::write_elements(module, index, *element, (*from, *to), *trap_on_throw)
        }
        Function::TakeBack { resource } => handle::write_take_back(module, index, *resource),
        Function::Dispatch { params, results, targets } => {
            scheduled::write_dispatch(module, index, (params, results), targets)
        }
    }
}

#[cfg(test)]
mod tests;
