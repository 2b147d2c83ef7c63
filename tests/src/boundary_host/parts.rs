//! What values are made of: fields, cases, elements. In: values and their types. Out: the parts, and values
//! made of parts. Not its job: where they lie in memory (`layout`), and how they get there (`abi`).

use crate::value::{Type, Value};
use std::sync::Arc;

/// What a list or a map is a list of.
pub fn element(ty: &Type) -> Arc<Type> {
    match ty {
        Type::List(element) => element.clone(),
        Type::Map(key, value) => Arc::new(Type::Tuple(vec![key.clone(), value.clone()])),
        other => panic!("{other:?} is not a list"),
    }
}

pub fn pair(value: Value) -> Option<(Value, Value)> {
    let Value::Tuple(values) = value else { return None };
    let mut values = values.into_iter();
    Some((values.next()?, values.next()?))
}

pub fn from_fields(ty: &Type, values: Vec<Value>) -> Value {
    match ty {
        Type::Record(fields) => {
            Value::Record(fields.iter().map(|(name, _)| name.clone()).zip(values).collect())
        }
        Type::FixedList(..) => Value::List(values),
        _ => Value::Tuple(values),
    }
}

pub fn to_fields(value: &Value) -> Vec<&Value> {
    match value {
        Value::Record(fields) => fields.iter().map(|(_, value)| value).collect(),
        Value::Tuple(values) | Value::List(values) => values.iter().collect(),
        other => panic!("{other} has no fields"),
    }
}

pub fn from_case(ty: &Type, case: usize, payload: Option<Value>) -> Value {
    let payload = payload.map(Box::new);
    match (ty, case) {
        (Type::Variant(cases), _) => Value::Variant(cases[case].0.clone(), payload),
        (Type::Enum(labels), _) => Value::Enum(labels[case].clone()),
        (Type::Option(_), _) => Value::Option(payload),
        (_, 0) => Value::Result(Ok(payload)),
        _ => Value::Result(Err(payload)),
    }
}

pub fn to_case<'v>(ty: &Type, value: &'v Value) -> (usize, Option<&'v Value>) {
    let position = |labels: Vec<&String>, label: &str| {
        labels.into_iter().position(|other| other == label).expect("a label of the type")
    };
    match (ty, value) {
        (Type::Variant(cases), Value::Variant(label, payload)) => {
            (position(cases.iter().map(|(name, _)| name).collect(), label), payload.as_deref())
        }
        (Type::Enum(labels), Value::Enum(label)) => (position(labels.iter().collect(), label), None),
        (_, Value::Option(payload)) => (usize::from(payload.is_some()), payload.as_deref()),
        (_, Value::Result(Ok(payload))) => (0, payload.as_deref()),
        (_, Value::Result(Err(payload))) => (1, payload.as_deref()),
        (_, other) => panic!("{other} has no cases"),
    }
}
