//! Value types in a scope of the provider of stubs: a component, or an instance type. In: wac's types, and
//! those of the scope that have names. Out: their definitions in the scope, as indices. Not its job: names.

use super::refused;
use crate::error::{Error, Result};
use std::collections::HashMap;
use wac_graph::types::{
    DefinedType, DefinedTypeId, FuncTypeId, PrimitiveType, ResourceId, Type, Types, ValueType,
};
use wasm_encoder::{
    ComponentBuilder, ComponentTypeEncoder, ComponentValType, InstanceType, PrimitiveValType,
};

/// A scope's types that have names: wac's, and their indices.
#[derive(Default, Clone)]
pub struct Known {
    pub resources: HashMap<ResourceId, u32>,
    pub values: HashMap<DefinedTypeId, u32>,
}

/// Where types are defined.
pub trait Scope {
    fn define(&mut self) -> (u32, ComponentTypeEncoder<'_>);
}

impl Scope for ComponentBuilder {
    fn define(&mut self) -> (u32, ComponentTypeEncoder<'_>) {
        self.ty(None)
    }
}

impl Known {
    pub fn insert(&mut self, types: &Types, ty: Type, index: u32) {
        match ty {
            Type::Resource(id) => _ = self.resources.insert(types.resolve_resource(id), index),
            Type::Value(ValueType::Defined(id)) => _ = self.values.insert(id, index),
            _ => {}
        }
    }
}

impl Scope for InstanceType {
    fn define(&mut self) -> (u32, ComponentTypeEncoder<'_>) {
        (self.type_count(), self.ty())
    }
}

/// The value types in a value type.
pub fn parts(ty: &DefinedType) -> Vec<ValueType> {
    match ty {
        DefinedType::Tuple(parts) => parts.clone(),
        DefinedType::Record(record) => record.fields.values().copied().collect(),
        DefinedType::Variant(variant) => variant.cases.values().flatten().copied().collect(),
        DefinedType::List(ty) | DefinedType::FixedSizeList(ty, _) | DefinedType::Option(ty) => vec![*ty],
        DefinedType::Alias(ty) => vec![*ty],
        DefinedType::Map(key, value) => vec![*key, *value],
        DefinedType::Result { ok, err } => [ok, err].into_iter().flatten().copied().collect(),
        DefinedType::Stream(ty) | DefinedType::Future(ty) => ty.iter().copied().collect(),
        DefinedType::Flags(_) | DefinedType::Enum(_) => Vec::new(),
    }
}

/// Defines value types in a scope.
pub struct Values<'v> {
    pub types: &'v Types,
    pub scope: &'v mut dyn Scope,
    pub known: &'v mut Known,
}

impl Values<'_> {
    /// The depth of types is bounded where inputs are read.
    pub fn value(&mut self, ty: ValueType) -> Result<ComponentValType> {
        Ok(ComponentValType::Type(match ty {
            ValueType::Primitive(ty) => return Ok(ComponentValType::Primitive(primitive(ty))),
            ValueType::Own(id) => {
                let resource = self.resource(id)?;
                let (index, encoder) = self.scope.define();
                encoder.defined_type().own(resource);
                index
            }
            ValueType::Borrow(id) => {
                let resource = self.resource(id)?;
                let (index, encoder) = self.scope.define();
                encoder.defined_type().borrow(resource);
                index
            }
            ValueType::Defined(id) => match self.known.values.get(&id) {
                Some(index) => *index,
                None => {
                    let index = self.defined(id)?;
                    self.known.values.insert(id, index);
                    index
                }
            },
        }))
    }

    /// The type as one with an index: for a primitive, one is defined.
    pub fn index(mut self, ty: ValueType) -> Result<u32> {
        Ok(match self.value(ty)? {
            ComponentValType::Type(index) => index,
            ComponentValType::Primitive(primitive) => {
                let (index, encoder) = self.scope.define();
                encoder.defined_type().primitive(primitive);
                index
            }
        })
    }

    pub fn func(mut self, id: FuncTypeId) -> Result<u32> {
        let types = self.types;
        let ty = &types[id];
        let mut params = Vec::new();
        for (name, ty) in &ty.params {
            params.push((name.as_str(), self.value(*ty)?));
        }
        let result = ty.result.map(|ty| self.value(ty)).transpose()?;
        let (index, encoder) = self.scope.define();
        let mut encoder = encoder.function();
        encoder.async_(ty.is_async).params(params).result(result);
        Ok(index)
    }

    fn resource(&self, id: ResourceId) -> Result<u32> {
        let found = self.known.resources.get(&self.types.resolve_resource(id));
        found.copied().ok_or_else(|| refused("uses a resource type without a name"))
    }

    fn values(&mut self, types: impl IntoIterator<Item = ValueType>) -> Result<Vec<ComponentValType>> {
        types.into_iter().map(|ty| self.value(ty)).collect()
    }

    fn defined(&mut self, id: DefinedTypeId) -> Result<u32> {
        let types = self.types;
        let ty = &types[id];
        if let DefinedType::Alias(aliased) = ty
            && let ComponentValType::Type(index) = self.value(*aliased)?
        {
            return Ok(index);
        }
        // What is in a type is defined before it.
        let inner = self.values(parts(ty))?;
        let mut inner = inner.into_iter();
        let mut next = || inner.next().ok_or_else(|| Error::internal("a type with a part too few"));
        let (index, encoder) = self.scope.define();
        let encoder = encoder.defined_type();
        match ty {
            DefinedType::Tuple(_) => encoder.tuple(inner.collect::<Vec<_>>()),
            DefinedType::Record(record) => {
                encoder.record(record.fields.keys().map(String::as_str).zip(inner).collect::<Vec<_>>());
            }
            DefinedType::Variant(variant) => {
                let mut cases = Vec::new();
                for (name, case) in &variant.cases {
                    cases.push((name.as_str(), case.map(|_| next()).transpose()?));
                }
                encoder.variant(cases);
            }
            DefinedType::List(_) => encoder.list(next()?),
            DefinedType::FixedSizeList(_, length) => encoder.fixed_length_list(next()?, *length),
            DefinedType::Option(_) => encoder.option(next()?),
            DefinedType::Map(..) => {
                let key = next()?;
                encoder.map(key, next()?);
            }
            DefinedType::Result { ok, err } => {
                let ok = ok.map(|_| next()).transpose()?;
                encoder.result(ok, err.map(|_| next()).transpose()?);
            }
            DefinedType::Flags(flags) => encoder.flags(flags.0.iter().map(String::as_str)),
            DefinedType::Enum(cases) => encoder.enum_type(cases.0.iter().map(String::as_str)),
            DefinedType::Stream(ty) => encoder.stream(ty.map(|_| next()).transpose()?),
            DefinedType::Future(ty) => encoder.future(ty.map(|_| next()).transpose()?),
            DefinedType::Alias(_) => match next()? {
                ComponentValType::Primitive(primitive) => encoder.primitive(primitive),
                ComponentValType::Type(_) => return Err(Error::internal("an alias that is two types")),
            },
        }
        Ok(index)
    }
}

fn primitive(ty: PrimitiveType) -> PrimitiveValType {
    match ty {
        PrimitiveType::Bool => PrimitiveValType::Bool,
        PrimitiveType::U8 => PrimitiveValType::U8,
        PrimitiveType::S8 => PrimitiveValType::S8,
        PrimitiveType::U16 => PrimitiveValType::U16,
        PrimitiveType::S16 => PrimitiveValType::S16,
        PrimitiveType::U32 => PrimitiveValType::U32,
        PrimitiveType::S32 => PrimitiveValType::S32,
        PrimitiveType::U64 => PrimitiveValType::U64,
        PrimitiveType::S64 => PrimitiveValType::S64,
        PrimitiveType::F32 => PrimitiveValType::F32,
        PrimitiveType::F64 => PrimitiveValType::F64,
        PrimitiveType::Char => PrimitiveValType::Char,
        PrimitiveType::String => PrimitiveValType::String,
        PrimitiveType::ErrorContext => PrimitiveValType::ErrorContext,
    }
}
