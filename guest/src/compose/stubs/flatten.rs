//! Core signatures of lifted functions. In: wac's types. Out: flat types (CanonicalABI.md,
//! "Flattening"). Not its job: any other side of the Canonical ABI; the functions are never returned from.

use std::collections::HashMap;
use wac_graph::types::{DefinedType, DefinedTypeId, FuncTypeId, PrimitiveType, Types, ValueType};
use wasm_encoder::ValType;

const MAX_FLAT_PARAMS: usize = 16;
const MAX_FLAT_RESULTS: usize = 1;

/// A type's flat types, none where there are more than any function may have; and whether some of it
/// lies in memory.
#[derive(Clone)]
struct Flat {
    types: Option<Vec<ValType>>,
    memory: bool,
}

/// The core function that is lifted.
pub struct Signature {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
    /// Whether lifting takes a memory and a `realloc`.
    pub memory: bool,
}

pub struct Flattening<'t> {
    types: &'t Types,
    /// Types share their parts: each is flattened once.
    done: HashMap<DefinedTypeId, Flat>,
}

impl<'t> Flattening<'t> {
    pub fn new(types: &'t Types) -> Flattening<'t> {
        Flattening { types, done: HashMap::new() }
    }

    pub fn signature(&mut self, id: FuncTypeId) -> Signature {
        let types = self.types;
        let ty = &types[id];
        let params = self.record(ty.params.values().copied());
        let result = self.record(ty.result);
        let flat = |flat: &Flat, limit: usize| flat.types.clone().filter(|types| types.len() <= limit);
        let (given, returned) = (flat(&params, MAX_FLAT_PARAMS), flat(&result, MAX_FLAT_RESULTS));
        Signature {
            memory: params.memory || result.memory || given.is_none() || returned.is_none(),
            params: given.unwrap_or_else(|| vec![ValType::I32]),
            results: returned.unwrap_or_else(|| vec![ValType::I32]),
        }
    }

    /// One value after the other.
    fn record(&mut self, parts: impl IntoIterator<Item = ValueType>) -> Flat {
        let mut all = Flat { types: Some(Vec::new()), memory: false };
        for part in parts {
            let part = self.value(part);
            all.memory |= part.memory;
            all.types = match (all.types, part.types) {
                (Some(mut all), Some(part)) if all.len() + part.len() <= MAX_FLAT_PARAMS => {
                    all.extend(part);
                    Some(all)
                }
                _ => None,
            };
        }
        all
    }

    /// A discriminant, and what any of the cases may be.
    fn variant(&mut self, cases: impl IntoIterator<Item = Option<ValueType>>) -> Flat {
        let mut all = Flat { types: Some(vec![ValType::I32]), memory: false };
        for case in cases {
            let case = self.record(case);
            all.memory |= case.memory;
            let (Some(joined), Some(case)) = (&mut all.types, case.types) else {
                all.types = None;
                continue;
            };
            for (nth, ty) in case.into_iter().enumerate() {
                match joined.get_mut(nth + 1) {
                    Some(other) => *other = join(*other, ty),
                    None => joined.push(ty),
                }
            }
        }
        all.types = all.types.filter(|types| types.len() <= MAX_FLAT_PARAMS);
        all
    }

    fn value(&mut self, ty: ValueType) -> Flat {
        let one = |ty| Flat { types: Some(vec![ty]), memory: false };
        match ty {
            ValueType::Primitive(PrimitiveType::String) => pointer_and_length(),
            ValueType::Primitive(PrimitiveType::U64 | PrimitiveType::S64) => one(ValType::I64),
            ValueType::Primitive(PrimitiveType::F32) => one(ValType::F32),
            ValueType::Primitive(PrimitiveType::F64) => one(ValType::F64),
            ValueType::Primitive(_) | ValueType::Borrow(_) | ValueType::Own(_) => one(ValType::I32),
            ValueType::Defined(id) => {
                if let Some(done) = self.done.get(&id) {
                    return done.clone();
                }
                let flat = self.defined(id);
                self.done.insert(id, flat.clone());
                flat
            }
        }
    }

    fn defined(&mut self, id: DefinedTypeId) -> Flat {
        let types = self.types;
        match &types[id] {
            DefinedType::Tuple(parts) => self.record(parts.iter().copied()),
            DefinedType::Record(record) => self.record(record.fields.values().copied()),
            DefinedType::FixedSizeList(ty, length) => {
                // One more than there is room for is as good as all.
                let count = usize::try_from(*length).unwrap_or(usize::MAX).min(MAX_FLAT_PARAMS + 1);
                self.record(std::iter::repeat_n(*ty, count))
            }
            DefinedType::List(_) | DefinedType::Map(..) => pointer_and_length(),
            DefinedType::Alias(ty) => self.value(*ty),
            DefinedType::Option(ty) => self.variant([None, Some(*ty)]),
            DefinedType::Result { ok, err } => self.variant([*ok, *err]),
            DefinedType::Variant(variant) => self.variant(variant.cases.values().copied()),
            DefinedType::Enum(_)
            | DefinedType::Flags(_)
            | DefinedType::Stream(_)
            | DefinedType::Future(_) => Flat { types: Some(vec![ValType::I32]), memory: false },
        }
    }
}

fn pointer_and_length() -> Flat {
    Flat { types: Some(vec![ValType::I32, ValType::I32]), memory: true }
}

fn join(a: ValType, b: ValType) -> ValType {
    match (a, b) {
        (a, b) if a == b => a,
        (ValType::I32 | ValType::F32, ValType::I32 | ValType::F32) => ValType::I32,
        _ => ValType::I64,
    }
}
