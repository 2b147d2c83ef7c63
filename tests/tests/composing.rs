//! What composing does to calls, beyond connecting them: a pipe's order, and stubs that trap under
//! their names. Each case as both kinds of output, with all optimisations and with none.

use anyhow::Result;
use meld_fuser::{Composing, Input, Optimizations, Options};
use meld_tests::fused;
use meld_tests::host::Outcome;
use meld_tests::trace::{any_host, guest};
use meld_tests::value::Value;

/// A function by its path, what it is given, and what has to hold of the outcome.
type Call<'a> = (&'a str, Vec<Value>, &'a dyn Fn(Outcome));

fn each(inputs: &[Input], composing: &Composing, calls: &[Call<'_>]) -> Result<()> {
    for output in fused::KINDS {
        for optimizations in [Optimizations::all(), Optimizations::none()] {
            let composing = composing.clone();
            let options = Options { output, optimizations, composing, ..Options::default() };
            let bytes = fused::fuse(inputs, &options)?;
            for (path, args, check) in calls {
                let mut guest = guest(&bytes, output, any_host())?;
                assert!(matches!(guest.instantiate(), Outcome::Returned(_)), "{output:?}");
                check(guest.call(&path.split('#').collect::<Vec<_>>(), args));
            }
        }
    }
    Ok(())
}

/// Exports `h`, which gives what the next one gives to `x * 10 + digit`; the last one gives `x`.
fn link(digit: u32, last: bool) -> Input {
    let (import, next) = match last {
        true => (
            "",
            r#"(core module $next (func (export "h") (param i32) (result i32) (local.get 0)))
            (core instance $next (instantiate $next))"#,
        ),
        false => (
            r#"(import "a:b/h" (instance $next (export "h" (func (param "x" u32) (result u32)))))"#,
            r#"(core func $next (canon lower (func $next "h")))
            (core instance $next (export "h" (func $next)))"#,
        ),
    };
    let text = format!(
        r#"(component {import} {next}
            (core module $m (import "next" "h" (func $next (param i32) (result i32)))
              (func (export "h") (param i32) (result i32)
                (call $next (i32.add (i32.mul (local.get 0) (i32.const 10)) (i32.const {digit})))))
            (core instance $m (instantiate $m (with "next" (instance $next))))
            (func $h (param "x" u32) (result u32) (canon lift (core func $m "h")))
            (instance $h (export "h" (func $h)))
            (export "a:b/h" (instance $h)))"#
    );
    Input::new(format!("link{digit}"), text)
}

#[test]
fn a_pipe_calls_in_the_order_of_the_inputs() -> Result<()> {
    let links = |digits: [u32; 3]| [link(digits[0], false), link(digits[1], false), link(digits[2], true)];
    let in_order = Composing { in_order: true, ..Composing::default() };
    for (digits, wanted) in [([1, 2, 3], 7123), ([2, 1, 3], 7213)] {
        let check = move |outcome| assert_eq!(outcome, Outcome::Returned(Some(Value::U32(wanted))));
        each(&links(digits), &in_order, &[("a:b/h#h", vec![Value::U32(7)], &check)])?;
    }
    // Twice the same is two instances.
    let twice = [link(4, false), link(4, false), link(3, true)];
    let check = |outcome| assert_eq!(outcome, Outcome::Returned(Some(Value::U32(7443))));
    each(&twice, &in_order, &[("a:b/h#h", vec![Value::U32(7)], &check)])
}

/// Calls the host in several ways, each from an export of its own.
const APP: &str = r#"(component
    (import "a:b/c@1.0.0" (instance $c
        (export "r" (type $r (sub resource)))
        (export "[constructor]r" (func (result (own $r))))
        (export "number" (func (param "x" u32) (result u32)))
        (export "text" (func (param "s" string) (result string)))
        (export "many" (func (param "a" (list u8)) (param "b" (tuple u64 u64 u64 u64 u64 u64 u64 u64 u64 u64
            u64 u64 u64 u64 u64 u64 u64)) (result (tuple u8 u8))))))
    (import "plain" (func $plain))
    (alias export $c "r" (type $r))
    (core module $memory
        (memory (export "m") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024)))
    (core instance $memory (instantiate $memory))
    (core func $new (canon lower (func $c "[constructor]r")))
    (core func $drop (canon resource.drop $r))
    (core func $number (canon lower (func $c "number")))
    (core func $text (canon lower (func $c "text") (memory (core memory $memory "m"))
        (realloc (core func $memory "realloc"))))
    (core func $many (canon lower (func $c "many") (memory (core memory $memory "m"))
        (realloc (core func $memory "realloc"))))
    (core func $plain (canon lower (func $plain)))
    (core module $m
        (import "" "new" (func $new (result i32))) (import "" "drop" (func $drop (param i32)))
        (import "" "number" (func $number (param i32) (result i32)))
        (import "" "text" (func $text (param i32 i32 i32))) (import "" "many" (func $many (param i32 i32)))
        (import "" "plain" (func $plain))
        (func (export "none") (result i32) (i32.const 5))
        (func (export "new") (drop (call $new)))
        (func (export "drop") (call $drop (i32.const 1)))
        (func (export "number") (drop (call $number (i32.const 1))))
        (func (export "text") (call $text (i32.const 0) (i32.const 3) (i32.const 512)))
        (func (export "many") (call $many (i32.const 0) (i32.const 512)))
        (func (export "plain") (call $plain)))
    (core instance $m (instantiate $m (with "" (instance
        (export "new" (func $new)) (export "drop" (func $drop)) (export "number" (func $number))
        (export "text" (func $text)) (export "many" (func $many)) (export "plain" (func $plain))))))
    (func (export "none") (result u32) (canon lift (core func $m "none")))
    (func (export "new") (canon lift (core func $m "new")))
    (func (export "drop") (canon lift (core func $m "drop")))
    (func (export "number") (canon lift (core func $m "number")))
    (func (export "text") (canon lift (core func $m "text")))
    (func (export "many") (canon lift (core func $m "many")))
    (func (export "plain") (canon lift (core func $m "plain"))))"#;

#[test]
fn a_call_of_a_stub_traps_under_its_name() -> Result<()> {
    let stub = ["a:b/*", "plain"].map(String::from).to_vec();
    let composing = Composing { stub, ..Composing::default() };
    let traps = |name: &'static str| {
        move |outcome: Outcome| {
            let Outcome::Trapped(reason) = outcome else { panic!("{name}: {outcome:?}") };
            let said = reason.said();
            assert!(said.contains(&format!("stub of {name}")), "{name}: {said}");
        }
    };
    let none = |outcome| assert_eq!(outcome, Outcome::Returned(Some(Value::U32(5))));
    // There is no handle to be dropped.
    let drop = |outcome| assert!(matches!(outcome, Outcome::Trapped(_)), "{outcome:?}");
    let names =
        ["a:b/c@1.0.0#[constructor]r", "a:b/c@1.0.0#number", "a:b/c@1.0.0#text", "a:b/c@1.0.0#many", "plain"];
    let [new, number, text, many, plain] = names.map(traps);
    each(
        &[Input::new("app", APP)],
        &composing,
        &[
            ("none", vec![], &none),
            ("drop", vec![], &drop),
            ("new", vec![], &new),
            ("number", vec![], &number),
            ("text", vec![], &text),
            ("many", vec![], &many),
            ("plain", vec![], &plain),
        ],
    )
}
