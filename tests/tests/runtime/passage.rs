//! Strings on their way through the runtime's memory, between a guest and the host. In: the handle
//! runtime's `realloc`, and two transcoders one after the other. Out: what the second does must be what one
//! transcoder does without that memory between them.
//!
//! - The host lowers to there, as the specification says: `Manner::Store` stands for it. Then
//!   `Manner::Replay` does what the guest sees.
//! - `Manner::Keep` lifts a guest's string to there. Then the host lowers it somewhere else, or, where an
//!   instance calls itself, the guest's side is lowered: again `Manner::Store`.

use crate::check_features;
use crate::model::{Destination, Realloc, Source, tag, transcode};
use crate::transcoders::{ENCODINGS, PAGE, address, number, texts};
use meld_fuser::link::StringEncoding::{self, Latin1Utf16, Utf8, Utf16};
use meld_fuser::runtime::{Manner, Scopes, StringForm, handles, transcoder};
use meld_tests::engine::bare;
use wasmtime::{Caller, Engine, Extern, Func, Instance, Memory, MemoryType, Module, Store, Val, ValType};

fn form(encoding: StringEncoding, memory64: bool) -> StringForm {
    StringForm { encoding, memory64, page_bits: 16 }
}

struct Passage {
    first: (Manner, Module),
    second: (Manner, Module),
    runtime: Module,
    from: StringEncoding,
    to: (StringEncoding, bool),
}

impl Passage {
    /// From `from`, through the runtime's memory in `between`.
    fn new(
        engine: &Engine,
        from: StringEncoding,
        between: StringEncoding,
        to: (StringEncoding, bool),
        manners: [Manner; 2],
    ) -> Passage {
        let make = |manner, from, to: StringForm| {
            let bytes = transcoder(manner, from, to, false).unwrap();
            check_features(&bytes, to.memory64);
            (manner, Module::new(engine, bytes).unwrap())
        };
        let runtime = handles(1, Scopes::Words).unwrap();
        Passage {
            first: make(manners[0], form(from, false), form(between, false)),
            second: make(manners[1], form(between, false), form(to.0, to.1)),
            runtime: Module::new(engine, runtime).unwrap(),
            from,
            to,
        }
    }

    fn check(&self, source: &Source) {
        let mut model = Destination {
            encoding: self.to.0,
            is_64: self.to.1,
            memory: vec![0; PAGE],
            realloc: Realloc::traced(None),
        };
        let expected = transcode(source, &mut model).expect("the string is well-formed");

        let engine = self.runtime.engine();
        let mut store = Store::new(engine, (Realloc::traced(None), None));
        let traps = self.runtime.imports().map(|import| crate::trap(&mut store, import.name()).into());
        let traps: Vec<Extern> = traps.collect();
        let runtime = Instance::new(&mut store, &self.runtime, &traps).unwrap();
        let between = runtime.get_memory(&mut store, "memory").unwrap();
        let from = Memory::new(&mut store, MemoryType::new(1, None)).unwrap();
        from.write(&mut store, 0, &source.memory).unwrap();
        let is_64 = self.to.1;
        let ty = if is_64 { MemoryType::new64(1, None) } else { MemoryType::new(1, None) };
        let to = Memory::new(&mut store, ty).unwrap();
        store.data_mut().1 = Some(to);
        let ty = if is_64 { ValType::I64 } else { ValType::I32 };
        let ty = wasmtime::FuncType::new(engine, vec![ty.clone(); 4], [ty]);
        type Traced<'c> = Caller<'c, (Realloc, Option<Memory>)>;
        let realloc = Func::new(&mut store, ty, move |mut caller: Traced<'_>, params, results| {
            let to = caller.data().1.unwrap();
            let (memory, (realloc, _)) = to.data_and_store_mut(&mut caller);
            let arguments: Vec<u64> = params.iter().map(number).collect();
            results[0] = address(realloc.call(memory, arguments.try_into().unwrap()), is_64);
            Ok(())
        });
        let runtime_realloc = runtime.get_func(&mut store, "realloc").unwrap();
        // Other blocks lie around it.
        let mut block = [Val::I32(0)];
        let args = [0, 0, 1, 37].map(Val::I32);
        runtime_realloc.call(&mut store, &args, &mut block).unwrap();

        let units = source.tagged_code_units;
        let (ptr, units) =
            run(&mut store, &self.first.1, [from, between], runtime_realloc, source.ptr, units);
        runtime_realloc.call(&mut store, &args, &mut block).unwrap();
        let result = run(&mut store, &self.second.1, [between, to], realloc, ptr, units);

        let what = format!("{:?} {:?} {:?}", self.from, self.to, (self.first.0, self.second.0));
        assert_eq!(result, expected, "{what}");
        assert_eq!(store.data().0.calls(), model.realloc.calls(), "{what}");
        assert!(to.data(&store) == model.memory, "memory: {what}");
    }
}

/// Calls `transcode` of an instance of the module.
fn run(
    store: &mut Store<(Realloc, Option<Memory>)>,
    module: &Module,
    [from, to]: [Memory; 2],
    realloc: Func,
    ptr: u64,
    units: u64,
) -> (u64, u64) {
    let imports: Vec<Extern> = module
        .imports()
        .map(|import| match (import.module(), import.name()) {
            ("from", "memory") => from.into(),
            ("to", "memory") => to.into(),
            ("to", "realloc") => realloc.into(),
            ("trap", reason) => crate::trap(&mut *store, reason).into(),
            other => panic!("{other:?} is not agreed on"),
        })
        .collect();
    let instance = Instance::new(&mut *store, module, &imports).unwrap();
    let function = instance.get_func(&mut *store, "transcode").unwrap();
    let mut results = [Val::I32(0)];
    let params = [address(ptr, false), address(units, false)];
    function.call(&mut *store, &params, &mut results).unwrap();
    let length = instance.get_global(&mut *store, "length");
    (number(&results[0]), length.map_or(units, |length| number(&length.get(&mut *store))))
}

/// The ways to write `text`.
fn sources(encoding: StringEncoding, text: &str) -> Vec<Source> {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    let units = utf16.len() as u64 / 2;
    let written = match encoding {
        Utf8 => vec![(text.as_bytes().to_vec(), text.len() as u64)],
        Utf16 => vec![(utf16, units)],
        Latin1Utf16 => {
            let latin1 = latin1.map(|bytes| (bytes, units));
            latin1.into_iter().chain([(utf16, units | tag(false))]).collect()
        }
    };
    let source = |(bytes, tagged_code_units): (Vec<u8>, u64)| {
        let mut memory = vec![0; PAGE];
        memory[0x40..0x40 + bytes.len()].copy_from_slice(&bytes);
        Source { encoding, is_64: false, memory, ptr: 0x40, tagged_code_units }
    };
    written.into_iter().map(source).collect()
}

fn engine() -> Engine {
    let mut config = bare();
    config.wasm_memory64(true).wasm_multi_memory(true);
    Engine::new(&config).unwrap()
}

/// Every seventh text, and all that are short: each takes instances of its own.
fn some_texts() -> Vec<String> {
    let all = texts();
    all.iter().enumerate().filter(|(n, text)| n % 7 == 0 || text.len() < 8).map(|(_, t)| t.clone()).collect()
}

#[test]
fn a_guest_sees_what_the_host_did() {
    let engine = engine();
    for (from, to) in ENCODINGS.iter().flat_map(|from| ENCODINGS.map(|to| (*from, to))) {
        for is_64 in [false, true] {
            let manners = [Manner::Store, Manner::Replay];
            let passage = Passage::new(&engine, from, to, (to, is_64), manners);
            for source in some_texts().iter().flat_map(|text| sources(from, text)) {
                passage.check(&source);
            }
        }
    }
}

#[test]
fn a_lifted_string_keeps_its_form() {
    let engine = engine();
    for (from, to) in ENCODINGS.iter().flat_map(|from| ENCODINGS.map(|to| (*from, to))) {
        let manners = [Manner::Keep, Manner::Store];
        let passage = Passage::new(&engine, from, from, (to, false), manners);
        for source in some_texts().iter().flat_map(|text| sources(from, text)) {
            passage.check(&source);
        }
    }
}
