//! Exceptions of core code. In: a plan. Out: whether there can be any, and what catches them where they
//! must not pass. Not its job: where that is (`decide`).

use crate::adapter::spec::Catches;
use crate::link::Plan;
use crate::read::Module;
use std::collections::BTreeSet;

/// Opcodes (core specification, binary format, and the legacy proposal).
const TRY: u8 = 0x06;
const TRY_TABLE: u8 = 0x1f;

/// What catches an exception; nothing where no module has a tag. The legacy instruction is for guests
/// that know no other: an engine that runs both is one that runs `try_table`.
pub fn catches(plan: &Plan<'_>) -> Option<Catches> {
    let modules: BTreeSet<_> = plan.core_instances.values().map(|core| core.module).collect();
    let modules = || modules.iter().map(|id| &plan.modules[*id]);
    if modules().all(|module| module.tags.is_empty()) {
        return None;
    }
    let legacy = modules().any(|module| has(module, TRY)) && !modules().any(|module| has(module, TRY_TABLE));
    Some(if legacy { Catches::Try } else { Catches::TryTable })
}

/// Whether an instruction with this opcode is among those that `Sites` has.
fn has(module: &Module, opcode: u8) -> bool {
    module.bodies.iter().enumerate().any(|(nth, body)| {
        let mut sites = module.sites.of(nth).into_iter().flatten();
        sites.any(|site| body.as_bytes().get(site.at) == Some(&opcode))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What catches where one core module has a tag and this function, and another one that.
    fn caught(first: &str, second: &str) -> Option<Catches> {
        let text = format!(
            "(component
               (core module $a (tag $t) (func $f) {first})
               (core module $b (func $f) {second})
               (core instance (instantiate $a)) (core instance (instantiate $b)))"
        );
        let bytes = wat::parse_str(text).unwrap();
        let mut reader = crate::read::Reader::new(&bytes);
        while reader.step().unwrap() {}
        let tree = reader.finish().unwrap();
        catches(&crate::link::evaluate(&tree).unwrap())
    }

    const LEGACY: &str = "(func try call $f catch_all end)";
    const TABLE: &str = "(func (block $out (try_table (catch_all $out) (call $f))))";

    #[test]
    fn engines_know_what_the_guests_use() {
        assert_eq!(caught("", ""), Some(Catches::TryTable));
        assert_eq!(caught(LEGACY, ""), Some(Catches::Try));
        assert_eq!(caught("", LEGACY), Some(Catches::Try));
        assert_eq!(caught("", TABLE), Some(Catches::TryTable));
        assert_eq!(caught(LEGACY, TABLE), Some(Catches::TryTable));
    }
}
