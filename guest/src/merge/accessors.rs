//! Functions that only get or set a global. In: which they are, in an assembly. Out: the instruction that a
//! call of one becomes. Not its job: writing it (`body`).

use super::assembly::Assembly;
use super::definitions::Definitions;
use super::linked::missing;
use crate::error::{Error, Result};
use crate::ids::{FuncId, GlobalId, Id};
use crate::read::PlainFuncTypes;
use std::collections::BTreeMap;
use wasmparser::{BinaryReaderError, FunctionBody, Operator};

/// What a function does to a global.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Get,
    Set,
}

/// By function: what it does to which global.
#[derive(Debug, Default)]
pub struct Accessors(BTreeMap<FuncId, (Access, GlobalId)>);

impl Accessors {
    /// An internal error where one of them does anything else: bodies in which they are called are not
    /// validated again.
    pub fn new(assembly: &Assembly, definitions: &Definitions) -> Result<Accessors> {
        let mut types = PlainFuncTypes::default();
        let mut all = BTreeMap::new();
        for &function in &definitions.accessors {
            let (owner, nth) = definitions.owner(function).ok_or_else(missing)?;
            let instance = assembly.instances.get(owner).ok_or_else(missing)?;
            let module = assembly.module(instance)?;
            let ty = nth.get(module).and_then(|ty| types.get(instance.module, module, *ty));
            let body = module.bodies.get(nth.index()).and_then(|body| read(body).ok().flatten());
            let ((access, global), ty) =
                body.zip(ty).ok_or_else(|| Error::internal("an accessor does something else"))?;
            let params = match access {
                Access::Get => 0,
                Access::Set => 1,
            };
            if ty.params().len() != params {
                return Err(Error::internal("an accessor has another type"));
            }
            let spaces = definitions.instances.get(owner).ok_or_else(missing)?;
            all.insert(function, (access, spaces.get(global).ok_or_else(missing)?));
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

/// What a body does to which global, by the module's own index, if that is all that it does.
fn read(body: &FunctionBody) -> Result<Option<(Access, u32)>, BinaryReaderError> {
    let mut operators = body.get_operators_reader()?;
    let access = match operators.read()? {
        Operator::GlobalGet { global_index } => (Access::Get, global_index),
        Operator::LocalGet { local_index: 0 } => match operators.read()? {
            Operator::GlobalSet { global_index } => (Access::Set, global_index),
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(operators.is_end_then_eof().then_some(access))
}
