//! How the values of a function type pass a boundary. In: function types. Out: core signatures, the
//! canonical options that they call for, and the way they take across the outer boundary. Not its
//! job: particular functions (`assemble`).

use super::facts::FactTable;
use super::layout::{Context, Layouts, Pointer, Signature, inside};
use crate::error::Result;
use crate::ids::{ResourceId, TypeId};
use crate::link::{FuncType, Type, Types};
use std::collections::BTreeSet;
use wasm_encoder::ValType;

/// How the values of a function cross the outer boundary where handle tables live inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// As they are: there are no handles, and the host reads and writes the guest's memory.
    Straight,
    /// In the guest's memory, and no handle is there: only the flat handles are translated.
    Handles,
    /// Through the handle runtime's memory, because there are handles in memory.
    Copied,
}

/// Which canonical options a function type calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    pub memory: bool,
    pub realloc: bool,
}

pub struct Passages<'t> {
    pub facts: FactTable,
    types: &'t Types,
    layouts32: Layouts<'t>,
    layouts64: Layouts<'t>,
}

impl<'t> Passages<'t> {
    pub fn new(types: &'t Types) -> Passages<'t> {
        Passages {
            facts: FactTable::new(types),
            types,
            layouts32: Layouts::new(types, Pointer::I32),
            layouts64: Layouts::new(types, Pointer::I64),
        }
    }

    /// `flatten_functype`
    pub fn signature(&self, ty: &FuncType, context: Context, memory64: bool) -> Result<Signature> {
        match memory64 {
            false => self.layouts32.signature(ty, context),
            true => self.layouts64.signature(ty, context),
        }
    }

    pub fn passage(&self, ty: &FuncType) -> Result<Passage> {
        let (params, result) = (self.facts.of_params(ty), self.facts.of_result(ty));
        if !params.handles() && !result.handles() {
            return Ok(Passage::Straight);
        }
        let in_memory = params.listed_handles
            || result.listed_handles
            || params.handles() && self.params_spill(ty)?
            || result.handles() && self.result_spills(ty)?;
        Ok(if in_memory { Passage::Copied } else { Passage::Handles })
    }

    pub fn needs(&self, ty: &FuncType, context: Context) -> Result<Needs> {
        let (params, result) = (self.facts.of_params(ty), self.facts.of_result(ty));
        let (params_spill, result_spills) = (self.params_spill(ty)?, self.result_spills(ty)?);
        Ok(Needs {
            memory: params.pointers || result.pointers || params_spill || result_spills,
            realloc: match context {
                Context::Lower => result.pointers,
                Context::Lift => params.pointers || params_spill,
            },
        })
    }

    /// Adds the resource types of which there is an `own` inside `roots`.
    pub fn owned(&self, roots: impl IntoIterator<Item = TypeId>, into: &mut BTreeSet<ResourceId>) {
        into.extend(inside(self.types, roots).filter_map(|ty| match ty {
            Type::Own(resource) => Some(*resource),
            _ => None,
        }));
    }

    // How many flat values there are does not depend on the size of addresses.

    fn params_spill(&self, ty: &FuncType) -> Result<bool> {
        Ok(self.layouts32.flat_params(ty)?.is_none())
    }

    pub fn result_spills(&self, ty: &FuncType) -> Result<bool> {
        Ok(self.layouts32.flat_result(ty)?.is_none())
    }
}

/// `(i32) -> (i32)`: "canon resource.new" and "canon resource.rep".
pub fn i32_to_i32() -> Signature {
    Signature { params: vec![ValType::I32], results: vec![ValType::I32] }
}

/// `(i32) -> ()`: "canon resource.drop" and destructors.
pub fn i32_to_nothing() -> Signature {
    Signature { params: vec![ValType::I32], results: Vec::new() }
}
