//! Component values and their types, as the tests' hosts pass them. In: nothing, these are types.
//! Out: `Value`, `Type`, and the check that one is of the other. Not its job: any ABI.

use std::fmt;
use std::sync::Arc;

/// A name for every step of the way from the root's imports or exports.
pub type Path = Vec<String>;

/// A component value. Two values are equal if a component could not tell them apart: all NaNs are
/// one, 0.0 and -0.0 are two.
#[derive(Debug, Clone)]
pub enum Value {
    Bool(bool),
    S8(i8),
    U8(u8),
    S16(i16),
    U16(u16),
    S32(i32),
    U32(u32),
    S64(i64),
    U64(u64),
    F32(f32),
    F64(f64),
    Char(char),
    String(String),
    /// Of any length, or of a fixed one.
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Record(Vec<(String, Value)>),
    Tuple(Vec<Value>),
    /// The labels that are set, in the order of the type.
    Flags(Vec<String>),
    Enum(String),
    Variant(String, Option<Box<Value>>),
    Option(Option<Box<Value>>),
    Result(Result<Option<Box<Value>>, Option<Box<Value>>>),
    Own(Resource),
    Borrow(Resource),
}

/// One resource, as a test's host names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// Defined by the host: its representation, which the host chooses.
    Host(u32),
    /// Defined by the component, and owned by the host: hosts number what they are given from 0,
    /// in the order in which it arrives, so that numbers can be compared.
    Guest(u32),
}

/// A value type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    List(Arc<Type>),
    FixedList(Arc<Type>, u32),
    Map(Arc<Type>, Arc<Type>),
    Record(Vec<(String, Arc<Type>)>),
    Tuple(Vec<Arc<Type>>),
    Flags(Vec<String>),
    Enum(Vec<String>),
    Variant(Vec<(String, Option<Arc<Type>>)>),
    Option(Arc<Type>),
    Result { ok: Option<Arc<Type>>, err: Option<Arc<Type>> },
    Own(Arc<ResourceType>),
    Borrow(Arc<ResourceType>),
}

/// A resource type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceType {
    /// Defined by the host; otherwise by the component.
    pub imported: bool,
    /// The first way to it: from the root's imports if it is imported, else from the exports.
    pub path: Path,
    /// For the host that made this: which of its resource types.
    pub index: u32,
}

/// A function type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FuncType {
    pub params: Vec<(String, Arc<Type>)>,
    pub result: Option<Arc<Type>>,
}

impl FuncType {
    /// Panics, with what is wrong, unless a call with `args` is well-typed.
    pub fn check_args(&self, args: &[Value]) {
        assert_eq!(args.len(), self.params.len(), "the number of arguments");
        for ((name, ty), arg) in self.params.iter().zip(args) {
            assert!(arg.is_a(ty), "argument {name}: {arg} is not of type {ty:?}");
        }
    }

    /// Panics unless `result` is what such a function returns.
    pub fn check_result(&self, result: Option<&Value>) {
        match (&self.result, result) {
            (None, None) => {}
            (Some(ty), Some(value)) if value.is_a(ty) => {}
            (ty, value) => panic!("result {value:?} is not of type {ty:?}"),
        }
    }
}

impl Value {
    /// Whether the value is of type `ty`.
    pub fn is_a(&self, ty: &Type) -> bool {
        let optional = |value: &Option<Box<Value>>, ty: &Option<Arc<Type>>| match (value, ty) {
            (None, None) => true,
            (Some(value), Some(ty)) => value.is_a(ty),
            _ => false,
        };
        match (self, ty) {
            (Value::Bool(_), Type::Bool)
            | (Value::S8(_), Type::S8)
            | (Value::U8(_), Type::U8)
            | (Value::S16(_), Type::S16)
            | (Value::U16(_), Type::U16)
            | (Value::S32(_), Type::S32)
            | (Value::U32(_), Type::U32)
            | (Value::S64(_), Type::S64)
            | (Value::U64(_), Type::U64)
            | (Value::F32(_), Type::F32)
            | (Value::F64(_), Type::F64)
            | (Value::Char(_), Type::Char)
            | (Value::String(_), Type::String) => true,
            (Value::List(values), Type::List(ty)) => values.iter().all(|v| v.is_a(ty)),
            (Value::List(values), Type::FixedList(ty, len)) => {
                values.len() == *len as usize && values.iter().all(|v| v.is_a(ty))
            }
            (Value::Map(pairs), Type::Map(key, value)) => {
                pairs.iter().all(|(k, v)| k.is_a(key) && v.is_a(value))
            }
            (Value::Record(fields), Type::Record(types)) => {
                fields.len() == types.len()
                    && fields.iter().zip(types).all(|((n, v), (name, ty))| n == name && v.is_a(ty))
            }
            (Value::Tuple(values), Type::Tuple(types)) => {
                values.len() == types.len() && values.iter().zip(types).all(|(v, ty)| v.is_a(ty))
            }
            (Value::Flags(set), Type::Flags(labels)) => set.iter().all(|l| labels.contains(l)),
            (Value::Enum(label), Type::Enum(labels)) => labels.contains(label),
            (Value::Variant(label, value), Type::Variant(cases)) => {
                cases.iter().any(|(name, ty)| name == label && optional(value, ty))
            }
            (Value::Option(None), Type::Option(_)) => true,
            (Value::Option(Some(value)), Type::Option(ty)) => value.is_a(ty),
            (Value::Result(Ok(value)), Type::Result { ok, .. }) => optional(value, ok),
            (Value::Result(Err(value)), Type::Result { err, .. }) => optional(value, err),
            (Value::Own(r), Type::Own(ty)) | (Value::Borrow(r), Type::Borrow(ty)) => {
                ty.imported == matches!(r, Resource::Host(_))
            }
            _ => false,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::S8(a), Value::S8(b)) => a == b,
            (Value::U8(a), Value::U8(b)) => a == b,
            (Value::S16(a), Value::S16(b)) => a == b,
            (Value::U16(a), Value::U16(b)) => a == b,
            (Value::S32(a), Value::S32(b)) => a == b,
            (Value::U32(a), Value::U32(b)) => a == b,
            (Value::S64(a), Value::S64(b)) => a == b,
            (Value::U64(a), Value::U64(b)) => a == b,
            (Value::F32(a), Value::F32(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            (Value::F64(a), Value::F64(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
            (Value::Char(a), Value::Char(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Map(a), Value::Map(b)) => a == b,
            (Value::Record(a), Value::Record(b)) => a == b,
            (Value::Tuple(a), Value::Tuple(b)) => a == b,
            (Value::Flags(a), Value::Flags(b)) => a == b,
            (Value::Enum(a), Value::Enum(b)) => a == b,
            (Value::Variant(a, x), Value::Variant(b, y)) => a == b && x == y,
            (Value::Option(a), Value::Option(b)) => a == b,
            (Value::Result(a), Value::Result(b)) => a == b,
            (Value::Own(a), Value::Own(b)) => a == b,
            (Value::Borrow(a), Value::Borrow(b)) => a == b,
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
