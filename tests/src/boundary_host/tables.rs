//! The types of a boundary. In: the section. Out: the tests' own types. Not its job: layout.

use crate::value::{FuncType, ResourceType, Type};
use meld_fuser::assemble::boundary::{self as b, Boundary, ValueType};
use std::sync::Arc;

pub struct Tables {
    types: Vec<Arc<Type>>,
    resources: Vec<Arc<ResourceType>>,
    dtors: Vec<Option<String>>,
    pub memories: Vec<b::PlacedMemory>,
}

impl Tables {
    /// Types inside a type come before it.
    pub fn new(boundary: &Boundary) -> Tables {
        let resources = (0..).zip(&boundary.resources).map(|(index, resource)| {
            Arc::new(ResourceType {
                imported: resource.imported,
                path: super::strings(&resource.path),
                index,
            })
        });
        let memories = boundary.memories.clone();
        let dtors = boundary.resources.iter().map(|r| r.dtor.clone()).collect();
        let mut tables = Tables { types: Vec::new(), resources: resources.collect(), dtors, memories };
        for ty in &boundary.types {
            let ty = tables.convert(ty);
            tables.types.push(Arc::new(ty));
        }
        tables
    }

    pub fn func(&self, ty: &b::FuncType) -> FuncType {
        let params = ty.params.iter().map(|(name, ty)| (name.to_string(), self.ty(*ty))).collect();
        FuncType { params, result: ty.result.map(|ty| self.ty(ty)) }
    }

    pub fn resource(&self, index: u32) -> &Arc<ResourceType> {
        &self.resources[index as usize]
    }

    pub fn dtor(&self, index: u32) -> Option<String> {
        self.dtors[index as usize].clone()
    }

    fn ty(&self, index: u32) -> Arc<Type> {
        self.types[index as usize].clone()
    }

    fn optional(&self, index: &Option<u32>) -> Option<Arc<Type>> {
        index.map(|index| self.ty(index))
    }

    fn convert(&self, ty: &ValueType) -> Type {
        match ty {
            ValueType::Bool => Type::Bool,
            ValueType::S8 => Type::S8,
            ValueType::U8 => Type::U8,
            ValueType::S16 => Type::S16,
            ValueType::U16 => Type::U16,
            ValueType::S32 => Type::S32,
            ValueType::U32 => Type::U32,
            ValueType::S64 => Type::S64,
            ValueType::U64 => Type::U64,
            ValueType::F32 => Type::F32,
            ValueType::F64 => Type::F64,
            ValueType::Char => Type::Char,
            ValueType::String => Type::String,
            ValueType::List(ty) => Type::List(self.ty(*ty)),
            ValueType::FixedList(ty, length) => Type::FixedList(self.ty(*ty), *length),
            ValueType::Map(key, value) => Type::Map(self.ty(*key), self.ty(*value)),
            ValueType::Record(fields) => {
                Type::Record(fields.iter().map(|(name, ty)| (name.clone(), self.ty(*ty))).collect())
            }
            ValueType::Tuple(types) => Type::Tuple(types.iter().map(|ty| self.ty(*ty)).collect()),
            ValueType::Flags(labels) => Type::Flags(labels.clone()),
            ValueType::Enum(labels) => Type::Enum(labels.clone()),
            ValueType::Variant(cases) => {
                Type::Variant(cases.iter().map(|(name, ty)| (name.clone(), self.optional(ty))).collect())
            }
            ValueType::Option(ty) => Type::Option(self.ty(*ty)),
            ValueType::Result { ok, err } => Type::Result { ok: self.optional(ok), err: self.optional(err) },
            ValueType::Own(resource) => Type::Own(self.resource(*resource).clone()),
            ValueType::Borrow(resource) => Type::Borrow(self.resource(*resource).clone()),
            ValueType::Stream(_) | ValueType::Future(_) => unreachable!("meld passes none to the host"),
        }
    }
}
