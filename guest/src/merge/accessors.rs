//! Functions that only read or write a global. In: which they are, in an assembly. Out: the instruction
//! that a call of one becomes. Not its job: writing it (`body`).

use super::assembly::{Access, Assembly};
use super::resolve::Resolver;
use crate::error::Result;
use crate::ids::{FuncId, GlobalId};
use std::collections::BTreeMap;

/// By function: what it does to which global.
#[derive(Debug, Default)]
pub struct Accessors(BTreeMap<FuncId, (Access, GlobalId)>);

impl Accessors {
    pub fn new(assembly: &Assembly, resolver: &mut Resolver) -> Result<Accessors> {
        let mut all = BTreeMap::new();
        for accessor in &assembly.accessors {
            let global = resolver.resolve(accessor.global)?;
            all.insert(resolver.resolve(accessor.function)?, (accessor.access, global));
        }
        Ok(Accessors(all))
    }

    #[inline]
    pub fn get(&self, function: FuncId) -> Option<(Access, GlobalId)> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&function).copied()
    }
}
