//! The adapter module. In: `spec::Function`s. Out: one core module, as bytes, and what each of its
//! imports is. Not its job: deciding which adapters are needed (`assemble`).

mod body;
mod borrows;
mod builtin;
mod call;
mod copies;
mod cost;
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
pub mod spec;
mod string;
mod translate;
mod transparent;
mod variant;

pub use copies::{Copied, Copies};
pub use transparent::Transparency;

use crate::abi::layout::Pointer;
use crate::adapter::spec::{Function, Ref, ResourceInfo};
use crate::error::Result;
use crate::ids::{IdVec, InstanceId, ResourceId, TypeId};
use crate::link::{Type, Types};
use crate::optimizations::Optimizations;
use crate::runtime::HandleTables;
use builtin::{write_drop, write_host_destructor, write_new, write_rep};
use guard::{Wrapper, write_free, write_realloc, write_wrapper};
use module::Module;
use std::collections::BTreeMap;

/// The generated module.
pub struct AdapterModule {
    pub bytes: Vec<u8>,
    /// What each import of the module is, in order; each `Ref` once, and never `Ref::Adapter`.
    pub imports: Vec<Ref>,
    /// The instances whose `may_leave` transcoders among `imports` need, and the name of the export
    /// of this module that each of these globals is.
    pub may_leave: Vec<(InstanceId, String)>,
}

/// Generates the module: function `n` of `functions` is exported as `"n"`.
///
/// `tables` has every instance that is the `Domain` of a side with handles.
///
/// The imports' types are those that the ABI gives them, except that memories have no limits: a
/// linker that resolves by definition does not look at these.
pub fn generate(
    types: &Types,
    resources: &IdVec<ResourceId, ResourceInfo>,
    tables: &HandleTables,
    functions: &[Function],
    optimizations: Optimizations,
) -> Result<AdapterModule> {
    let (types, pairs) = with_pairs(types);
    let mut module = Module::new(&types, &pairs, resources, tables, functions.len(), optimizations)?;
    for (index, function) in (0..).zip(functions) {
        write(&mut module, index, function)?;
    }
    while let Some((index, helper)) = module.next_helper()? {
        translate::write_helper(&mut module, index, helper)?;
    }
    module.finish()
}

/// A map despecializes to a list of tuples: adds the types of these.
fn with_pairs(types: &Types) -> (Types, BTreeMap<(TypeId, TypeId), TypeId>) {
    let mut all = types.clone();
    let mut pairs = BTreeMap::new();
    for (_, ty) in types.iter() {
        if let Type::Map(key, value) = ty {
            pairs.insert((*key, *value), all.intern(Type::Tuple([*key, *value].into())));
        }
    }
    (all, pairs)
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
        Function::PostReturn { function, instance, params, guards } => {
            let wrapper = Wrapper {
                name: format!("post-return {index}"),
                function: Ref::Core(*function),
                params,
                results: &[],
                without_leaving: Some(*instance),
                guards,
            };
            write_wrapper(module, index, wrapper)
        }
        Function::Guard { function, params, results, guards } => {
            let name = format!("guard {index}");
            let function = *function;
            let wrapper = Wrapper { name, function, params, results, without_leaving: None, guards };
            write_wrapper(module, index, wrapper)
        }
        Function::FreeRuntimeMemory { params } => write_free(module, index, params),
    }
}

#[cfg(test)]
mod tests;
