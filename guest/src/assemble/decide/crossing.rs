//! Whether the host reads and writes memory. In: a plan, and what of it is used. Out: whether some function of
//! the outer boundary takes memory, and whether there are several. Not its job: what follows from that for a
//! particular definition (`sides`).
//!
//! In a component with one memory, the addresses that the host sees are those of the one, and so are the bounds
//! that it checks: neither is right for a guest whose memory is a part of it. So it is given the runtime's memory,
//! which lies where the module's begins: values pass through that, or an adapter checks them and tells the host
//! where they are (`Reallocator::InPlace`).

use crate::abi::func_types::FuncTypes;
use crate::abi::layout::Context;
use crate::assemble::proofs::Used;
use crate::error::Result;
use crate::link::{CanonKind, Func, FuncType, Plan};

/// Whether a function of the outer boundary takes memory.
pub fn takes_memory(plan: &Plan<'_>, used: &Used, func_types: &FuncTypes<'_>) -> Result<bool> {
    let needs = |ty: &FuncType, context| func_types.needs(ty, context).map(|needs| needs.memory);
    for (_, canon) in used.canons(plan) {
        if let CanonKind::Lower { func: Func::Import(import), options } = &canon.kind
            && needs(&plan.imports[*import].ty, Context::lower(options.async_))?
        {
            return Ok(true);
        }
    }
    for lift in &used.lifts_exported {
        let ty = &plan.lifts[*lift].ty;
        if needs(ty, Context::lift(ty.async_))? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the guests have more than one memory.
pub fn several_memories(plan: &Plan<'_>) -> bool {
    let modules = plan.core_instances.values().filter_map(|instance| plan.modules.get(instance.module));
    modules.fold(0usize, |sum, module| sum.saturating_add(module.memories.len())) > 1
}
