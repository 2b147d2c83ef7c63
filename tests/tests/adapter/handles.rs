//! Handles between component instances: `$C` defines a resource, `$B` and `$A` use it, and `$A`
//! follows a script. What handles are called, when the destructor runs and what traps must be the
//! same in the fused component.

use crate::probe::{libc, run};

/// The steps of a script, as numbers in the order of `STEPS`: each takes one argument and gives a
/// number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
enum Step {
    /// `$C` makes a resource with a representation.
    New,
    /// `$C` tells the representation of a lent handle.
    Rep,
    /// `$C` consumes a handle.
    Consume,
    /// "canon resource.drop" in `$A`.
    Drop,
    /// `$B` is lent a handle, asks `$C` for its representation and drops it.
    Lend,
    /// The same, but `$B` does not drop it.
    Forget,
    /// `$B` is lent a handle, and drops it twice.
    DropTwice,
    /// `$B` keeps a handle, and says under which number.
    Keep,
    /// `$B` gives back what it keeps under a number.
    Give,
    /// `$B` is lent two handles in a list: the argument, and the one after it.
    LendTwo,
    /// `$B` is given a list of two, and gives back the first's number.
    KeepTwo,
    /// `$B` gives back a list of two: its number and the one after it.
    GiveTwo,
    /// `$B` is lent a handle twice in one call.
    LendSame,
    /// `$B` is given a handle that it was lent in the same call.
    LendAndKeep,
    /// `$B` is lent a handle, and tries to give it away.
    GiveAwayLent,
    /// `$B` is given an `option`: none for 0.
    KeepOption,
}

use Step::*;

const STEPS: [&str; 16] = [
    "(call $new (local.get $x))",
    "(call $rep (local.get $x))",
    "(call $consume (local.get $x))",
    "(call $drop (local.get $x)) (i32.const 7)",
    "(call $lend (local.get $x) (i32.const 0))",
    "(call $lend (local.get $x) (i32.const 1))",
    "(call $lend (local.get $x) (i32.const 2))",
    "(call $keep (local.get $x))",
    "(call $give (local.get $x))",
    "(i32.store (i32.const 256) (local.get $x))
     (i32.store (i32.const 260) (i32.add (local.get $x) (i32.const 1)))
     (call $lend-all (i32.const 256) (i32.const 2))",
    "(i32.store (i32.const 256) (local.get $x))
     (i32.store (i32.const 260) (i32.add (local.get $x) (i32.const 1)))
     (call $keep-all (i32.const 256) (i32.const 2))",
    "(call $give-two (local.get $x) (i32.const 264))
     (i32.load (i32.load (i32.const 264)))",
    "(call $lend-both (local.get $x) (local.get $x))",
    "(call $lend-and-keep (local.get $x) (local.get $x))",
    "(call $lend (local.get $x) (i32.const 3))",
    "(call $keep-option (i32.ne (local.get $x) (i32.const 0)) (local.get $x))",
];

/// Name, core type and component type of the functions that cross.
const OF_C: [(&str, &str, &str); 3] = [
    ("new", "(param i32) (result i32)", r#"(param "rep" u32) (result (own $r))"#),
    ("rep", "(param i32) (result i32)", r#"(param "r" (borrow $r)) (result u32)"#),
    ("consume", "(param i32) (result i32)", r#"(param "r" (own $r)) (result u32)"#),
];

const OF_B: [(&str, &str, &str); 9] = [
    ("lend", "(param i32 i32) (result i32)", r#"(param "r" (borrow $r)) (param "how" u32) (result u32)"#),
    ("keep", "(param i32) (result i32)", r#"(param "r" (own $r)) (result u32)"#),
    ("give", "(param i32) (result i32)", r#"(param "n" u32) (result (own $r))"#),
    ("lend-all", "(param i32 i32) (result i32)", r#"(param "r" (list (borrow $r))) (result u32)"#),
    ("keep-all", "(param i32 i32) (result i32)", r#"(param "r" (list (own $r))) (result u32)"#),
    ("give-two", "(param i32 i32)", r#"(param "n" u32) (result (list (own $r)))"#),
    (
        "lend-both",
        "(param i32 i32) (result i32)",
        r#"(param "a" (borrow $r)) (param "b" (borrow $r)) (result u32)"#,
    ),
    (
        "lend-and-keep",
        "(param i32 i32) (result i32)",
        r#"(param "a" (borrow $r)) (param "b" (own $r)) (result u32)"#,
    ),
    ("keep-option", "(param i32 i32) (result i32)", r#"(param "r" (option (own $r))) (result u32)"#),
];

fn each(functions: &[(&str, &str, &str)], text: impl Fn(&str, &str, &str) -> String) -> String {
    functions.iter().map(|(name, core, ty)| text(name, core, ty)).collect()
}

fn component() -> String {
    let imports =
        |functions: &[_]| each(functions, |n, _, ty| format!("(import \"{n}\" (func ${n} {ty}))\n"));
    let core_imports = |functions: &[_]| {
        each(functions, |n, core, _| format!("(import \"c\" \"{n}\" (func ${n} {core}))\n"))
    };
    let lowers = |functions: &[_]| {
        each(functions, |n, _, _| {
            format!(
                "(core func ${n}' (canon lower (func ${n}) (memory (core memory $libc \"mem\")) (realloc (core func $libc \"realloc\"))))\n"
            )
        })
    };
    let instance = |functions: &[_]| each(functions, |n, _, _| format!("(export \"{n}\" (func ${n}'))\n"));
    let lifts = |functions: &[_]| {
        each(functions, |n, _, ty| {
            format!(
                "(func (export \"{n}\") {ty} (canon lift (core func $i \"{n}\") (memory (core memory $libc \"mem\")) (realloc (core func $libc \"realloc\"))))\n"
            )
        })
    };
    let with = |functions: &[_], from: &str| {
        each(functions, |n, _, _| format!("(with \"{n}\" (func {from} \"{n}\"))\n"))
    };
    let libc = format!("(core module $libc {}) (core instance $libc (instantiate $libc))", libc("i32", ""));
    let memory = r#"(import "libc" "mem" (memory 0))"#;
    let cases: String = (0..STEPS.len()).map(|_| "(block ").collect();
    let targets: String = (0..STEPS.len()).map(|n| format!("{n} ")).collect();
    let steps: String = STEPS.iter().map(|step| format!(") (br $done {step})\n")).collect();
    format!(
        r#"(component
        (component $C
          (core module $log
            (memory (export "mem") 1)
            (global $at (mut i32) (i32.const 0))
            (func (export "dtor") (param i32)
              (i32.store (global.get $at) (local.get 0))
              (global.set $at (i32.add (global.get $at) (i32.const 4))))
            (func (export "log") (result i32)
              (i32.store (i32.const 1024) (i32.const 0))
              (i32.store (i32.const 1028) (global.get $at))
              (i32.const 1024)))
          (core instance $log (instantiate $log))
          (type $r' (resource (rep i32) (dtor (core func $log "dtor"))))
          (export $r "r" (type $r'))
          (core func $new (canon resource.new $r'))
          (core func $rep (canon resource.rep $r'))
          (core func $drop (canon resource.drop $r'))
          (core module $m
            (import "c" "new" (func $new (param i32) (result i32)))
            (import "c" "rep" (func $rep (param i32) (result i32)))
            (import "c" "drop" (func $drop (param i32)))
            (func (export "new") (param i32) (result i32) (call $new (local.get 0)))
            ;; What is lent to its implementer is the representation.
            (func (export "rep") (param i32) (result i32) (local.get 0))
            (func (export "consume") (param i32) (result i32)
              (call $rep (local.get 0))
              (call $drop (local.get 0))))
          (core instance $i (instantiate $m (with "c" (instance
            (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
          {c_lifts}
          (func (export "log") (result (list u8)) (canon lift (core func $log "log") (memory (core memory $log "mem")))))
        (component $B
          (import "r" (type $r (sub resource)))
          {c_imports}
          {libc}
          {c_lowers}
          (core func $drop (canon resource.drop $r))
          (core module $m
            {memory}
            {c_core}
            (import "c" "drop" (func $drop (param i32)))
            (func $lend (export "lend") (param $r i32) (param $how i32) (result i32)
              (local $rep i32)
              (if (i32.eq (local.get $how) (i32.const 3))
                (then (return (call $consume (local.get $r)))))
              (local.set $rep (i32.add (call $rep (local.get $r)) (i32.mul (local.get $r) (i32.const 1000))))
              (if (i32.ne (local.get $how) (i32.const 1)) (then (call $drop (local.get $r))))
              (if (i32.eq (local.get $how) (i32.const 2)) (then (call $drop (local.get $r))))
              (local.get $rep))
            (func (export "keep") (param i32) (result i32) (local.get 0))
            (func (export "give") (param i32) (result i32) (local.get 0))
            (func (export "lend-all") (param i32 i32) (result i32)
              (i32.add
                (call $lend (i32.load (local.get 0)) (i32.const 0))
                (call $lend (i32.load offset=4 (local.get 0)) (i32.const 0))))
            (func (export "keep-all") (param i32 i32) (result i32) (i32.load (local.get 0)))
            (func (export "give-two") (param i32) (result i32)
              (i32.store (i32.const 256) (i32.const 264))
              (i32.store (i32.const 260) (i32.const 2))
              (i32.store (i32.const 264) (local.get 0))
              (i32.store (i32.const 268) (i32.add (local.get 0) (i32.const 1)))
              (i32.const 256))
            (func (export "lend-both") (param i32 i32) (result i32)
              (i32.add (call $lend (local.get 0) (i32.const 0)) (call $lend (local.get 1) (i32.const 0))))
            (func (export "lend-and-keep") (param i32 i32) (result i32)
              (call $lend (local.get 0) (i32.const 0)))
            (func (export "keep-option") (param i32 i32) (result i32)
              (i32.add (i32.mul (local.get 0) (i32.const 1000)) (local.get 1))))
          (core instance $i (instantiate $m
            (with "libc" (instance $libc))
            (with "c" (instance {c_instance} (export "drop" (func $drop))))))
          {b_lifts})
        (component $A
          (import "r" (type $r (sub resource)))
          {c_imports}
          {b_imports}
          (import "log" (func $log (result (list u8))))
          {libc}
          {c_lowers}
          {b_lowers}
          (core func $log' (canon lower (func $log) (memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))))
          (core func $drop (canon resource.drop $r))
          (core module $m
            {memory}
            {c_core}
            {b_core}
            (import "c" "drop" (func $drop (param i32)))
            (import "c" "log" (func $log (param i32)))
            (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
            (func $step (param $op i32) (param $x i32) (result i32)
              (block $done (result i32)
                {cases}
                (br_table {targets} (local.get $op))
                {steps}
                unreachable))
            ;; Follows the script, writes what each step gives, then what the destructor has seen.
            (func (export "run") (param $p i32) (param $n i32) (result i32)
              (local $out i32) (local $to i32) (local $end i32)
              (local.set $out (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 8192)))
              (local.set $to (local.get $out))
              (local.set $end (i32.add (local.get $p) (local.get $n)))
              (block $ready
                (loop $next
                  (br_if $ready (i32.eq (local.get $p) (local.get $end)))
                  (i32.store (local.get $to) (call $step
                    (i32.load align=1 (local.get $p)) (i32.load offset=4 align=1 (local.get $p))))
                  (local.set $to (i32.add (local.get $to) (i32.const 4)))
                  (local.set $p (i32.add (local.get $p) (i32.const 8)))
                  (br $next)))
              (call $log (i32.const 512))
              (memory.copy (local.get $to) (i32.load (i32.const 512)) (i32.load (i32.const 516)))
              (local.set $to (i32.add (local.get $to) (i32.load (i32.const 516))))
              (i32.store (i32.const 520) (local.get $out))
              (i32.store (i32.const 524) (i32.sub (local.get $to) (local.get $out)))
              (i32.const 520)))
          (core instance $i (instantiate $m
            (with "libc" (instance $libc))
            (with "c" (instance {c_instance} {b_instance}
              (export "drop" (func $drop)) (export "log" (func $log'))))))
          (func (export "run") (param "raw" (list u8)) (result (list u8))
            (canon lift (core func $i "run") (memory (core memory $libc "mem")) (realloc (core func $libc "realloc")))))
        (instance $c (instantiate $C))
        (instance $b (instantiate $B (with "r" (type $c "r")) {with_c}))
        (instance $a (instantiate $A (with "r" (type $c "r")) {with_c} {with_b} (with "log" (func $c "log"))))
        (export "run" (func $a "run")))"#,
        c_lifts = each(&OF_C, |n, _, ty| {
            format!("(func (export \"{n}\") {ty} (canon lift (core func $i \"{n}\")))\n")
        }),
        c_imports = imports(&OF_C),
        b_imports = imports(&OF_B),
        c_lowers = lowers(&OF_C),
        b_lowers = lowers(&OF_B),
        c_core = core_imports(&OF_C),
        b_core = core_imports(&OF_B),
        c_instance = instance(&OF_C),
        b_instance = instance(&OF_B),
        b_lifts = lifts(&OF_B),
        with_c = with(&OF_C, "$c"),
        with_b = with(&OF_B, "$b"),
    )
}

/// Follows a script: what its steps give and then the representations that the destructor has
/// seen, or none for a trap.
fn script(steps: &[(Step, u32)]) -> Option<Vec<u32>> {
    let raw: Vec<u8> =
        steps.iter().flat_map(|(step, x)| [*step as u32, *x]).flat_map(u32::to_le_bytes).collect();
    let out = run(&component(), &raw)?;
    Some(out.chunks_exact(4).map(|n| u32::from_le_bytes(n.try_into().unwrap())).collect())
}

#[test]
fn owners_are_numbered_from_one_and_reused() {
    let steps =
        [(New, 100), (New, 101), (New, 102), (Drop, 1), (Drop, 2), (New, 103), (New, 104), (New, 105)];
    assert_eq!(script(&steps), Some(vec![1, 2, 3, 7, 7, 2, 1, 4, 100, 101]));
}

#[test]
fn representations_are_opaque() {
    for rep in [0, 1, u32::MAX] {
        assert_eq!(script(&[(New, rep), (Rep, 1), (Consume, 1)]), Some(vec![1, rep, rep, rep]));
    }
}

#[test]
fn handles_that_are_not_there() {
    assert_eq!(script(&[(Rep, 0)]), None);
    assert_eq!(script(&[(Rep, 1)]), None);
    assert_eq!(script(&[(New, 5), (Drop, 1), (Drop, 1)]), None);
    assert_eq!(script(&[(New, 5), (Consume, 1), (Rep, 1)]), None);
    assert_eq!(script(&[(New, 5), (Keep, 1), (Drop, 1)]), None);
    assert_eq!(script(&[(Drop, u32::MAX)]), None);
    assert_eq!(script(&[(New, 5), (Give, 1)]), None);
}

#[test]
fn owners_move() {
    let steps =
        [(New, 5), (New, 6), (Keep, 2), (Give, 1), (Rep, 2), (Keep, 1), (Keep, 2), (Give, 2), (Give, 1)];
    assert_eq!(script(&steps), Some(vec![1, 2, 1, 2, 6, 1, 2, 2, 1]));
}

#[test]
fn borrows_end_with_the_call() {
    assert_eq!(script(&[(New, 5), (Lend, 1), (Lend, 1), (Drop, 1)]), Some(vec![1, 1005, 1005, 7, 5]));
    assert_eq!(script(&[(New, 5), (Forget, 1)]), None);
    assert_eq!(script(&[(New, 5), (DropTwice, 1)]), None);
    assert_eq!(script(&[(New, 5), (GiveAwayLent, 1)]), None);
    assert_eq!(script(&[(New, 5), (LendSame, 1), (Drop, 1)]), Some(vec![1, 3010, 7, 5]));
    assert_eq!(script(&[(New, 5), (LendAndKeep, 1)]), None);
}

#[test]
fn handles_in_lists_and_options() {
    let steps =
        [(New, 5), (New, 6), (LendTwo, 1), (KeepTwo, 1), (Give, 2), (Give, 1), (KeepTwo, 1), (GiveTwo, 1)];
    assert_eq!(script(&steps), Some(vec![1, 2, 3011, 2, 2, 1, 1, 2]));
    assert_eq!(script(&[(KeepOption, 0), (New, 9), (KeepOption, 1), (Give, 1)]), Some(vec![0, 1, 1001, 1]));
    assert_eq!(script(&[(New, 5), (LendTwo, 1)]), None);
    assert_eq!(script(&[(New, 5), (KeepTwo, 1)]), None);
}

/// Scripts that are made up: the fused component does what the original does.
#[test]
fn random_scripts() {
    let component = component();
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    for _ in 0..60 {
        let length = 4 + next(30);
        let mut raw = Vec::new();
        for i in 0..length {
            // Few that trap at once.
            let step = match next(20) {
                0..=5 => New as u64,
                6 if i > 12 => next(16),
                n => [
                    Rep, Consume, Drop, Lend, Keep, Give, LendTwo, LendSame, KeepOption, Keep, Give, Rep,
                    Rep, Lend,
                ][(n - 6) as usize] as u64,
            };
            let x = 1 + next(1 + i / 3);
            raw.extend((step as u32).to_le_bytes());
            raw.extend((x as u32).to_le_bytes());
        }
        run(&component, &raw);
    }
}
