//! A component of two, in which one passes a value of a type of choice to the other, from bytes to
//! bytes: every bit goes in and comes out as a test wants it. In: the type. Out: what the original
//! and the fused component make of given bytes, which must be the same. Not its job: the bytes.

use meld_fuser::{Input, Options, fuse};
use meld_tests::boundary_host::BoundaryHost;
use meld_tests::component_host::ComponentHost;
use meld_tests::host::{Guest, Outcome};
use meld_tests::reason::Reason;
use meld_tests::value::Value;

/// Where a guest's log of its `realloc` calls begins: four i64 for each.
pub const LOG: usize = 1024;
/// Where a guest's first allocation is: the bytes that the test gives.
pub const HEAP: usize = 4096;

/// How the value passes. `raw` are the bytes that the test gives to the caller, in whose memory
/// they lie at `HEAP`; the result is what the callee sees, or, of a result, what the caller sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As flat parameters: `raw` and the result are eight bytes for each.
    Flat,
    /// As the flat result: eight bytes.
    FlatResult,
    /// As the element of a list: `raw` begins with its address and length; the result is the
    /// memory from `LOG` on.
    List,
    /// The same in the callee's result.
    ListResult,
    /// As a parameter with too many flat values: `raw` is the value, the result is as for `List`.
    Area,
    /// As a result in memory.
    AreaResult,
}

/// One side's addresses: `i32` or `i64`.
pub type Address = &'static str;

#[derive(Debug, Clone)]
pub struct Probe<'t> {
    /// Named types, each of which may refer to earlier ones as `$name`.
    pub types: &'t [(&'t str, &'t str)],
    /// The type of the value.
    pub ty: &'t str,
    /// Its flat types on the caller's and the callee's side.
    pub flat: [&'t [&'t str]; 2],
    pub addresses: [Address; 2],
    /// Canonical options for both sides, for strings.
    pub options: [&'t str; 2],
}

impl<'t> Probe<'t> {
    pub fn new(ty: &'t str) -> Probe<'t> {
        Probe { types: &[], ty, flat: [&[], &[]], addresses: ["i32"; 2], options: [""; 2] }
    }

    pub fn types(self, types: &'t [(&'t str, &'t str)]) -> Self {
        Probe { types, ..self }
    }

    pub fn flat(self, flat: &'t [&'t str]) -> Self {
        Probe { flat: [flat; 2], ..self }
    }

    pub fn addresses(self, addresses: [Address; 2]) -> Self {
        Probe { addresses, ..self }
    }

    /// What comes of `raw`: the bytes, or none for a trap. Panics unless the fused component does
    /// the same as the original.
    pub fn run(&self, shape: Shape, raw: &[u8]) -> Option<Vec<u8>> {
        let text = self.component(shape);
        run(&text, raw)
    }

    /// `Shape::Flat` from and to numbers.
    pub fn flats(&self, raw: &[u64]) -> Option<Vec<u64>> {
        self.numbers(Shape::Flat, raw)
    }

    pub fn flat_result(&self, raw: u64) -> Option<u64> {
        self.numbers(Shape::FlatResult, &[raw]).map(|numbers| numbers[0])
    }

    fn numbers(&self, shape: Shape, raw: &[u64]) -> Option<Vec<u64>> {
        let raw: Vec<u8> = raw.iter().flat_map(|n| n.to_le_bytes()).collect();
        let numbers = |bytes: Vec<u8>| {
            bytes.chunks_exact(8).map(|n| u64::from_le_bytes(n.try_into().unwrap())).collect()
        };
        self.run(shape, &raw).map(numbers)
    }

    fn component(&self, shape: Shape) -> String {
        let define: String = self
            .types
            .iter()
            .map(|(n, ty)| format!("(type ${n}-here {ty}) (export ${n} \"{n}\" (type ${n}-here))\n"))
            .collect();
        let import: String = self
            .types
            .iter()
            .map(|(n, ty)| format!("(type ${n}-here {ty}) (import \"{n}\" (type ${n} (eq ${n}-here)))\n"))
            .collect();
        let with: String =
            self.types.iter().map(|(n, _)| format!("(with \"{n}\" (type $b \"{n}\"))\n")).collect();
        let ty = self.ty;
        let g = match shape {
            Shape::Flat | Shape::Area => format!("(param \"x\" {ty}) (result (list u8))"),
            Shape::FlatResult => format!("(param \"raw\" u64) (result {ty})"),
            Shape::List => format!("(param \"x\" (list {ty})) (result (list u8))"),
            Shape::ListResult => format!("(param \"raw\" (list u8)) (result (list {ty}))"),
            Shape::AreaResult => format!("(param \"raw\" (list u8)) (result {ty})"),
        };
        let [caller, callee] = [self.caller(shape), self.callee(shape)];
        let [caller_options, callee_options] = self.options;
        format!(
            r#"(component
              (component $B
                {define}
                (core module $m {callee})
                (core instance $i (instantiate $m))
                (func (export "g") {g}
                  (canon lift (core func $i "g") {callee_options} (memory (core memory $i "mem")) (realloc (core func $i "realloc")))))
              (component $A
                {import}
                (import "g" (func $g {g}))
                (core module $libc {libc})
                (core instance $libc (instantiate $libc))
                (core func $g' (canon lower (func $g) {caller_options} (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
                (core module $m {caller})
                (core instance $i (instantiate $m
                  (with "libc" (instance $libc))
                  (with "b" (instance (export "g" (func $g'))))))
                (func (export "run") (param "raw" (list u8)) (result (list u8))
                  (canon lift (core func $i "run") (memory (core memory $libc "mem")) (realloc (core func $libc "realloc")))))
              (instance $b (instantiate $B))
              (instance $a (instantiate $A {with} (with "g" (func $b "g"))))
              (component $Run
                (import "run" (func $run (param "raw" (list u8)) (result (list u8))))
                (core module $libc {narrow})
                (core instance $libc (instantiate $libc))
                (core func $run' (canon lower (func $run) (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
                (core module $m
                  (import "run" "run" (func $run (param i32 i32 i32)))
                  (func (export "run") (param i32 i32) (result i32)
                    (call $run (local.get 0) (local.get 1) (i32.const 512))
                    (i32.const 512)))
                (core instance $i (instantiate $m (with "run" (instance (export "run" (func $run'))))))
                (func (export "run") (param "raw" (list u8)) (result (list u8))
                  (canon lift (core func $i "run") (memory (core memory $libc "mem")) (realloc (core func $libc "realloc")))))
              (instance $run (instantiate $Run (with "run" (func $a "run"))))
              (export "run" (func $run "run")))"#,
            libc = libc(self.addresses[0], ""),
            narrow = libc("i32", "")
        )
    }

    fn callee(&self, shape: Shape) -> String {
        let p = self.addresses[1];
        let flat = self.flat[1];
        let body = match shape {
            Shape::Flat => {
                let stores: String = flat
                    .iter()
                    .enumerate()
                    .map(|(i, ty)| format!("(i64.store ({p}.const {}) {})\n", 256 + 8 * i, to_i64(ty, i)))
                    .collect();
                format!(
                    "(func (export \"g\") (param {}) (result {p}) {stores} (call $give ({p}.const 256) ({p}.const {})))",
                    flat.join(" "),
                    8 * flat.len()
                )
            }
            Shape::FlatResult => {
                format!(
                    "(func (export \"g\") (param i64) (result {}) {})",
                    flat[0],
                    from_i64(flat[0], "(local.get 0)")
                )
            }
            Shape::List => format!("(func (export \"g\") (param {p} {p}) (result {p}) (call $dump))"),
            Shape::Area => format!("(func (export \"g\") (param {p}) (result {p}) (call $dump))"),
            Shape::ListResult | Shape::AreaResult => {
                format!("(func (export \"g\") (param {p} {p}) (result {p}) (local.get 0))")
            }
        };
        libc(p, &body)
    }

    fn caller(&self, shape: Shape) -> String {
        let p = self.addresses[0];
        let flat = self.flat[0];
        let size = if p == "i32" { 4 } else { 8 };
        let raw = |i: usize| format!("(i64.load offset={} (local.get 0))", 8 * i);
        let at = |offset: usize| format!("({p}.load offset={offset} (local.get 0))");
        let ret = format!("({p}.const 512)");
        let (params, result, body) = match shape {
            Shape::Flat => {
                let args: String = flat.iter().enumerate().map(|(i, ty)| from_i64(ty, &raw(i))).collect();
                (format!("{} {p}", flat.join(" ")), "", format!("(call $g {args} {ret}) {ret}"))
            }
            Shape::FlatResult => {
                let ty = flat[0];
                let call = format!("(call $g {})", raw(0));
                let give = format!("(call $give ({p}.const 256) ({p}.const 8))");
                (
                    "i64".into(),
                    ty,
                    format!(
                        "(local $r {ty}) (local.set $r {call}) (i64.store ({p}.const 256) {}) {give}",
                        to_i64(ty, "$r")
                    ),
                )
            }
            Shape::List => {
                (format!("{p} {p} {p}"), "", format!("(call $g {} {} {ret}) {ret}", at(0), at(size)))
            }
            Shape::Area => (format!("{p} {p}"), "", format!("(call $g (local.get 0) {ret}) {ret}")),
            Shape::ListResult | Shape::AreaResult => {
                let area =
                    format!("(call $realloc ({p}.const 0) ({p}.const 0) ({p}.const 8) ({p}.const 256))");
                (
                    format!("{p} {p} {p}"),
                    "",
                    format!("(call $g (local.get 0) (local.get 1) {area}) (call $dump)"),
                )
            }
        };
        let memory = if p == "i64" { "i64 0" } else { "0" };
        format!(
            r#"(import "libc" "mem" (memory {memory}))
            (import "libc" "realloc" (func $realloc (param {p} {p} {p} {p}) (result {p})))
            (import "libc" "give" (func $give (param {p} {p}) (result {p})))
            (import "libc" "dump" (func $dump (result {p})))
            (import "b" "g" (func $g (param {params}) (result {result})))
            (func (export "run") (param {p} {p}) (result {p}) {body})"#
        )
    }
}

/// A memory with a bump allocator that writes down its calls, and `rest`.
pub fn libc(p: Address, rest: &str) -> String {
    let memory = if p == "i64" { "i64 2" } else { "2" };
    let size = if p == "i32" { 4 } else { 8 };
    let wide = |i: usize| match p {
        "i32" => format!("(i64.extend_i32_u (local.get {i}))"),
        _ => format!("(local.get {i})"),
    };
    let log: String =
        (0..4).map(|i| format!("(i64.store offset={} (global.get $log) {})\n", 8 * i, wide(i))).collect();
    format!(
        r#"(memory (export "mem") {memory})
        (global $top (mut {p}) ({p}.const {HEAP}))
        (global $log (mut {p}) ({p}.const {LOG}))
        (func $realloc (export "realloc") (param {p} {p} {p} {p}) (result {p})
          (local $at {p})
          {log}
          (global.set $log ({p}.add (global.get $log) ({p}.const 32)))
          (local.set $at ({p}.and
            ({p}.add (global.get $top) ({p}.sub (local.get 2) ({p}.const 1)))
            ({p}.sub ({p}.const 0) (local.get 2))))
          (global.set $top ({p}.add (local.get $at) (local.get 3)))
          (if (i32.eqz ({p}.eqz (local.get 0)))
            (then (memory.copy (local.get $at) (local.get 0) (local.get 1))))
          (local.get $at))
        ;; The address of a list.
        (func $give (export "give") (param {p} {p}) (result {p})
          ({p}.store ({p}.const 512) (local.get 0))
          ({p}.store offset={size} ({p}.const 512) (local.get 1))
          ({p}.const 512))
        (func $dump (export "dump") (result {p})
          (call $give ({p}.const {LOG}) ({p}.sub (global.get $top) ({p}.const {LOG}))))
        {rest}"#
    )
}

fn to_i64(ty: &str, local: impl std::fmt::Display) -> String {
    match ty {
        "i32" => format!("(i64.extend_i32_u (local.get {local}))"),
        "f32" => format!("(i64.extend_i32_u (i32.reinterpret_f32 (local.get {local})))"),
        "f64" => format!("(i64.reinterpret_f64 (local.get {local}))"),
        _ => format!("(local.get {local})"),
    }
}

fn from_i64(ty: &str, value: &str) -> String {
    match ty {
        "i32" => format!("(i32.wrap_i64 {value})"),
        "f32" => format!("(f32.reinterpret_i32 (i32.wrap_i64 {value}))"),
        "f64" => format!("(f64.reinterpret_i64 {value})"),
        _ => value.into(),
    }
}

/// Fuses a component that imports nothing.
pub fn fused(text: &str) -> Vec<u8> {
    match fuse(vec![Input::new("probe", text)], Options::default()) {
        Ok(fused) => fused.bytes,
        Err(error) => panic!("{error}\n{text}"),
    }
}

fn original(text: &str) -> ComponentHost {
    let serve = Box::new(|_: &[String], _: &_, _: &[Value]| Ok(None));
    ComponentHost::new(text.as_bytes(), serve).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn calls(guest: &mut dyn Guest, raw: &[u8]) -> Result<Vec<u8>, Reason> {
    let arg = Value::List(raw.iter().map(|b| Value::U8(*b)).collect());
    assert_eq!(guest.instantiate(), Outcome::Returned(None));
    match guest.call(&["run"], &[arg]) {
        Outcome::Returned(Some(Value::List(bytes))) => Ok(bytes
            .into_iter()
            .map(|byte| match byte {
                Value::U8(byte) => byte,
                other => panic!("{other}"),
            })
            .collect()),
        Outcome::Returned(other) => panic!("{other:?}"),
        Outcome::Trapped(reason) => Err(reason),
    }
}

/// Calls `run` of what the component is fused to, with bytes for bytes. None for a trap.
pub fn run_fused(text: &str, raw: &[u8]) -> Option<Vec<u8>> {
    calls_fused(text, raw).ok()
}

fn calls_fused(text: &str, raw: &[u8]) -> Result<Vec<u8>, Reason> {
    let serve = Box::new(|_: &[String], _: &_, _: &[Value]| Ok(None));
    calls(&mut BoundaryHost::new(&fused(text), serve).unwrap(), raw)
}

/// The same, which must be what the original gives.
pub fn run(text: &str, raw: &[u8]) -> Option<Vec<u8>> {
    let original = calls(&mut original(text), raw);
    let fused = calls_fused(text, raw);
    assert!(original == fused, "the original: {original:x?}\nfused: {fused:x?}\n{text}");
    fused.ok()
}
