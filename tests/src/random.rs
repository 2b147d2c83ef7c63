//! Bytes and values that follow from a seed. In: a seed, and lengths or types. Out: bytes, values. Not
//! its job: calls (`steps`).

use crate::value::{Type, Value};
use std::ops::Range;
use std::sync::Arc;

/// A stream of bytes, of one of these lengths.
pub fn bytes(seed: u64, lengths: Range<usize>) -> Vec<u8> {
    let mut random = Random::new(seed);
    let length = lengths.start + random.below(lengths.len());
    (0..length).map(|_| (random.bits() >> 24) as u8).collect()
}

/// A small generator (xorshift64*): the same seed gives the same values, for ever.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Less than `n`, which is not 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.bits() >> 16) as usize % n
    }

    /// Any bits, but often an extreme.
    fn number(&mut self) -> u64 {
        let bits = self.bits();
        [0, 1, u64::MAX, 1 << 63, bits, bits, bits >> 40, bits >> 56][self.below(8)]
    }

    fn char(&mut self) -> char {
        let code = [0x20 + self.below(0x5f), 0x80 + self.below(0x780), 0x10000 + self.below(0x1000)];
        char::from_u32(code[self.below(3)] as u32).unwrap_or('\u{fffd}')
    }

    fn string(&mut self) -> String {
        let length = [0, 1, 3, 20][self.below(4)];
        let ascii = self.below(2) == 0;
        (0..length)
            .map(|_| if ascii { char::from(b'a' + self.below(26) as u8) } else { self.char() })
            .collect()
    }

    fn optional(
        &mut self,
        ty: Option<&Arc<Type>>,
        resource: &mut Resources<'_>,
    ) -> Option<Option<Box<Value>>> {
        Some(match ty {
            None => None,
            Some(ty) => Some(Box::new(self.value(ty, resource)?)),
        })
    }

    /// A value of the type. `resource` gives one for an `own` or `borrow`; where it has none, there
    /// is no value.
    pub fn value(&mut self, ty: &Type, resource: &mut Resources<'_>) -> Option<Value> {
        Some(match ty {
            Type::Bool => Value::Bool(self.below(2) == 1),
            Type::S8 => Value::S8(self.number() as i8),
            Type::U8 => Value::U8(self.number() as u8),
            Type::S16 => Value::S16(self.number() as i16),
            Type::U16 => Value::U16(self.number() as u16),
            Type::S32 => Value::S32(self.number() as i32),
            Type::U32 => Value::U32(self.number() as u32),
            Type::S64 => Value::S64(self.number() as i64),
            Type::U64 => Value::U64(self.number()),
            Type::F32 => Value::F32(self.number() as i32 as f32 / 8.0),
            Type::F64 => Value::F64(self.number() as i64 as f64 / 8.0),
            Type::Char => Value::Char(self.char()),
            Type::String => Value::String(self.string()),
            Type::List(ty) => {
                let length = self.below(4);
                Value::List(self.values(ty, length, resource)?)
            }
            Type::FixedList(ty, length) => Value::List(self.values(ty, *length as usize, resource)?),
            Type::Map(key, value) => {
                let length = self.below(3);
                let keys = self.values(key, length, resource)?;
                let values = self.values(value, length, resource)?;
                let mut pairs: Vec<(Value, Value)> = Vec::new();
                for (key, value) in keys.into_iter().zip(values) {
                    if pairs.iter().all(|(other, _)| *other != key) {
                        pairs.push((key, value));
                    }
                }
                Value::Map(pairs)
            }
            Type::Record(fields) => {
                let fields = fields.iter().map(|(name, ty)| Some((name.clone(), self.value(ty, resource)?)));
                Value::Record(fields.collect::<Option<_>>()?)
            }
            Type::Tuple(types) => {
                Value::Tuple(types.iter().map(|ty| self.value(ty, resource)).collect::<Option<_>>()?)
            }
            Type::Flags(labels) => {
                Value::Flags(labels.iter().filter(|_| self.below(2) == 1).cloned().collect())
            }
            Type::Enum(labels) => Value::Enum(labels[self.below(labels.len())].clone()),
            Type::Variant(cases) => {
                let (label, ty) = &cases[self.below(cases.len())];
                Value::Variant(label.clone(), self.optional(ty.as_ref(), resource)?)
            }
            Type::Option(ty) => {
                let ty = (self.below(2) == 1).then_some(ty);
                Value::Option(self.optional(ty, resource)?)
            }
            Type::Result { ok, .. } if self.below(2) == 1 => {
                Value::Result(Ok(self.optional(ok.as_ref(), resource)?))
            }
            Type::Result { err, .. } => Value::Result(Err(self.optional(err.as_ref(), resource)?)),
            Type::Own(_) | Type::Borrow(_) => resource(ty)?,
        })
    }

    fn values(&mut self, ty: &Type, length: usize, resource: &mut Resources<'_>) -> Option<Vec<Value>> {
        (0..length).map(|_| self.value(ty, resource)).collect()
    }
}

/// Gives a value for an `own` or a `borrow`.
pub type Resources<'a> = dyn FnMut(&Type) -> Option<Value> + 'a;
