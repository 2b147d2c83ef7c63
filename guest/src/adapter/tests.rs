//! Every kind of type in every kind of call gives a valid module of few features. What the code
//! does is tested by running it, in the tests' package.

use super::spec::{Call, Catches, Guards, HostResource, Storage, StorageSlot};
use super::*;
use crate::abi::side::{Domain, MemoryRef, Reallocator, Side};
use crate::ids::{CoreInstanceId, Id, InstanceId, TypeId};
use crate::link::{CoreDef, FuncType, Memory, Slot, StringEncoding, Type};
use crate::read::CoreSort;
use crate::runtime::{RuntimeFunction, Scopes};
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_encoder::ValType;
use wasmparser::{Validator, WasmFeatures};

/// Enough for each of these tests.
const BUDGET: Budget = Budget { code: 2 << 20, handle_types: 10_000 };

const CALLER: u32 = 0;
const CALLEE: u32 = 1;

fn core(sort: CoreSort, instance: u32, index: u32) -> CoreDef {
    CoreDef::Item { instance: CoreInstanceId::from_index(instance as usize), sort, index }
}

fn instance(index: u32) -> InstanceId {
    InstanceId::from_index(index as usize)
}

/// A component instance's side.
fn guest(index: u32, memory64: bool) -> Side {
    let realloc = core(CoreSort::Func, index, 1);
    Side {
        domain: Domain::Instance(instance(index)),
        memory: Some(MemoryRef::Guest(Memory {
            def: core(CoreSort::Memory, index, memory64 as u32),
            memory64,
            page_bits: 16,
        })),
        realloc: Some(match memory64 {
            true => Reallocator::Guarded(realloc, instance(index)),
            false => Reallocator::Direct(realloc),
        }),
        encoding: StringEncoding::Utf8,
    }
}

/// The host, with values in the handle runtime's memory.
const HOST: Side = Side {
    domain: Domain::Host,
    memory: Some(MemoryRef::Runtime),
    realloc: Some(Reallocator::Runtime),
    encoding: StringEncoding::Utf16,
};

fn call(caller: Side, callee: Side, params: &[TypeId], result: Option<TypeId>) -> Call {
    Call {
        ty: Rc::new(FuncType {
            async_: false,
            params: params.iter().map(|ty| ("p".into(), *ty)).collect(),
            result,
        }),
        caller,
        callee,
        function: Ref::Core(core(CoreSort::Func, 9, 0)),
        post_return: None,
        guard_post_return: None,
        keeps_results: false,
        guards: Guards::default(),
    }
}

/// Two resources: the host's, and one that the callee implements.
fn resources() -> IdVec<ResourceId, ResourceInfo> {
    let mut resources = IdVec::new();
    resources.push(ResourceInfo { implementer: None, host: HostResource::default() });
    let host = HostResource { new: Some(0), rep: Some(1), drop: Some(2) };
    resources.push(ResourceInfo { implementer: Some(instance(CALLEE)), host });
    resources
}

fn features() -> WasmFeatures {
    WasmFeatures::WASM1
        | WasmFeatures::MUTABLE_GLOBAL
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::MEMORY64
}

/// Generates, and validates what comes out.
fn check(types: &Types, functions: &[Function], features: WasmFeatures) -> AdapterModule {
    check_with(types, functions, features, Scopes::Words, Optimizations::all())
}

fn check_with(
    types: &Types,
    functions: &[Function],
    features: WasmFeatures,
    scopes: Scopes,
    optimizations: Optimizations,
) -> AdapterModule {
    let numbers = BTreeMap::from([(instance(CALLER), 0), (instance(CALLEE), 1)]);
    let tables = HandleTables { numbers, scopes, ..HandleTables::default() };
    let module = generate(types, &resources(), &tables, functions, &[], (optimizations, BUDGET)).unwrap();
    if let Err(error) = Validator::new_with_features(features).validate_all(&module.bytes) {
        panic!("{error}\n{}", wasmprinter::print_bytes(&module.bytes).unwrap());
    }
    module
}

fn calls(types: &Types, calls: Vec<Call>) -> AdapterModule {
    check(types, &functions(calls), features())
}

/// One function cannot be called by calls of different types.
fn functions(calls: Vec<Call>) -> Vec<Function> {
    let function = |n| Ref::Core(core(CoreSort::Func, 9, n));
    (0..)
        .zip(calls)
        .map(|(n, call)| Function::Call(Box::new(Call { function: function(n), ..call })))
        .collect()
}

fn labels(count: usize) -> Box<[String]> {
    (0..count).map(|i| format!("l{i}")).collect()
}

/// Types of every kind, some in others. Without handles, and then those with handles.
fn all(types: &mut Types) -> (Vec<TypeId>, Vec<TypeId>) {
    use Type::*;
    let mut ids = Vec::new();
    for ty in [Bool, S8, U8, S16, U16, S32, U32, S64, U64, F32, F64, Char, String] {
        ids.push(types.intern(ty));
    }
    for count in [1, 8, 9, 16, 17, 32] {
        ids.push(types.intern(Flags(labels(count))));
        ids.push(types.intern(Enum(labels(count * count))));
    }
    let [u8, u32, f32, f64, string] = [U8, U32, F32, F64, String].map(|ty| types.intern(ty));
    let scalars = ids.clone();
    for ty in scalars {
        ids.push(types.intern(List(ty)));
        ids.push(types.intern(Option(ty)));
        ids.push(types.intern(Tuple([u8, ty].into())));
        ids.push(types.intern(FixedList(ty, 3)));
        ids.push(types.intern(FixedList(ty, 100)));
        ids.push(types.intern(Result { ok: Some(ty), err: Some(f32) }));
        ids.push(types.intern(Result { ok: Some(f64), err: Some(ty) }));
        ids.push(types.intern(Map(string, ty)));
    }
    let nested: Vec<_> = ids.iter().map(|ty| ("c".to_string(), Some(*ty))).collect();
    ids.push(types.intern(Variant(nested.into())));
    ids.push(types.intern(Record([("f".to_string(), u32), ("g".to_string(), string)].into())));
    ids.push(types.intern(Variant([("a".to_string(), None), ("b".to_string(), None)].into())));

    let mut handles = Vec::new();
    for resource in [0, 1].map(ResourceId::from_index) {
        let own = types.intern(Own(resource));
        handles.push(own);
        handles.push(types.intern(List(own)));
        handles.push(types.intern(Result { ok: Some(own), err: Some(f64) }));
        handles.push(types.intern(FixedList(own, 17)));
    }
    (ids, handles)
}

#[test]
fn every_type_between_guests() {
    let mut types = Types::default();
    let (mut ids, handles) = all(&mut types);
    ids.extend(handles);
    for (from64, to64) in [(false, false), (true, false), (false, true), (true, true)] {
        let (caller, callee) = (guest(CALLER, from64), guest(CALLEE, to64));
        let module = calls(
            &types,
            ids.iter()
                .flat_map(|ty| {
                    [call(caller, callee, &[*ty], Some(*ty)), call(caller, callee, &[*ty; 17], None)]
                })
                .collect(),
        );
        assert_eq!(module.imports.iter().filter(|r| matches!(r, Ref::Adapter(_))).count(), 0);
        // The transcoders of strings that go to a guarded side need its guard.
        assert_eq!(module.may_leave.len(), from64 as usize + to64 as usize);
    }
}

#[test]
fn every_type_from_and_to_the_host() {
    let mut types = Types::default();
    let (mut ids, handles) = all(&mut types);
    ids.extend(handles);
    for memory64 in [false, true] {
        let guest = guest(CALLEE, memory64);
        let both = |ty: TypeId| {
            [
                call(HOST, guest, &[ty], Some(ty)),
                call(guest, HOST, &[ty], Some(ty)),
                call(guest, HOST, &[ty; 17], None),
            ]
        };
        calls(&types, ids.iter().flat_map(|ty| both(*ty)).collect());
    }
}

#[test]
fn borrows() {
    let mut types = Types::default();
    for resource in [0, 1].map(ResourceId::from_index) {
        let borrow = types.intern(Type::Borrow(resource));
        let list = types.intern(Type::List(borrow));
        let many = types.intern(Type::Tuple(vec![list; 17].into()));
        let (caller, callee) = (guest(CALLER, false), guest(CALLEE, false));
        for ty in [borrow, list, many] {
            let mut all = vec![
                call(caller, callee, &[ty], None),
                call(callee, caller, &[ty], None),
                call(HOST, callee, &[ty], None),
                call(HOST, caller, &[ty], None),
            ];
            if resource.index() == 0 {
                all.push(call(caller, HOST, &[ty], None));
            }
            // Only where somebody could look at what is lent.
            for scopes in [Scopes::Words, Scopes::Frames] {
                let functions = functions(all.clone());
                let module = check_with(&types, &functions, features(), scopes, Optimizations::all());
                let lends = module.imports.contains(&Ref::Runtime(RuntimeFunction::CallExit));
                assert_eq!(lends, scopes.frames());
            }
            let own = types.intern(Type::Own(resource));
            let module = calls(&types, vec![call(caller, callee, &[ty, own], None)]);
            assert!(module.imports.contains(&Ref::Runtime(RuntimeFunction::CallExit)));
        }
    }
}

#[test]
fn memory_shared_with_the_host_is_left_alone() {
    let mut types = Types::default();
    let own = types.intern(Type::Own(ResourceId::from_index(1)));
    let string = types.intern(Type::String);
    let guest = guest(CALLEE, false);
    let host = Side { domain: Domain::Host, ..guest };
    let functions = functions(vec![
        call(host, guest, &[own, string], Some(string)),
        call(guest, host, &[own, string], Some(string)),
        call(guest, host, &[string; 16], Some(own)),
    ]);
    // Handles do not touch it from here either.
    let optimizations = Optimizations { inline_handles: false, ..Optimizations::all() };
    let module = check_with(&types, &functions, features(), Scopes::Words, optimizations);
    let touched = |r: &Ref| {
        matches!(
            r,
            Ref::Transcoder(_) | Ref::RuntimeMemory | Ref::Core(CoreDef::Item { sort: CoreSort::Memory, .. })
        )
    };
    assert!(!module.imports.iter().any(touched));
}

#[test]
fn functions_around_calls() {
    let types = Types::default();
    let function = |index| core(CoreSort::Func, 3, index);
    let resource = ResourceId::from_index(1);
    let (caller, callee) = (instance(CALLER), instance(CALLEE));
    for trap_on_throw in [None, Some(Catches::TryTable), Some(Catches::Try)] {
        let slots = [false, true].map(|wide| StorageSlot { instance: callee, slot: Slot { index: 0, wide } });
        let storage = Storage { slots: slots.to_vec(), keep: true };
        let guards = Guards {
            check_may_leave: Some(caller),
            enter: vec![callee],
            trap_on_throw,
            storage,
            ..Guards::default()
        };
        let exceptions_alone = Guards { trap_on_throw, ..Guards::default() };
        let functions = [
            Function::ResourceNew { instance: callee, resource, check_may_leave: true },
            Function::ResourceRep { instance: callee, resource },
            Function::ResourceDrop {
                instance: caller,
                resource,
                destroy: Some(Ref::Core(function(0))),
                guards: guards.clone(),
            },
            Function::HostDestructor {
                destructor: None,
                guards: Guards { check_may_leave: None, ..guards.clone() },
            },
            Function::Realloc {
                realloc: function(1),
                instance: Some(callee),
                memory64: true,
                guards: exceptions_alone.clone(),
            },
            Function::PostReturn {
                function: function(2),
                instance: callee,
                params: vec![ValType::I64],
                guards: exceptions_alone.clone(),
            },
            Function::Guard {
                function: Ref::Adapter(2),
                params: vec![ValType::I32],
                results: vec![],
                guards: guards.clone(),
            },
            Function::FreeRuntimeMemory { params: vec![ValType::I32] },
            Function::KeptPostReturn {
                function: function(4),
                instance: Some(callee),
                params: vec![ValType::I32],
                kept: vec![ValType::I64],
                frees: true,
                guards: Guards::default(),
            },
            Function::Call(Box::new(Call {
                post_return: Some(function(3)),
                guard_post_return: Some(callee),
                guards: guards.clone(),
                ..call(guest(CALLER, false), guest(CALLEE, false), &[], None)
            })),
        ];
        let exceptions = match trap_on_throw {
            None => WasmFeatures::empty(),
            Some(Catches::TryTable) => WasmFeatures::EXCEPTIONS,
            Some(Catches::Try) => WasmFeatures::LEGACY_EXCEPTIONS,
        };
        check(&types, &functions, features() | exceptions);
    }
}

/// A type of `depth` whose tree has 2^depth leaves, through cases with different payloads.
fn double(types: &mut Types, depth: usize) -> TypeId {
    let mut ty = types.intern(Type::Char);
    for _ in 0..depth {
        let err = types.intern(Type::Tuple([ty].into()));
        ty = types.intern(Type::Result { ok: Some(ty), err: Some(err) });
    }
    ty
}

#[test]
fn shared_types_make_little_code() {
    let mut types = Types::default();
    let flat = double(&mut types, 15);
    let deep = double(&mut types, 60);
    let list = types.intern(Type::List(deep));
    let (caller, callee) = (guest(CALLER, false), guest(CALLEE, true));
    let module = calls(&types, vec![call(caller, callee, &[flat, list], Some(deep))]);
    assert!(module.bytes.len() < 50_000, "{}", module.bytes.len());
}

#[test]
fn too_much_code_is_refused() {
    let mut types = Types::default();
    let list = types.intern(Type::Bool);
    let list = types.intern(Type::List(list));
    let [few, many] = [1_000, 60_000].map(|n| types.intern(Type::Tuple(vec![list; n].into())));
    let (caller, callee) = (guest(CALLER, false), guest(CALLEE, false));
    let module = calls(&types, vec![call(caller, callee, &[few], None)]);
    assert!(module.bytes.len() < 200_000, "{}", module.bytes.len());
    let function = Function::Call(Box::new(call(caller, callee, &[many], None)));
    let refused = |functions: &[Function], budget| {
        let settings = (Optimizations::all(), budget);
        let module = generate(&types, &resources(), &HandleTables::default(), functions, &[], settings);
        let Refused { function, error } = module.err().unwrap();
        assert_eq!(error.code, crate::error::Code::LimitExceeded);
        function
    };
    refused(&[function], BUDGET);
    // What goes past the budget is a translation, of which it is told whose it is.
    let small = Call { function: Ref::Core(core(CoreSort::Func, 9, 1)), ..call(caller, callee, &[], None) };
    let large = call(caller, callee, &[few], None);
    let functions = [small, large].map(|call| Function::Call(Box::new(call)));
    assert_eq!(refused(&functions, Budget { code: 20_000, ..BUDGET }), Some(1));
}

/// Of types that many calls have, the code stands once.
#[test]
fn many_calls_share_their_code() {
    let mut types = Types::default();
    let boolean = types.intern(Type::Bool);
    let small = types.intern(Type::Tuple(vec![boolean; 8].into()));
    let list = types.intern(Type::List(small));
    let (caller, callee) = (guest(CALLER, false), guest(CALLEE, false));
    let size = |count: usize, params: &[TypeId]| {
        let module = calls(&types, vec![call(caller, callee, params, None); count]);
        module.bytes.len()
    };
    for params in [vec![small; 100], vec![list; 7]] {
        let each = size(4, &params) - size(3, &params);
        let more = size(40, &params) - size(39, &params);
        assert!(more * 5 < each && more < 300, "{each}, then {more}");
    }
}

/// Translations without addresses and handles do not tell instances apart.
#[test]
fn flat_translations_are_the_same_between_all_instances() {
    let mut types = Types::default();
    let char = types.intern(Type::Char);
    let payloads = (1..13).map(|n| Some(types.intern(Type::Tuple(vec![char; n].into()))));
    let cases = payloads.map(|payload| ("c".to_string(), payload)).collect();
    let ty = types.intern(Type::Variant(cases));
    let between = |n: u32| call(guest(n, false), guest(n + 1, n == 0), &[ty], None);
    let size = |count: u32| calls(&types, (0..count).map(between).collect()).bytes.len();
    let (one, nine) = (size(1), size(9));
    assert!((nine - one) / 8 < one / 4, "{one}, {nine}");
}

#[test]
fn transparent_calls() {
    let mut types = Types::default();
    let [u32, u8, f64, string] = [Type::U32, Type::U8, Type::F64, Type::String].map(|ty| types.intern(ty));
    let pair = types.intern(Type::Tuple([u32, f64].into()));
    let single = types.intern(Type::Tuple([f64].into()));
    let own = types.intern(Type::Own(ResourceId::from_index(0)));
    let (caller, callee) = (guest(CALLER, false), guest(CALLEE, true));
    let transparency = Transparency::new(&types);
    let transparent = |params: &[TypeId], result| transparency.holds(&call(caller, callee, params, result));
    assert!(transparent(&[], None));
    assert!(transparent(&[pair; 8], Some(single)));
    assert!(!transparent(&[u32; 17], None));
    assert!(!transparent(&[], Some(pair)));
    assert!(!transparent(&[u8], None));
    assert!(!transparent(&[], Some(u8)));
    assert!(!transparent(&[string], None));
    assert!(!transparent(&[own], None));
    let guards = Guards { enter: vec![instance(CALLEE)], ..Guards::default() };
    let entering = Call { guards, ..call(caller, callee, &[], None) };
    assert!(!transparency.holds(&entering));

    let host = Side { domain: Domain::Host, ..callee };
    assert!(transparency.holds(&call(host, callee, &[string; 20], Some(pair))));
    assert!(!transparency.holds(&call(host, callee, &[own], None)));
    assert!(transparency.holds(&call(host, host, &[own], None)));
    assert!(!transparency.holds(&call(host, host, &[], Some(pair))));
}
