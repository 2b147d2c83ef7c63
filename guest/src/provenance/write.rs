//! The section of a merged module. In: the module, what its functions and memories were, and what was fused and
//! how. Out: the contents of `meld:provenance`. Not its job: reading one (`read`).

use super::document::{
    Crossing, Functions, Input, Instance, Meld, MemoryOf, Module, Options, Provenance, VERSION,
};
use super::read::Code;
use super::{SECTION, numbers};
use crate::error::{Error, Result};
use crate::ids::{CoreInstanceId, Id, LinkId, ModuleId};
use crate::interface;
use crate::link::Plan;
use crate::merge::Merged;
use crate::read::limits;
use std::collections::HashMap;
use std::io;

/// What a core module stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Which input.
    Input(u32),
    /// What meld calls what it has added.
    Added(String),
}

/// What was fused, and what came out.
pub struct Request<'r, 'a> {
    pub options: &'r interface::Options,
    pub inputs: &'r [Input],
    /// Where a byte of the component that was fused comes from.
    pub place: &'r dyn Fn(usize) -> Option<(Part, u64)>,
    pub plan: &'r Plan<'a>,
    pub boundaries: &'r [Crossing],
    /// `bodies` may be fewer than the module has: those that come behind are generated.
    pub merged: &'r Merged<'a>,
    /// For each of the memories, where it is in the one, if it is a part of that.
    pub bases: Option<&'r [u64]>,
}

/// The contents of the section. Errors: `limit-exceeded` where it would be too long to be read again.
pub fn section(request: &Request<'_, '_>) -> Result<Vec<u8>> {
    let Request { options, inputs, plan, merged, .. } = request;
    let (modules, instances) = instances(request)?;
    let code =
        Code::read(&merged.bytes).ok_or_else(|| Error::internal("the merged module cannot be read"))?;
    let provenance = Provenance {
        version: VERSION,
        meld: Meld::this(),
        options: Options::of(options),
        inputs: inputs.to_vec(),
        modules,
        instances,
        memories: memories(request),
        boundaries: request.boundaries.to_vec(),
        functions: functions(plan, merged, &code),
    };
    let mut json = Bounded(Vec::new());
    match serde_json::to_writer(&mut json, &provenance) {
        Ok(()) => Ok(json.0),
        Err(error) if error.is_io() => {
            let limit = limits::WRAPPING_BYTES as u64;
            Err(Error::limit(format!("bytes of the section `{SECTION}`"), limit).hint("fuse without it"))
        }
        Err(error) => Err(Error::internal(error)),
    }
}

/// Takes as many bytes as can be read again.
struct Bounded(Vec<u8>);

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.len().saturating_add(bytes.len()) {
            0..=limits::WRAPPING_BYTES => self.0.write(bytes),
            _ => Err(io::ErrorKind::StorageFull.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn instances(request: &Request<'_, '_>) -> Result<(Vec<Module>, Vec<Instance>)> {
    let mut numbers: HashMap<ModuleId, u32> = HashMap::new();
    let (mut modules, mut instances) = (Vec::new(), Vec::new());
    for instance in request.plan.core_instances.values() {
        let module = match numbers.get(&instance.module) {
            Some(module) => *module,
            None => {
                let offset = request.plan.modules.get(instance.module).map(|module| module.offset);
                let place = offset.and_then(|offset| (request.place)(offset));
                let (of, offset) = place.ok_or_else(|| Error::internal("a core module is in no input"))?;
                let number = to_number(modules.len());
                modules.push(match of {
                    Part::Input(input) => Module { input: Some(input), added: None, offset },
                    Part::Added(name) => Module { input: None, added: Some(name), offset },
                });
                numbers.insert(instance.module, number);
                number
            }
        };
        instances.push(Instance { name: instance.label.clone(), module });
    }
    Ok((modules, instances))
}

/// The number of the instance, unless it was generated.
fn guest(plan: &Plan, id: LinkId) -> Option<u32> {
    let number = id.index();
    plan.core_instances.get(CoreInstanceId::from_index(number)).map(|_| to_number(number))
}

fn memories(request: &Request<'_, '_>) -> Vec<MemoryOf> {
    let base = |nth: usize| request.bases.and_then(|bases| bases.get(nth)).copied();
    let memories = request.merged.memories.iter().enumerate();
    memories.map(|(nth, id)| MemoryOf { instance: guest(request.plan, *id), base: base(nth) }).collect()
}

fn functions(plan: &Plan, merged: &Merged<'_>, code: &Code<'_>) -> Functions {
    let (mut origins, mut generated) = (String::new(), Vec::new());
    let names = code.names();
    let mut before = 0;
    // By source: the index of its last function.
    let mut last: HashMap<u32, u32> = HashMap::new();
    for nth in 0..code.count {
        let body = merged.bodies.get(nth as usize).copied().flatten();
        let (source, index) = match body.and_then(|body| Some((guest(plan, body.instance)?, body.index))) {
            Some((instance, index)) => (instance.saturating_add(1), index),
            None => {
                let name = names.get(&code.imported.saturating_add(nth)).copied();
                // Not all of those that run beside the guests have one.
                let label = || body.and_then(|body| merged.labels.get(&body.instance)).map(String::as_str);
                generated.push(name.or_else(label).unwrap_or_default().to_string());
                (0, to_number(generated.len().saturating_sub(1)))
            }
        };
        let previous = last.insert(source, index).unwrap_or_default();
        numbers::push(i64::from(source) - i64::from(before), &mut origins);
        numbers::push(i64::from(index) - i64::from(previous), &mut origins);
        before = source;
    }
    Functions { code_sha256: code.sha256.clone(), count: code.count, origins, generated }
}

/// Budgets keep all that is counted here far below 2^32.
fn to_number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
