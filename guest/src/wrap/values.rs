//! Value types by their structure, as the boundary has them: for the built-ins of streams and futures, which mention no
//! name of a type. In: indices of the boundary's types. Out: definitions in the root. Not its job: the types of what is
//! imported and exported (`types`).

use super::wrapper::{ROOT, Wrapper};
use crate::assemble::boundary::ValueType as V;
use crate::error::{Error, Result};
use wasm_encoder::{ComponentValType, PrimitiveValType as P};

impl Wrapper<'_, '_> {
    /// The index of a type of streams or futures.
    pub fn channel_type(&mut self, ty: u32) -> Result<u32> {
        match self.value_type(ty)? {
            ComponentValType::Type(index) => Ok(index),
            ComponentValType::Primitive(_) => Err(Error::internal("a stream of a type that is none")),
        }
    }

    /// A type; those inside it come before it in the boundary, so that this ends.
    fn value_type(&mut self, ty: u32) -> Result<ComponentValType> {
        if let Some(written) = self.written.get(&ty) {
            return Ok(*written);
        }
        let boundary = self.boundary;
        let unknown = || Error::internal("an unknown type of the boundary");
        let value = boundary.types.get(ty as usize).ok_or_else(unknown)?;
        let written = match value {
            V::Bool => P::Bool.into(),
            V::S8 => P::S8.into(),
            V::U8 => P::U8.into(),
            V::S16 => P::S16.into(),
            V::U16 => P::U16.into(),
            V::S32 => P::S32.into(),
            V::U32 => P::U32.into(),
            V::S64 => P::S64.into(),
            V::U64 => P::U64.into(),
            V::F32 => P::F32.into(),
            V::F64 => P::F64.into(),
            V::Char => P::Char.into(),
            V::String => P::String.into(),
            _ => self.defined(value)?,
        };
        self.written.insert(ty, written);
        Ok(written)
    }

    fn optional(&mut self, ty: Option<u32>) -> Result<Option<ComponentValType>> {
        ty.map(|ty| self.value_type(ty)).transpose()
    }

    fn values(&mut self, types: &[u32]) -> Result<Vec<ComponentValType>> {
        types.iter().map(|ty| self.value_type(*ty)).collect()
    }

    fn defined(&mut self, value: &V) -> Result<ComponentValType> {
        macro_rules! define {
            ($encoder:ident => $define:expr) => {{
                let (index, $encoder) = self.encoder.builder(ROOT)?.ty(None);
                let $encoder = $encoder.defined_type();
                $define;
                Ok(ComponentValType::Type(index))
            }};
        }
        match value {
            V::List(element) => {
                let element = self.value_type(*element)?;
                define!(e => e.list(element))
            }
            V::FixedList(element, length) => {
                let element = self.value_type(*element)?;
                define!(e => e.fixed_length_list(element, *length))
            }
            V::Map(key, value) => {
                let (key, value) = (self.value_type(*key)?, self.value_type(*value)?);
                define!(e => e.map(key, value))
            }
            V::Record(fields) => {
                let types: Vec<u32> = fields.iter().map(|(_, ty)| *ty).collect();
                let types = self.values(&types)?;
                define!(e => e.record(fields.iter().map(|(name, _)| name.as_str()).zip(types)))
            }
            V::Tuple(types) => {
                let types = self.values(types)?;
                define!(e => e.tuple(types))
            }
            V::Flags(labels) => define!(e => e.flags(labels.iter().map(String::as_str))),
            V::Enum(labels) => define!(e => e.enum_type(labels.iter().map(String::as_str))),
            V::Variant(cases) => {
                let types: Vec<_> = cases.iter().map(|(_, ty)| self.optional(*ty)).collect::<Result<_>>()?;
                define!(e => e.variant(cases.iter().map(|(name, _)| name.as_str()).zip(types)))
            }
            V::Option(payload) => {
                let payload = self.value_type(*payload)?;
                define!(e => e.option(payload))
            }
            V::Result { ok, err } => {
                let (ok, err) = (self.optional(*ok)?, self.optional(*err)?);
                define!(e => e.result(ok, err))
            }
            V::Own(resource) => {
                let resource = self.resource_type(*resource)?;
                define!(e => e.own(resource))
            }
            V::Borrow(resource) => {
                let resource = self.resource_type(*resource)?;
                define!(e => e.borrow(resource))
            }
            V::Stream(element) => {
                let element = self.optional(*element)?;
                define!(e => e.stream(element))
            }
            V::Future(element) => {
                let element = self.optional(*element)?;
                define!(e => e.future(element))
            }
            _ => Err(Error::internal("a primitive type is defined")),
        }
    }
}
