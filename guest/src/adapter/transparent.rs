//! Calls that need no adapter. In: a call. Out: whether both sides see the same core values and
//! nothing has to be checked. Not its job: what a call does otherwise (`call`).

use super::route::shares_memory;
use super::spec::{Call, Guards};
use crate::abi::layout::{Context, Layouts, Pointer, children};
use crate::abi::side::Domain;
use crate::error::Result;
use crate::ids::{Id, TypeId};
use crate::link::{Type, Types};

/// Which calls are transparent: their adapter would do nothing but call. What it has to know of types
/// is worked out once, for all calls.
pub struct Transparency<'t> {
    layouts32: Layouts<'t>,
    layouts64: Layouts<'t>,
    /// By type.
    contents: Vec<Contents>,
}

/// What is in a value that does not pass by itself everywhere.
#[derive(Debug, Clone, Copy, Default)]
struct Contents {
    /// Handles pass from host to host.
    handles: bool,
    /// Addresses, and values that are normalised or checked on the way. The host does so itself, with
    /// what it lowers and what it lifts.
    checked: bool,
}

impl Contents {
    fn or(self, other: Contents) -> Contents {
        Contents { handles: self.handles || other.handles, checked: self.checked || other.checked }
    }
}

impl<'t> Transparency<'t> {
    /// One pass: a type is interned after the types inside it, so their contents are there.
    pub fn new(types: &'t Types) -> Transparency<'t> {
        let mut contents: Vec<Contents> = Vec::with_capacity(types.iter().len());
        for (_, ty) in types.iter() {
            let parts = children(ty).into_iter().filter_map(|id| contents.get(id.index()));
            contents.push(parts.fold(own_contents(ty), |all, part| all.or(*part)));
        }
        let [layouts32, layouts64] = [Pointer::I32, Pointer::I64].map(|size| Layouts::new(types, size));
        Transparency { layouts32, layouts64, contents }
    }

    /// Whether the adapter for `call` would do nothing but call: then a direct call can take its place.
    pub fn holds(&self, call: &Call) -> bool {
        call.post_return.is_none() && call.guards == Guards::default() && self.passes_by_itself(call)
    }

    /// Whether each flat value on one side is that on the other, whatever it is.
    fn passes_by_itself(&self, call: &Call) -> bool {
        let Call { ty, caller, callee, .. } = call;
        let shared = shares_memory(*caller, *callee) && caller.pointer() == callee.pointer();
        let same_host = caller.domain == Domain::Host && callee.domain == Domain::Host;
        // What goes through memory otherwise, is read and written by the adapter. And a host function
        // takes a return pointer where a function for the host gives one.
        let layouts = match caller.pointer() {
            Pointer::I32 => &self.layouts32,
            Pointer::I64 => &self.layouts64,
        };
        let params_spill = through_memory(layouts.flat_params(ty, Context::Lower));
        let result_spills = through_memory(layouts.flat_result(ty, Context::Lower));
        if (params_spill && !shared) || (result_spills && (!shared || same_host)) {
            return false;
        }
        let values = ty.params.iter().map(|(_, param)| *param).chain(ty.result);
        let contents = values.fold(Contents::default(), |all, id| all.or(self.contents(id)));
        (!contents.handles || same_host) && (!contents.checked || shared)
    }

    fn contents(&self, id: TypeId) -> Contents {
        self.contents.get(id.index()).copied().unwrap_or(Contents { handles: true, checked: true })
    }
}

/// A type without a layout is left to the adapter, which says what is wrong with it.
fn through_memory<T>(flat: Result<Option<T>>) -> bool {
    !matches!(flat, Ok(Some(_)))
}

/// Of a type itself, without its parts.
fn own_contents(ty: &Type) -> Contents {
    match ty {
        Type::S32 | Type::U32 | Type::S64 | Type::U64 | Type::F32 | Type::F64 => Contents::default(),
        Type::Record(_) | Type::Tuple(_) | Type::FixedList(..) => Contents::default(),
        Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => {
            Contents { handles: true, checked: false }
        }
        _ => Contents { handles: false, checked: true },
    }
}
