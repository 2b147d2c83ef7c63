//! The boundary's types. In: types of the plan. Out: the same as `Boundary` has them, each once and after
//! those inside it. Not its job: functions.

use super::Outer;
use crate::abi::layout::Signature;
use crate::assemble::boundary as b;
use crate::error::{Error, Result};
use crate::ids::{ResourceId, TypeId};
use crate::link::{FuncType, Resource, Type};
use crate::name::Name;

impl Outer<'_> {
    pub fn resource_path(&self, id: ResourceId) -> Result<Vec<Name>> {
        match &self.plan.resources[id] {
            Resource::Imported { path } => Ok(path.clone()),
            Resource::Defined { .. } => self
                .exported_at
                .get(&id)
                .cloned()
                .ok_or_else(|| Error::internal("a resource type crosses the boundary without a name")),
        }
    }

    /// The boundary's number for a resource type.
    pub fn resource(&mut self, id: ResourceId) -> Result<u32> {
        if let Some(index) = self.resources.get_index_of(&id) {
            return Ok(index as u32);
        }
        let path = self.resource_path(id)?;
        let imported = matches!(self.plan.resources[id], Resource::Imported { .. });
        let (index, _) = self.resources.insert_full(id);
        self.boundary.resources.push(b::ResourceType { path, imported, dtor: None, id: Some(id) });
        Ok(index as u32)
    }

    pub fn func_type(&mut self, ty: &FuncType) -> Result<b::FuncType> {
        let params = ty
            .params
            .iter()
            .map(|(name, id)| Ok((name.clone(), self.value_type(*id)?)))
            .collect::<Result<_>>()?;
        Ok(b::FuncType { async_: ty.async_, params, result: self.optional_type(ty.result)? })
    }

    fn optional_type(&mut self, id: Option<TypeId>) -> Result<Option<u32>> {
        id.map(|id| self.value_type(id)).transpose()
    }

    /// The boundary's number for a type; types inside it come before it.
    pub fn value_type(&mut self, id: TypeId) -> Result<u32> {
        if let Some(index) = self.types.get(&id) {
            return Ok(*index);
        }
        let plan = self.plan;
        let ty = match &plan.types[id] {
            Type::Bool => b::ValueType::Bool,
            Type::S8 => b::ValueType::S8,
            Type::U8 => b::ValueType::U8,
            Type::S16 => b::ValueType::S16,
            Type::U16 => b::ValueType::U16,
            Type::S32 => b::ValueType::S32,
            Type::U32 => b::ValueType::U32,
            Type::S64 => b::ValueType::S64,
            Type::U64 => b::ValueType::U64,
            Type::F32 => b::ValueType::F32,
            Type::F64 => b::ValueType::F64,
            Type::Char => b::ValueType::Char,
            Type::String => b::ValueType::String,
            Type::List(element) => b::ValueType::List(self.value_type(*element)?),
            Type::FixedList(element, length) => b::ValueType::FixedList(self.value_type(*element)?, *length),
            Type::Map(key, value) => b::ValueType::Map(self.value_type(*key)?, self.value_type(*value)?),
            Type::Record(fields) => b::ValueType::Record(
                fields
                    .iter()
                    .map(|(name, id)| Ok((name.clone(), self.value_type(*id)?)))
                    .collect::<Result<_>>()?,
            ),
            Type::Tuple(types) => {
                b::ValueType::Tuple(types.iter().map(|id| self.value_type(*id)).collect::<Result<_>>()?)
            }
            Type::Flags(labels) => b::ValueType::Flags(labels.to_vec()),
            Type::Enum(labels) => b::ValueType::Enum(labels.to_vec()),
            Type::Variant(cases) => b::ValueType::Variant(
                cases
                    .iter()
                    .map(|(name, id)| Ok((name.clone(), self.optional_type(*id)?)))
                    .collect::<Result<_>>()?,
            ),
            Type::Option(payload) => b::ValueType::Option(self.value_type(*payload)?),
            Type::Result { ok, err } => {
                b::ValueType::Result { ok: self.optional_type(*ok)?, err: self.optional_type(*err)? }
            }
            Type::Own(id) => b::ValueType::Own(self.resource(*id)?),
            Type::Borrow(id) => b::ValueType::Borrow(self.resource(*id)?),
            Type::Stream(element) => b::ValueType::Stream(self.optional_type(*element)?),
            Type::Future(element) => b::ValueType::Future(self.optional_type(*element)?),
        };
        let index = self.boundary.types.len() as u32;
        self.boundary.types.push(ty);
        self.types.insert(id, index);
        Ok(index)
    }
}

/// A core signature; flat types are numbers.
pub fn core_type(core: &Signature) -> Result<b::CoreType> {
    let convert = |types: &[wasm_encoder::ValType]| {
        types
            .iter()
            .map(|ty| match ty {
                wasm_encoder::ValType::I32 => Ok(b::CoreValType::I32),
                wasm_encoder::ValType::I64 => Ok(b::CoreValType::I64),
                wasm_encoder::ValType::F32 => Ok(b::CoreValType::F32),
                wasm_encoder::ValType::F64 => Ok(b::CoreValType::F64),
                _ => Err(Error::internal("a flat type is not a number")),
            })
            .collect::<Result<_>>()
    };
    Ok(b::CoreType { params: convert(&core.params)?, results: convert(&core.results)? })
}
