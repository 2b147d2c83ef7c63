//! Size, alignment and number of flat values of a type (CanonicalABI.md, "Alignment", "Element
//! Size", "Flattening"). In: a type. Out: numbers. Not its job: values.

use crate::value::Type;

/// The fields of a type that is a record, a tuple, or a list of fixed length.
pub fn fields(ty: &Type) -> Option<Vec<&Type>> {
    match ty {
        Type::Record(fields) => Some(fields.iter().map(|(_, ty)| &**ty).collect()),
        Type::Tuple(types) => Some(types.iter().map(|ty| &**ty).collect()),
        Type::FixedList(ty, length) => Some(vec![&**ty; *length as usize]),
        _ => None,
    }
}

/// The cases of a type that is a variant.
pub fn cases(ty: &Type) -> Option<Vec<Option<&Type>>> {
    match ty {
        Type::Variant(cases) => Some(cases.iter().map(|(_, ty)| ty.as_deref()).collect()),
        Type::Enum(labels) => Some(vec![None; labels.len()]),
        Type::Option(ty) => Some(vec![None, Some(ty)]),
        Type::Result { ok, err } => Some(vec![ok.as_deref(), err.as_deref()]),
        _ => None,
    }
}

/// Bytes of the discriminant, or of flags.
pub fn discriminant_size(cases: usize) -> u64 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

fn flags_size(labels: usize) -> u64 {
    match labels {
        0..=8 => 1,
        9..=16 => 2,
        _ => 4,
    }
}

pub fn align_to(offset: u64, align: u64) -> u64 {
    offset.next_multiple_of(align)
}

/// Where a variant's payload starts.
pub fn payload_offset(cases: &[Option<&Type>], ptr: u64) -> u64 {
    let align = cases.iter().flatten().map(|ty| align(ty, ptr)).max().unwrap_or(1);
    align_to(discriminant_size(cases.len()), align)
}

pub fn align(ty: &Type, ptr: u64) -> u64 {
    if let Some(fields) = fields(ty) {
        return fields.iter().map(|ty| align(ty, ptr)).max().unwrap_or(1);
    }
    if let Some(cases) = cases(ty) {
        let payload = cases.iter().flatten().map(|ty| align(ty, ptr)).max().unwrap_or(1);
        return payload.max(discriminant_size(cases.len()));
    }
    match ty {
        Type::String | Type::List(_) | Type::Map(..) => ptr,
        scalar => size(scalar, ptr),
    }
}

pub fn size(ty: &Type, ptr: u64) -> u64 {
    if let Some(fields) = fields(ty) {
        let end = fields.iter().fold(0, |offset, ty| align_to(offset, align(ty, ptr)) + size(ty, ptr));
        return align_to(end, align(ty, ptr));
    }
    if let Some(cases) = cases(ty) {
        let payload = cases.iter().flatten().map(|ty| size(ty, ptr)).max().unwrap_or(0);
        return align_to(payload_offset(&cases, ptr) + payload, align(ty, ptr));
    }
    match ty {
        Type::Bool | Type::S8 | Type::U8 => 1,
        Type::S16 | Type::U16 => 2,
        Type::S64 | Type::U64 | Type::F64 => 8,
        Type::Flags(labels) => flags_size(labels.len()),
        Type::String | Type::List(_) | Type::Map(..) => 2 * ptr,
        _ => 4,
    }
}

pub fn flat_count(ty: &Type) -> usize {
    if let Some(fields) = fields(ty) {
        return fields.iter().map(|ty| flat_count(ty)).sum();
    }
    if let Some(cases) = cases(ty) {
        return 1 + cases.iter().flatten().map(|ty| flat_count(ty)).max().unwrap_or(0);
    }
    match ty {
        Type::String | Type::List(_) | Type::Map(..) => 2,
        _ => 1,
    }
}
