//! Component types. In: type definitions and a scope. Out: type values, with value types interned
//! and resources resolved to definitions. Not its job: what the root imports (`root`).

use super::evaluator::Evaluator;
use super::plan::Resource;
use super::scope::at;
use super::types::{FuncType, Type};
use super::values::TypeValue;
use crate::error::{Code, Error, Result};
use crate::ids::{ResourceId, ScopeId, TypeId};
use crate::read::CoreSort;
use std::rc::Rc;
use wasmparser::{
    ComponentDefinedType as Defined, ComponentFuncType, ComponentType, ComponentValType, PrimitiveValType,
    ValType,
};

/// What an unsupported type takes out of the budget: each keeps an error in memory.
const UNSUPPORTED_STEPS: usize = 50;

impl<'t> Evaluator<'t> {
    /// Explainer.md, "Type Definitions". A type outside the supported set is no error yet.
    pub fn define_type(
        &mut self,
        scope: ScopeId,
        ty: &'t ComponentType<'t>,
        offset: usize,
    ) -> Result<TypeValue<'t>> {
        match self.component_type(scope, ty) {
            Err(error) if error.code == Code::Unsupported => {
                self.spend(UNSUPPORTED_STEPS)?;
                Ok(TypeValue::Unsupported(Rc::new(error.at(offset))))
            }
            result => result,
        }
    }

    fn component_type(&mut self, scope: ScopeId, ty: &'t ComponentType<'t>) -> Result<TypeValue<'t>> {
        Ok(match ty {
            ComponentType::Defined(defined) => TypeValue::Defined(self.defined_type(scope, defined)?),
            ComponentType::Func(func) => {
                let func = self.declared_func(scope, func)?;
                TypeValue::Func(self.func_types.insert_full(func).0)
            }
            ComponentType::Component(_) => TypeValue::Component,
            ComponentType::Instance(declarations) => TypeValue::Instance { declarations, outer: scope },
            ComponentType::Resource { rep, dtor } => {
                TypeValue::Resource(self.defined_resource(scope, *rep, *dtor)?)
            }
        })
    }

    fn defined_resource(&mut self, scope: ScopeId, rep: ValType, dtor: Option<u32>) -> Result<ResourceId> {
        if rep != ValType::I32 {
            return Err(Error::unsupported(format!("a resource type with the representation {rep}")));
        }
        let scope = &self.scopes[scope];
        let instance = scope.instance.ok_or_else(|| Error::internal("a resource type in a type"))?;
        let dtor = match dtor {
            Some(index) => Some(at(scope.core(CoreSort::Func), index, "core function")?),
            None => None,
        };
        Ok(self.plan.resources.push(Resource::Defined { instance, dtor }))
    }

    fn declared_func(&mut self, scope: ScopeId, func: &ComponentFuncType<'t>) -> Result<FuncType> {
        self.spend(func.params.len())?;
        let mut params = Vec::with_capacity(func.params.len());
        for (name, ty) in &func.params {
            params.push((self.names.shared(name), self.val_type(scope, *ty)?));
        }
        let result = self.optional_type(scope, func.result)?;
        Ok(FuncType { async_: func.async_, params, result })
    }

    fn defined_type(&mut self, scope: ScopeId, ty: &Defined<'_>) -> Result<TypeId> {
        let ty = match ty {
            Defined::Primitive(primitive) => primitive_type(*primitive)?,
            Defined::Record(fields) => {
                let mut record = Vec::with_capacity(fields.len());
                for (name, ty) in fields {
                    record.push((name.to_string(), self.val_type(scope, *ty)?));
                }
                Type::Record(record.into())
            }
            Defined::Variant(cases) => {
                let mut variant = Vec::with_capacity(cases.len());
                for case in cases {
                    variant.push((case.name.to_string(), self.optional_type(scope, case.ty)?));
                }
                Type::Variant(variant.into())
            }
            Defined::List(element) => Type::List(self.val_type(scope, *element)?),
            Defined::Map(key, value) => Type::Map(self.val_type(scope, *key)?, self.val_type(scope, *value)?),
            Defined::FixedLengthList(element, length) => {
                Type::FixedList(self.val_type(scope, *element)?, *length)
            }
            Defined::Tuple(types) => {
                let mut tuple = Vec::with_capacity(types.len());
                for ty in types {
                    tuple.push(self.val_type(scope, *ty)?);
                }
                Type::Tuple(tuple.into())
            }
            Defined::Flags(labels) => Type::Flags(self.labels(labels)?),
            Defined::Enum(labels) => Type::Enum(self.labels(labels)?),
            Defined::Option(ty) => Type::Option(self.val_type(scope, *ty)?),
            Defined::Result { ok, err } => {
                Type::Result { ok: self.optional_type(scope, *ok)?, err: self.optional_type(scope, *err)? }
            }
            Defined::Own(index) => Type::Own(self.resource_type(scope, *index)?),
            Defined::Borrow(index) => Type::Borrow(self.resource_type(scope, *index)?),
            Defined::Future(ty) => Type::Future(self.optional_type(scope, *ty)?),
            Defined::Stream(ty) => Type::Stream(self.optional_type(scope, *ty)?),
        };
        Ok(self.plan.types.intern(ty))
    }

    fn labels(&mut self, labels: &[&str]) -> Result<Box<[String]>> {
        self.spend(labels.len())?;
        Ok(labels.iter().map(|label| label.to_string()).collect())
    }

    pub fn optional_type(&mut self, scope: ScopeId, ty: Option<ComponentValType>) -> Result<Option<TypeId>> {
        ty.map(|ty| self.val_type(scope, ty)).transpose()
    }

    pub fn val_type(&mut self, scope: ScopeId, ty: ComponentValType) -> Result<TypeId> {
        self.spend(1)?;
        match ty {
            ComponentValType::Primitive(primitive) => {
                let ty = primitive_type(primitive)?;
                Ok(self.plan.types.intern(ty))
            }
            ComponentValType::Type(index) => match self.ty(scope, index)? {
                TypeValue::Defined(id) => Ok(id),
                _ => Err(Error::internal(format!("type {index} is no value type"))),
            },
        }
    }

    /// The type at `index`. Errors: `Unsupported` for one outside the supported set.
    pub fn ty(&self, scope: ScopeId, index: u32) -> Result<TypeValue<'t>> {
        match at(&self.scopes[scope].types, index, "type")? {
            TypeValue::Unsupported(error) => Err((*error).clone()),
            ty => Ok(ty),
        }
    }

    pub fn func_type(&self, scope: ScopeId, index: u32) -> Result<FuncType> {
        let ty = match self.ty(scope, index)? {
            TypeValue::Func(ty) => self.func_types.get_index(ty).cloned(),
            _ => None,
        };
        ty.ok_or_else(|| Error::internal(format!("type {index} is no function type")))
    }

    pub fn resource_type(&self, scope: ScopeId, index: u32) -> Result<ResourceId> {
        match self.ty(scope, index)? {
            TypeValue::Resource(id) => Ok(id),
            _ => Err(Error::internal(format!("type {index} is no resource type"))),
        }
    }
}

fn primitive_type(primitive: PrimitiveValType) -> Result<Type> {
    Ok(match primitive {
        PrimitiveValType::Bool => Type::Bool,
        PrimitiveValType::S8 => Type::S8,
        PrimitiveValType::U8 => Type::U8,
        PrimitiveValType::S16 => Type::S16,
        PrimitiveValType::U16 => Type::U16,
        PrimitiveValType::S32 => Type::S32,
        PrimitiveValType::U32 => Type::U32,
        PrimitiveValType::S64 => Type::S64,
        PrimitiveValType::U64 => Type::U64,
        PrimitiveValType::F32 => Type::F32,
        PrimitiveValType::F64 => Type::F64,
        PrimitiveValType::Char => Type::Char,
        PrimitiveValType::String => Type::String,
        PrimitiveValType::ErrorContext => return Err(Error::unsupported("the `error-context` type")),
    })
}
