//! What a function type calls for. In: function types. Out: core signatures, the canonical options that
//! lifting or lowering one takes ("canon lift" and "canon lower", their validation), and where its
//! handles are. Not its job: particular functions (`assemble`).

use super::facts::FactTable;
use super::layout::{Context, Layouts, Pointer, Signature, inside};
use crate::error::Result;
use crate::ids::{ResourceId, TypeId};
use crate::link::{FuncType, Type, Types};
use std::collections::BTreeSet;
use wasm_encoder::ValType;

/// Where the handles among a function's parameters and results are while it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandlePlace {
    /// There are none.
    Nowhere,
    /// All of them are flat values.
    Flat,
    /// Some are in memory: in a list, or among values that are passed through memory.
    Memory,
}

/// Which canonical options a function type calls for. (`string-encoding` and `post-return` follow from
/// no type.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    pub memory: bool,
    pub realloc: bool,
}

/// Answers about the function types of a plan; what is asked of a value type is worked out once.
pub struct FuncTypes<'t> {
    pub facts: FactTable,
    types: &'t Types,
    layouts32: Layouts<'t>,
    layouts64: Layouts<'t>,
}

impl<'t> FuncTypes<'t> {
    pub fn new(types: &'t Types) -> FuncTypes<'t> {
        FuncTypes {
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

    /// Where the handles are while the function is called.
    pub fn handles(&self, ty: &FuncType, context: Context) -> Result<HandlePlace> {
        let (params, result) = (self.facts.of_params(ty), self.facts.of_result(ty));
        if !params.handles() && !result.handles() {
            return Ok(HandlePlace::Nowhere);
        }
        let in_memory = params.listed_handles
            || result.listed_handles
            || params.handles() && self.params_spill(ty, context)?
            || result.handles() && self.result_spills(ty, context)?;
        Ok(if in_memory { HandlePlace::Memory } else { HandlePlace::Flat })
    }

    /// The options that a lift or a lower of this type has to have.
    pub fn needs(&self, ty: &FuncType, context: Context) -> Result<Needs> {
        let (params, result) = (self.facts.of_params(ty), self.facts.of_result(ty));
        let params_spill = self.params_spill(ty, context)?;
        let result_spills = self.result_spills(ty, context)?;
        Ok(Needs {
            memory: params.pointers || result.pointers || params_spill || result_spills,
            realloc: match context.is_lift() {
                false => result.pointers,
                true => params.pointers || params_spill,
            },
        })
    }

    /// The core function type of "canon task.return" for this result.
    pub fn returned(&self, result: Option<TypeId>, memory64: bool) -> Result<Signature> {
        let layouts = if memory64 { &self.layouts64 } else { &self.layouts32 };
        let ty = FuncType { async_: true, params: Vec::new(), result };
        let params = match layouts.flat_result(&ty, Context::LiftCallback)? {
            Some(flat) => flat.to_vec(),
            None => vec![layouts.pointer().val_type()],
        };
        Ok(Signature { params, results: Vec::new() })
    }

    /// Whether "canon task.return" needs a memory for the result of a function of this type.
    pub fn returns_memory(&self, ty: &FuncType) -> Result<bool> {
        Ok(self.facts.of_result(ty).pointers || self.result_spills(ty, Context::LiftCallback)?)
    }

    /// The resource types of which there is an `own` somewhere inside one of `roots`.
    pub fn owned(&self, roots: impl IntoIterator<Item = TypeId>) -> BTreeSet<ResourceId> {
        let owned = inside(self.types, roots).filter_map(|(_, ty)| match ty {
            Type::Own(resource) => Some(*resource),
            _ => None,
        });
        owned.collect()
    }

    /// `elem_size` with 32-bit addresses, in bytes.
    pub fn element_size(&self, ty: TypeId) -> Result<u32> {
        Ok(self.layouts32.layout(ty)?.size)
    }

    // Whether values spill does not depend on the size of addresses: that changes the type of a flat
    // value, never how many there are.

    /// Whether the parameters are passed through memory.
    fn params_spill(&self, ty: &FuncType, context: Context) -> Result<bool> {
        Ok(self.layouts32.flat_params(ty, context)?.is_none())
    }

    /// Whether the result is passed through memory.
    pub fn result_spills(&self, ty: &FuncType, context: Context) -> Result<bool> {
        Ok(self.layouts32.flat_result(ty, context)?.is_none())
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
