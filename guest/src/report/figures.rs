//! The figures of a fusion. In: the plan, the assembly, the merged module. Out: `Statistics`. Not
//! its job: showing them.

use crate::assemble::{Assembled, Outcome};
use crate::interface::Statistics;
use crate::link::Plan;
use wasmparser::{Parser, Payload};

impl Statistics {
    /// The figures that are known before merging.
    pub fn of(plan: &Plan<'_>, assembled: &Assembled<'_>) -> Statistics {
        let decisions = &assembled.decisions;
        let mut statistics = Statistics {
            component_instances: count(plan.instances.len()),
            core_instances: count(plan.core_instances.len()),
            host_imports: count(assembled.assembly.imported().count()),
            exports: count(assembled.boundary.exports.len()),
            resource_types: count(plan.resources.len()),
            handle_tables: count(decisions.handle_tables),
            ..Statistics::default()
        };
        for (_, _, outcome) in decisions.inner_calls(plan) {
            match outcome {
                Outcome::Direct(_) => statistics.direct_calls += 1,
                _ => statistics.adapters += 1,
            }
        }
        statistics
    }

    /// Adds what `core`, the merged module, has.
    pub fn merged(&mut self, core: &[u8]) {
        for payload in Parser::new(0).parse_all(core) {
            match payload {
                Ok(Payload::FunctionSection(section)) => self.functions = section.count(),
                Ok(Payload::MemorySection(section)) => self.memories = section.count(),
                // Nothing of interest comes after.
                Ok(Payload::CodeSectionStart { .. }) | Err(_) => break,
                Ok(_) => {}
            }
        }
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
