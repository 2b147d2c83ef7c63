//! Runs modules linked by wasmtime and the same modules merged, side by side. In: named modules
//! that import from each other by name. Out: a panic that says where the two differ.

use meld_fuser::Optimizations;
use meld_fuser::ids::{Id, LinkId, ModuleId};
use meld_fuser::merge::{Assembly, CoreExport, Def, HostFunc, Instance, Naming, Settings, merge};
use meld_fuser::read::{CoreSort, Module};
use meld_tests::engine::bare;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use wasmparser::{TypeRef, Validator, WasmFeatures};
use wasmtime::{Engine, Extern, ExternType, Linker, Store, Trap, Val, ValType};

/// A module under the name by which others import from it. `host` is taken: functions of the host,
/// which log their calls and return zeros.
pub type Named<'m> = (&'m str, Vec<u8>);

pub fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Names and text to modules.
pub fn modules<'m>(texts: &[(&'m str, &str)]) -> Vec<Named<'m>> {
    texts.iter().map(|(name, text)| (*name, wat(text))).collect()
}

/// Links by name, for tests only. Instances of equal bytes share a module. Exports everything
/// that any instance exports, as `instance.name`.
pub fn assemble<'m>(modules: &'m [Named<'m>]) -> Assembly<'m> {
    let mut assembly = Assembly::default();
    let mut exports: BTreeMap<(&str, &str), Def> = BTreeMap::new();
    let mut ids: Vec<(&[u8], ModuleId)> = Vec::new();
    let mut of_instance = Vec::new();
    for (nth, (name, bytes)) in modules.iter().enumerate() {
        let known = ids.iter().find(|(b, _)| b == bytes).map(|(_, id)| *id);
        let id = known.unwrap_or_else(|| {
            let id = assembly.modules.push(Rc::new(Module::parse(bytes, 0).unwrap()));
            ids.push((bytes, id));
            id
        });
        of_instance.push(id);
        let instance = LinkId::from_index(nth);
        for export in &assembly.modules[id].exports {
            let def = Def::Item { instance, sort: CoreSort::from(export.kind), index: export.index };
            exports.insert((name, export.name), def);
            assembly.exports.push(CoreExport { name: format!("{name}.{}", export.name), def });
        }
    }
    for (module, (name, _)) in of_instance.into_iter().zip(modules) {
        let parsed = Rc::clone(&assembly.modules[module]);
        let imports = parsed.imports.iter().map(|import| match import.module {
            "host" => host(&mut assembly.imports, &parsed, import),
            from => *exports.get(&(from, import.name)).unwrap_or_else(|| panic!("no {from}.{}", import.name)),
        });
        let imports = imports.collect();
        assembly.instances.push(Instance {
            module,
            imports,
            label: name.to_string(),
            naming: Naming::OnRequest,
        });
    }
    assembly
}

fn host(hosts: &mut Vec<HostFunc>, module: &Module, import: &wasmparser::Import) -> Def {
    let (TypeRef::Func(ty) | TypeRef::FuncExact(ty)) = import.ty else {
        panic!("the host has functions only")
    };
    let types: Vec<_> = module.types.iter().flat_map(|g| g.types()).collect();
    let func = types[ty as usize].unwrap_func();
    let numbers = |types: &[wasmparser::ValType]| {
        types.iter().map(|t| wasm_encoder::ValType::try_from(*t).unwrap()).collect::<Vec<_>>()
    };
    let host = HostFunc {
        can_be_left_out: false,
        left_out: false,
        module: "host".into(),
        name: import.name.into(),
        params: numbers(func.params()),
        results: numbers(func.results()),
    };
    let index = hosts.iter().position(|h| *h == host).unwrap_or_else(|| {
        hosts.push(host);
        hosts.len() - 1
    });
    Def::Host(index as u32)
}

/// The features that the merge itself may add: two memories of two modules, and segments that
/// wait. Two tables need `REFERENCE_TYPES`, which the test then has to say.
pub fn added() -> WasmFeatures {
    WasmFeatures::MULTI_MEMORY | WasmFeatures::BULK_MEMORY
}

/// What every engine of the first version had, and imports of mutable globals.
pub fn mvp() -> WasmFeatures {
    WasmFeatures::FLOATS | WasmFeatures::GC_TYPES | WasmFeatures::MUTABLE_GLOBAL
}

pub fn validate(bytes: &[u8], features: WasmFeatures) {
    if let Err(e) = Validator::new_with_features(features).validate_all(bytes) {
        let text = wasmprinter::print_bytes(bytes).unwrap_or_else(|e| e.to_string());
        panic!("{e}\n{text}");
    }
}

/// With or without names, and optimised or not.
pub fn settings(names: bool, optimized: bool) -> Settings {
    let optimizations = if optimized { Optimizations::all() } else { Optimizations::none() };
    Settings { names, optimizations, ..Settings::default() }
}

/// Merges; inputs must be valid with `features`, the output with these and what merging adds.
pub fn merged(modules: &[Named], features: WasmFeatures, optimized: bool) -> Vec<u8> {
    for (_, bytes) in modules {
        validate(bytes, features);
    }
    let bytes = merge(assemble(modules), settings(true, optimized)).unwrap();
    validate(&bytes, features | added());
    let plain = merge(assemble(modules), settings(false, optimized)).unwrap();
    assert_eq!(function_names(&plain), Vec::<String>::new(), "names are written only on request");
    validate(&plain, features | added());
    bytes
}

/// The names of functions, but for that of the start function, which is merging's own.
pub fn function_names(module: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        let wasmparser::Payload::CustomSection(section) = payload.unwrap() else { continue };
        let wasmparser::KnownCustom::Name(section) = section.as_known() else { continue };
        for subsection in section {
            if let wasmparser::Name::Function(functions) = subsection.unwrap() {
                names.extend(functions.into_iter().map(|naming| naming.unwrap().name.to_string()));
            }
        }
    }
    names.retain(|name| name != "meld!start");
    names
}

pub fn engine() -> Engine {
    let mut config = bare();
    config
        .wasm_gc(true)
        .wasm_function_references(true)
        .wasm_exceptions(true)
        .wasm_tail_call(true)
        .wasm_memory64(true)
        .wasm_custom_page_sizes(true)
        .wasm_wide_arithmetic(true)
        .wasm_threads(true)
        .shared_memory(true)
        .wasm_extended_const(true)
        .cranelift_nan_canonicalization(true);
    Engine::new(&config).unwrap()
}

/// One of the two sides.
pub struct Side {
    store: Store<Vec<String>>,
    exports: BTreeMap<String, Extern>,
    /// How instantiation ended.
    pub outcome: Result<(), String>,
}

impl Side {
    /// The modules as they are, linked by wasmtime in the order of the list.
    pub fn separate(engine: &Engine, modules: &[Named]) -> Side {
        let mut side =
            Side { store: Store::new(engine, Vec::new()), exports: BTreeMap::new(), outcome: Ok(()) };
        let mut linker = Linker::new(engine);
        for (name, bytes) in modules {
            let module = wasmtime::Module::new(engine, bytes).unwrap();
            define_hosts(&mut linker, &module);
            let instance = match linker.instantiate(&mut side.store, &module) {
                Ok(instance) => instance,
                Err(e) => {
                    side.outcome = Err(describe(&e));
                    return side;
                }
            };
            linker.instance(&mut side.store, name, instance).unwrap();
            let exports: Vec<_> =
                instance.exports(&mut side.store).map(|e| (e.name().to_string(), e.into_extern())).collect();
            side.exports.extend(exports.into_iter().map(|(export, item)| (format!("{name}.{export}"), item)));
        }
        side
    }

    pub fn merged(engine: &Engine, bytes: &[u8]) -> Side {
        let mut side =
            Side { store: Store::new(engine, Vec::new()), exports: BTreeMap::new(), outcome: Ok(()) };
        let module = wasmtime::Module::new(engine, bytes).unwrap();
        let mut linker = Linker::new(engine);
        define_hosts(&mut linker, &module);
        match linker.instantiate(&mut side.store, &module) {
            Ok(instance) => {
                let exports: Vec<_> = instance
                    .exports(&mut side.store)
                    .map(|e| (e.name().to_string(), e.into_extern()))
                    .collect();
                side.exports.extend(exports);
            }
            Err(e) => side.outcome = Err(describe(&e)),
        }
        side
    }

    /// Forgets all exports but these.
    pub fn keep(&mut self, names: &BTreeSet<String>) {
        self.exports.retain(|name, _| names.contains(name));
    }

    pub fn log(&self) -> &[String] {
        self.store.data()
    }

    pub fn functions(&self) -> Vec<String> {
        let functions = self.exports.iter().filter(|(_, item)| matches!(item, Extern::Func(_)));
        functions.map(|(name, _)| name.clone()).collect()
    }

    /// Calls an exported function with small numbers, or zeros and nulls, for parameters.
    pub fn call(&mut self, name: &str, seed: i64) -> Result<String, String> {
        let func = self.exports[name].clone().into_func().unwrap();
        let ty = func.ty(&self.store);
        let params: Vec<Val> = ty.params().map(|ty| value(&ty, seed)).collect();
        let mut results = vec![Val::I32(0); ty.results().len()];
        match func.call(&mut self.store, &params, &mut results) {
            Ok(()) => Ok(results.iter().map(|v| print(v, &mut self.store)).collect::<Vec<_>>().join(" ")),
            Err(e) => Err(describe(&e)),
        }
    }

    /// Everything that can be seen of the exported memories, globals and tables.
    pub fn state(&mut self) -> Vec<String> {
        let mut state = Vec::new();
        for (name, item) in self.exports.clone() {
            let text = match item {
                Extern::Memory(memory) => {
                    let bytes = memory.data(&self.store);
                    let sum = bytes
                        .iter()
                        .fold(bytes.len() as u64, |sum, b| sum.wrapping_mul(31).wrapping_add((*b).into()));
                    format!("{} bytes, {sum:x}, {:?}", bytes.len(), bytes.get(..64))
                }
                Extern::Global(global) => {
                    let value = global.get(&mut self.store);
                    print(&value, &mut self.store)
                }
                Extern::Table(table) => {
                    let size = table.size(&self.store);
                    let items = (0..size.min(64)).map(|i| table.get(&mut self.store, i));
                    items
                        .map(|item| item.map_or("-", |item| if item.is_null() { "null" } else { "some" }))
                        .collect()
                }
                _ => continue,
            };
            state.push(format!("{name}: {text}"));
        }
        state
    }
}

fn define_hosts(linker: &mut Linker<Vec<String>>, module: &wasmtime::Module) {
    for import in module.imports().filter(|i| i.module() == "host") {
        let ExternType::Func(ty) = import.ty() else { panic!("the host has functions only") };
        let name = import.name().to_string();
        // Several modules may import one function.
        linker.allow_shadowing(true);
        let log =
            move |mut caller: wasmtime::Caller<'_, Vec<String>>, params: &[Val], results: &mut [Val]| {
                let text = format!("{name} {params:?}");
                caller.data_mut().push(text);
                for (result, ty) in results.iter_mut().zip(ty.results()) {
                    *result = Val::default_for_ty(&ty).unwrap();
                }
                Ok(())
            };
        let ExternType::Func(ty) = import.ty() else { unreachable!() };
        linker.func_new("host", import.name(), ty, log).unwrap();
    }
}

/// Which trap it is, or the first cause: backtraces differ between the two sides.
fn describe(error: &wasmtime::Error) -> String {
    error.downcast_ref::<Trap>().map_or_else(|| error.root_cause().to_string(), |trap| format!("{trap:?}"))
}

fn value(ty: &ValType, seed: i64) -> Val {
    match ty {
        ValType::I32 => Val::I32(seed as i32),
        ValType::I64 => Val::I64(seed),
        ValType::F32 => Val::F32((seed as f32).to_bits()),
        ValType::F64 => Val::F64((seed as f64).to_bits()),
        other => Val::default_for_ty(other).unwrap_or(Val::I32(0)),
    }
}

fn print(value: &Val, store: &mut Store<Vec<String>>) -> String {
    match value {
        Val::FuncRef(func) => some(func.is_some()),
        Val::ExternRef(r) => some(r.is_some()),
        Val::AnyRef(r) => match r {
            Some(any) => any.as_i31(&*store).ok().flatten().map_or("any".into(), |i| format!("{i:?}")),
            None => some(false),
        },
        Val::ExnRef(r) => some(r.is_some()),
        other => format!("{other:?}"),
    }
}

fn some(some: bool) -> String {
    if some { "some".into() } else { "null".into() }
}

/// Merges without optimisations and with them.
pub fn both(modules: &[Named], features: WasmFeatures) {
    merged(modules, features, false);
    merged(modules, features, true);
}

/// Merges and runs both sides: instantiation, every exported function with two arguments each,
/// and the state after that; without optimisations and with them. Gives the merged bytes and the
/// merged side, with them.
pub fn compare(modules: &[Named], features: WasmFeatures) -> (Vec<u8>, Side) {
    let engine = engine();
    let compared = [false, true].map(|optimized| {
        let bytes = merged(modules, features, optimized);
        let mut separate = Side::separate(&engine, modules);
        let mut one = Side::merged(&engine, &bytes);
        agree(&mut separate, &mut one, &bytes);
        (bytes, one)
    });
    let [_, optimized] = compared;
    optimized
}

/// The same, where the merged module exports only what `keep` keeps of the names, optimised. Gives
/// the merged module as text.
pub fn compare_kept(modules: &[Named], features: WasmFeatures, keep: impl Fn(&str) -> bool) -> String {
    let engine = engine();
    let mut assembly = assemble(modules);
    assembly.exports.retain(|export| keep(&export.name));
    let kept = assembly.exports.iter().map(|export| export.name.clone()).collect();
    let bytes = merge(assembly, settings(false, true)).unwrap();
    validate(&bytes, features | added());
    let mut separate = Side::separate(&engine, modules);
    separate.keep(&kept);
    agree(&mut separate, &mut Side::merged(&engine, &bytes), &bytes);
    text(&bytes)
}

/// Panics where the two sides differ.
pub fn agree(separate: &mut Side, one: &mut Side, bytes: &[u8]) {
    let text = || wasmprinter::print_bytes(bytes).unwrap();
    assert_eq!(separate.outcome, one.outcome, "instantiation\n{}", text());
    assert_eq!(separate.log(), one.log(), "host calls of start functions\n{}", text());
    if separate.outcome.is_err() {
        return;
    }
    assert_eq!(separate.state(), one.state(), "after instantiation\n{}", text());
    for name in separate.functions() {
        for seed in [0, 7] {
            assert_eq!(separate.call(&name, seed), one.call(&name, seed), "{name}({seed})\n{}", text());
        }
    }
    assert_eq!(separate.log(), one.log(), "host calls\n{}", text());
    assert_eq!(separate.state(), one.state(), "in the end\n{}", text());
}

pub fn text(bytes: &[u8]) -> String {
    wasmprinter::print_bytes(bytes).unwrap()
}
