//! Calls: what runs in which order around the callee, what may not happen meanwhile, and the
//! pointers that both sides give.

use crate::probe::{HEAP, run, run_fused};

/// Two components. `$B` exports `g`, of this type, and `$A` calls it; `$C` exports `out`, which
/// counts its calls. Each module has a memory, which holds the text's functions.
struct Pair<'t> {
    /// The type of `g`.
    ty: &'t str,
    /// Its core type for the caller.
    core: &'t str,
    /// The functions of `$B`: `g`, `realloc`, `post`.
    callee: &'t str,
    /// Options of its lift, past memory and realloc.
    lift: &'t str,
    /// What `$A` does with its arguments: gives the address of a list.
    caller: &'t str,
}

type Run = fn(&str, &[u8]) -> Option<Vec<u8>>;

const BUMP: &str = r#"(global $top (mut i32) (i32.const 4096))
    (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.set $top (i32.and (i32.add (global.get $top) (i32.const 15)) (i32.const -16)))
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get 3))))"#;

impl Pair<'_> {
    fn component(&self) -> String {
        let Pair { ty, core, callee, lift, caller } = self;
        format!(
            r#"(component
            (component $C
              (core module $m
                (global $n (mut i32) (i32.const 0))
                (func (export "out") (result i32)
                  (global.set $n (i32.add (global.get $n) (i32.const 1)))
                  (global.get $n)))
              (core instance $i (instantiate $m))
              (func (export "out") (result u32) (canon lift (core func $i "out"))))
            (component $B
              (import "out" (func $out (result u32)))
              (core func $out' (canon lower (func $out)))
              (core module $m
                (import "c" "out" (func $out (result i32)))
                (memory (export "mem") 2)
                {callee})
              (core instance $i (instantiate $m (with "c" (instance (export "out" (func $out'))))))
              (func (export "g") {ty}
                (canon lift (core func $i "g") (memory (core memory $i "mem"))
                  (realloc (core func $i "realloc")) {lift})))
            (component $A
              (import "out" (func $out (result u32)))
              (import "g" (func $g {ty}))
              (core module $libc (memory (export "mem") 2) {BUMP})
              (core instance $libc (instantiate $libc))
              (core func $out' (canon lower (func $out)))
              (core func $g' (canon lower (func $g) (memory (core memory $libc "mem"))
                (realloc (core func $libc "realloc"))))
              (core module $m
                (import "libc" "mem" (memory 2))
                (import "b" "g" (func $g {core}))
                (import "c" "out" (func $out (result i32)))
                (func (export "run") (param $p i32) (param $n i32) (result i32)
                  (i32.store (i32.const 512) (i32.const 520))
                  (i32.store (i32.const 516) (i32.const 8))
                  {caller}
                  (i32.const 512)))
              (core instance $i (instantiate $m (with "libc" (instance $libc))
                (with "b" (instance (export "g" (func $g')))) (with "c" (instance (export "out" (func $out'))))))
              (func (export "run") (param "raw" (list u8)) (result (list u8))
                (canon lift (core func $i "run") (memory (core memory $libc "mem")) (realloc (core func $libc "realloc")))))
            (instance $c (instantiate $C))
            (instance $b (instantiate $B (with "out" (func $c "out"))))
            (instance $a (instantiate $A (with "out" (func $c "out")) (with "g" (func $b "g"))))
            (export "run" (func $a "run")))"#
        )
    }

    /// What `run` gives, as two numbers.
    fn numbers(&self, raw: &[u32]) -> Option<[u32; 2]> {
        self.numbers_by(run, raw)
    }

    fn numbers_by(&self, run: Run, raw: &[u32]) -> Option<[u32; 2]> {
        let raw: Vec<u8> = raw.iter().flat_map(|n| n.to_le_bytes()).collect();
        let bytes = run(&self.component(), &raw)?;
        Some([0, 4].map(|at| u32::from_le_bytes(bytes[at..][..4].try_into().unwrap())))
    }
}

#[test]
fn return_pointers() {
    const END: u32 = 2 << 16;
    let pair = Pair {
        ty: r#"(param "at" u32) (result (tuple u32 u32))"#,
        core: "(param i32 i32)",
        callee: r#"(func (export "g") (param i32) (result i32) (local.get 0))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (unreachable))
            (data (i32.const 256) "\01\00\00\00\02\00\00\00")"#,
        lift: "",
        caller: r#"(call $g (i32.load (local.get $p)) (i32.load offset=4 (local.get $p)))
            (i64.store (i32.const 520) (i64.load (i32.load offset=8 (local.get $p))))"#,
    };
    for (callee, caller, valid) in [
        (256, 1024, true),
        (258, 1024, false),
        (END - 8, 1024, true),
        (END - 4, 1024, false),
        (u32::MAX - 3, 1024, false),
        (256, 1026, false),
        (256, END - 8, true),
        (256, END - 4, false),
        (256, END, false),
    ] {
        let got = pair.numbers(&[callee, caller, caller.min(END - 8)]);
        let expected = if callee == 256 { [1, 2] } else { [0, 0] };
        assert_eq!(got, valid.then_some(expected), "{callee:#x} {caller:#x}");
    }
}

#[test]
fn realloc_results_are_checked() {
    const END: u32 = 2 << 16;
    // The caller gives a list of that many u32 from its argument on; `realloc` gives the first.
    let pair = Pair {
        ty: r#"(param "x" (list u32)) (result u32)"#,
        core: "(param i32 i32) (result i32)",
        callee: r#"(func (export "g") (param i32 i32) (result i32) (local.get 0))
            (global $n (mut i32) (i32.const 0))
            (func (export "realloc") (param i32 i32 i32 i32) (result i32) (global.get $n))"#,
        lift: "",
        caller: "(i32.store (i32.const 520) (call $g (local.get $p) (i32.load (local.get $p))))",
    };
    for (at, length, valid) in [
        (1024, 3, true),
        (1025, 3, false),
        (1026, 0, false),
        (END - 12, 3, true),
        (END - 8, 3, false),
        (END, 0, true),
        (END + 4, 0, false),
        (0xffff_fffc, 1, false),
    ] {
        let callee = pair.callee.replace("i32.const 0", &format!("i32.const {at}"));
        let got = Pair { callee: &callee, ..pair }.numbers(&[length, 0, 0]);
        assert_eq!(got, valid.then_some([at, 0]), "{at:#x} {length}");
    }
}

#[test]
fn post_return_gets_the_result_as_it_was() {
    let callee = format!(
        r#"{BUMP}
        (global $seen (mut i32) (i32.const 0))
        ;; Twice the post-returns so far, at an address of choice.
        (func (export "g") (param i32) (result i32)
          (i32.store (local.get 0) (global.get $seen))
          (i32.store offset=4 (local.get 0) (i32.const 0))
          (local.get 0))
        (func (export "post") (param i32)
          ;; Too late for the caller to see.
          (i32.store (local.get 0) (i32.const -1))
          (global.set $seen (local.get 0)))"#
    );
    let pair = Pair {
        ty: r#"(param "at" u32) (result (tuple u32 u32))"#,
        core: "(param i32 i32)",
        callee: &callee,
        lift: r#"(post-return (core func $i "post"))"#,
        caller: "(call $g (i32.const 1024) (i32.const 520)) (call $g (i32.const 2048) (i32.const 520))",
    };
    assert_eq!(pair.numbers(&[0]), Some([1024, 0]));
    // The same of a flat result, which is normalised for the caller alone.
    let callee = format!(
        r#"{BUMP}
        (global $seen (mut i32) (i32.const 0))
        (func (export "g") (param i32) (result i32)
          (if (result i32) (local.get 0) (then (global.get $seen)) (else (i32.const 0x1234))))
        (func (export "post") (param i32)
          (global.set $seen (i32.shr_u (local.get 0) (i32.const 8))))"#
    );
    let pair = Pair {
        ty: r#"(param "at" u32) (result u8)"#,
        core: "(param i32) (result i32)",
        callee: &callee,
        lift: r#"(post-return (core func $i "post"))"#,
        caller: "(i32.store (i32.const 520) (call $g (i32.const 0)))
            (i32.store (i32.const 524) (call $g (i32.const 1)))",
    };
    assert_eq!(pair.numbers(&[0]), Some([0x34, 0x12]));
}

/// A `g` that takes a list and gives a number, and has a post-return.
const LIST_TO_NUMBER: Pair<'static> = Pair {
    ty: r#"(param "x" (list u8)) (result u32)"#,
    core: "(param i32 i32) (result i32)",
    callee: "",
    lift: r#"(post-return (core func $i "post"))"#,
    caller: "",
};

/// The three functions of `$B` for `LIST_TO_NUMBER`, by their bodies; the address that `realloc` gives
/// comes after its own.
fn callee(g: &str, realloc: &str, post: &str) -> String {
    format!(
        r#"(func (export "g") (param i32 i32) (result i32) {g})
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) {realloc} (i32.const {HEAP}))
        (func (export "post") (param i32) {post})"#
    )
}

#[test]
fn realloc_and_post_return_may_not_leave() {
    for (g, realloc, post, run, valid) in [
        ("", "", "", run as Run, true),
        ("(drop (call $out))", "", "", run, true),
        ("", "(drop (call $out))", "", run, false),
        // Here wasmtime 48 does not trap, other than the specification.
        ("", "", "(drop (call $out))", run_fused, false),
    ] {
        let callee = callee(&format!("{g} (i32.add (call $out) (i32.const 10))"), realloc, post);
        let caller = "(i32.store (i32.const 520) (call $g (local.get $p) (local.get $n)))
            (i32.store (i32.const 524) (call $out))";
        let pair = Pair { callee: &callee, caller, ..LIST_TO_NUMBER };
        let calls = if g.is_empty() { 1 } else { 2 };
        assert_eq!(pair.numbers_by(run, &[0]), valid.then_some([10 + calls, 1 + calls]));
    }
}

#[test]
fn exceptions_stay_inside() {
    for (g, realloc, post, valid) in [
        ("", "", "", true),
        ("(throw $e)", "", "", false),
        ("", "(throw $e)", "", false),
        ("", "", "(throw $e)", false),
    ] {
        let callee = format!("(tag $e) {}", callee(&format!("{g} (i32.const 7)"), realloc, post));
        let caller = "(block $caught (try_table (catch_all $caught)
            (i32.store (i32.const 520) (call $g (local.get $p) (local.get $n)))))";
        let pair = Pair { callee: &callee, caller, ..LIST_TO_NUMBER };
        assert_eq!(pair.numbers(&[0]), valid.then_some([7, 0]), "{g} {realloc} {post}");
    }
}
