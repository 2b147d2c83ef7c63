//! Which memory comes first. In: the layout. Out: the one that most code uses. Not its job: the
//! others, whose order matters little: naming any of them takes a byte in each instruction.

use super::assembly::Assembly;
use super::layout::{Layout, module_of};
use crate::error::Result;
use crate::ids::{Id, LinkId};
use crate::read::{CoreSort, Module};
use std::collections::BTreeMap;

/// The memory that is memory 0 to the most code, of the instances that something needed leads to:
/// others are likely to be left out. None where there is nothing to choose.
pub fn first(assembly: &Assembly, layout: &Layout) -> Result<Option<u32>> {
    if layout.places.memories < 2 {
        return Ok(None);
    }
    let reached = reached(assembly, layout)?;
    let mut code: BTreeMap<u32, usize> = BTreeMap::new();
    for ((id, instance), reached) in assembly.instances.iter().zip(reached) {
        let memory = layout.maps.get(id).and_then(|maps| maps.items.memories.first());
        if let Some(memory) = memory.filter(|_| reached) {
            let bytes = code.entry(*memory).or_default();
            *bytes = bytes.saturating_add(code_bytes(module_of(assembly, instance)?));
        }
    }
    // Of several with as much code, the first.
    let most = code.iter().rev().max_by_key(|(_, bytes)| **bytes);
    Ok(most.map(|(memory, _)| *memory))
}

/// Bytes of function bodies.
pub fn code_bytes(module: &Module) -> usize {
    module.bodies.iter().fold(0, |sum: usize, body| sum.saturating_add(body.as_bytes().len()))
}

/// For each instance, whether exports and start functions lead to it, by imports of functions.
fn reached(assembly: &Assembly, layout: &Layout) -> Result<Vec<bool>> {
    let mut reached = vec![false; assembly.instances.len()];
    let mut open: Vec<LinkId> = Vec::new();
    for (sort, place) in &layout.exports {
        open.extend(layout.owner(*sort, *place).map(|(id, _)| id));
    }
    for (id, instance) in assembly.instances.iter() {
        open.extend(module_of(assembly, instance)?.start.map(|_| id));
    }
    while let Some(id) = open.pop() {
        let Some(slot) = reached.get_mut(id.index()).filter(|reached| !**reached) else { continue };
        *slot = true;
        let functions = layout.maps.get(id).map(|maps| maps.items.funcs.as_slice()).unwrap_or_default();
        let defined = assembly.instances.get(id).map(|instance| module_of(assembly, instance)).transpose()?;
        let imported = functions.len().saturating_sub(defined.map_or(0, |module| module.functions.len()));
        for place in functions.iter().take(imported) {
            open.extend(layout.owner(CoreSort::Func, *place).map(|(id, _)| id));
        }
    }
    Ok(reached)
}
