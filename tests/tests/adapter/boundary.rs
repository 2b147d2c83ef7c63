//! Handles across the outer boundary: flat, in lists, in results through memory; of resources that
//! the component defines and of those that the host defines, where two instances have handles.

use crate::probe::{fused, libc};
use meld_tests::boundary_host::BoundaryHost;
use meld_tests::component_host::ComponentHost;
use meld_tests::host::{Guest, Outcome, Serve};
use meld_tests::reason::Reason;
use meld_tests::value::{Resource, Value};

const IMPORTS: [(&str, &str, &str); 4] = [
    ("make", "(param i32 i32)", r#"(param "n" u32) (result (list (own $s)))"#),
    ("sum", "(param i32 i32) (result i32)", r#"(param "all" (list (borrow $s))) (result u32)"#),
    ("eat", "(param i32 i32 i32)", r#"(param "all" (list (own $s))) (result (option (own $s)))"#),
    ("one", "(param i32) (result i32)", r#"(param "it" (borrow $s)) (result (own $s))"#),
];

const EXPORTS: [(&str, &str); 7] = [
    ("make-all", r#"(param "n" u32) (result (list (own $r)))"#),
    ("sum-all", r#"(param "all" (list (borrow $r))) (result u32)"#),
    ("forget", r#"(param "it" (borrow $r)) (result u32)"#),
    ("eat-all", r#"(param "all" (list (own $r))) (result u32)"#),
    ("echo", r#"(param "all" (list (own $r))) (result (list (own $r)))"#),
    ("trip", r#"(param "n" u32) (result u32)"#),
    ("lend-on", r#"(param "all" (list (borrow $s))) (result u32)"#),
];

/// `$C` implements `r`; `$A` uses it, and the host's `s`.
fn component() -> String {
    let each = |text: &dyn Fn(&str, &str, &str) -> String| -> String {
        IMPORTS.iter().map(|(name, core, ty)| text(name, core, ty)).collect()
    };
    let options = r#"(memory (core memory $libc "mem")) (realloc (core func $libc "realloc"))"#;
    let lift = |name: &str, ty: &str| {
        format!("(func (export \"{name}\") {ty} (canon lift (core func $i \"{name}\") {options}))\n")
    };
    let mut api = [("log", "(result u32)"); 8];
    api[1..].copy_from_slice(&EXPORTS);
    let host = each(&|n, _, ty| format!("(export \"{n}\" (func {ty}))\n"));
    let host = host.replace("$s", "$s'");
    format!(
        r#"(component
        (import "host" (instance $host
          (export "s" (type $s' (sub resource)))
          {host}))
        (alias export $host "s" (type $s))
        (component $C
          (core module $log
            (global $sum (mut i32) (i32.const 0))
            (func (export "dtor") (param i32)
              (global.set $sum (i32.add (i32.mul (global.get $sum) (i32.const 10)) (local.get 0))))
            (func (export "log") (result i32) (global.get $sum)))
          (core instance $log (instantiate $log))
          (type $r' (resource (rep i32) (dtor (core func $log "dtor"))))
          (export $r "r" (type $r'))
          (core func $new (canon resource.new $r'))
          (core module $m
            (import "c" "new" (func $new (param i32) (result i32)))
            (func (export "new") (param i32) (result i32) (call $new (local.get 0)))
            (func (export "rep") (param i32) (result i32) (local.get 0)))
          (core instance $i (instantiate $m (with "c" (instance (export "new" (func $new))))))
          (func (export "new") (param "rep" u32) (result (own $r)) (canon lift (core func $i "new")))
          (func (export "rep") (param "r" (borrow $r)) (result u32) (canon lift (core func $i "rep")))
          (func (export "log") (result u32) (canon lift (core func $log "log"))))
        (component $A
          (import "r" (type $r (sub resource)))
          (import "s" (type $s (sub resource)))
          (import "new" (func $new (param "rep" u32) (result (own $r))))
          (import "rep" (func $rep (param "r" (borrow $r)) (result u32)))
          {imports}
          (core module $libc {libc}) (core instance $libc (instantiate $libc))
          (core func $new' (canon lower (func $new)))
          (core func $rep' (canon lower (func $rep)))
          (core func $drop-r (canon resource.drop $r))
          (core func $drop-s (canon resource.drop $s))
          {lowers}
          (core module $m
            (import "libc" "mem" (memory 0))
            (import "libc" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
            (import "c" "new" (func $new (param i32) (result i32)))
            (import "c" "rep" (func $rep (param i32) (result i32)))
            (import "c" "drop-r" (func $drop-r (param i32)))
            (import "c" "drop-s" (func $drop-s (param i32)))
            {core}
            ;; Handles of `r` with the representations 1 to n.
            (func (export "make-all") (param $n i32) (result i32)
              (local $list i32) (local $i i32)
              (local.set $list (call $realloc (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 64)))
              (loop $next
                (i32.store
                  (i32.add (local.get $list) (i32.shl (local.get $i) (i32.const 2)))
                  (call $new (i32.add (local.get $i) (i32.const 1))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
              (i32.store (i32.const 512) (local.get $list))
              (i32.store (i32.const 516) (local.get $n))
              (i32.const 512))
            ;; Representations and handles of what is lent.
            (func (export "sum-all") (param $list i32) (param $n i32) (result i32)
              (local $sum i32) (local $handle i32)
              (loop $next
                (local.set $handle (i32.load (local.get $list)))
                (local.set $sum (i32.add
                  (i32.mul (local.get $sum) (i32.const 10))
                  (i32.add (call $rep (local.get $handle)) (i32.mul (local.get $handle) (i32.const 1000)))))
                (call $drop-r (local.get $handle))
                (local.set $list (i32.add (local.get $list) (i32.const 4)))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $next (local.get $n)))
              (local.get $sum))
            (func (export "forget") (param i32) (result i32) (i32.const 1))
            (func (export "eat-all") (param $list i32) (param $n i32) (result i32)
              (loop $next
                (call $drop-r (i32.load (local.get $list)))
                (local.set $list (i32.add (local.get $list) (i32.const 4)))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $next (local.get $n)))
              (i32.load (local.get $list)))
            (func (export "echo") (param i32 i32) (result i32)
              (i32.store (i32.const 512) (local.get 0))
              (i32.store (i32.const 516) (local.get 1))
              (i32.const 512))
            ;; From the host, lent to it, given back to it.
            (func (export "trip") (param $n i32) (result i32)
              (local $sum i32)
              (call $make (local.get $n) (i32.const 512))
              (local.set $sum (call $sum (i32.load (i32.const 512)) (i32.load (i32.const 516))))
              (call $eat (i32.load (i32.const 512)) (i32.load (i32.const 516)) (i32.const 520))
              (if (i32.load (i32.const 520))
                (then
                  (local.set $sum (i32.add
                    (i32.mul (local.get $sum) (i32.const 100))
                    (call $one (i32.load (i32.const 524)))))
                  (call $drop-s (i32.load (i32.const 524)))))
              (local.get $sum))
            ;; The host's, lent by it and lent on.
            (func (export "lend-on") (param $list i32) (param $n i32) (result i32)
              (local $sum i32)
              (local.set $sum (call $sum (local.get $list) (local.get $n)))
              (loop $next
                (call $drop-s (i32.load (local.get $list)))
                (local.set $list (i32.add (local.get $list) (i32.const 4)))
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (br_if $next (local.get $n)))
              (local.get $sum)))
          (core instance $i (instantiate $m
            (with "libc" (instance $libc))
            (with "c" (instance (export "new" (func $new')) (export "rep" (func $rep'))
              (export "drop-r" (func $drop-r)) (export "drop-s" (func $drop-s))))
            (with "host" (instance {instance}))))
          {lifts})
        (instance $c (instantiate $C))
        (instance $a (instantiate $A (with "r" (type $c "r")) (with "s" (type $s))
          (with "new" (func $c "new")) (with "rep" (func $c "rep")) {with}))
        ;; An interface has its own name for the resource.
        (component $Api
          (import "r" (type $r' (sub resource)))
          (import "s" (type $s (sub resource)))
          {api_imports}
          (export $r "r" (type $r'))
          {api_exports})
        (instance $api (instantiate $Api (with "r" (type $c "r")) (with "s" (type $s))
          (with "log" (func $c "log")) {api_with}))
        (export "api" (instance $api)))"#,
        imports = each(&|n, _, ty| format!("(import \"{n}\" (func ${n} {ty}))\n")),
        libc = libc("i32", ""),
        lowers = each(&|n, _, _| format!("(core func ${n}' (canon lower (func ${n}) {options}))\n")),
        core = each(&|n, core, _| format!("(import \"host\" \"{n}\" (func ${n} {core}))\n")),
        instance = each(&|n, _, _| format!("(export \"{n}\" (func ${n}'))\n")),
        lifts = EXPORTS.map(|(n, ty)| lift(n, ty)).concat(),
        with = each(&|n, _, _| format!("(with \"{n}\" (func $host \"{n}\"))\n")),
        api_imports =
            api.map(|(n, ty)| format!("(import \"{n}\" (func ${n} {}))\n", ty.replace("$r", "$r'"))).concat(),
        api_exports = api.map(|(n, ty)| format!("(export \"{n}\" (func ${n}) (func {ty}))\n")).concat(),
        api_with = EXPORTS.map(|(n, _)| format!("(with \"{n}\" (func $a \"{n}\"))\n")).concat(),
    )
}

fn host(rep: u32) -> Value {
    Value::Own(Resource::Host(rep))
}

fn rep(value: &Value) -> u32 {
    match value {
        Value::Own(Resource::Host(rep)) | Value::Borrow(Resource::Host(rep)) => *rep,
        other => panic!("{other}"),
    }
}

fn serve() -> Serve {
    let all = |value: &Value| match value {
        Value::List(all) => all.iter().map(rep).collect::<Vec<u32>>(),
        other => panic!("{other}"),
    };
    Box::new(move |path, _, args| {
        Ok(Some(match (path[1].as_str(), &args[0]) {
            ("[drop]s", _) => return Ok(None),
            ("make", Value::U32(n)) => Value::List((0..*n).map(|i| host(50 + i)).collect()),
            ("sum", list) => Value::U32(all(list).into_iter().sum()),
            ("eat", list) => Value::Option(all(list).into_iter().nth(1).map(|rep| Box::new(host(rep)))),
            ("one", it) => host(rep(it) + 1),
            other => panic!("{other:?}"),
        }))
    })
}

/// Makes the calls on both guests: the outcomes of the last one, which are the same.
fn compare(calls: &[(&str, Vec<Value>)]) -> Outcome {
    let text = component();
    let mut original = ComponentHost::new(text.as_bytes(), serve()).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let mut fused = BoundaryHost::new(&fused(&text), serve()).unwrap();
    assert_eq!(original.instantiate(), fused.instantiate());
    let mut last = Outcome::Returned(None);
    for (name, args) in calls {
        last = original.call(&["api", name], args);
        assert_eq!(last, fused.call(&["api", name], args), "{name}");
        assert_eq!(original.take_events(), fused.take_events(), "{name}");
        let owned = |guest: &dyn Guest| guest.owned().into_iter().map(|(n, _)| n).collect::<Vec<_>>();
        assert_eq!(owned(&original), owned(&fused));
        if let Outcome::Trapped(_) = last {
            return last;
        }
    }
    for (number, _) in original.owned() {
        assert_eq!(original.drop_resource(number), fused.drop_resource(number));
    }
    assert_eq!(original.call(&["api", "log"], &[]), fused.call(&["api", "log"], &[]));
    last
}

fn owns(numbers: &[u32]) -> Value {
    Value::List(numbers.iter().map(|n| Value::Own(Resource::Guest(*n))).collect())
}

fn borrows(numbers: &[u32]) -> Value {
    Value::List(numbers.iter().map(|n| Value::Borrow(Resource::Guest(*n))).collect())
}

fn number(n: u32) -> Outcome {
    Outcome::Returned(Some(Value::U32(n)))
}

#[test]
fn owners_go_out_and_come_back() {
    let make = ("make-all", vec![Value::U32(3)]);
    assert_eq!(compare(std::slice::from_ref(&make)), Outcome::Returned(Some(owns(&[0, 1, 2]))));
    assert_eq!(compare(&[make.clone(), ("eat-all", vec![owns(&[2, 0])]), ("log", vec![])]), number(31));
    let calls =
        [make.clone(), ("echo", vec![owns(&[1, 2])]), ("eat-all", vec![owns(&[0, 4])]), ("log", vec![])];
    assert_eq!(compare(&calls), number(13));
}

#[test]
fn what_the_host_lends() {
    let make = ("make-all", vec![Value::U32(3)]);
    let sum = ("sum-all", vec![borrows(&[1, 0])]);
    // `$A` has given its handles 1 to 3 away. What is lent to it gets 3 and 2, then, since the last
    // that was dropped comes first, 2 and 3.
    assert_eq!(compare(&[make.clone(), sum.clone(), sum]), number(23021));
    let forget = ("forget", vec![Value::Borrow(Resource::Guest(0))]);
    assert_eq!(compare(&[make, forget]), Outcome::Trapped(Reason::told("borrow handles still remain")));
}

#[test]
fn the_hosts_own() {
    // 50 + 51 + 52, and the handle that replaces the last one but one.
    assert_eq!(compare(&[("trip", vec![Value::U32(3)])]), number(15302));
    let lent = Value::List(vec![Value::Borrow(Resource::Host(7)), Value::Borrow(Resource::Host(8))]);
    assert_eq!(compare(&[("lend-on", vec![lent.clone()]), ("lend-on", vec![lent])]), number(15));
}
