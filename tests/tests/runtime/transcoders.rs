//! Transcoders against the model: every pair of encodings and address types, with well-formed and
//! ill-formed strings, addresses that are wrong, and a `realloc` that misbehaves.

use crate::check_features;
use crate::model::{Destination, Fault, Realloc, Source, tag, transcode};
use meld_fuser::link::StringEncoding::{self, Latin1Utf16, Utf8, Utf16};
use meld_fuser::runtime::{Manner, StringForm, Trap};
use meld_tests::engine::bare;
use wasmtime::{
    Caller, Engine, Func, Global, GlobalType, Instance, Memory, MemoryType, Module, Mutability, Store, Val,
    ValType,
};

pub const ENCODINGS: [StringEncoding; 3] = [Utf8, Utf16, Latin1Utf16];
pub const PAGE: usize = 0x10000;

/// What `realloc` sees.
struct Host {
    realloc: Realloc,
    to: Option<Memory>,
    may_leave: Option<Global>,
}

/// One transcoder.
struct Transcoder {
    from: StringEncoding,
    from_64: bool,
    to: StringEncoding,
    to_64: bool,
    /// The destination's instance has a flag `may_leave`.
    guarded: bool,
    module: Module,
}

/// A number as a value of an address type, and back.
pub fn address(n: u64, is_64: bool) -> Val {
    if is_64 { Val::I64(n as i64) } else { Val::I32(n as i32) }
}

pub fn number(value: &Val) -> u64 {
    match value {
        Val::I32(n) => u64::from(*n as u32),
        Val::I64(n) => *n as u64,
        other => panic!("{other:?} is no address"),
    }
}

fn memory(store: &mut Store<Host>, pages: usize, is_64: bool) -> Memory {
    let pages = u32::try_from(pages).unwrap();
    let ty = if is_64 { MemoryType::new64(pages.into(), None) } else { MemoryType::new(pages, None) };
    Memory::new(store, ty).unwrap()
}

impl Transcoder {
    fn new(engine: &Engine, from: (StringEncoding, bool), to: (StringEncoding, bool), guarded: bool) -> Self {
        let [a, b] = [from, to].map(|(encoding, memory64)| StringForm { encoding, memory64, page_bits: 16 });
        let bytes = meld_fuser::runtime::transcoder(Manner::Store, a, b, guarded).unwrap();
        check_features(&bytes, from.1 || to.1);
        let module = Module::new(engine, &bytes).unwrap();
        Transcoder { from: from.0, from_64: from.1, to: to.0, to_64: to.1, guarded, module }
    }

    fn all() -> Vec<Transcoder> {
        let mut config = bare();
        config.wasm_memory64(true).wasm_multi_memory(true);
        let engine = Engine::new(&config).unwrap();
        let mut all = Vec::new();
        for (from, to) in ENCODINGS.iter().flat_map(|from| ENCODINGS.map(|to| (*from, to))) {
            for (from_64, to_64) in [(false, false), (false, true), (true, false), (true, true)] {
                for guarded in [false, true] {
                    all.push(Transcoder::new(&engine, (from, from_64), (to, to_64), guarded));
                }
            }
        }
        all
    }

    fn name(&self) -> String {
        format!(
            "{:?} ({}) to {:?} ({}), guarded: {}",
            self.from, self.from_64, self.to, self.to_64, self.guarded
        )
    }

    /// A store with both memories, of so many pages, and `transcode` and `length` in it.
    fn instantiate(&self, pages: usize, realloc: Realloc) -> (Store<Host>, Memory, Memory, Instance) {
        let mut store = Store::new(self.module.engine(), Host { realloc, to: None, may_leave: None });
        let from = memory(&mut store, pages, self.from_64);
        let to = memory(&mut store, pages, self.to_64);
        store.data_mut().to = Some(to);
        let is_64 = self.to_64;
        let ty = if is_64 { ValType::I64 } else { ValType::I32 };
        let ty = wasmtime::FuncType::new(self.module.engine(), vec![ty.clone(); 4], [ty]);
        let flag = GlobalType::new(ValType::I32, Mutability::Var);
        let may_leave = Global::new(&mut store, flag, Val::I32(1)).unwrap();
        store.data_mut().may_leave = Some(may_leave);
        let guarded = self.guarded;
        let realloc = Func::new(&mut store, ty, move |mut caller: Caller<'_, Host>, params, results| {
            assert_eq!(may_leave.get(&mut caller).unwrap_i32(), i32::from(!guarded), "in realloc");
            let to = caller.data().to.unwrap();
            let (memory, host) = to.data_and_store_mut(&mut caller);
            let arguments: Vec<u64> = params.iter().map(number).collect();
            let ptr = host.realloc.call(memory, arguments.try_into().unwrap());
            results[0] = address(ptr, is_64);
            Ok(())
        });
        let imports: Vec<wasmtime::Extern> = self
            .module
            .imports()
            .map(|import| match (import.module(), import.name()) {
                ("from", "memory") => from.into(),
                ("to", "memory") => to.into(),
                ("to", "realloc") => realloc.into(),
                ("to", "may-leave") => may_leave.into(),
                ("trap", reason) => crate::trap(&mut store, reason).into(),
                other => panic!("{other:?} is not agreed on"),
            })
            .collect();
        let instance = Instance::new(&mut store, &self.module, &imports).unwrap();
        (store, from, to, instance)
    }

    fn call(
        &self,
        store: &mut Store<Host>,
        instance: Instance,
        ptr: u64,
        units: u64,
    ) -> Result<(u64, u64), Trap> {
        let function = instance.get_func(&mut *store, "transcode").unwrap();
        // Where the length cannot change, it is not told.
        let length = instance.get_global(&mut *store, "length");
        assert_eq!(length.is_none(), self.from == Utf8 && self.to == Utf8);
        let params = [address(ptr, self.from_64), address(units, self.from_64)];
        let mut results = [Val::I32(0)];
        function.call(&mut *store, &params, &mut results).map_err(|error| crate::reason(&error))?;
        assert_eq!(store.data().may_leave.unwrap().get(&mut *store).unwrap_i32(), 1, "after transcoding");
        Ok((number(&results[0]), length.map_or(units, |length| number(&length.get(&mut *store)))))
    }

    /// Compares with the model: the result and, unless it is a trap, all calls of `realloc` with
    /// the memory as it was then, and the memory now. Says whether it is a trap.
    fn compare(&self, source: &Source, fault: Option<(usize, Fault)>) -> bool {
        let what = || {
            let end = source.memory.iter().rposition(|b| *b != 0).map_or(0, |at| at + 1);
            let start = (source.ptr as usize).min(end);
            let Source { ptr, tagged_code_units: units, .. } = source;
            format!("{}, {:02x?} at {ptr:#x}, {units:#x}, {fault:?}", self.name(), &source.memory[start..end])
        };
        let mut model = Destination {
            encoding: self.to,
            is_64: self.to_64,
            memory: vec![0; PAGE],
            realloc: Realloc::traced(fault),
        };
        let expected = transcode(source, &mut model);
        let (mut store, from, to, instance) = self.instantiate(1, Realloc::traced(fault));
        from.write(&mut store, 0, &source.memory).unwrap();
        let result = self.call(&mut store, instance, source.ptr, source.tagged_code_units);
        assert_eq!(result, expected, "{}", what());
        if expected.is_ok() {
            assert_eq!(store.data().realloc.calls(), model.realloc.calls(), "{}", what());
            assert!(to.data(&store) == model.memory, "memory: {}", what());
        }
        expected.is_err()
    }

    /// Code units in memory.
    fn source(&self, bytes: &[u8], ptr: usize, tagged: bool) -> Source {
        let unit = if self.from == Utf16 || tagged { 2 } else { 1 };
        let mut memory = vec![0; PAGE];
        memory[ptr..ptr + bytes.len()].copy_from_slice(bytes);
        Source {
            encoding: self.from,
            is_64: self.from_64,
            memory,
            ptr: ptr as u64,
            tagged_code_units: (bytes.len() / unit) as u64 | if tagged { tag(self.from_64) } else { 0 },
        }
    }

    /// The ways to write `text` in the source's encoding.
    fn sources(&self, text: &str, ptr: usize) -> Vec<Source> {
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let latin1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
        match self.from {
            Utf8 => vec![self.source(text.as_bytes(), ptr, false)],
            Utf16 => vec![self.source(&utf16, ptr, false)],
            Latin1Utf16 => {
                let latin1 = latin1.map(|bytes| self.source(&bytes, ptr, false));
                latin1.into_iter().chain([self.source(&utf16, ptr, true)]).collect()
            }
        }
    }
}

/// Strings of every kind, around the 4 and 8 characters that some loops take at a time.
pub fn texts() -> Vec<String> {
    let mut texts = vec![String::new(), "plain ASCII, somewhat longer than the words".to_string()];
    for odd in [
        "\0",
        "\u{7f}",
        "\u{80}",
        "é",
        "\u{ff}",
        "\u{100}",
        "\u{7ff}",
        "\u{800}",
        "日本",
        "\u{d7ff}\u{e000}",
        "\u{ffff}",
        "\u{10000}",
        "😀",
        "\u{10ffff}",
        "éé日é😀é",
    ] {
        for before in [0, 1, 3, 4, 7, 8, 9, 17, 31, 32, 45] {
            for after in [0, 1, 2, 3, 8, 33] {
                texts.push(format!("{}{odd}{}", "a".repeat(before), "z".repeat(after)));
            }
        }
        texts.push(format!("{}{odd}", "ö".repeat(11)));
        texts.push(odd.repeat(9));
    }
    texts
}

#[test]
fn well_formed_strings() {
    for transcoder in Transcoder::all() {
        for source in texts().iter().flat_map(|text| transcoder.sources(text, 0x40)) {
            assert!(!transcoder.compare(&source, None));
        }
    }
}

/// Bytes that are not UTF-8, one of each class.
const NOT_UTF8: [&[u8]; 26] = [
    b"\x80",
    b"\xbf",
    b"\xc0\x80",
    b"\xc1\xbf",
    b"\xc2",
    b"\xc2a",
    b"\xc2\xc2",
    b"\xdf\x7f",
    b"\xe0\x80\x80",
    b"\xe0\x9f\xbf",
    b"\xe1\x80",
    b"\xe1",
    b"\xe1\x80a",
    b"\xe1a\x80",
    b"\xed\xa0\x80",
    b"\xed\xbf\xbf",
    b"\xf0\x80\x80\x80",
    b"\xf0\x8f\xbf\xbf",
    b"\xf0\x90\x80",
    b"\xf0\x90",
    b"\xf0\x90\x80a",
    b"\xf0\x90\xc0\x80",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xfe",
    b"\xff",
];

/// Code units that are not UTF-16.
const NOT_UTF16: [&[u16]; 7] = [
    &[0xd800],
    &[0xdbff, 0x61],
    &[0xdc00],
    &[0xdfff, 0x61],
    &[0xdc00, 0xd800],
    &[0xd800, 0xd800, 0xdc00],
    &[0xd800, 0xe000],
];

#[test]
fn ill_formed_strings() {
    for transcoder in Transcoder::all() {
        for before in [0, 1, 8, 9] {
            for after in [0, 1, 2, 3, 8, 33] {
                if transcoder.from == Utf8 {
                    for bad in NOT_UTF8 {
                        let bytes = [&b"a".repeat(before), bad, &b"z".repeat(after)].concat();
                        assert!(transcoder.compare(&transcoder.source(&bytes, 0x41, false), None));
                    }
                    continue;
                }
                for bad in NOT_UTF16 {
                    let units = [&[0x61].repeat(before), bad, &[0x7a].repeat(after)].concat();
                    let bytes: Vec<u8> = units.iter().copied().flat_map(u16::to_le_bytes).collect();
                    let tagged = transcoder.from == Latin1Utf16;
                    assert!(transcoder.compare(&transcoder.source(&bytes, 0x40, tagged), None));
                }
            }
        }
    }
}

#[test]
fn addresses_and_lengths() {
    for transcoder in Transcoder::all() {
        let highest = if transcoder.from_64 { u64::MAX } else { u64::from(u32::MAX) };
        let mut traps = 0;
        for source in transcoder.sources("grüße", 0x40) {
            let mut try_it = |ptr: u64, units: u64| {
                traps += u32::from(
                    transcoder.compare(&Source { ptr, tagged_code_units: units, ..source.clone() }, None),
                );
            };
            let units = source.tagged_code_units;
            for ptr in [0, 1, 2, 0x41, PAGE as u64 - 20, PAGE as u64 - 1, PAGE as u64, PAGE as u64 + 2] {
                try_it(ptr, units);
                try_it(ptr, units & tag(transcoder.from_64));
            }
            for ptr in [highest, highest - 1, highest - 9, 1 << 31, PAGE as u64 * 2] {
                try_it(ptr, units);
                try_it(ptr, 0);
            }
            for units in [
                PAGE as u64,
                PAGE as u64 - 0x40,
                PAGE as u64 / 2 - 0x20,
                (1 << 27) - 1,
                1 << 27,
                (1 << 28) - 1,
                1 << 28,
                1 << 30,
                1 << 31,
                highest,
                highest >> 1,
                highest / 2 + 1,
                highest / 2 - 3,
                tag(transcoder.from_64) | 5,
                tag(transcoder.from_64) | 1 << 27,
            ] {
                try_it(0x40, units);
            }
        }
        assert!(traps > 20, "{}", transcoder.name());
    }
}

#[test]
fn a_realloc_that_misbehaves() {
    for transcoder in Transcoder::all() {
        let highest = if transcoder.to_64 { u64::MAX } else { u64::from(u32::MAX) };
        let faults = [
            Fault::Odd,
            Fault::PastEnd(0),
            Fault::PastEnd(1),
            Fault::PastEnd(2),
            Fault::Address(PAGE as u64),
            Fault::Address(highest),
            Fault::Address(highest - 1),
            Fault::Address(1 << 31),
        ];
        let mut traps = 0;
        for text in ["", "ascii", "ßẞ", "aé", "a日b😀", "éé"] {
            for source in transcoder.sources(text, 0x40) {
                for (at, fault) in (0..3).flat_map(|at| faults.map(|fault| (at, fault))) {
                    traps += u32::from(transcoder.compare(&source, Some((at, fault))));
                }
            }
        }
        assert!(traps > 20, "{}", transcoder.name());
    }
}

/// A string of just `MAX_STRING_BYTE_LENGTH` gets as far as `realloc`, a longer one does not,
/// although the memory has it.
#[test]
fn the_longest_string() {
    for transcoder in Transcoder::all() {
        let units: u64 = if transcoder.from == Utf16 { (1 << 27) - 1 } else { (1 << 28) - 1 };
        // The address that `realloc` gives is odd.
        let wrong = if transcoder.to == Utf8 { Trap::ReallocOutOfBounds } else { Trap::ReallocNotAligned };
        let cases = [(units, 1, wrong), (units + 1, 0, Trap::StringTooLong)];
        for (units, calls, trap) in cases {
            let realloc = Realloc::traced(Some((0, Fault::Address(u64::from(u32::MAX)))));
            let (mut store, _, _, instance) = transcoder.instantiate((1 << 12) + 1, realloc);
            assert_eq!(transcoder.call(&mut store, instance, 0, units), Err(trap));
            assert_eq!(store.data().realloc.calls().len(), calls, "{}", transcoder.name());
        }
    }
}

/// Where both strings end at 4 GiB, an end is 0 as an i32.
#[test]
fn strings_at_the_end_of_the_address_space() {
    for transcoder in Transcoder::all().iter().filter(|t| !t.from_64 && !t.to_64) {
        for text in ["plain ASCII, of words and more", "aé", "éüö grüße", "日本語, kanji", "a😀"] {
            for source in transcoder.sources(text, 0x40) {
                let near = transcoder.place(&source, 1, source.ptr);
                let unit = match (transcoder.from, source.tagged_code_units & tag(false)) {
                    (Utf16, _) => 2,
                    (_, 0) => 1,
                    _ => 2,
                };
                let size = (source.tagged_code_units & !tag(false)) * unit;
                let pages = 1 << 16;
                let far = transcoder.place(&source, pages, (pages as u64 * PAGE as u64) - size);
                // Alignment can leave no place at the very end: then both trap.
                let aligned = transcoder.from != Latin1Utf16 || size.is_multiple_of(2);
                assert_eq!(far.ok(), near.ok().filter(|_| aligned), "{}: {text}", transcoder.name());
            }
        }
        // What is not well-formed is found there too: "aaa", then a first byte or a first surrogate.
        let bytes: &[u8] = if transcoder.from == Utf8 { b"aaa\xe1" } else { b"a\0a\0a\0\x00\xd8" };
        let source = transcoder.source(bytes, 0x40, transcoder.from == Latin1Utf16);
        let ptr = (1 << 32) - bytes.len() as u64;
        let trap = if transcoder.from == Utf8 { Trap::NotUtf8 } else { Trap::NotUtf16 };
        assert_eq!(transcoder.place(&source, 1 << 16, ptr), Err(trap), "{}", transcoder.name());
    }
}

impl Transcoder {
    /// The tagged length and the bytes that come of a source's string, put at `ptr` in a memory of
    /// so many pages, with a `realloc` whose blocks end where the memory ends.
    fn place(&self, source: &Source, pages: usize, ptr: u64) -> Result<(u64, Vec<u8>), Trap> {
        let end = (pages * PAGE) as u64;
        let (mut store, from, to, instance) = self.instantiate(pages, Realloc::AtEnd);
        let bytes = &source.memory[source.ptr as usize..][..0x80];
        let room = (end - ptr).min(0x80) as usize;
        from.write(&mut store, ptr as usize, &bytes[..room]).unwrap();
        let (ptr, length) = self.call(&mut store, instance, ptr, source.tagged_code_units)?;
        let mut result = vec![0; (end - ptr) as usize];
        to.read(&store, ptr as usize, &mut result).unwrap();
        Ok((length, result))
    }
}

/// All sequences of up to three bytes, and those of four at the edges. Of three, the first is 0xc0
/// or more: below 0x80 it is a character and two bytes are left, and up to 0xbf nothing begins.
#[test]
fn every_short_sequence_is_judged_as_by_the_standard_library() {
    let mut config = bare();
    // Millions of traps: none by a signal, none with a backtrace.
    config.wasm_multi_memory(true).wasm_backtrace_max_frames(None).signals_based_traps(false);
    let transcoder = Transcoder::new(&Engine::new(&config).unwrap(), (Utf8, false), (Utf8, false), false);
    std::thread::scope(|scope| {
        for quarter in 0..4 {
            let transcoder = &transcoder;
            scope.spawn(move || transcoder.judge_all((0..=255).filter(|first| first % 4 == quarter)));
        }
    });
}

impl Transcoder {
    fn judge_all(&self, firsts: impl Iterator<Item = u8>) {
        let (mut store, from, _, instance) = self.instantiate(1, Realloc::Constant);
        let function = instance.get_typed_func::<(u32, u32), u32>(&mut store, "transcode").unwrap();
        let mut judge = |bytes: &[u8]| {
            from.data_mut(&mut store)[..bytes.len()].copy_from_slice(bytes);
            let accepted = function.call(&mut store, (0, bytes.len() as u32)).is_ok();
            assert_eq!(accepted, std::str::from_utf8(bytes).is_ok(), "{bytes:02x?}");
        };
        const EDGES: [u8; 6] = [0x00, 0x7f, 0x80, 0xbf, 0xc0, 0xff];
        for first in firsts {
            judge(&[first]);
            for second in 0..=255 {
                judge(&[first, second]);
                for third in (0..=255).filter(|_| first >= 0xc0) {
                    judge(&[first, second, third]);
                }
                for (third, fourth) in EDGES.iter().flat_map(|third| EDGES.map(|fourth| (*third, fourth))) {
                    judge(&[first, second, third, fourth]);
                }
            }
        }
    }
}
