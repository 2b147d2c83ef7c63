//! How large a value may be. In: the types that the validator knows. Out: an error where a
//! `defvaltype` takes up 2^28 bytes or more with 64-bit addresses (Binary.md, "Type Definitions";
//! CanonicalABI.md, "Alignment" and "Element Size"), which wasmparser 0.258 does not check. Not its
//! job: the layout that a call needs (`abi`).

use crate::error::{Code, Error, Result};
use crate::width::{discriminant_size, flags_size};
use wasmparser::PrimitiveValType;
use wasmparser::component_types::{ComponentDefinedType, ComponentDefinedTypeId, ComponentValType};
use wasmparser::types::{TypeIdentifier, TypesRef};

/// What `elem_size` must be less than.
const LIMIT: u64 = 1 << 28;

/// `ptr_size('i64')`
const POINTER: u64 = 8;

/// The size and the alignment of every value type so far.
#[derive(Default)]
pub(super) struct Sizes(Vec<ElementSize>);

/// `elem_size` and `alignment`, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ElementSize {
    size: u64,
    align: u64,
}

impl Sizes {
    /// Works out what has come since the last time. Errors: `Invalid`, without an offset.
    ///
    /// The validator numbers value types one after the other, wherever they are defined, each after
    /// those that it is made of. So counting up finds them all, even those inside component types,
    /// which no index space of the component leads to; and nothing here recurses.
    pub fn check(&mut self, types: TypesRef<'_>) -> Result<()> {
        while let Ok(next) = u32::try_from(self.0.len())
            && let Some(ty) = types.get(ComponentDefinedTypeId::from_index(next))
        {
            let found = self.element_size(ty)?;
            if found.size >= LIMIT {
                return Err(too_large(ty, found.size));
            }
            self.0.push(found);
        }
        Ok(())
    }

    fn value(&self, ty: &ComponentValType) -> Result<ElementSize> {
        match ty {
            ComponentValType::Primitive(ty) => Ok(primitive(*ty)),
            ComponentValType::Type(id) => {
                let known = self.0.get(id.index()).copied();
                known.ok_or_else(|| Error::internal("a value type comes before what it is made of"))
            }
        }
    }

    fn element_size(&self, ty: &ComponentDefinedType) -> Result<ElementSize> {
        use ComponentDefinedType as D;
        match ty {
            D::Primitive(ty) => Ok(primitive(*ty)),
            D::Record(ty) => self.record(ty.fields.values()),
            D::Tuple(ty) => self.record(ty.types.iter()),
            D::Variant(ty) => self.variant(ty.cases.len(), ty.cases.values().filter_map(|c| c.ty.as_ref())),
            D::Enum(labels) => self.variant(labels.len(), []),
            D::Option { ty, .. } => self.variant(2, [ty]),
            D::Result { ok, err, .. } => self.variant(2, ok.iter().chain(err)),
            D::Flags(labels) => Ok(natural(flags_size(labels.len()).into())),
            D::FixedLengthList { element, length, .. } => {
                let element = self.value(element)?;
                Ok(ElementSize { size: element.size.saturating_mul(u64::from(*length)), ..element })
            }
            D::List { .. } | D::Map { .. } => Ok(pair()),
            D::Own(_) | D::Borrow(_) | D::Future { .. } | D::Stream { .. } => Ok(natural(4)),
        }
    }

    /// `elem_size_record` and `alignment_record`
    fn record<'t>(&self, fields: impl IntoIterator<Item = &'t ComponentValType>) -> Result<ElementSize> {
        let mut record = ElementSize { size: 0, align: 1 };
        for field in fields {
            let field = self.value(field)?;
            record.size = align_to(record.size, field.align).saturating_add(field.size);
            record.align = record.align.max(field.align);
        }
        Ok(ElementSize { size: align_to(record.size, record.align), ..record })
    }

    /// `elem_size_variant` and `alignment_variant`
    fn variant<'t>(
        &self,
        cases: usize,
        payloads: impl IntoIterator<Item = &'t ComponentValType>,
    ) -> Result<ElementSize> {
        let discriminant = u64::from(discriminant_size(cases));
        let mut largest = ElementSize { size: 0, align: 1 };
        for payload in payloads {
            let payload = self.value(payload)?;
            largest.size = largest.size.max(payload.size);
            largest.align = largest.align.max(payload.align);
        }
        let align = largest.align.max(discriminant);
        let size = align_to(discriminant, largest.align).saturating_add(largest.size);
        Ok(ElementSize { size: align_to(size, align), align })
    }
}

fn primitive(ty: PrimitiveValType) -> ElementSize {
    use PrimitiveValType as P;
    match ty {
        P::Bool | P::S8 | P::U8 => natural(1),
        P::S16 | P::U16 => natural(2),
        P::S32 | P::U32 | P::F32 | P::Char | P::ErrorContext => natural(4),
        P::S64 | P::U64 | P::F64 => natural(8),
        P::String => pair(),
    }
}

/// As large as its alignment.
fn natural(size: u64) -> ElementSize {
    ElementSize { size, align: size }
}

/// An address and a length.
fn pair() -> ElementSize {
    ElementSize { size: POINTER.saturating_mul(2), align: POINTER }
}

fn align_to(size: u64, align: u64) -> u64 {
    size.checked_next_multiple_of(align).unwrap_or(u64::MAX)
}

fn too_large(ty: &ComponentDefinedType, size: u64) -> Error {
    use ComponentDefinedType as D;
    let what = match ty {
        D::Record(_) => "record",
        D::Tuple(_) => "tuple",
        D::Variant(_) => "variant",
        D::Option { .. } => "option",
        D::Result { .. } => "result",
        D::FixedLengthList { .. } => "list of a fixed length",
        // Is never so large.
        _ => "value",
    };
    let message = format!(
        "a {what} of {size} bytes exceeds maximum byte size: `elem_size` has to be less than {LIMIT}"
    );
    Error::new(Code::Invalid, message)
}
