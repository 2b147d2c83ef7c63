//! Random programs of linked modules: what is random is the linking (imports, re-exports, segments,
//! start functions, globals, types), because that is what merging changes. `MELD_RANDOM` sets how
//! many are run.

use super::harness::{
    Named, Side, added, agree, assemble, engine, merged, mvp, settings, text, validate, wat,
};
use meld_fuser::merge::merge;
use std::collections::BTreeSet;
use std::fmt::Write;
use wasmparser::WasmFeatures;

/// SplitMix64: a seed gives the same program everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
        (!items.is_empty()).then(|| &items[self.below(items.len())])
    }
}

/// What earlier modules export: where, and the type as it is written in an import.
#[derive(Default)]
struct Exports {
    /// `(i32) -> i32`, all of them.
    funcs: Vec<(String, String)>,
    memories: Vec<(String, String)>,
    tables: Vec<(String, String)>,
    constants: Vec<(String, String)>,
    variables: Vec<(String, String)>,
}

/// One module, as it grows. All names are `$` and a number of the kind.
struct Builder<'r> {
    random: &'r mut Random,
    name: &'static str,
    imports: String,
    items: String,
    funcs: usize,
    memories: usize,
    tables: usize,
    constants: usize,
    variables: usize,
    /// Data and element segments, which bodies may use and drop.
    data: usize,
    elements: usize,
}

impl Builder<'_> {
    fn import(&mut self, kind: &str, from: &[(String, String)], count: usize) -> usize {
        let mut imported = 0;
        for _ in 0..count {
            if let Some((at, ty)) = self.random.pick(from) {
                writeln!(self.imports, "(import {at} ({} ${kind}{imported} {ty}))", word(kind)).unwrap();
                imported += 1;
            }
        }
        imported
    }

    /// A small address, sometimes one that does not exist.
    fn address(&mut self, bound: usize) -> String {
        let global = self.constants > 0 && self.random.once_in(3);
        match (global, self.random.once_in(40)) {
            (true, _) => format!("(global.get $const{})", self.random.below(self.constants)),
            (_, true) => format!("(i32.const {})", bound + self.random.below(3)),
            _ => format!("(i32.const {})", self.random.below(bound)),
        }
    }

    /// A body of a few statements; calls go to functions before `limit` only, so that all end.
    fn body(&mut self, limit: usize) -> String {
        let mut body = String::new();
        for _ in 0..1 + self.random.below(5) {
            let (a, n) = (self.random.below(64), self.random.below(5));
            let mut pick = |count: usize| if count == 0 { None } else { Some(self.random.below(count)) };
            let statement = match pick(10) {
                Some(0) => pick(limit).map(|f| format!("(drop (call $f{f} (i32.const {n})))")),
                Some(1) => pick(self.memories).map(|m| {
                    format!("(i32.store8 $mem{m} offset={a} (i32.const {n}) (i32.add (local.get 0) (i32.const {a})))")
                }),
                Some(2) => pick(self.memories).map(|m| {
                    format!("(local.set 0 (i32.add (local.get 0) (i32.load8_u $mem{m} (i32.const {a}))))")
                }),
                Some(3) => pick(self.variables)
                    .map(|v| format!("(global.set $var{v} (i32.add (global.get $var{v}) (local.get 0)))")),
                Some(4) => pick(self.constants)
                    .map(|c| format!("(local.set 0 (i32.xor (local.get 0) (global.get $const{c})))")),
                Some(5) => pick(self.memories).zip(pick(self.data)).map(|(m, d)| {
                    format!("(memory.init $mem{m} $data{d} (i32.const {a}) (i32.const 0) (i32.const {}))", n / 2)
                }),
                Some(6) => pick(self.tables).zip(pick(self.elements)).map(|(t, e)| {
                    format!("(table.init $tab{t} $elem{e} (i32.const {n}) (i32.const 0) (i32.const {}))", n / 2)
                }),
                Some(7) => pick(self.data).zip(pick(self.elements)).and_then(|(d, e)| match n {
                    0 => Some(format!("(data.drop $data{d})")),
                    1 => Some(format!("(elem.drop $elem{e})")),
                    _ => None,
                }),
                Some(8) => pick(self.tables).map(|t| {
                    let null = format!("(ref.is_null (table.get $tab{t} (i32.const {n})))");
                    format!("(local.set 0 (i32.add (local.get 0) {null}))")
                }),
                _ => pick(self.tables).zip(pick(self.funcs))
                    .map(|(t, f)| format!("(table.set $tab{t} (i32.const {n}) (ref.func $f{f}))")),
            };
            body.push_str(&statement.unwrap_or_default());
            body.push('\n');
        }
        body
    }

    fn item(&mut self, kind: &str, number: usize, ty: &str, rest: &str, exports: &mut Vec<(String, String)>) {
        let name = format!("{kind}{number}");
        let export = if self.random.once_in(3) { String::new() } else { format!("(export \"{name}\")") };
        if !export.is_empty() {
            exports.push((format!("\"{}\" \"{name}\"", self.name), ty.to_string()));
        }
        let ty = if kind == "f" { "(param i32) (result i32)" } else { ty };
        writeln!(self.items, "({} ${name} {export} {ty} {rest})", word(kind)).unwrap();
    }
}

fn word(kind: &str) -> &str {
    match kind {
        "mem" => "memory",
        "tab" => "table",
        "f" => "func",
        _ => "global",
    }
}

const FUNC: &str = "(param i32) (result i32)";

fn module(random: &mut Random, name: &'static str, exports: &mut Exports) -> String {
    let counts: Vec<usize> = (0..10).map(|_| random.below(4)).collect();
    let mut b = Builder {
        random,
        name,
        imports: String::new(),
        items: String::new(),
        funcs: 0,
        memories: 0,
        tables: 0,
        constants: 0,
        variables: 0,
        data: 0,
        elements: 0,
    };
    b.funcs = b.import("f", &exports.funcs, counts[0]);
    b.memories = b.import("mem", &exports.memories, counts[1]);
    b.tables = b.import("tab", &exports.tables, counts[2]);
    b.constants = b.import("const", &exports.constants, counts[3]);
    b.variables = b.import("var", &exports.variables, counts[4]);
    let imported_constants = b.constants;
    for number in b.memories..b.memories + counts[5] % 2 + 1 {
        b.item("mem", number, "1 4", "", &mut exports.memories);
        b.memories = number + 1;
    }
    for number in b.tables..b.tables + counts[6] % 2 + 1 {
        b.item("tab", number, "6 20 funcref", "", &mut exports.tables);
        b.tables = number + 1;
    }
    for number in imported_constants..imported_constants + counts[7] {
        let value = match imported_constants {
            0 => format!("(i32.const {})", b.random.below(5)),
            n => format!("(i32.add (global.get $const{}) (i32.const 1))", b.random.below(n)),
        };
        b.item("const", number, "i32", &value, &mut exports.constants);
    }
    for number in b.variables..b.variables + counts[8] {
        b.item("var", number, "(mut i32)", "(i32.const 1)", &mut exports.variables);
        b.variables = number + 1;
    }
    // From here on, `address` may read imported constants.
    let funcs = b.funcs;
    (b.data, b.elements) = (b.random.below(4), b.random.below(4));
    b.funcs += counts[9] + 1;
    for number in funcs..b.funcs {
        let body = b.body(number);
        let log = if b.random.once_in(3) { "(call $log (local.get 0))" } else { "" };
        b.item("f", number, FUNC, &format!("{body} {log} (local.get 0)"), &mut exports.funcs);
    }
    for number in 0..b.data {
        let place = match b.random.below(4) {
            0 => String::new(),
            _ => format!("(memory $mem{}) {}", b.random.below(b.memories), b.address(65536 - 3)),
        };
        writeln!(b.items, "(data $data{number} {place} \"{name}{number}x\")").unwrap();
    }
    let all: String = (0..b.funcs).map(|f| format!(" $f{f}")).collect();
    for number in 0..b.elements {
        let place = match b.random.below(4) {
            0 => String::new(),
            _ => format!("(table $tab{}) {}", b.random.below(b.tables), b.address(5)),
        };
        let func = b.random.below(b.funcs);
        writeln!(b.items, "(elem $elem{number} {place} func $f{func})").unwrap();
    }
    let start = match b.random.below(2) {
        0 => {
            let last = b.funcs - 1;
            format!(
                "(func $start (call $log (i32.const 1)) (drop (call $f{last} (i32.const 2)))) (start $start)"
            )
        }
        _ => String::new(),
    };
    let declared = format!("(elem declare func {all})");
    format!(
        "(module {}\n(import \"host\" \"log\" (func $log (param i32)))\n{}{start}{declared})",
        b.imports, b.items
    )
}

#[test]
fn random_programs() {
    let engine = engine();
    let features = mvp()
        | WasmFeatures::REFERENCE_TYPES
        | WasmFeatures::BULK_MEMORY
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::EXTENDED_CONST;
    let count: u64 = std::env::var("MELD_RANDOM").ok().and_then(|n| n.parse().ok()).unwrap_or(400);
    let (mut failed, mut waited, mut sizes) = (0, 0, [0; 3]);
    for seed in 0..count {
        let mut random = Random(seed);
        let mut exports = Exports::default();
        let mut modules: Vec<Named> = Vec::new();
        for name in ["a", "b", "c", "d"].into_iter().take(2 + random.below(3)) {
            modules.push((name, wat(&module(&mut random, name, &mut exports))));
        }
        println!("seed {seed}");
        // As it is, optimised, and optimised where few items can be reached from outside.
        let all = assemble(&modules).exports;
        let few_exports: BTreeSet<String> =
            all.into_iter().map(|export| export.name).filter(|_| random.once_in(6)).collect();
        for (optimized, few) in [(false, false), (true, false), (true, true)] {
            let mut separate = Side::separate(&engine, &modules);
            let bytes = if few {
                separate.keep(&few_exports);
                let mut assembly = assemble(&modules);
                assembly.exports.retain(|export| few_exports.contains(&export.name));
                let bytes = merge(assembly, settings(true, true)).unwrap();
                validate(&bytes, features | added());
                bytes
            } else {
                merged(&modules, features, optimized)
            };
            let mut one = Side::merged(&engine, &bytes);
            failed += u64::from(separate.outcome.is_err());
            let text = text(&bytes);
            waited += u64::from(text.contains("$meld!start"));
            agree(&mut separate, &mut one, &bytes);
            sizes[usize::from(few) + usize::from(optimized)] += bytes.len();
        }
    }
    println!("{count} programs: {failed} trap at instantiation, {waited} have a generated start function");
    println!("bytes: {sizes:?}");
    let count = count * 3;
    assert!(failed > count / 50 && failed < count / 2 && waited > count / 8);
    // The last ones lose much, or this test would not look at what is left out.
    assert!(sizes[2] < sizes[0] * 3 / 4, "{sizes:?}");
}
