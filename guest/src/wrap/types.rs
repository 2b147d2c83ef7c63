//! Component types, written as the validator has understood them. In: ids of the validator's
//! types. Out: definitions in a component, an instance type, or a component nested in one. Not its
//! job: what the types are for (`component`, `exports`), and which have a name where (`scope`).
//!
//! A type that has been imported or exported has a name, and is a different type for whoever reads
//! the component's interface than its definition is: a function that mentions `a.t` must mention
//! it still. The validator gives each of these its own id, so that a map from ids to indices in
//! each scope is all that it takes. Every other type is defined anew where it is mentioned.

use super::scope::{Encodable, Encoder, NamedAt};
use crate::error::{Error, Result};
use crate::read::limits;
use wasm_encoder::{
    Alias, ComponentExportKind, ComponentExternName, ComponentOuterAliasKind, ComponentTypeRef,
    ComponentValType, InstanceType, TypeBounds,
};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
    ComponentFuncTypeId, ComponentInstanceTypeId, ComponentItem, ComponentValType as ValType,
};

/// The name of an import or export with all that is attached to it.
pub(super) fn extern_name<'n>(name: &'n str, item: &'n ComponentItem) -> ComponentExternName<'n> {
    ComponentExternName {
        name: name.into(),
        implements: item.implements.as_deref().map(Into::into),
        version_suffix: item.version_suffix.as_deref().map(Into::into),
        external_id: item.external_id.as_deref().map(Into::into),
    }
}

impl Encoder<'_> {
    /// The index of the type `id` in scope `depth`, if it or what it is an alias of has a name there
    /// or around it.
    pub fn find(&mut self, depth: usize, id: ComponentAnyTypeId) -> Result<Option<u32>> {
        if let Some(index) = self.find_exact(depth, id)? {
            return Ok(Some(index));
        }
        match id {
            ComponentAnyTypeId::Resource(resource) => {
                let scopes = self.scopes.get(..=depth).unwrap_or_default();
                let name = scopes.iter().rev().find_map(|s| s.resources.get(&resource.resource()).copied());
                name.map_or(Ok(None), |name| self.find_exact(depth, name))
            }
            _ => Ok(None),
        }
    }

    /// The index of what the type `id` is to its readers: the first name that there is in its chain of
    /// aliases. None if there is none: then it is a type of its own.
    ///
    /// Errors: `Error::limit` where too many aliases are followed.
    pub fn find_alias(&mut self, depth: usize, id: ComponentAnyTypeId) -> Result<Option<u32>> {
        let mut next = Some(id);
        while let Some(id) = next {
            if self.is_read(depth, id)
                && let Some(index) = self.find_exact(depth, id)?
            {
                return Ok(Some(index));
            }
            next = self.types.peel_alias(id);
            self.followed = self.followed.saturating_add(depth).saturating_add(1);
            if self.followed > limits::EVALUATION_STEPS {
                return Err(Error::limit("steps through aliases of types", limits::EVALUATION_STEPS as u64));
            }
        }
        Ok(None)
    }

    /// Whether readers have met the name `id` in scope `depth` or around it.
    pub fn is_read(&self, depth: usize, id: ComponentAnyTypeId) -> bool {
        let scopes = self.scopes.get(..=depth).unwrap_or_default();
        let at = scopes.iter().rev().find_map(|scope| scope.named.get(&id));
        at.is_some_and(|at| !matches!(at, NamedAt::Declared(_)))
    }

    /// As `find`, for exactly this name.
    pub fn find_exact(&mut self, depth: usize, id: ComponentAnyTypeId) -> Result<Option<u32>> {
        let scope = self.scope(depth)?;
        let index = match scope.named.get(&id).copied() {
            Some(NamedAt::Index(index) | NamedAt::Declared(index)) => return Ok(Some(index)),
            Some(NamedAt::Export { instance, name }) => {
                let kind = ComponentExportKind::Type;
                scope.encodable.alias(Alias::InstanceExport { instance, kind, name })
            }
            None => {
                let Some(around) = depth.checked_sub(1) else { return Ok(None) };
                let Some(outer) = self.find_exact(around, id)? else { return Ok(None) };
                self.bring_in(depth, id, outer)?
            }
        };
        let scope = self.scope(depth)?;
        scope.named.insert(id, NamedAt::Index(index));
        if let ComponentAnyTypeId::Resource(resource) = id {
            scope.resources.entry(resource.resource()).or_insert(id);
        }
        Ok(Some(index))
    }

    /// Makes the type `id`, which has the index `outer` in the scope around, known in scope `depth`.
    /// An instance type can alias it; a component must import it, because what it mentions of
    /// resources must be closed.
    fn bring_in(&mut self, depth: usize, id: ComponentAnyTypeId, outer: u32) -> Result<u32> {
        let scope = self.scope(depth)?;
        if let Encodable::Instance(_) = scope.encodable {
            let kind = ComponentOuterAliasKind::Type;
            return Ok(scope.encodable.alias(Alias::Outer { kind, count: 1, index: outer }));
        }
        let bounds = match id {
            ComponentAnyTypeId::Resource(resource) => {
                match scope.resources.get(&resource.resource()).copied() {
                    Some(known) => {
                        let known = self.find_exact(depth, known)?;
                        TypeBounds::Eq(known.ok_or_else(|| Error::internal("a resource without a name"))?)
                    }
                    None => TypeBounds::SubResource,
                }
            }
            _ => TypeBounds::Eq(self.define(depth, id)?),
        };
        self.import_from_outer(depth, ComponentTypeRef::Type(bounds), ComponentExportKind::Type, outer)
    }

    /// The index of the type `id` in scope `depth`; it is defined there unless it has a name.
    pub fn ty(&mut self, depth: usize, id: ComponentAnyTypeId) -> Result<u32> {
        if let Some(index) = self.find(depth, id)? {
            return Ok(index);
        }
        if let Some(index) = self.scope(depth)?.defined.get(&id) {
            return Ok(*index);
        }
        let index = self.define(depth, id)?;
        self.scope(depth)?.defined.insert(id, index);
        Ok(index)
    }

    /// The type of an import, of an export in an instance type, or of an ascription.
    pub fn entity(&mut self, depth: usize, ty: ComponentEntityType) -> Result<ComponentTypeRef> {
        Ok(match ty {
            ComponentEntityType::Func(id) => ComponentTypeRef::Func(self.ty(depth, id.into())?),
            ComponentEntityType::Instance(id) => ComponentTypeRef::Instance(self.ty(depth, id.into())?),
            ComponentEntityType::Type { created: created @ ComponentAnyTypeId::Resource(_), referenced }
                if created == referenced =>
            {
                ComponentTypeRef::Type(TypeBounds::SubResource)
            }
            ComponentEntityType::Type { referenced, .. } => {
                let known = self.find_alias(depth, referenced)?;
                let index = known.map_or_else(|| self.ty(depth, referenced), Ok)?;
                ComponentTypeRef::Type(TypeBounds::Eq(index))
            }
            ComponentEntityType::Component(_) => {
                return Err(Error::unsupported("a component in a component's type"));
            }
            ComponentEntityType::Module(_) => {
                return Err(Error::unsupported("a core module in a component's type"));
            }
            ComponentEntityType::Value(_) => {
                return Err(Error::unsupported("a value in a component's type"));
            }
        })
    }

    fn define(&mut self, depth: usize, id: ComponentAnyTypeId) -> Result<u32> {
        match id {
            ComponentAnyTypeId::Defined(id) => self.define_value_type(depth, id),
            ComponentAnyTypeId::Func(id) => self.define_func_type(depth, id),
            ComponentAnyTypeId::Instance(id) => self.define_instance_type(depth, id),
            ComponentAnyTypeId::Component(_) => Err(Error::unsupported("a component type that is exported")),
            ComponentAnyTypeId::Resource(_) => Err(Error::internal("a resource type that nothing names")),
        }
    }

    fn define_func_type(&mut self, depth: usize, id: ComponentFuncTypeId) -> Result<u32> {
        let types = self.types;
        let func = &types[id];
        let mut params = Vec::new();
        for (name, ty) in &func.params {
            params.push((name.as_str(), self.val_type(depth, *ty)?));
        }
        let result = func.result.map(|ty| self.val_type(depth, ty)).transpose()?;
        let (index, encoder) = self.scope(depth)?.encodable.ty();
        encoder.function().async_(func.async_).params(params).result(result);
        Ok(index)
    }

    fn define_instance_type(&mut self, depth: usize, id: ComponentInstanceTypeId) -> Result<u32> {
        let types = self.types;
        if depth + 1 != self.scopes.len() {
            return Err(Error::internal("an instance type begins inside another scope"));
        }
        self.push(Encodable::Instance(InstanceType::new()));
        let inner = depth + 1;
        for (name, item) in &types[id].exports {
            let ty = self.entity(inner, item.ty)?;
            let scope = self.scope(inner)?;
            let (type_index, instance_index) =
                (scope.encodable.type_count(), scope.encodable.instance_count());
            if let Encodable::Instance(instance) = &mut scope.encodable {
                instance.export(extern_name(name, item), ty);
            }
            match item.ty {
                ComponentEntityType::Type { created, .. } => self.name(inner, created, type_index)?,
                ComponentEntityType::Instance(id) => self.name_exports(inner, id, instance_index, false)?,
                _ => {}
            }
        }
        let Encodable::Instance(instance) = self.pop()?.encodable else {
            return Err(Error::internal("an instance type was expected"));
        };
        let (index, encoder) = self.scope(depth)?.encodable.ty();
        encoder.instance(&instance);
        Ok(index)
    }

    pub fn val_type(&mut self, depth: usize, ty: ValType) -> Result<ComponentValType> {
        Ok(match ty {
            ValType::Primitive(ty) => ComponentValType::Primitive(ty.into()),
            ValType::Type(id) => ComponentValType::Type(self.ty(depth, id.into())?),
        })
    }

    fn optional(&mut self, depth: usize, ty: Option<ValType>) -> Result<Option<ComponentValType>> {
        ty.map(|ty| self.val_type(depth, ty)).transpose()
    }

    fn define_value_type(&mut self, depth: usize, id: ComponentDefinedTypeId) -> Result<u32> {
        use ComponentDefinedType as T;
        let types = self.types;
        // The parts first: they are definitions of their own, before this one.
        let mut parts = Vec::new();
        match &types[id] {
            T::Record(record) => {
                for ty in record.fields.values() {
                    parts.push(Some(self.val_type(depth, *ty)?));
                }
            }
            T::Variant(variant) => {
                for case in variant.cases.values() {
                    parts.push(self.optional(depth, case.ty)?);
                }
            }
            T::Tuple(tuple) => {
                for ty in &tuple.types {
                    parts.push(Some(self.val_type(depth, *ty)?));
                }
            }
            T::List { element: ty, .. } | T::FixedLengthList { element: ty, .. } | T::Option { ty, .. } => {
                parts.push(Some(self.val_type(depth, *ty)?));
            }
            T::Map { key, value, .. } => {
                parts.push(Some(self.val_type(depth, *key)?));
                parts.push(Some(self.val_type(depth, *value)?));
            }
            T::Result { ok, err, .. } => {
                parts.push(self.optional(depth, *ok)?);
                parts.push(self.optional(depth, *err)?);
            }
            T::Own(resource) | T::Borrow(resource) => {
                let index = self.ty(depth, ComponentAnyTypeId::Resource(*resource))?;
                parts.push(Some(ComponentValType::Type(index)));
            }
            T::Primitive(_) | T::Flags(_) | T::Enum(_) => {}
            T::Future { ty, .. } | T::Stream { ty, .. } => parts.push(self.optional(depth, *ty)?),
        }
        let (index, encoder) = self.scope(depth)?.encodable.ty();
        define_with_parts(&types[id], &parts, encoder.defined_type())?;
        Ok(index)
    }
}

fn define_with_parts(
    ty: &ComponentDefinedType,
    parts: &[Option<ComponentValType>],
    encoder: wasm_encoder::ComponentDefinedTypeEncoder<'_>,
) -> Result<()> {
    use ComponentDefinedType as T;
    let missing = || Error::internal("a part of a type is missing");
    let part = |n: usize| parts.get(n).copied().flatten().ok_or_else(missing);
    match ty {
        T::Primitive(ty) => encoder.primitive((*ty).into()),
        T::Record(record) => {
            let names = record.fields.keys().map(|name| name.as_str());
            let fields: Vec<_> = names.zip(parts.iter().flatten().copied()).collect();
            encoder.record(fields);
        }
        T::Variant(variant) => {
            let names = variant.cases.keys().map(|name| name.as_str());
            let cases: Vec<_> = names.zip(parts.iter().copied()).collect();
            encoder.variant(cases);
        }
        T::Tuple(_) => encoder.tuple(parts.iter().flatten().copied().collect::<Vec<_>>()),
        T::List { .. } => encoder.list(part(0)?),
        T::FixedLengthList { length, .. } => encoder.fixed_length_list(part(0)?, *length),
        T::Map { .. } => encoder.map(part(0)?, part(1)?),
        T::Flags(names) => encoder.flags(names.iter().map(|n| n.as_str()).collect::<Vec<_>>()),
        T::Enum(names) => encoder.enum_type(names.iter().map(|n| n.as_str()).collect::<Vec<_>>()),
        T::Option { .. } => encoder.option(part(0)?),
        T::Result { .. } => {
            encoder.result(parts.first().copied().flatten(), parts.get(1).copied().flatten());
        }
        T::Own(_) | T::Borrow(_) => {
            let ComponentValType::Type(index) = part(0)? else { return Err(missing()) };
            match ty {
                T::Own(_) => encoder.own(index),
                _ => encoder.borrow(index),
            }
        }
        T::Future { .. } => encoder.future(parts.first().copied().flatten()),
        T::Stream { .. } => encoder.stream(parts.first().copied().flatten()),
    }
    Ok(())
}
