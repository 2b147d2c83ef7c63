//! Components fused before something is put around them. In: a component with strings and lists of handles
//! in its imports and exports, and another one that calls it and is called by it, with other encodings. Out:
//! what comes of the calls, and every call of either `realloc`, must be what it was unfused.

use meld_fuser::OutputKind;
use meld_tests::component_host::ComponentHost;
use meld_tests::fused::fuse_one;
use meld_tests::host::{Guest, Outcome};
use meld_tests::value::Value;

const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

/// A memory whose allocator notes its arguments, and what it is to keep of the old block. (What lies behind
/// that, tests/tests/runtime/passage.rs compares: wasmtime, which plays the host here, asks for another
/// alignment than the specification where it narrows a string, so that narrowing cannot be told.)
const MEMORY: &str = r#"(core module $memory
    (memory (export "m") 2)
    (global $next (mut i32) (i32.const 1024))
    (global $log (mut i32) (i32.const -2128831035))
    (global $calls (mut i32) (i32.const 0))
    (func $note (param i32)
      (global.set $log (i32.mul (i32.xor (global.get $log) (local.get 0)) (i32.const 16777619))))
    (func (export "log") (result i64)
      (i64.or
        (i64.extend_i32_u (global.get $log))
        (i64.shl (i64.extend_i32_u (global.get $calls)) (i64.const 32))))
    (func $bytes (export "bytes") (param $at i32) (param $size i32)
      (block $end (loop $more
        (br_if $end (i32.eqz (local.get $size)))
        (call $note (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $size (i32.sub (local.get $size) (i32.const 1)))
        (br $more))))
    (func (export "realloc") (param $old i32) (param $olds i32) (param $align i32) (param $new i32) (result i32)
      (local $at i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (call $note (local.get $old)) (call $note (local.get $olds))
      (call $note (local.get $align)) (call $note (local.get $new))
      (call $bytes (local.get $old)
        (select (local.get $olds) (local.get $new) (i32.lt_u (local.get $olds) (local.get $new))))
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (i32.add (local.get $new) (i32.const 3))))
      (memory.copy (local.get $at) (local.get $old)
        (select (local.get $olds) (local.get $new) (i32.lt_u (local.get $olds) (local.get $new))))
      (local.get $at)))"#;

/// What is fused. Two instances know the host's resource type, so that the tables are inside, and lists of
/// handles make values go through the runtime's memory.
const INNER: &str = r#"(component INNER-NAME
  (import "r" (type $r (sub resource)))
  (import "host" (func $host (param "h" (list (own $r))) (param "s" string) (result (tuple (list (own $r)) string))))
  (component $a
    (import "r" (type $r (sub resource)))
    (import "host" (func $host (param "h" (list (own $r))) (param "s" string) (result (tuple (list (own $r)) string))))
    MEMORY
    (core instance $i (instantiate $memory))
    (core func $host' (canon lower (func $host) (memory (core memory $i "m")) (realloc (core func $i "realloc")) string-encoding=ENCODING))
    (core module $code
      (import "" "m" (memory 1))
      (import "" "bytes" (func $bytes (param i32 i32)))
      (import "" "host" (func $host (param i32 i32 i32 i32 i32)))
      (func (export "f") (param i32 i32 i32 i32) (result i32)
        (call $bytes (local.get 2) (i32.and (local.get 3) (i32.const 0x7fffffff)))
        (call $host (i32.const 0) (i32.const 0) (local.get 2) (local.get 3) (i32.const 512))
        (call $bytes (i32.load (i32.const 520)) (i32.and (i32.load (i32.const 524)) (i32.const 0x7fffffff)))
        (i32.const 512)))
    (core instance $c (instantiate $code (with "" (instance
      (export "m" (memory $i "m")) (export "bytes" (func $i "bytes")) (export "host" (func $host'))))))
    (core func $drop (canon resource.drop $r))
    (func (export "f") (param "h" (list (own $r))) (param "s" string) (result (tuple (list (own $r)) string))
      (canon lift (core func $c "f") (memory $i "m") (realloc (func $i "realloc")) string-encoding=ENCODING))
    (func (export "log") (result u64) (canon lift (core func $i "log")))
    (func (export "drop") (param "h" u32) (canon lift (core func $drop))))
  (component $b
    (import "r" (type $r (sub resource)))
    (core func $drop (canon resource.drop $r))
    (func (export "drop") (param "h" u32) (canon lift (core func $drop))))
  (instance $a (instantiate $a (with "r" (type $r)) (with "host" (func $host))))
  (instance $b (instantiate $b (with "r" (type $r))))
  (export "f" (func $a "f"))
  (export "log" (func $a "log"))
  (export "drop" (func $a "drop"))
  (export "drop-b" (func $b "drop")))"#;

/// What is around it: $leaf is called by it and echoes, $caller calls it. LENGTH is in code units, with the tag.
const OUTER: &str = r#"(component
  INNER
  (component $leaf
    (type $t' (resource (rep i32)))
    (export $t "t" (type $t'))
    MEMORY
    (core instance $i (instantiate $memory))
    (core module $code
      (import "" "m" (memory 1))
      (import "" "bytes" (func $bytes (param i32 i32)))
      (func (export "echo") (param i32 i32 i32 i32) (result i32)
        (call $bytes (local.get 2) (i32.and (local.get 3) (i32.const 0x7fffffff)))
        (i32.store (i32.const 520) (local.get 2)) (i32.store (i32.const 524) (local.get 3))
        (i32.const 512)))
    (core instance $c (instantiate $code (with "" (instance
      (export "m" (memory $i "m")) (export "bytes" (func $i "bytes"))))))
    (func (export "echo") (param "h" (list (own $t))) (param "s" string) (result (tuple (list (own $t)) string))
      (canon lift (core func $c "echo") (memory $i "m") (realloc (func $i "realloc")) string-encoding=LEAF))
    (func (export "log") (result u64) (canon lift (core func $i "log"))))
  (instance $leaf (instantiate $leaf))
  (alias export $leaf "t" (type $t))
  (instance $x (instantiate $x (with "r" (type $t)) (with "host" (func $leaf "echo"))))
  (component $caller
    (import "t" (type $t (sub resource)))
    (import "f" (func $f (param "h" (list (own $t))) (param "s" string) (result (tuple (list (own $t)) string))))
    MEMORY
    (core instance $i (instantiate $memory))
    (core func $f' (canon lower (func $f) (memory (core memory $i "m")) (realloc (core func $i "realloc")) string-encoding=CALLER))
    (core module $code
      (import "" "m" (memory 1))
      (import "" "bytes" (func $bytes (param i32 i32)))
      (import "" "f" (func $f (param i32 i32 i32 i32 i32)))
      (data (i32.const 16) "TEXT")
      (func (export "run") (result i32)
        (call $f (i32.const 0) (i32.const 0) (i32.const 16) (i32.const LENGTH) (i32.const 512))
        (call $bytes (i32.load (i32.const 520)) (i32.and (i32.load (i32.const 524)) (i32.const 0x7fffffff)))
        (i32.load (i32.const 524))))
    (core instance $c (instantiate $code (with "" (instance
      (export "m" (memory $i "m")) (export "bytes" (func $i "bytes")) (export "f" (func $f'))))))
    (func (export "log") (result u64) (canon lift (core func $i "log")))
    (func (export "run") (result u32) (canon lift (core func $c "run"))))
  (instance $c (instantiate $caller (with "t" (type $t)) (with "f" (func $x "f"))))
  (export "run" (func $c "run"))
  (export "log-inner" (func $x "log"))
  (export "log-leaf" (func $leaf "log"))
  (export "log-caller" (func $c "log")))"#;

/// What a call returns, and then the three logs.
fn outcomes(text: &str) -> Vec<Outcome> {
    let binary = wat::parse_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let serve = Box::new(|_: &[String], _: &_, _: &[Value]| anyhow::bail!("nothing is imported"));
    let mut guest = ComponentHost::new(&binary, serve).expect("a component");
    let mut outcomes = vec![guest.instantiate()];
    for call in ["run", "log-inner", "log-leaf", "log-caller", "run", "log-inner", "log-leaf", "log-caller"] {
        outcomes.push(guest.call(&[call], &[]));
    }
    let returned = outcomes.iter().all(|outcome| matches!(outcome, Outcome::Returned(_)));
    assert!(returned, "{outcomes:?}");
    outcomes
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("\\{byte:02x}")).collect()
}

/// The ways to write `text` in an encoding: the bytes and the tagged code units.
fn written(text: &str, encoding: &str) -> Vec<(Vec<u8>, u32)> {
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let units = utf16.len() as u32 / 2;
    let latin1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    match encoding {
        "utf8" => vec![(text.as_bytes().to_vec(), text.len() as u32)],
        "utf16" => vec![(utf16, units)],
        _ => latin1.map(|bytes| (bytes, units)).into_iter().chain([(utf16, units | 1 << 31)]).collect(),
    }
}

#[test]
fn realloc_is_called_as_it_was() {
    for encoding in ENCODINGS {
        let inner = INNER.replace("MEMORY", MEMORY).replace("ENCODING", encoding);
        let alone = wat::parse_str(inner.replace("INNER-NAME", "")).expect("the text parses");
        let fused = fuse_one("inner", &alone, OutputKind::Component).unwrap_or_else(|e| panic!("{e:#}"));
        let fused = wasmprinter::print_bytes(fused).expect("it can be printed");
        let fused = fused.replacen("(component", "(component $x", 1);
        let inner = inner.replace("INNER-NAME", "$x");
        for (leaf, caller) in ENCODINGS.iter().flat_map(|leaf| ENCODINGS.map(|caller| (*leaf, caller))) {
            for text in ["", "abc", "aéb", "ééé", "ab日c", "日本語", "é😀", "abcdefghijklmnopqrstuvwxyzé"]
            {
                for (bytes, length) in written(text, caller) {
                    let outer = OUTER
                        .replace("MEMORY", MEMORY)
                        .replace("LEAF", leaf)
                        .replace("CALLER", caller)
                        .replace("TEXT", &escaped(&bytes))
                        .replace("LENGTH", &length.to_string());
                    let [expected, found] = [&inner, &fused].map(|x| outcomes(&outer.replace("INNER", x)));
                    assert_eq!(expected, found, "{caller}, {encoding}, {leaf}: {text:?}, {length:#x}");
                }
            }
        }
    }
}
