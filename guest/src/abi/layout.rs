//! Alignment, size and flat form of value types. In: types of a plan. Out: bytes and flat core
//! types, as CanonicalABI.md says in "Alignment", "Element Size" and "Flattening". Not its job:
//! code.

use crate::error::{Error, Result};
use crate::ids::{Id, TypeId};
use crate::link::{FuncType, Type, Types};
use crate::width::{discriminant_size, flags_size};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;
use wasm_encoder::ValType;

/// `MAX_FLAT_PARAMS`
pub const MAX_FLAT_PARAMS: usize = 16;
/// `MAX_FLAT_ASYNC_PARAMS`
pub const MAX_FLAT_ASYNC_PARAMS: usize = 4;
/// `MAX_FLAT_RESULTS`
pub const MAX_FLAT_RESULTS: usize = 1;

/// The type of a memory's addresses: `ptr_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pointer {
    I32,
    I64,
}

impl Pointer {
    pub fn new(memory64: bool) -> Pointer {
        if memory64 { Pointer::I64 } else { Pointer::I32 }
    }

    /// `ptr_size`, in bytes.
    pub fn size(self) -> u32 {
        match self {
            Pointer::I32 => 4,
            Pointer::I64 => 8,
        }
    }

    pub fn val_type(self) -> ValType {
        match self {
            Pointer::I32 => ValType::I32,
            Pointer::I64 => ValType::I64,
        }
    }
}

/// `elem_size` and `alignment`, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    pub size: u32,
    pub align: u32,
}

impl Layout {
    /// A value that is as large as its alignment.
    fn natural(size: u32) -> Layout {
        Layout { size, align: size }
    }
}

/// A record: where its fields lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordLayout {
    pub layout: Layout,
    /// One for each field, in bytes from the start of the record.
    pub offsets: Vec<u32>,
}

/// A variant: the discriminant lies at offset 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VariantLayout {
    pub layout: Layout,
    /// 1, 2 or 4 bytes.
    pub discriminant: u32,
    /// Where every case's payload lies, in bytes from the start of the variant.
    pub payload: u32,
}

impl VariantLayout {
    /// Of an enum, as for a variant without payloads. Its labels are not looked at.
    pub fn of_enum(labels: usize) -> VariantLayout {
        let size = discriminant_size(labels);
        VariantLayout { layout: Layout::natural(size), discriminant: size, payload: size }
    }
}

/// The flat form of one or more values; none if it is longer than `MAX_FLAT_PARAMS`, and then it
/// is never needed.
pub type Flat = Option<Rc<[ValType]>>;

/// The fields of what despecializes to a record.
pub fn fields(ty: &Type) -> Option<Vec<TypeId>> {
    match ty {
        Type::Record(fields) => Some(fields.iter().map(|(_, field)| *field).collect()),
        Type::Tuple(fields) => Some(fields.to_vec()),
        _ => None,
    }
}

/// The payloads of the cases of what despecializes to a variant.
pub fn cases(ty: &Type) -> Option<Vec<Option<TypeId>>> {
    match ty {
        Type::Variant(cases) => Some(cases.iter().map(|(_, payload)| *payload).collect()),
        Type::Enum(labels) => Some(vec![None; labels.len()]),
        Type::Option(payload) => Some(vec![None, Some(*payload)]),
        Type::Result { ok, err } => Some(vec![*ok, *err]),
        _ => None,
    }
}

/// The types that a value of type `ty` directly consists of; with repetitions.
pub fn children(ty: &Type) -> Vec<TypeId> {
    match ty {
        Type::List(element) | Type::FixedList(element, _) => vec![*element],
        Type::Map(key, value) => vec![*key, *value],
        _ => fields(ty)
            .or_else(|| cases(ty).map(|cases| cases.into_iter().flatten().collect()))
            .unwrap_or_default(),
    }
}

/// The types that values of `roots` consist of, with `roots` themselves, each once.
pub fn inside(
    types: &Types,
    roots: impl IntoIterator<Item = TypeId>,
) -> impl Iterator<Item = (TypeId, &Type)> {
    let mut seen = BTreeSet::new();
    let mut left: Vec<TypeId> = roots.into_iter().filter(|id| seen.insert(*id)).collect();
    std::iter::from_fn(move || {
        let id = left.pop()?;
        let ty = &types[id];
        left.extend(children(ty).into_iter().filter(|id| seen.insert(*id)));
        Some((id, ty))
    })
}

/// The layouts of all types with addresses of one size. Each type's layout is worked out once:
/// types are graphs whose expansion to trees can be exponentially large. Recurses no deeper than types
/// nest, which `read::limits::TYPE_DEPTH` bounds.
pub struct Layouts<'t> {
    types: &'t Types,
    pointer: Pointer,
    layouts: RefCell<Vec<Option<Layout>>>,
    flats: RefCell<Vec<Option<Flat>>>,
}

impl<'t> Layouts<'t> {
    pub fn new(types: &'t Types, pointer: Pointer) -> Layouts<'t> {
        let count = types.iter().len();
        Layouts {
            types,
            pointer,
            layouts: RefCell::new(vec![None; count]),
            flats: RefCell::new(vec![None; count]),
        }
    }

    pub fn pointer(&self) -> Pointer {
        self.pointer
    }

    /// `elem_size` and `alignment`. `Error::limit` if the size is no 32-bit number.
    pub fn layout(&self, id: TypeId) -> Result<Layout> {
        if let Some(layout) = self.layouts.borrow().get(id.index()).copied().flatten() {
            return Ok(layout);
        }
        let layout = self.compute_layout(id)?;
        if let Some(slot) = self.layouts.borrow_mut().get_mut(id.index()) {
            *slot = Some(layout);
        }
        Ok(layout)
    }

    fn compute_layout(&self, id: TypeId) -> Result<Layout> {
        let ty = &self.types[id];
        if let Some(fields) = fields(ty) {
            return Ok(self.record(&fields)?.layout);
        }
        if let Some(cases) = cases(ty) {
            return Ok(self.variant(&cases)?.layout);
        }
        Ok(match ty {
            Type::Bool | Type::S8 | Type::U8 => Layout::natural(1),
            Type::S16 | Type::U16 => Layout::natural(2),
            Type::S32 | Type::U32 | Type::F32 | Type::Char => Layout::natural(4),
            Type::S64 | Type::U64 | Type::F64 => Layout::natural(8),
            Type::Own(_) | Type::Borrow(_) | Type::Stream(_) | Type::Future(_) => Layout::natural(4),
            Type::Flags(labels) => Layout::natural(flags_size(labels.len())),
            Type::FixedList(element, length) => {
                let Layout { size, align } = self.layout(*element)?;
                Layout { size: size.checked_mul(*length).ok_or_else(too_large)?, align }
            }
            // Strings and lists of any length: address and length.
            _ => Layout { size: 2 * self.pointer.size(), align: self.pointer.size() },
        })
    }

    /// `elem_size_record` and `alignment_record`, with the offsets on the way.
    pub fn record(&self, fields: &[TypeId]) -> Result<RecordLayout> {
        let mut end = 0;
        let mut align = 1;
        let mut offsets = Vec::with_capacity(fields.len());
        for field in fields {
            let field = self.layout(*field)?;
            let offset = align_to(end, field.align)?;
            offsets.push(offset);
            end = offset.checked_add(field.size).ok_or_else(too_large)?;
            align = align.max(field.align);
        }
        Ok(RecordLayout { layout: Layout { size: align_to(end, align)?, align }, offsets })
    }

    /// `elem_size_variant` and `alignment_variant`.
    pub fn variant(&self, cases: &[Option<TypeId>]) -> Result<VariantLayout> {
        let discriminant = discriminant_size(cases.len());
        let mut largest = Layout { size: 0, align: 1 };
        for payload in cases.iter().flatten() {
            let payload = self.layout(*payload)?;
            largest.size = largest.size.max(payload.size);
            largest.align = largest.align.max(payload.align);
        }
        let align = discriminant.max(largest.align);
        let payload = align_to(discriminant, largest.align)?;
        let size = align_to(payload.checked_add(largest.size).ok_or_else(too_large)?, align)?;
        Ok(VariantLayout { layout: Layout { size, align }, discriminant, payload })
    }

    /// `flatten_type`
    pub fn flat(&self, id: TypeId) -> Result<Flat> {
        if let Some(flat) = self.flats.borrow().get(id.index()).cloned().flatten() {
            return Ok(flat);
        }
        let flat = self.compute_flat(id)?;
        if let Some(slot) = self.flats.borrow_mut().get_mut(id.index()) {
            *slot = Some(flat.clone());
        }
        Ok(flat)
    }

    fn compute_flat(&self, id: TypeId) -> Result<Flat> {
        let ty = &self.types[id];
        if let Some(fields) = fields(ty) {
            return self.flat_all(&fields);
        }
        if let Some(cases) = cases(ty) {
            return self.flat_variant(&cases);
        }
        let pointer = self.pointer.val_type();
        Ok(match ty {
            Type::S64 | Type::U64 => few(&[ValType::I64]),
            Type::F32 => few(&[ValType::F32]),
            Type::F64 => few(&[ValType::F64]),
            Type::String | Type::List(_) | Type::Map(..) => few(&[pointer, pointer]),
            Type::FixedList(element, length) => self.flat(*element)?.and_then(|element| {
                let length = *length as usize;
                let fits = element.len().checked_mul(length).is_some_and(|n| n <= MAX_FLAT_PARAMS);
                fits.then(|| element.repeat(length).into())
            }),
            _ => few(&[ValType::I32]),
        })
    }

    /// `flatten_types`, also `flatten_record`
    pub fn flat_all(&self, ids: &[TypeId]) -> Result<Flat> {
        let mut flat = Vec::new();
        for id in ids {
            match self.flat(*id)? {
                Some(more) if flat.len() + more.len() <= MAX_FLAT_PARAMS => flat.extend_from_slice(&more),
                _ => return Ok(None),
            }
        }
        Ok(Some(flat.into()))
    }

    /// `flatten_variant`
    fn flat_variant(&self, cases: &[Option<TypeId>]) -> Result<Flat> {
        let mut flat = vec![ValType::I32];
        for payload in cases.iter().flatten() {
            let Some(payload) = self.flat(*payload)? else { return Ok(None) };
            for (i, ty) in payload.iter().enumerate() {
                match flat.get_mut(i + 1) {
                    Some(joined) => *joined = join(*joined, *ty),
                    None => flat.push(*ty),
                }
            }
        }
        Ok((flat.len() <= MAX_FLAT_PARAMS).then(|| flat.into()))
    }
}

/// `join`
pub fn join(a: ValType, b: ValType) -> ValType {
    match (a, b) {
        _ if a == b => a,
        (ValType::I32, ValType::F32) | (ValType::F32, ValType::I32) => ValType::I32,
        _ => ValType::I64,
    }
}

/// For whom a core function type is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// The function that "canon lift" takes.
    Lift,
    /// The function that "canon lower" makes.
    Lower,
    /// The function that "canon lift" takes with `async` and `callback`.
    LiftCallback,
    /// The function that "canon lower" makes with `async`.
    LowerAsync,
}

impl Context {
    /// Of a lift, with or without a callback.
    pub fn lift(callback: bool) -> Context {
        if callback { Context::LiftCallback } else { Context::Lift }
    }

    /// Of a lower, with or without `async`.
    pub fn lower(async_: bool) -> Context {
        if async_ { Context::LowerAsync } else { Context::Lower }
    }

    pub fn is_lift(self) -> bool {
        matches!(self, Context::Lift | Context::LiftCallback)
    }

    /// How many core values there may be for the parameters; more of them are passed through memory.
    pub fn max_flat_params(self) -> usize {
        match self {
            Context::LowerAsync => MAX_FLAT_ASYNC_PARAMS,
            _ => MAX_FLAT_PARAMS,
        }
    }

    /// The same for the result; that of `LiftCallback` goes through "canon task.return".
    pub fn max_flat_results(self) -> usize {
        match self {
            Context::Lift | Context::Lower => MAX_FLAT_RESULTS,
            Context::LiftCallback => MAX_FLAT_PARAMS,
            Context::LowerAsync => 0,
        }
    }
}

/// A core function type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Signature {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
}

impl Layouts<'_> {
    /// `flatten_functype`
    pub fn signature(&self, ty: &FuncType, context: Context) -> Result<Signature> {
        let pointer = self.pointer.val_type();
        let mut params = match self.flat_params(ty, context)? {
            Some(flat) => flat.to_vec(),
            None => vec![pointer],
        };
        let mut results = Vec::new();
        match (context, self.flat_result(ty, context)?) {
            (Context::LiftCallback, _) => results.push(ValType::I32),
            (Context::LowerAsync, flat) => {
                if flat.is_none() {
                    params.push(pointer);
                }
                results.push(ValType::I32);
            }
            (_, Some(flat)) => results.extend_from_slice(&flat),
            (Context::Lift, None) => results.push(pointer),
            (Context::Lower, None) => params.push(pointer),
        }
        Ok(Signature { params, results })
    }

    /// The flat parameters; none if they are passed through memory, as a tuple.
    pub fn flat_params(&self, ty: &FuncType, context: Context) -> Result<Flat> {
        let params: Vec<TypeId> = ty.params.iter().map(|(_, param)| *param).collect();
        Ok(self.flat_all(&params)?.filter(|flat| flat.len() <= context.max_flat_params()))
    }

    /// The flat result; none if it is passed through memory.
    pub fn flat_result(&self, ty: &FuncType, context: Context) -> Result<Flat> {
        match ty.result {
            Some(result) => Ok(self.flat(result)?.filter(|flat| flat.len() <= context.max_flat_results())),
            None => Ok(few(&[])),
        }
    }
}

fn few(flat: &[ValType]) -> Flat {
    Some(flat.into())
}

/// `align_to`; `align` is a power of two.
fn align_to(offset: u32, align: u32) -> Result<u32> {
    offset.checked_next_multiple_of(align).ok_or_else(too_large)
}

fn too_large() -> Error {
    Error::limit("a value type's size in bytes is too large", u32::MAX.into())
}

#[cfg(test)]
mod tests;
