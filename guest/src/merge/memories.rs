//! Which memory comes first. In: the definitions. Out: the one that most code uses. Not its job: the
//! others, whose order matters little: naming any of them takes a byte in each instruction.

use super::assembly::Assembly;
use super::definitions::{Definitions, Exported};
use crate::error::Result;
use crate::ids::{FuncId, IdVec, LinkId, MemoryId};
use crate::read::Module;
use std::collections::BTreeMap;

/// The memory that the assembly says; else that which is memory 0 to the most code, of the instances that roots lead to: others are
/// likely to be left out. None where there is nothing to choose.
pub fn first(assembly: &Assembly, definitions: &Definitions) -> Result<Option<MemoryId>> {
    if definitions.counts.memories < 2 || definitions.first_memory.is_some() {
        return Ok(definitions.first_memory);
    }
    let reached = reached(assembly, definitions)?;
    let mut code: BTreeMap<MemoryId, usize> = BTreeMap::new();
    for ((id, instance), reached) in assembly.instances.iter().zip(reached.values()) {
        let memory = definitions.instances.get(id).and_then(|spaces| spaces.get(0));
        if let Some(memory) = memory.filter(|_| *reached) {
            let bytes = code.entry(memory).or_default();
            *bytes = bytes.saturating_add(code_bytes(assembly.module(instance)?));
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
fn reached(assembly: &Assembly, definitions: &Definitions) -> Result<IdVec<LinkId, bool>> {
    let mut reached = IdVec::filled(false, assembly.instances.len());
    let mut open: Vec<LinkId> = Vec::new();
    for export in &definitions.exports {
        open.extend(match *export {
            Exported::Func(id) => definitions.owner(id).map(|(owner, _)| owner),
            Exported::Table(id) => definitions.owner(id).map(|(owner, _)| owner),
            Exported::Memory(id) => definitions.owner(id).map(|(owner, _)| owner),
            Exported::Global(id) => definitions.owner(id).map(|(owner, _)| owner),
            Exported::Tag(id) => definitions.owner(id).map(|(owner, _)| owner),
        });
    }
    for (id, instance) in assembly.instances.iter() {
        open.extend(assembly.module(instance)?.start.map(|_| id));
    }
    while let Some(id) = open.pop() {
        let Some(slot) = reached.get_mut(id).filter(|reached| !**reached) else { continue };
        *slot = true;
        let (Some(instance), Some(spaces)) = (assembly.instances.get(id), definitions.instances.get(id))
        else {
            continue;
        };
        for func in spaces.imported::<FuncId>(assembly.module(instance)?) {
            open.extend(definitions.owner(*func).map(|(owner, _)| owner));
        }
    }
    Ok(reached)
}
