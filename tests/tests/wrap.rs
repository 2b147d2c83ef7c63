//! The same calls on a component, on the component that meld makes of it, and on the core module:
//! results, traps and what the host sees must agree. These components have one instance each, so
//! what is tested here is the outer boundary, and the tests' own two hosts against each other.

use meld_fuser::OutputKind;
use meld_tests::boundary_host::BoundaryHost;
use meld_tests::component_host::ComponentHost;
use meld_tests::fused::fuse_one;
use meld_tests::host::{Event, Guest, Outcome, Serve};
use meld_tests::reason::Reason;
use meld_tests::value::{Resource, Value};

/// Runs `script` on all three and compares; returns what it returned and what the host saw.
fn compare(text: &str, serve: fn() -> Serve, script: fn(&mut dyn Guest) -> Vec<Outcome>) -> Run {
    let original = wat::parse_str(text).expect("the text parses");
    let fuse = |kind| fuse_one("test", &original, kind).unwrap_or_else(|e| panic!("{e}"));
    let run = |mut guest: Box<dyn Guest>| {
        let mut outcomes = vec![guest.instantiate()];
        outcomes.extend(script(&mut *guest));
        (outcomes, guest.take_events())
    };
    let expected = run(Box::new(ComponentHost::new(&original, serve()).expect("the original")));
    let component = fuse(OutputKind::Component);
    let component = run(Box::new(ComponentHost::new(&component, serve()).expect("the component")));
    assert_eq!(expected, component, "original, fused component");
    let module = fuse(OutputKind::CoreModule);
    let module = run(Box::new(BoundaryHost::new(&module, serve()).expect("the core module")));
    assert_eq!(expected, module, "original, fused core module");
    expected
}

type Run = (Vec<Outcome>, Vec<Event>);

fn returned(value: Value) -> Outcome {
    Outcome::Returned(Some(value))
}

fn trapped(reason: &str) -> Outcome {
    Outcome::Trapped(Reason::told(reason))
}

/// A memory with an allocator that never frees.
const MEMORY: &str = r#"
    (memory (export "memory") 2)
    (global $next (mut i32) (i32.const 1024))
    (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32)
        (global.set $next (i32.and
            (i32.add (global.get $next) (i32.add (local.get 2) (i32.const -1)))
            (i32.sub (i32.const 0) (local.get 2))))
        (memory.copy (global.get $next) (local.get 0)
            (select (local.get 1) (local.get 3) (i32.lt_u (local.get 1) (local.get 3))))
        (global.get $next)
        (global.set $next (i32.add (global.get $next) (local.get 3))))"#;

/// Echoes a value through the guest's memory and through the host: arguments and result are so wide
/// that each is one address.
const ECHO: &str = r#"(component
    (type $v' (variant (case "none") (case "text" string) (case "pair" (tuple f32 s64))))
    (type $e' (enum "a" "b"))
    (type $f' (flags "p" "q" "r" "s" "t" "u" "v" "w" "x"))
    (import "v" (type $v (eq $v')))
    (import "e" (type $e (eq $e')))
    (import "f" (type $f (eq $f')))
    (type $r' (record
        (field "list" (list (tuple u8 string $v)))
        (field "v" $v) (field "w" (option $v)) (field "e" $e) (field "f" $f)
        (field "result" (result (list u16) (error char)))
        (field "numbers" (tuple bool s8 u8 s16 u16 s32 u32 s64 u64 f32 f64 char))))
    (import "r" (type $r (eq $r')))
    (import "host-echo" (func $host_echo (param "r" $r) (result $r)))
    (core module $libc MEMORY)
    (core instance $libc (instantiate $libc))
    (alias core export $libc "memory" (core memory $memory))
    (alias core export $libc "realloc" (core func $realloc))
    (core func $host_echo (canon lower (func $host_echo)
        (memory $memory) (realloc $realloc) string-encoding=ENCODING))
    (core module $main
        (import "" "host-echo" (func $host_echo (param i32 i32)))
        (import "" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
        (global $posts (mut i32) (i32.const 0))
        (func (export "echo") (param i32) (result i32) (local $out i32)
            (local.set $out (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 512)))
            (call $host_echo (local.get 0) (local.get $out))
            (local.get $out))
        (func (export "post") (param i32)
            (global.set $posts (i32.add (global.get $posts) (i32.const 1))))
        (func (export "posts") (result i32) (global.get $posts)))
    (core instance $main (instantiate $main (with "" (instance
        (export "host-echo" (func $host_echo))
        (export "realloc" (func $realloc))))))
    (func (export "echo") (param "r" $r) (result $r) (canon lift (core func $main "echo")
        (memory $memory) (realloc $realloc) (post-return (core func $main "post"))
        string-encoding=ENCODING))
    (func (export "posts") (result u32) (canon lift (core func $main "posts"))))"#;

fn echo(text: &str, case: Value) -> Value {
    let some = |value: Value| Some(Box::new(value));
    let numbers = vec![
        Value::Bool(true),
        Value::S8(-1),
        Value::U8(200),
        Value::S16(-300),
        Value::U16(60_000),
        Value::S32(i32::MIN),
        Value::U32(u32::MAX),
        Value::S64(i64::MIN),
        Value::U64(u64::MAX),
        Value::F32(f32::NAN),
        Value::F64(-0.0),
        Value::Char('\u{10ffff}'),
    ];
    let element = Value::Tuple(vec![Value::U8(7), Value::String(text.into()), case.clone()]);
    Value::Record(vec![
        ("list".into(), Value::List(vec![element.clone(), element])),
        ("v".into(), Value::Variant("text".into(), some(Value::String(text.into())))),
        ("w".into(), Value::Option(some(case))),
        ("e".into(), Value::Enum("b".into())),
        ("f".into(), Value::Flags(vec!["q".into(), "x".into()])),
        ("result".into(), Value::Result(Err(some(Value::Char('€'))))),
        ("numbers".into(), Value::Tuple(numbers)),
    ])
}

#[test]
fn values_of_every_type() {
    for encoding in ["utf8", "utf16", "latin1+utf16"] {
        let text = ECHO.replace("MEMORY", MEMORY).replace("ENCODING", encoding);
        let serve: fn() -> Serve = || Box::new(|_: &[String], _: &_, args: &[_]| Ok(Some(args[0].clone())));
        let (outcomes, events) = compare(&text, serve, |guest| {
            let pair = Value::Tuple(vec![Value::F32(1.5), Value::S64(-2)]);
            vec![
                guest.call(&["echo"], &[echo("plain", Value::Variant("none".into(), None))]),
                guest.call(&["echo"], &[echo("ÿ€𝄞", Value::Variant("pair".into(), Some(Box::new(pair))))]),
                guest.call(&["posts"], &[]),
            ]
        });
        assert_eq!(outcomes[1], returned(echo("plain", Value::Variant("none".into(), None))));
        assert_eq!(outcomes[3], returned(Value::U32(2)));
        assert_eq!(events.len(), 2);
    }
}

/// Both kinds of resources, both ways.
const RESOURCES: &str = r#"(component
    (import "host" (instance $host
        (export "h" (type $h (sub resource)))
        (export "make" (func (param "n" u32) (result (own $h))))
        (export "look" (func (param "h" (borrow $h)) (result u32)))
        (export "keep" (func (param "h" (own $h))))))
    (alias export $host "h" (type $h))
    (core func $make (canon lower (func $host "make")))
    (core func $look (canon lower (func $host "look")))
    (core func $keep (canon lower (func $host "keep")))
    (core func $drop_h (canon resource.drop $h))
    (core module $dtor (import "" "look" (func $look (param i32) (result i32)))
        (global $dropped (mut i32) (i32.const 0))
        (func (export "dropped") (result i32) (global.get $dropped))
        (func (export "dtor") (param i32)
            (global.set $dropped (i32.add (global.get $dropped) (local.get 0)))))
    (core instance $dtor (instantiate $dtor (with "" (instance (export "look" (func $look))))))
    (type $r' (resource (rep i32) (dtor (core func $dtor "dtor"))))
    (core func $new (canon resource.new $r'))
    (core func $rep (canon resource.rep $r'))
    (core func $drop (canon resource.drop $r'))
    (core module $main
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "look" (func $look (param i32) (result i32)))
        (import "" "keep" (func $keep (param i32)))
        (import "" "drop-h" (func $drop_h (param i32)))
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "rep" (func $rep (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "new") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "get") (param i32) (result i32) (local.get 0))
        (func (export "take") (param i32) (result i32)
            (call $rep (local.get 0)) (call $drop (local.get 0)))
        (func (export "pass") (param i32) (result i32) (local.get 0))
        (func (export "use") (param i32) (result i32)
            (call $look (local.get 0)) (call $drop_h (local.get 0)))
        (func (export "own") (param i32) (result i32) (local $n i32)
            (local.set $n (call $look (local.get 0)))
            (call $keep (local.get 0))
            (call $look (call $make (local.get $n))))
        (func (export "drop-it") (param i32) (call $drop_h (local.get 0)))
        (func (export "give") (param i32) (result i32) (call $make (local.get 0)))
        (func (export "leak") (param i32))
        (func (export "keep-borrowed") (param i32) (call $keep (local.get 0)))
        (func (export "forge") (param i32) (call $drop_h (local.get 0)))
        (func (export "handle") (param i32) (result i32) (local.get 0)))
    (core instance $main (instantiate $main (with "" (instance
        (export "make" (func $make)) (export "look" (func $look)) (export "keep" (func $keep))
        (export "drop-h" (func $drop_h)) (export "new" (func $new)) (export "rep" (func $rep))
        (export "drop" (func $drop))))))
    (component $shim
        (import "r" (type $r' (sub resource)))
        (import "new" (func $new (param "n" u32) (result (own $r'))))
        (import "get" (func $get (param "r" (borrow $r')) (result u32)))
        (import "take" (func $take (param "r" (own $r')) (result u32)))
        (import "pass" (func $pass (param "r" (own $r')) (result (own $r'))))
        (export $r "r" (type $r'))
        (export "new" (func $new) (func (param "n" u32) (result (own $r))))
        (export "get" (func $get) (func (param "r" (borrow $r)) (result u32)))
        (export "take" (func $take) (func (param "r" (own $r)) (result u32)))
        (export "pass" (func $pass) (func (param "r" (own $r)) (result (own $r)))))
    (func $new (param "n" u32) (result (own $r')) (canon lift (core func $main "new")))
    (func $get (param "r" (borrow $r')) (result u32) (canon lift (core func $main "get")))
    (func $take (param "r" (own $r')) (result u32) (canon lift (core func $main "take")))
    (func $pass (param "r" (own $r')) (result (own $r')) (canon lift (core func $main "pass")))
    (instance $guest (instantiate $shim (with "r" (type $r'))
        (with "new" (func $new)) (with "get" (func $get)) (with "take" (func $take))
        (with "pass" (func $pass))))
    (export "guest" (instance $guest))
    (func (export "use") (param "h" (borrow $h)) (result u32) (canon lift (core func $main "use")))
    (func (export "own") (param "h" (own $h)) (result u32) (canon lift (core func $main "own")))
    (func (export "drop-it") (param "h" (own $h)) (canon lift (core func $main "drop-it")))
    (func (export "give") (param "n" u32) (result (own $h)) (canon lift (core func $main "give")))
    (func (export "leak") (param "h" (borrow $h)) (canon lift (core func $main "leak")))
    (func (export "keep-borrowed") (param "h" (borrow $h))
        (canon lift (core func $main "keep-borrowed")))
    (func (export "forge") (param "n" u32) (canon lift (core func $main "forge")))
    (func (export "handle") (param "h" (own $h)) (result u32)
        (canon lift (core func $main "handle")))
    (func (export "dropped") (result u32) (canon lift (core func $dtor "dropped"))))"#;

fn serve_resources() -> Serve {
    Box::new(|path: &[String], _: &_, args: &[_]| {
        Ok(match (path[1].as_str(), &args[0]) {
            ("make", Value::U32(n)) => Some(Value::Own(Resource::Host(*n + 1))),
            ("look", Value::Borrow(Resource::Host(rep))) => Some(Value::U32(*rep)),
            _ => None,
        })
    })
}

fn own(rep: u32) -> Value {
    Value::Own(Resource::Host(rep))
}

fn own_guest(number: u32) -> Value {
    Value::Own(Resource::Guest(number))
}

#[test]
fn resources_both_ways() {
    let (outcomes, events) = compare(RESOURCES, serve_resources, |guest| {
        vec![
            guest.call(&["guest", "new"], &[Value::U32(0)]),
            guest.call(&["guest", "new"], &[Value::U32(0x8000_0001)]),
            guest.call(&["guest", "get"], &[Value::Borrow(Resource::Guest(1))]),
            guest.call(&["guest", "pass"], &[own_guest(0)]),
            guest.call(&["guest", "take"], &[own_guest(1)]),
            guest.call(&["dropped"], &[]),
            guest.drop_resource(2),
            guest.call(&["use"], &[Value::Borrow(Resource::Host(40))]),
            guest.call(&["own"], &[own(50)]),
            guest.call(&["drop-it"], &[own(60)]),
            guest.call(&["give"], &[Value::U32(70)]),
            // Entry 1 is still taken, by what `own` made.
            guest.call(&["handle"], &[own(80)]),
            guest.call(&["handle"], &[own(81)]),
        ]
    });
    assert_eq!(outcomes[1], returned(own_guest(0)));
    assert_eq!(outcomes[3], returned(Value::U32(0x8000_0001)));
    assert_eq!(outcomes[4], returned(own_guest(2)));
    assert_eq!(outcomes[6], returned(Value::U32(0x8000_0001)));
    assert_eq!(outcomes[9], returned(Value::U32(51)));
    assert_eq!(outcomes[11], returned(own(71)));
    assert_eq!(outcomes[12], returned(Value::U32(2)));
    assert_eq!(outcomes[13], returned(Value::U32(3)));
    let drop = Event::Drop { resource: vec!["host".into(), "h".into()], rep: 60 };
    assert!(events.contains(&drop), "{events:?}");
}

#[test]
fn handles_that_trap() {
    type Script = fn(&mut dyn Guest) -> Vec<Outcome>;
    let scripts: [(Script, &[&str]); 3] = [
        (
            |guest| vec![guest.call(&["leak"], &[Value::Borrow(Resource::Host(1))])],
            &["borrow handles still remain"],
        ),
        (
            |guest| vec![guest.call(&["keep-borrowed"], &[Value::Borrow(Resource::Host(1))])],
            &["handle is a borrow"],
        ),
        (
            |guest| vec![guest.call(&["forge"], &[Value::U32(1)]), guest.call(&["dropped"], &[])],
            &["unknown handle index", "cannot enter component instance"],
        ),
    ];
    for (script, reasons) in scripts {
        let (outcomes, _) = compare(RESOURCES, serve_resources, script);
        let reasons: Vec<Outcome> = reasons.iter().map(|reason| trapped(reason)).collect();
        assert_eq!(outcomes[1..], reasons);
    }
}

/// The second module's start function calls the host through a memory that the first one has.
const START: &str = r#"(component
    (import "log" (func $log (param "text" string)))
    (core module $libc MEMORY (data (i32.const 16) "started"))
    (core instance $libc (instantiate $libc))
    (core func $log (canon lower (func $log) (memory $libc "memory")))
    (core module $main
        (import "" "log" (func $log (param i32 i32)))
        (global $ran (mut i32) (i32.const 0))
        (func $start
            (call $log (i32.const 16) (i32.const 7))
            (global.set $ran (i32.add (global.get $ran) (i32.const 1))))
        (func (export "ran") (result i32) (global.get $ran))
        (start $start))
    (core instance $main (instantiate $main (with "" (instance (export "log" (func $log))))))
    (func (export "ran") (result u32) (canon lift (core func $main "ran"))))"#;

#[test]
fn a_start_function_that_calls_the_host() {
    let text = START.replace("MEMORY", MEMORY);
    let serve: fn() -> Serve = || Box::new(|_: &[String], _: &_, _: &[_]| Ok(None));
    let (outcomes, events) = compare(&text, serve, |guest| vec![guest.call(&["ran"], &[])]);
    assert_eq!(outcomes[1], returned(Value::U32(1)));
    let args = vec![Value::String("started".into())];
    assert_eq!(events, [Event::Call { path: vec!["log".into()], args, result: Some(None) }]);
}

#[test]
fn a_host_that_traps() {
    let text = START.replace("MEMORY", MEMORY);
    let serve: fn() -> Serve = || Box::new(|_: &[String], _: &_, _: &[_]| Err(anyhow::anyhow!("no")));
    let (outcomes, events) = compare(&text, serve, |_| Vec::new());
    assert!(matches!(outcomes[..], [Outcome::Trapped(_)]), "{outcomes:?}");
    assert_eq!(events.len(), 1);
}
