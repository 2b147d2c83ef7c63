//! A program as a component. In: the program. Out: text, whose import `log` is told what every built-in gives, and whose
//! export `run` is the first function. Not its job: what a program does (`tests/spec/tasks.py` says it once more).
//!
//! A task has a record of 256 bytes in its instance's memory, whose address is in slot 0 of its context.

use super::{Function, GATES, Kind, Operation, Program, SLOTS};
use std::fmt::Write;

/// The component.
pub fn component(program: &Program) -> String {
    let mut text = String::from("(component\n");
    line(
        &mut text,
        "  (import \"log\" (func $log (param \"who\" u32) (param \"tag\" u32) (param \"value\" u32)))",
    );
    for (n, functions) in program.instances.iter().enumerate() {
        instance(&mut text, n, functions, &program.instances);
    }
    for n in (0..program.instances.len()).rev() {
        let _ = write!(text, "  (instance $i{n} (instantiate $C{n} (with \"log\" (func $log))");
        for (other, function) in callees(&program.instances[n]) {
            let _ = write!(text, " (with \"i{other}f{function}\" (func $i{other} \"f{function}\"))");
        }
        text.push_str("))\n");
    }
    line(&mut text, "  (export \"run\" (func $i0 \"f0\")))");
    text
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// The functions that these call, each once.
fn callees(functions: &[Function]) -> Vec<(usize, usize)> {
    let operations = functions.iter().flat_map(|function| &function.operations);
    let mut callees: Vec<(usize, usize)> = operations
        .filter_map(|operation| match operation {
            Operation::Call { instance, function, .. }
            | Operation::CallSync { instance, function }
            | Operation::CallPlain { instance, function } => Some((*instance, *function)),
            _ => None,
        })
        .collect();
    callees.sort_unstable();
    callees.dedup();
    callees
}

fn component_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Plain => "(param \"n\" u32)",
        _ => "async (param \"p\" (tuple u32 u32 u32 u32 u32)) (result u32)",
    }
}

/// Built-ins: their name, their canonical definition, their core type.
const BUILTINS: [(&str, &str, &str); 22] = [
    ("set-new", "waitable-set.new", "(result i32)"),
    ("set-wait", "waitable-set.wait (memory $memory)", "(param i32 i32) (result i32)"),
    ("set-poll", "waitable-set.poll (memory $memory)", "(param i32 i32) (result i32)"),
    ("set-drop", "waitable-set.drop", "(param i32)"),
    ("join", "waitable.join", "(param i32 i32)"),
    ("cancel", "subtask.cancel", "(param i32) (result i32)"),
    ("cancel-async", "subtask.cancel async", "(param i32) (result i32)"),
    ("drop", "subtask.drop", "(param i32)"),
    ("return", "task.return (result u32) (memory $memory)", "(param i32)"),
    ("cancelled", "task.cancel", ""),
    ("inc", "backpressure.inc", ""),
    ("dec", "backpressure.dec", ""),
    ("get-0", "context.get i32 0", "(result i32)"),
    ("set-0", "context.set i32 0", "(param i32)"),
    ("get-1", "context.get i32 1", "(result i32)"),
    ("set-1", "context.set i32 1", "(param i32)"),
    ("yield", "thread.yield", "(result i32)"),
    ("yield-cancellable", "thread.yield cancellable", "(result i32)"),
    ("future-new", "future.new $gate", "(result i64)"),
    ("future-read", "future.read $gate async", "(param i32 i32) (result i32)"),
    ("future-write", "future.write $gate async", "(param i32 i32) (result i32)"),
    ("future-drop", "future.drop-readable $gate", "(param i32)"),
];

fn instance(text: &mut String, n: usize, functions: &[Function], all: &[Vec<Function>]) {
    let callees = callees(functions);
    let _ = writeln!(text, "  (component $C{n}");
    line(
        text,
        "    (import \"log\" (func $log (param \"who\" u32) (param \"tag\" u32) (param \"value\" u32)))",
    );
    line(text, "    (type $gate (future))");
    for (other, function) in &callees {
        let ty = component_type(all[*other][*function].kind);
        let _ = writeln!(text, "    (import \"i{other}f{function}\" (func $i{other}f{function} {ty}))");
    }
    line(text, "    (core module $Memory (memory (export \"memory\") 4))");
    line(text, "    (core instance $m (instantiate $Memory))");
    line(text, "    (alias core export $m \"memory\" (core memory $memory))");
    line(text, "    (core func $log' (canon lower (func $log)))");
    for (name, definition, _) in BUILTINS {
        let _ = writeln!(text, "    (core func ${name} (canon {definition}))");
    }
    for (other, function) in &callees {
        let name = format!("i{other}f{function}");
        let _ = writeln!(text, "    (core func $s-{name} (canon lower (func ${name})))");
        if all[*other][*function].kind != Kind::Plain {
            let _ = writeln!(
                text,
                "    (core func $a-{name} (canon lower (func ${name}) async (memory $memory)))"
            );
        }
    }
    line(text, "    (core module $Code");
    line(text, "      (import \"m\" \"memory\" (memory 4))");
    line(text, "      (import \"\" \"log\" (func $log (param i32 i32 i32)))");
    for (name, _, ty) in BUILTINS {
        let _ = writeln!(text, "      (import \"\" \"{name}\" (func ${name} {ty}))");
    }
    for (other, function) in &callees {
        let name = format!("i{other}f{function}");
        if all[*other][*function].kind == Kind::Plain {
            let _ = writeln!(text, "      (import \"\" \"s-{name}\" (func $s-{name} (param i32)))");
            continue;
        }
        let flat = "(param i32 i32 i32 i32 i32) (result i32)";
        let _ = writeln!(text, "      (import \"\" \"s-{name}\" (func $s-{name} {flat}))");
        let _ =
            writeln!(text, "      (import \"\" \"a-{name}\" (func $a-{name} (param i32 i32) (result i32)))");
    }
    line(text, &CODE.replace("INSTANCE", &format!("{}", n * 1000)));
    gates(text);
    for (m, function) in functions.iter().enumerate() {
        match function.kind {
            Kind::Plain => plain(text, m, function),
            kind => task(text, m, kind, function),
        }
    }
    line(text, "    )");
    line(text, "    (core instance $code (instantiate $Code (with \"m\" (instance $m)) (with \"\" (instance");
    line(text, "      (export \"log\" (func $log'))");
    for (name, ..) in BUILTINS {
        let _ = writeln!(text, "      (export \"{name}\" (func ${name}))");
    }
    for (other, function) in &callees {
        let name = format!("i{other}f{function}");
        let _ = writeln!(text, "      (export \"s-{name}\" (func $s-{name}))");
        if all[*other][*function].kind != Kind::Plain {
            let _ = writeln!(text, "      (export \"a-{name}\" (func $a-{name}))");
        }
    }
    line(text, "    ))))");
    for (m, function) in functions.iter().enumerate() {
        let ty = component_type(function.kind);
        let options = match function.kind {
            Kind::Callback => format!("async (callback (core func $code \"b{m}\")) (memory $memory)"),
            Kind::Sync => "(memory $memory)".to_string(),
            Kind::Plain => String::new(),
        };
        let _ = writeln!(
            text,
            "    (func (export \"f{m}\") {ty} (canon lift (core func $code \"f{m}\") {options}))"
        );
    }
    line(text, "  )");
}

/// Futures, each made when it is first asked for.
fn gates(text: &mut String) {
    for gate in 0..GATES {
        let _ = writeln!(
            text,
            "      (global $r{gate} (mut i32) (i32.const 0))
      (global $w{gate} (mut i32) (i32.const 0))
      (global $watched{gate} (mut i32) (i32.const 0))
      (global $opened{gate} (mut i32) (i32.const 0))
      (func $make{gate} (local $ends i64)
        (if (global.get $w{gate}) (then (return)))
        (local.set $ends (call $future-new))
        (global.set $r{gate} (i32.wrap_i64 (local.get $ends)))
        (global.set $w{gate} (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32)))))
      (func $watch{gate} (param $t i32) (local $given i32)
        (if (i32.or (global.get $watched{gate}) (i32.load offset=44 (local.get $t)))
          (then (call $tell (local.get $t) (i32.const 93) (i32.const {gate})) (return)))
        (global.set $watched{gate} (i32.const 1))
        (call $make{gate})
        (local.set $given (call $future-read (global.get $r{gate}) (i32.const 0)))
        (call $tell (local.get $t) (i32.const 9) (local.get $given))
        (if (i32.ne (local.get $given) (i32.const -1))
          (then (call $future-drop (global.get $r{gate})) (return)))
        (i32.store offset=44 (local.get $t) (global.get $r{gate}))
        (call $join (global.get $r{gate}) (i32.load offset=4 (local.get $t))))
      (func $open{gate} (param $t i32)
        (if (global.get $opened{gate})
          (then (call $tell (local.get $t) (i32.const 94) (i32.const {gate})) (return)))
        (global.set $opened{gate} (i32.const 1))
        (call $make{gate})
        (call $tell (local.get $t) (i32.const 40) (call $future-write (global.get $w{gate}) (i32.const 0))))"
        );
    }
}

fn plain(text: &mut String, m: usize, function: &Function) {
    let _ = writeln!(text, "      (func (export \"f{m}\") (param $n i32) (local $t i32)");
    line(text, "        (call $tell (i32.const 0) (i32.const 30) (local.get $n))");
    for operation in &function.operations {
        line(text, &at_once(operation));
    }
    line(text, "        (call $tell (i32.const 0) (i32.const 31) (local.get $n)))");
}

/// An operation that gives back no stack. The task is `$t`.
fn at_once(operation: &Operation) -> String {
    match operation {
        Operation::Call { slot, instance, function } => format!(
            "        (if (i32.load offset={} (local.get $t))
          (then (call $tell (local.get $t) (i32.const 90) (i32.const {slot})))
          (else
            (call $params (local.get $t) (i32.const {slot}))
            (call $called (local.get $t) (i32.const {slot}) (call $a-i{instance}f{function}
              (i32.add (local.get $t) (i32.const {})) (i32.add (local.get $t) (i32.const {}))))))",
            32 + 4 * slot,
            96 + 32 * slot,
            80 + 4 * slot
        ),
        Operation::CallSync { instance, function } => {
            let params: String = (0..5)
                .map(|n| format!(" (i32.add (i32.load offset=20 (local.get $t)) (i32.const {}))", n * 3))
                .collect();
            format!(
                "        (call $tell (local.get $t) (i32.const 3) (call $s-i{instance}f{function}{params}))"
            )
        }
        Operation::CallPlain { instance, function } => format!(
            "        (call $s-i{instance}f{function} (i32.load offset=20 (local.get $t)))
        (call $tell (local.get $t) (i32.const 4) (i32.const 0))"
        ),
        Operation::Scribble { slot } => {
            format!("        (call $scribble (i32.add (local.get $t) (i32.const {})))", 96 + 32 * slot)
        }
        Operation::Cancel { slot, async_ } => format!(
            "        (call $cancel-slot (local.get $t) (i32.const {slot}) (i32.const {}))",
            u32::from(*async_)
        ),
        Operation::WildCancel { slot } => format!(
            "        (call $is-cancelled (local.get $t) (i32.const {slot})
          (call $cancel-async (i32.load offset={} (local.get $t))))",
            32 + 4 * slot
        ),
        Operation::WildDrop { slot } => format!(
            "        (call $drop (i32.load offset={0} (local.get $t)))
        (i32.store offset={0} (local.get $t) (i32.const 0))",
            32 + 4 * slot
        ),
        Operation::Poll => "        (call $polled (local.get $t))".to_string(),
        Operation::YieldOnTheStack { cancellable } => format!(
            "        (call $yielded (local.get $t) (call $yield{}))",
            if *cancellable { "-cancellable" } else { "" }
        ),
        Operation::BackpressureInc => {
            "        (call $inc) (call $tell (local.get $t) (i32.const 7) (i32.const 1))".to_string()
        }
        Operation::BackpressureDec => {
            "        (call $dec) (call $tell (local.get $t) (i32.const 7) (i32.const 0))".to_string()
        }
        Operation::Context { value } => format!(
            "        (call $tell (local.get $t) (i32.const 8) (call $get-1)) (call $set-1 (i32.const {value}))"
        ),
        Operation::Watch { gate } => format!("        (call $watch{gate} (local.get $t))"),
        Operation::Open { gate } => format!("        (call $open{gate} (local.get $t))"),
        Operation::WildReturn => "        (i32.store offset=12 (local.get $t) (i32.const 1))
        (call $return (i32.load offset=20 (local.get $t)))"
            .to_string(),
        Operation::WildCancelled => "        (i32.store offset=12 (local.get $t) (i32.const 1))
        (call $cancelled)"
            .to_string(),
        Operation::WaitOnTheStack => "        (if (call $busy (local.get $t))
          (then (call $waited (local.get $t)))
          (else (call $tell (local.get $t) (i32.const 92) (i32.const 0))))"
            .to_string(),
        Operation::Return { gives_in } => {
            format!("        (call $returned (local.get $t) (i32.const {}))", u32::from(*gives_in))
        }
        Operation::Wait | Operation::Yield | Operation::Finish => unreachable!("these give back the stack"),
    }
}

/// An async function: `$run` does from the operation at which the task is, to where it gives back the stack.
fn task(text: &mut String, m: usize, kind: Kind, function: &Function) {
    let params: String = (0..5).map(|n| format!(" (local.get {n})")).collect();
    let _ = writeln!(
        text,
        "      (func (export \"f{m}\") (param i32 i32 i32 i32 i32) (result i32)
        (call $run{m} (call $begin{params})))
      (func (export \"b{m}\") (param i32 i32 i32) (result i32) (local $t i32)
        (local.set $t (call $get-0))
        (call $event (local.get $t) (local.get 0) (local.get 1) (local.get 2))
        (call $run{m} (local.get $t)))
      (func $run{m} (param $t i32) (result i32)
        (loop $next"
    );
    let count = function.operations.len();
    for n in (0..count).rev() {
        let _ = writeln!(text, "        (block $o{n}");
    }
    let targets: String = (0..count).map(|n| format!(" $o{n}")).collect();
    // Behind the last operation, the outermost block's label is never taken: the end is inside the loop.
    let _ = writeln!(text, "        (block $end (br_table{targets} $end (i32.load (local.get $t))))");
    line(text, "        (call $set-drop (i32.load offset=4 (local.get $t)))");
    line(text, "        (call $tell (local.get $t) (i32.const 50) (i32.const 0))");
    let value = "(i32.load offset=20 (local.get $t))";
    let _ = writeln!(text, "        (return {})", if kind == Kind::Sync { value } else { "(i32.const 0)" });
    for (n, operation) in function.operations.iter().enumerate() {
        line(text, "        )");
        let then = format!("(i32.store (local.get $t) (i32.const {})) (br $next)", n + 1);
        let wait = "(i32.or (i32.shl (i32.load offset=4 (local.get $t)) (i32.const 4)) (i32.const 2))";
        match (operation, kind) {
            (Operation::Wait, Kind::Callback) => {
                let _ = writeln!(
                    text,
                    "        (i32.store (local.get $t) (i32.const {}))
        (if (call $busy (local.get $t)) (then (return {wait})))
        (call $tell (local.get $t) (i32.const 92) (i32.const 0)) (br $next)",
                    n + 1
                );
            }
            (Operation::Finish, Kind::Callback) => {
                let _ = writeln!(
                    text,
                    "        (if (call $busy (local.get $t)) (then (return {wait})))\n        {then}"
                );
            }
            (Operation::Finish, _) => {
                let _ = writeln!(
                    text,
                    "        (if (call $busy (local.get $t)) (then (call $waited (local.get $t)) (br $next)))\n        {then}"
                );
            }
            (Operation::Yield, Kind::Callback) => {
                let _ = writeln!(
                    text,
                    "        (i32.store (local.get $t) (i32.const {})) (return (i32.const 1))",
                    n + 1
                );
            }
            (Operation::Yield, _) => {
                let _ =
                    writeln!(text, "        (call $yielded (local.get $t) (call $yield))\n        {then}");
            }
            (Operation::Wait, _) => {
                let _ = writeln!(text, "{}\n        {then}", at_once(&Operation::WaitOnTheStack));
            }
            // What is returned without `async` is the result of the core function.
            (Operation::Return { .. }, Kind::Sync) => {
                let _ = writeln!(text, "        {then}");
            }
            (operation, _) => {
                let _ = writeln!(text, "{}\n        {then}", at_once(operation));
            }
        }
    }
    line(text, "        ) unreachable)");
}

const _: () = assert!(SLOTS == 3 && GATES == 2, "the record has places for these");

/// What all instances have. A record: 0 the operation, 4 the set, 8 whether it has been told that it is cancelled, 12
/// whether it has returned, 16 its number, 20 its value, 32 the subtasks in its slots, 44 the future that it reads, 48
/// whether a slot has been cancelled, 64 an event, 80 results, 96 parameters. That at 0 is of functions that are not async.
const CODE: &str = r#"
      (data (i32.const 16) "\e7\03\00\00")
      (global $last (mut i32) (i32.const 0))
      (func $tell (param $t i32) (param $tag i32) (param $value i32)
        (call $log (i32.add (i32.const INSTANCE) (i32.load offset=16 (local.get $t))) (local.get $tag) (local.get $value)))
      (func $begin (param $a i32) (param $b i32) (param $c i32) (param $d i32) (param $e i32) (result i32) (local $t i32)
        (global.set $last (i32.add (global.get $last) (i32.const 1)))
        (if (i32.gt_u (global.get $last) (i32.const 900)) (then (unreachable)))
        (local.set $t (i32.mul (global.get $last) (i32.const 256)))
        (call $set-0 (local.get $t))
        (i32.store offset=4 (local.get $t) (call $set-new))
        (i32.store offset=16 (local.get $t) (global.get $last))
        (i32.store offset=20 (local.get $t) (i32.and (i32.add (i32.mul (local.get $a) (i32.const 31)) (local.get $e)) (i32.const 0xfffff)))
        (call $tell (local.get $t) (i32.const 60) (local.get $a))
        (call $tell (local.get $t) (i32.const 61) (i32.add (i32.add (local.get $b) (local.get $c)) (local.get $d)))
        (call $tell (local.get $t) (i32.const 62) (i32.load offset=4 (local.get $t)))
        (local.get $t))
      (func $busy (param $t i32) (result i32)
        (i32.or
          (i32.or (i32.load offset=32 (local.get $t)) (i32.load offset=36 (local.get $t)))
          (i32.or (i32.load offset=40 (local.get $t)) (i32.load offset=44 (local.get $t)))))
      (func $params (param $t i32) (param $slot i32) (local $at i32) (local $n i32)
        (local.set $at (i32.add (i32.add (local.get $t) (i32.const 96)) (i32.mul (local.get $slot) (i32.const 32))))
        (loop $next
          (i32.store (local.get $at)
            (i32.add (i32.add (i32.load offset=20 (local.get $t)) (local.get $slot)) (i32.mul (local.get $n) (i32.const 7))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $n) (i32.const 5)))))
      (func $scribble (param $at i32) (local $n i32)
        (loop $next
          (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1000)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $n) (i32.const 5)))))
      (func $called (param $t i32) (param $slot i32) (param $given i32) (local $at i32)
        (local.set $at (i32.add (local.get $t) (i32.mul (local.get $slot) (i32.const 4))))
        (call $tell (local.get $t) (i32.const 1) (local.get $given))
        (if (i32.eq (local.get $given) (i32.const 2))
          (then (call $tell (local.get $t) (i32.const 2) (i32.load offset=80 (local.get $at))) (return)))
        (i32.store offset=48 (local.get $at) (i32.const 0))
        (i32.store offset=32 (local.get $at) (i32.shr_u (local.get $given) (i32.const 4)))
        (call $join (i32.load offset=32 (local.get $at)) (i32.load offset=4 (local.get $t))))
      ;; A subtask is over.
      (func $over (param $t i32) (param $at i32)
        (call $tell (local.get $t) (i32.const 2) (i32.load offset=80 (local.get $at)))
        (call $drop (i32.load offset=32 (local.get $at)))
        (i32.store offset=32 (local.get $at) (i32.const 0)))
      (func $is-cancelled (param $t i32) (param $slot i32) (param $state i32)
        (call $tell (local.get $t) (i32.const 5) (local.get $state))
        (if (i32.ne (local.get $state) (i32.const -1))
          (then (call $over (local.get $t) (i32.add (local.get $t) (i32.mul (local.get $slot) (i32.const 4)))))))
      (func $cancel-slot (param $t i32) (param $slot i32) (param $async i32) (local $at i32)
        (local.set $at (i32.add (local.get $t) (i32.mul (local.get $slot) (i32.const 4))))
        (if (i32.or (i32.eqz (i32.load offset=32 (local.get $at))) (i32.load offset=48 (local.get $at)))
          (then (call $tell (local.get $t) (i32.const 91) (local.get $slot)) (return)))
        (i32.store offset=48 (local.get $at) (i32.const 1))
        (if (local.get $async)
          (then
            (call $is-cancelled (local.get $t) (local.get $slot) (call $cancel-async (i32.load offset=32 (local.get $at))))
            (return)))
        (call $join (i32.load offset=32 (local.get $at)) (i32.const 0))
        (call $is-cancelled (local.get $t) (local.get $slot) (call $cancel (i32.load offset=32 (local.get $at)))))
      (func $event (param $t i32) (param $code i32) (param $index i32) (param $payload i32) (local $at i32) (local $n i32)
        (call $tell (local.get $t) (i32.add (local.get $code) (i32.const 10)) (local.get $index))
        (call $tell (local.get $t) (i32.const 20) (local.get $payload))
        (if (i32.eq (local.get $code) (i32.const 6)) (then (i32.store offset=8 (local.get $t) (i32.const 1))))
        (if (i32.eq (local.get $code) (i32.const 4))
          (then
            (i32.store offset=44 (local.get $t) (i32.const 0))
            (call $future-drop (local.get $index))))
        (if (i32.or (i32.ne (local.get $code) (i32.const 1)) (i32.lt_u (local.get $payload) (i32.const 2))) (then (return)))
        (local.set $at (local.get $t))
        (loop $next
          (if (i32.eq (i32.load offset=32 (local.get $at)) (local.get $index))
            (then (call $over (local.get $t) (local.get $at)) (return)))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $n (i32.add (local.get $n) (i32.const 1)))
          (br_if $next (i32.lt_u (local.get $n) (i32.const 3)))))
      (func $polled (param $t i32)
        (call $stored (local.get $t)
          (call $set-poll (i32.load offset=4 (local.get $t)) (i32.add (local.get $t) (i32.const 64)))))
      (func $waited (param $t i32)
        (call $stored (local.get $t)
          (call $set-wait (i32.load offset=4 (local.get $t)) (i32.add (local.get $t) (i32.const 64)))))
      (func $stored (param $t i32) (param $code i32)
        (call $event (local.get $t) (local.get $code) (i32.load offset=64 (local.get $t)) (i32.load offset=68 (local.get $t))))
      (func $yielded (param $t i32) (param $given i32)
        (call $tell (local.get $t) (i32.const 6) (local.get $given))
        (if (local.get $given) (then (i32.store offset=8 (local.get $t) (i32.const 1)))))
      (func $returned (param $t i32) (param $gives-in i32)
        (if (i32.load offset=12 (local.get $t))
          (then (call $tell (local.get $t) (i32.const 95) (i32.const 0)) (return)))
        (i32.store offset=12 (local.get $t) (i32.const 1))
        (if (i32.and (local.get $gives-in) (i32.load offset=8 (local.get $t)))
          (then (call $cancelled) (call $tell (local.get $t) (i32.const 63) (i32.const 1)))
          (else
            (call $return (i32.load offset=20 (local.get $t)))
            (call $tell (local.get $t) (i32.const 63) (i32.const 0)))))
"#;
