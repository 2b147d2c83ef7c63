//! Layout and flat forms of each kind of type, with the numbers that definitions.py gives.

use super::*;
use crate::error::Code;
use ValType::{F32, F64, I32, I64};

fn labels(count: usize) -> Box<[String]> {
    (0..count).map(|i| format!("l{i}")).collect()
}

fn record(types: &mut Types, fields: &[TypeId]) -> TypeId {
    types.intern(Type::Record(fields.iter().enumerate().map(|(i, ty)| (format!("f{i}"), *ty)).collect()))
}

fn variant(types: &mut Types, cases: &[Option<TypeId>]) -> TypeId {
    types.intern(Type::Variant(cases.iter().enumerate().map(|(i, ty)| (format!("c{i}"), *ty)).collect()))
}

/// `(elem_size, alignment)` with 32-bit and with 64-bit addresses.
fn sizes(types: &Types, id: TypeId) -> [(u32, u32); 2] {
    [Pointer::I32, Pointer::I64].map(|pointer| {
        let layout = Layouts::new(types, pointer).layout(id).unwrap();
        (layout.size, layout.align)
    })
}

fn flat(types: &Types, id: TypeId) -> Option<Vec<ValType>> {
    Layouts::new(types, Pointer::I32).flat(id).unwrap().map(|flat| flat.to_vec())
}

#[test]
fn scalars() {
    let mut types = Types::default();
    for (ty, size, core) in [
        (Type::Bool, 1, I32),
        (Type::S8, 1, I32),
        (Type::U8, 1, I32),
        (Type::S16, 2, I32),
        (Type::U16, 2, I32),
        (Type::S32, 4, I32),
        (Type::U32, 4, I32),
        (Type::S64, 8, I64),
        (Type::U64, 8, I64),
        (Type::F32, 4, F32),
        (Type::F64, 8, F64),
        (Type::Char, 4, I32),
        (Type::Own(crate::ids::ResourceId::from_index(0)), 4, I32),
    ] {
        let id = types.intern(ty);
        assert_eq!(sizes(&types, id), [(size, size); 2]);
        assert_eq!(flat(&types, id), Some(vec![core]));
    }
}

#[test]
fn strings_and_lists_are_two_addresses() {
    let mut types = Types::default();
    let u64 = types.intern(Type::U64);
    for ty in [Type::String, Type::List(u64), Type::Map(u64, u64)] {
        let id = types.intern(ty);
        assert_eq!(sizes(&types, id), [(8, 4), (16, 8)]);
        assert_eq!(flat(&types, id), Some(vec![I32, I32]));
        let wide = Layouts::new(&types, Pointer::I64).flat(id).unwrap();
        assert_eq!(wide.as_deref(), Some(&[I64, I64][..]));
    }
}

#[test]
fn flags_and_enums_by_count() {
    let mut types = Types::default();
    for (count, size) in [(1, 1), (8, 1), (9, 2), (16, 2), (17, 4), (32, 4)] {
        let id = types.intern(Type::Flags(labels(count)));
        assert_eq!(sizes(&types, id), [(size, size); 2]);
        assert_eq!(flat(&types, id), Some(vec![I32]));
    }
    for (count, size) in [(1, 1), (256, 1), (257, 2), (65536, 2), (65537, 4)] {
        let id = types.intern(Type::Enum(labels(count)));
        assert_eq!(sizes(&types, id), [(size, size); 2]);
        assert_eq!(flat(&types, id), Some(vec![I32]));
    }
}

#[test]
fn records_are_padded() {
    let mut types = Types::default();
    let [u8, u16, u32, u64] = [Type::U8, Type::U16, Type::U32, Type::U64].map(|ty| types.intern(ty));
    let string = types.intern(Type::String);
    let id = record(&mut types, &[u8, u16, u8, u32]);
    assert_eq!(sizes(&types, id), [(12, 4); 2]);
    let id = record(&mut types, &[u64, u8]);
    assert_eq!(sizes(&types, id), [(16, 8); 2]);
    let id = record(&mut types, &[u8, string]);
    assert_eq!(sizes(&types, id), [(12, 4), (24, 8)]);
    assert_eq!(flat(&types, id), Some(vec![I32, I32, I32]));
    let offsets = Layouts::new(&types, Pointer::I32).record(&[u8, u16, u8, u32]).unwrap().offsets;
    assert_eq!(offsets, [0, 2, 4, 8]);
}

#[test]
fn variants() {
    let mut types = Types::default();
    let [u8, u64, f32] = [Type::U8, Type::U64, Type::F32].map(|ty| types.intern(ty));
    let option = types.intern(Type::Option(u8));
    assert_eq!(sizes(&types, option), [(2, 1); 2]);
    let result = types.intern(Type::Result { ok: Some(u8), err: Some(u64) });
    assert_eq!(sizes(&types, result), [(16, 8); 2]);
    let empty = types.intern(Type::Result { ok: None, err: None });
    assert_eq!(sizes(&types, empty), [(1, 1); 2]);
    // A 16-bit discriminant before a payload of one byte: the payload follows at once.
    let mut many = vec![Some(u8); 257];
    let id = variant(&mut types, &many);
    assert_eq!(sizes(&types, id), [(4, 2); 2]);
    many.push(Some(f32));
    let id = variant(&mut types, &many);
    assert_eq!(sizes(&types, id), [(8, 4); 2]);
    let layout = Layouts::new(&types, Pointer::I32).variant(&many).unwrap();
    assert_eq!((layout.discriminant, layout.payload), (2, 4));
}

#[test]
fn joins() {
    let mut types = Types::default();
    let [u32, u64, f32, f64] = [Type::U32, Type::U64, Type::F32, Type::F64].map(|ty| types.intern(ty));
    for (a, b, joined) in [
        (u32, u32, I32),
        (f32, f32, F32),
        (f64, f64, F64),
        (u32, f32, I32),
        (f32, u32, I32),
        (u32, u64, I64),
        (f32, u64, I64),
        (f64, u64, I64),
        (f64, f32, I64),
        (u32, f64, I64),
    ] {
        let id = variant(&mut types, &[Some(a), None, Some(b)]);
        assert_eq!(flat(&types, id), Some(vec![I32, joined]));
    }
    let pair = types.intern(Type::Tuple([f32, f64].into()));
    let id = types.intern(Type::Result { ok: Some(pair), err: Some(u32) });
    assert_eq!(flat(&types, id), Some(vec![I32, I32, F64]));
}

#[test]
fn fixed_lists() {
    let mut types = Types::default();
    let f32 = types.intern(Type::F32);
    let id = types.intern(Type::FixedList(f32, 16));
    assert_eq!(sizes(&types, id), [(64, 4); 2]);
    assert_eq!(flat(&types, id), Some(vec![F32; 16]));
    let id = types.intern(Type::FixedList(f32, 17));
    assert_eq!(flat(&types, id), None);
    let id = types.intern(Type::FixedList(id, u32::MAX));
    assert_eq!(flat(&types, id), None);
    let error = Layouts::new(&types, Pointer::I32).layout(id).unwrap_err();
    assert_eq!(error.code, Code::LimitExceeded);
}

#[test]
fn function_types() {
    let mut types = Types::default();
    let [u8, string, f64] = [Type::U8, Type::String, Type::F64].map(|ty| types.intern(ty));
    let pair = types.intern(Type::Tuple([u8, string].into()));
    let signature = |params: &[TypeId], result, pointer, context| {
        let params = params.iter().map(|ty| ("p".into(), *ty)).collect();
        let Signature { params, results } = Layouts::new(&types, pointer)
            .signature(&FuncType { async_: false, params, result }, context)
            .unwrap();
        (params, results)
    };
    let [narrow, wide] = [Pointer::I32, Pointer::I64];
    assert_eq!(signature(&[], None, narrow, Context::Lift), (vec![], vec![]));
    assert_eq!(signature(&[u8, f64], Some(f64), narrow, Context::Lower), (vec![I32, F64], vec![F64]));
    assert_eq!(signature(&[f64], Some(string), narrow, Context::Lift), (vec![F64], vec![I32]));
    assert_eq!(signature(&[f64], Some(pair), narrow, Context::Lower), (vec![F64, I32], vec![]));
    assert_eq!(signature(&[string], Some(pair), wide, Context::Lower), (vec![I64; 3], vec![]));
    assert_eq!(signature(&[f64; 16], None, wide, Context::Lift), (vec![F64; 16], vec![]));
    assert_eq!(signature(&[f64; 17], Some(pair), wide, Context::Lower), (vec![I64; 2], vec![]));
    assert_eq!(signature(&[f64; 17], Some(pair), narrow, Context::Lift), (vec![I32], vec![I32]));
}

/// A graph of 100 types whose tree has 2^100 nodes.
#[test]
fn shared_types_take_no_time() {
    let mut types = Types::default();
    let mut id = types.intern(Type::U8);
    for _ in 0..20 {
        id = types.intern(Type::Tuple([id, id].into()));
    }
    assert_eq!(sizes(&types, id), [(1 << 20, 1); 2]);
    for _ in 0..80 {
        id = types.intern(Type::Result { ok: Some(id), err: Some(id) });
    }
    assert_eq!(sizes(&types, id), [((1 << 20) + 80, 1); 2]);
    assert_eq!(flat(&types, id), None);
}
