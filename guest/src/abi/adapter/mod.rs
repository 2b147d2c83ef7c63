//! The adapter module. In: `spec::Function`s. Out: one core module, as bytes, and what each of its
//! imports is. Not its job: deciding which adapters are needed (`assemble`).

use super::spec::{Call, Function, Reallocator, Ref, ResourceInfo};
use crate::error::{Error, Result};
use crate::ids::{IdVec, InstanceId, ResourceId};
use crate::link::Types;
use std::collections::BTreeMap;

/// The generated module.
pub struct AdapterModule {
    pub bytes: Vec<u8>,
    /// What each import of the module is, in order; each `Ref` once, and never `Ref::Adapter`.
    pub imports: Vec<Ref>,
    /// The `Reallocator::Guarded`s that transcoders among `imports` need, and the name of the
    /// export of this module that each of them is.
    pub reallocs: Vec<(Reallocator, String)>,
}

/// Generates the module: function `n` of `functions` is exported as `"n"`.
///
/// `tables` says which handle table of the handle runtime is whose; it has every instance that is
/// the `Domain` of a side with handles.
pub fn generate(
    types: &Types,
    resources: &IdVec<ResourceId, ResourceInfo>,
    tables: &BTreeMap<InstanceId, u32>,
    functions: &[Function],
) -> Result<AdapterModule> {
    let _ = (types, resources, tables, functions);
    Err(Error::internal("adapters are not built yet"))
}

/// Whether the adapter for `call` would do nothing but call: then a direct call takes its place.
pub fn is_transparent(types: &Types, call: &Call) -> bool {
    let _ = (types, call);
    false
}
