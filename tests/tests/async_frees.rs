//! What a host lowers and lifts on the way to async functions and through streams is given back: a pair of components of
//! which one is fused, and the other one its host. In: nothing. Out: nothing. Not its job: what the values are
//! (`async_channels`, `guests`). And what tasks take that are all there at once.

use anyhow::Result;
use meld_fuser::{Input, Memory, Options, OutputKind};
use meld_tests::async_run::block_on;
use meld_tests::{async_run, compose, engine, fused};
use wasmtime::component::{Component, Linker};
use wasmtime::{ResourceLimiter, Store};

/// How often `run` is called. It does everything 500 times; of 16 bytes for each, two pages are lost in the second half.
const RUNS: usize = 40;

/// What MEMORY stands for: `realloc` goes round in a page, and nobody reads what is old.
const MEMORY: &str = r#"(core module $Memory
  (memory (export "memory") 1)
  (global $next (mut i32) (i32.const 0x1000))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $at i32)
    (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
    (global.set $next (i32.add (local.get $at) (local.get 3)))
    (if (i32.gt_u (global.get $next) (i32.const 0xf000)) (then (global.set $next (i32.const 0x1000))))
    (local.get $at)))"#;

/// `send` gives back the list that it is given, `pull` makes a stream, `push` writes an element to it, with the handle
/// that `back` has taken.
const FIRST: &str = r#"(component
  (component $First
    (type $r' (resource (rep i32)))
    (export $r "r" (type $r'))
    (type $pair (tuple string (own $r)))
    (type $stream (stream $pair))
    MEMORY
    (core instance $memory (instantiate $Memory))
    (alias core export $memory "memory" (core memory $memory'))
    (core func $new (canon resource.new $r'))
    (core func $return (canon task.return (result (list $pair)) (memory $memory')))
    (core func $stream-new (canon stream.new $stream))
    (core func $stream-write (canon stream.write $stream async (memory $memory')))
    (core module $M
      (import "memory" "memory" (memory 1))
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "return" (func $return (param i32 i32)))
      (import "" "stream-new" (func $stream-new (result i64)))
      (import "" "stream-write" (func $stream-write (param i32 i32 i32) (result i32)))
      (global $writable (mut i32) (i32.const 0))
      (data (i32.const 0x100) "\10\01\00\00\09\00\00\00")
      (data (i32.const 0x110) "a string!")
      (func (export "make") (result i32) (call $new (i32.const 7)))
      (func (export "send") (param i32 i32) (result i32) (call $return (local.get 0) (local.get 1)) (i32.const 0))
      (func (export "callback") (param i32 i32 i32) (result i32) unreachable)
      (func (export "back") (param i32) (i32.store (i32.const 0x108) (local.get 0)))
      (func (export "pull") (result i32) (local $ends i64)
        (local.set $ends (call $stream-new))
        (global.set $writable (i32.wrap_i64 (i64.shr_u (local.get $ends) (i64.const 32))))
        (i32.wrap_i64 (local.get $ends)))
      ;; Nobody waits for the event of a write that is not over: the reader is there.
      (func (export "push")
        (if (i32.ne (call $stream-write (global.get $writable) (i32.const 0x100) (i32.const 1)) (i32.const 0x10))
          (then (unreachable)))))
    (core instance $m (instantiate $M (with "memory" (instance $memory)) (with "" (instance
      (export "new" (func $new)) (export "return" (func $return)) (export "stream-new" (func $stream-new))
      (export "stream-write" (func $stream-write))))))
    (func (export "make") (result (own $r)) (canon lift (core func $m "make")))
    (func (export "send") async (param "list" (list $pair)) (result (list $pair))
      (canon lift (core func $m "send") async (callback (core func $m "callback")) (memory $memory')
        (realloc (core func $memory "realloc"))))
    (func (export "back") (param "r" (own $r)) (canon lift (core func $m "back")))
    (func (export "pull") (result $stream) (canon lift (core func $m "pull")))
    (func (export "push") async (canon lift (core func $m "push"))))
  (instance $first (instantiate $First))
  (export "first" (instance $first)))"#;

/// `run` does 500 times what LOOP stands for; there are two handles at 0x208 and 0x214, with their strings.
const SECOND: &str = r#"(component
  (import "first" (instance $first
    (export "r" (type $r (sub resource)))
    (type $pair (tuple string (own $r)))
    (export "make" (func (result (own $r))))
    (export "send" (func async (param "list" (list $pair)) (result (list $pair))))
    (export "back" (func (param "r" (own $r))))
    (export "pull" (func (result (stream $pair))))
    (export "push" (func async))))
  (alias export $first "r" (type $r))
  (type $pair (tuple string (own $r)))
  (type $stream (stream $pair))
  MEMORY
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $memory'))
  (alias core export $memory "realloc" (core func $realloc))
  (core func $make (canon lower (func $first "make")))
  (core func $send (canon lower (func $first "send") (memory $memory') (realloc $realloc)))
  (core func $send-async (canon lower (func $first "send") async (memory $memory') (realloc $realloc)))
  (core func $back (canon lower (func $first "back")))
  (core func $pull (canon lower (func $first "pull")))
  (core func $push (canon lower (func $first "push")))
  (core func $read (canon stream.read $stream async (memory $memory') (realloc $realloc)))
  (core func $drop (canon stream.drop-readable $stream))
  (core func $set-new (canon waitable-set.new))
  (core func $set-wait (canon waitable-set.wait (memory $memory')))
  (core func $set-drop (canon waitable-set.drop))
  (core func $join (canon waitable.join))
  (core module $M
    (import "memory" "memory" (memory 1))
    (import "" "make" (func $make (result i32)))
    (import "" "send" (func $send (param i32 i32 i32)))
    (import "" "send-async" (func $send-async (param i32 i32 i32) (result i32)))
    (import "" "back" (func $back (param i32)))
    (import "" "pull" (func $pull (result i32)))
    (import "" "push" (func $push))
    (import "" "read" (func $read (param i32 i32 i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "set-new" (func $set-new (result i32)))
    (import "" "set-wait" (func $set-wait (param i32 i32) (result i32)))
    (import "" "set-drop" (func $set-drop (param i32)))
    (import "" "join" (func $join (param i32 i32)))
    (data (i32.const 0x100) "one string, and another one")
    (global $readable (mut i32) (i32.const 0))
    (func $strings
      (i32.store (i32.const 0x200) (i32.const 0x100))
      (i32.store (i32.const 0x204) (i32.const 10))
      (i32.store (i32.const 0x20c) (i32.const 0x10b))
      (i32.store (i32.const 0x210) (i32.const 16)))
    ;; The list is at the address that 0x300 holds.
    (func $received
      (if (i32.ne (i32.load (i32.const 0x304)) (i32.const 2)) (then (unreachable)))
      (memory.copy (i32.const 0x200) (i32.load (i32.const 0x300)) (i32.const 24))
      (call $strings))
    (func $send-once
      (call $send (i32.const 0x200) (i32.const 2) (i32.const 0x300))
      (call $received))
    (func $send-once-async
      (if (i32.ne (call $send-async (i32.const 0x200) (i32.const 2) (i32.const 0x300)) (i32.const 2))
        (then (unreachable)))
      (call $received))
    (func $read-once (local $set i32)
      (if (i32.ne (call $read (global.get $readable) (i32.const 0x400) (i32.const 3)) (i32.const -1))
        (then (unreachable)))
      (call $push)
      (local.set $set (call $set-new))
      (call $join (global.get $readable) (local.get $set))
      (if (i32.ne (call $set-wait (local.get $set) (i32.const 0x500)) (i32.const 2)) (then (unreachable)))
      (if (i32.ne (i32.load (i32.const 0x504)) (i32.const 0x10)) (then (unreachable)))
      (if (i32.ne (i32.load (i32.const 0x404)) (i32.const 9)) (then (unreachable)))
      (call $join (global.get $readable) (i32.const 0))
      (call $set-drop (local.get $set))
      (call $back (i32.load (i32.const 0x408))))
    (func (export "run") (local $n i32)
      (if (i32.eqz (global.get $readable)) (then
        (call $strings)
        (i32.store (i32.const 0x208) (call $make))
        (i32.store (i32.const 0x214) (call $make))
        (call $back (call $make))
        (global.set $readable (call $pull))))
      (local.set $n (i32.const 500))
      (loop $again
        (call $LOOP)
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br_if $again (local.get $n)))))
  (core instance $m (instantiate $M (with "memory" (instance $memory)) (with "" (instance
    (export "make" (func $make)) (export "send" (func $send)) (export "send-async" (func $send-async))
    (export "back" (func $back)) (export "pull" (func $pull)) (export "push" (func $push))
    (export "read" (func $read)) (export "drop" (func $drop)) (export "set-new" (func $set-new))
    (export "set-wait" (func $set-wait)) (export "set-drop" (func $set-drop)) (export "join" (func $join))))))
  (func (export "run") async (canon lift (core func $m "run"))))"#;

fn fuse(text: &str, memory: Memory) -> Result<Vec<u8>> {
    let options = Options { output: OutputKind::Component, memory, ..Options::default() };
    fused::fuse(&[Input::new("program", text.as_bytes())], &options)
}

/// Runs it with the first one fused, with the second one, and with each: nothing grows after a while.
fn frees(what: &str) {
    let texts = [FIRST, SECOND].map(|text| text.replace("MEMORY", MEMORY).replace("LOOP", what));
    let unfused = texts.each_ref().map(|text| wat::parse_str(text).expect("it parses"));
    let [first, second_unfused] = &unfused;
    let grows = |first: &[u8], second: &[u8]| {
        let composed = compose::chain(&[("first", first), ("second", second)])?;
        async_run::grows(&composed, RUNS)
    };
    assert_eq!(grows(first, second_unfused).expect("unfused"), 0);
    for memory in [Memory::Multi, Memory::Single] {
        let [first_fused, second_fused] =
            texts.each_ref().map(|text| fuse(text, memory).expect("it is fused"));
        for (which, first, second) in [
            ("first", &first_fused, second_unfused),
            ("second", first, &second_fused),
            ("each", &first_fused, &second_fused),
        ] {
            let grown = grows(first, second).unwrap_or_else(|error| panic!("{which}, {memory:?}: {error:?}"));
            assert_eq!(grown, 0, "{which}, {memory:?}");
        }
    }
}

#[test]
fn what_a_call_takes_and_gives_is_freed() {
    frees("send-once");
}

#[test]
fn what_an_async_call_takes_and_gives_is_freed() {
    frees("send-once-async");
}

#[test]
fn what_a_stream_carries_is_freed() {
    frees("read-once");
}

/// `run` calls an async function so many times, none of which can begin, and keeps all of them.
const PENDING: &str = r#"(component
  (component $Callee
    (core func $inc (canon backpressure.inc))
    (core func $return (canon task.return))
    (core module $M
      (import "" "inc" (func $inc)) (import "" "return" (func $return))
      (func (export "hold") (call $inc))
      (func (export "work") (param i32) (result i32) (call $return) (i32.const 0))
      (func (export "callback") (param i32 i32 i32) (result i32) unreachable))
    (core instance $m (instantiate $M (with "" (instance (export "inc" (func $inc)) (export "return" (func $return))))))
    (func (export "hold") (canon lift (core func $m "hold")))
    (func (export "work") async (param "n" u32)
      (canon lift (core func $m "work") async (callback (core func $m "callback")))))
  (component $Caller
    (import "hold" (func $hold)) (import "work" (func $work async (param "n" u32)))
    (core func $hold' (canon lower (func $hold)))
    (core func $work' (canon lower (func $work) async))
    (core module $M
      (import "" "hold" (func $hold)) (import "" "work" (func $work (param i32) (result i32)))
      (func (export "run") (param $n i32)
        (call $hold)
        (loop $again
          ;; STARTING, and the subtask.
          (if (i32.and (call $work (local.get $n)) (i32.const 15)) (then unreachable))
          (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
    (core instance $m (instantiate $M (with "" (instance (export "hold" (func $hold')) (export "work" (func $work'))))))
    (func (export "run") (param "n" u32) (canon lift (core func $m "run"))))
  (instance $callee (instantiate $Callee))
  (instance $caller (instantiate $Caller
    (with "hold" (func $callee "hold")) (with "work" (func $callee "work"))))
  (export "run" (func $caller "run")))"#;

/// How many bytes memories have grown by.
#[derive(Default)]
struct Bytes(usize);

impl ResourceLimiter for Bytes {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        self.0 += desired - current;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(true)
    }
}

#[test]
fn tasks_that_are_there_at_once_take_little_each() {
    const TASKS: u32 = 10_000;
    const EACH: usize = 256;
    let fused = fuse(PENDING, Memory::Multi).expect("it is fused");
    let component = Component::new(engine::async_engine(), fused).expect("it compiles");
    let mut store = Store::new(engine::async_engine(), Bytes::default());
    store.limiter(|bytes| bytes);
    block_on(async {
        let linker: Linker<Bytes> = Linker::new(engine::async_engine());
        let instance = linker.instantiate_async(&mut store, &component).await.expect("an instance");
        let run = instance.get_typed_func::<(u32,), ()>(&mut store, "run").expect("a function");
        // Each time there are as many more: what they take does not depend on how many there are.
        for round in 1..=4 {
            run.call_async(&mut store, (TASKS,)).await.expect("a call");
            let (tasks, grown) = (TASKS as usize * round, store.data().0);
            assert!(grown > TASKS as usize * 16, "{grown} bytes for {tasks} tasks are none");
            assert!(grown <= EACH * tasks, "{grown} bytes for {tasks} tasks");
        }
    });
}
