//! Calls that need no adapter. In: a call. Out: whether both sides see the same core values and
//! nothing has to be checked. Not its job: what a call does otherwise (`call`).

use super::module::side_pointer;
use super::translate::shares_memory;
use crate::abi::layout::{Layouts, children};
use crate::abi::side::Domain;
use crate::adapter::spec::Call;
use crate::ids::{Id, TypeId};
use crate::link::{Type, Types};

/// Whether the adapter for `call` would do nothing but call: then a direct call takes its place.
pub fn is_transparent(types: &Types, call: &Call) -> bool {
    let nothing_around = call.post_return.is_none()
        && call.check_may_leave.is_none()
        && call.enter.is_empty()
        && !call.trap_on_throw;
    nothing_around && passes_by_itself(types, call)
}

/// Whether each flat value on one side is that on the other, whatever it is.
fn passes_by_itself(types: &Types, call: &Call) -> bool {
    let [caller, callee] = [call.caller, call.callee].map(side_pointer);
    let shared = shares_memory(call.caller, call.callee) && caller == callee;
    let same_host = call.caller.domain == Domain::Host && call.callee.domain == Domain::Host;
    // What goes through memory otherwise, is read and written by the adapter. And a host function
    // takes a return pointer where a function for the host gives one.
    let layouts = Layouts::new(types, caller);
    let through_memory = |flat| !matches!(flat, Ok(Some(_)));
    let params = through_memory(layouts.flat_params(&call.ty));
    let result = through_memory(layouts.flat_result(&call.ty));
    if (params && !shared) || (result && (!shared || same_host)) {
        return false;
    }
    let mut seen = vec![false; types.iter().len()];
    let mut left: Vec<TypeId> = call.ty.params.iter().map(|(_, param)| *param).collect();
    left.extend(call.ty.result);
    while let Some(id) = left.pop() {
        match seen.get_mut(id.index()) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        let ty = &types[id];
        let as_it_is = match ty {
            Type::S32 | Type::U32 | Type::S64 | Type::U64 | Type::F32 | Type::F64 => true,
            Type::Record(_) | Type::Tuple(_) | Type::FixedList(..) => true,
            Type::Own(_) | Type::Borrow(_) => same_host,
            // The host normalises what it lowers and checks what it lifts.
            _ => shared,
        };
        if !as_it_is {
            return false;
        }
        left.extend(children(ty));
    }
    true
}
