//! Random value types. In: a stream of choices. Out: types, of bounded depth and size. Not its job:
//! their text.

use crate::value::{ResourceType, Type};
use arbitrary::{Result, Unstructured};
use std::sync::Arc;

/// Makes types. An exhausted stream gives the simplest ones.
pub struct Types<'a> {
    /// What `own` may be of.
    pub resources: &'a [Arc<ResourceType>],
    /// How many more types may be made.
    pub budget: usize,
}

impl Types<'_> {
    /// A type that nests at most `depth` others in each other.
    pub fn value_type(&mut self, u: &mut Unstructured<'_>, depth: usize) -> Result<Arc<Type>> {
        self.budget = self.budget.saturating_sub(1);
        let composite = depth > 0 && self.budget > 0 && chance(u, 3, 5)?;
        Ok(Arc::new(if composite { self.composite(u, depth - 1)? } else { self.leaf(u)? }))
    }

    fn leaf(&mut self, u: &mut Unstructured<'_>) -> Result<Type> {
        Ok(match u.int_in_range(0..=16)? {
            0 => Type::U32,
            1 => Type::Bool,
            2 => Type::S8,
            3 => Type::U8,
            4 => Type::S16,
            5 => Type::U16,
            6 => Type::S32,
            7 => Type::S64,
            8 => Type::U64,
            9 => Type::F32,
            10 => Type::F64,
            11 => Type::Char,
            12 => Type::Flags(labels(u, &[1, 2, 8, 9, 16, 17, 31, 32])?),
            13 => Type::Enum(labels(u, &[1, 2, 3, 5, 256, 257])?),
            14 if !self.resources.is_empty() => Type::Own(u.choose(self.resources)?.clone()),
            _ => Type::String,
        })
    }

    fn composite(&mut self, u: &mut Unstructured<'_>, depth: usize) -> Result<Type> {
        Ok(match u.int_in_range(0..=8)? {
            0 | 1 => Type::List(self.value_type(u, depth)?),
            2 => Type::FixedList(self.value_type(u, depth)?, u.int_in_range(1..=5)?),
            3 => {
                let keys = [Type::U8, Type::Bool, Type::S16, Type::U32, Type::S64, Type::Char, Type::String];
                Type::Map(Arc::new(u.choose(&keys)?.clone()), self.value_type(u, depth)?)
            }
            4 => {
                let count = u.int_in_range(1..=4)?;
                let fields = (0..count).map(|n| Ok((format!("f{n}"), self.value_type(u, depth)?)));
                Type::Record(fields.collect::<Result<_>>()?)
            }
            5 => {
                let count = u.int_in_range(1..=4)?;
                Type::Tuple((0..count).map(|_| self.value_type(u, depth)).collect::<Result<_>>()?)
            }
            6 => {
                let count = *u.choose(&[2, 1, 3, 4, 257])?;
                let cases = (0..count).map(|n| {
                    // Only the first have a payload: 257 of them are about the discriminant.
                    let payload = n < 4 && chance(u, 2, 3)?;
                    let payload = payload.then(|| self.value_type(u, depth)).transpose()?;
                    Ok((format!("c{n}"), payload))
                });
                Type::Variant(cases.collect::<Result<_>>()?)
            }
            7 => Type::Option(self.value_type(u, depth)?),
            _ => Type::Result { ok: self.optional(u, depth)?, err: self.optional(u, depth)? },
        })
    }

    fn optional(&mut self, u: &mut Unstructured<'_>, depth: usize) -> Result<Option<Arc<Type>>> {
        chance(u, 2, 3)?.then(|| self.value_type(u, depth)).transpose()
    }
}

fn labels(u: &mut Unstructured<'_>, counts: &[usize]) -> Result<Vec<String>> {
    let count = *u.choose(counts)?;
    Ok((0..count).map(|n| format!("l{n}")).collect())
}

/// The types directly inside of a type.
pub fn inside(ty: &Type) -> Vec<&Arc<Type>> {
    match ty {
        Type::List(ty) | Type::FixedList(ty, _) | Type::Option(ty) => vec![ty],
        Type::Map(key, value) => vec![key, value],
        Type::Record(fields) => fields.iter().map(|(_, ty)| ty).collect(),
        Type::Tuple(types) => types.iter().collect(),
        Type::Variant(cases) => cases.iter().filter_map(|(_, ty)| ty.as_ref()).collect(),
        Type::Result { ok, err } => ok.iter().chain(err).collect(),
        _ => Vec::new(),
    }
}

/// Whether `is` holds for the type or for one inside of it.
pub fn any(ty: &Type, is: &dyn Fn(&Type) -> bool) -> bool {
    is(ty) || inside(ty).into_iter().any(|ty| any(ty, is))
}

/// Whether something happens that does so `n` times out of `of`; with an exhausted stream it does not.
pub fn chance(u: &mut Unstructured<'_>, n: u32, of: u32) -> Result<bool> {
    Ok(u.int_in_range(0..=of - 1)? >= of - n)
}
