//! Composing components whose types come from WIT, with resources and types that interfaces use of
//! each other; and shapes that no WIT makes, on which wac might panic.

use super::tests::{face, input};
use super::{Composed, compose, wire};
use crate::error::{Code, Error, Result};
use crate::interface::{Composing, Input};
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

const INTERFACES: &str = "
    package t:t@1.0.0;
    interface types {
        resource thing { constructor(); name: func() -> string; }
        record point { x: u32 }
        record line { start: point, end: point }
    }
    interface api {
        use types.{thing, line};
        draw: func(line: line, on: borrow<thing>);
    }
    interface other {
        use types.{thing};
        give: func() -> thing;
    }
";

/// A component of the world `world { .. }`, whose functions trap.
pub(super) fn component(name: &str, world: &str) -> Input {
    let mut resolve = Resolve::default();
    let text = format!("{INTERFACES} world w {{ {world} }}");
    let package = resolve.push_str("t.wit", &text).expect("WIT that parses");
    let world = resolve.select_world(&[package], Some("w")).expect("the world");
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("metadata");
    let bytes = ComponentEncoder::default().module(&module).expect("a module").encode().expect("a component");
    Input::new(name, bytes)
}

fn composed(inputs: &[Input]) -> Composed {
    compose(inputs.to_vec(), &Composing::default()).expect("inputs that compose")
}

#[test]
fn an_interface_comes_with_those_whose_types_it_uses() {
    let store = component("store", "export types; export api;");
    let app = component("app", "import types; export run: func();");
    let (imports, exports) = face(&composed(&[app, store]).bytes);
    assert_eq!(imports, [""; 0]);
    assert_eq!(exports, ["run", "t:t/types@1.0.0", "t:t/api@1.0.0"]);
}

#[test]
fn types_from_another_input_are_exported_with_what_uses_them() {
    let leaf = component("leaf", "export types;");
    let middle = component("middle", "import types; export api;");
    let (imports, exports) = face(&composed(&[leaf, middle]).bytes);
    assert_eq!(imports, [""; 0]);
    assert_eq!(exports, ["t:t/types@1.0.0", "t:t/api@1.0.0"]);
}

#[test]
fn a_chain_of_three_is_connected() {
    let leaf = component("leaf", "export types;");
    let middle = component("middle", "import types; export api;");
    let runner = component("runner", "import types; import api; export run: func();");
    for inputs in [[&leaf, &middle, &runner], [&runner, &leaf, &middle]] {
        let result = composed(&inputs.map(Clone::clone));
        assert_eq!(face(&result.bytes), (vec![], vec!["run".to_string()]));
    }
}

#[test]
fn types_that_a_world_uses_go_where_their_interface_goes() {
    let leaf = component("leaf", "export types; export take: func(n: u32);");
    let app = component("app", "use types.{thing, point, line}; export run: func(l: line) -> thing;");
    let (imports, exports) = face(&composed(&[leaf.clone(), app]).bytes);
    assert_eq!(imports, [""; 0]);
    assert_eq!(exports, ["take", "t:t/types@1.0.0", "run"]);
}

#[test]
fn what_the_host_gives_is_imported_once_with_its_types() {
    let one = component("one", "import types; import api; export a: interface { f: func(); }");
    let two =
        component("two", "import a: interface { f: func(); } import api; import other; export run: func();");
    let (imports, exports) = face(&composed(&[one, two]).bytes);
    assert_eq!(imports, ["t:t/types@1.0.0", "t:t/api@1.0.0", "t:t/other@1.0.0"]);
    assert_eq!(exports, ["run"]);
}

#[test]
fn one_resource_cannot_come_from_two_places() {
    // `api` is left to the host, and with it the `types` that it uses.
    let leaf = component("leaf", "export types;");
    let app = component("app", "import types; import api; export run: func();");
    let error = compose(vec![leaf, app], &Composing::default()).expect_err("two resource types for one");
    assert_eq!(error.code, Code::IncompatibleTypes);
    assert!(error.message.contains("`leaf`, `app`"), "{error}");
}

#[test]
fn what_wac_cannot_write_is_refused() {
    let one = component("one", "use types.{thing}; import f: func(t: borrow<thing>); export run: func();");
    let two = component("two", "import run: func(); export go: func();");
    let error = compose(vec![one, two], &Composing::default()).expect_err("a borrow outside of an interface");
    assert_eq!(error.code, Code::Unsupported);
    assert!(error.message.contains("the import `f`"), "{error}");
}

/// Each is valid; whether it composes matters less than that something is said.
const SHAPES: [&str; 12] = [
    r#"(import "a" (instance (export "b" (instance (export "r" (type (sub resource)))))))"#,
    r#"(import "a:a/a" (instance (export "a:a/a" (instance (export "f" (func))))))"#,
    r#"(import "a:a/a@1.0.0" (instance $a (export "r" (type (sub resource)))))
       (alias export $a "r" (type $r))
       (import "a:a/a@1.0.1" (instance (export "r" (type (eq $r)))))"#,
    r#"(import "r" (type $r (sub resource))) (import "s" (type $s (eq $r)))
       (import "f" (func (param "x" (own $s)) (result (own $r))))"#,
    r#"(import "a" (instance $a (export "r" (type (sub resource)))))
       (alias export $a "r" (type $r)) (import "s" (type $s (eq $r)))
       (import "f" (func (param "x" (own $s))))"#,
    r#"(import "a" (instance $a (export "r" (type (sub resource)))))
       (alias export $a "r" (type $r))
       (import "b" (instance (export "r2" (type $r2 (eq $r))) (export "r3" (type (eq $r2)))
         (export "f" (func (param "x" (own $r2))))))"#,
    r#"(import "c" (component (import "m" (core module)) (export "i" (instance))))"#,
    r#"(import "m" (core module (export "f" (func))))"#,
    r#"(type $r (resource (rep i32))) (core func $new (canon resource.new $r))
       (core module $m (func (export "f") (result i32) (unreachable)))
       (core instance $i (instantiate $m))
       (func $f (result (own $r)) (canon lift (core func $i "f")))
       (export $s "s" (type $r)) (export "f" (func $f) (func (result (own $s))))"#,
    r#"(type $r (resource (rep i32)))
       (instance $e (export "r" (type $r)) (export "s" (type $r)))
       (export "e" (instance $e)) (instance $e2 (export "r" (type $r))) (export "e2" (instance $e2))"#,
    r#"(import "a" (instance $a (export "r" (type (sub resource))))) (export "b" (instance $a)) (export "c" (instance $a))"#,
    r#"(type $t (component (export "r" (type (sub resource))) (import "f" (func))))
       (import "t" (type (eq $t))) (import "g" (func (param "x" (list (list (list u8))))))
       (import "i" (instance (type $u (component (import "q" (func)))) (export "t" (type (eq $u)))))"#,
];

#[test]
fn shapes_that_no_wit_makes_do_not_stop_wac() {
    let mut said = Vec::new();
    for shape in SHAPES {
        // Connected with another input, so that composing goes all the way to the encoding.
        let one = input("one", &format!("(component (import \"go\" (instance)) {shape})"));
        crate::inspect(&one).unwrap_or_else(|error| panic!("{shape}: {error}"));
        let two = input("two", "(component (instance $e) (export \"go\" (instance $e)))");
        let result: Result<Composed> = compose(vec![one, two], &Composing::default());
        said.push(result.map_or_else(|error: Error| error.code.name(), |_| "composed"));
    }
    let (composed, refused) = ("composed", "unsupported");
    assert_eq!(
        said,
        [
            refused,
            refused,
            refused,
            composed,
            refused,
            refused,
            refused,
            composed,
            "incompatible-types",
            composed,
            composed,
            refused
        ]
    );
}

/// Bytes of types and names changed at random: most inputs stay close enough to valid to go far.
#[test]
fn changed_bytes_stop_nothing() {
    let leaf = component("leaf", "export types; export other;");
    let app = component("app", "import types; use types.{line}; export run: func(l: line); export api;");
    let rounds = std::env::var("MELD_ROUNDS").ok().and_then(|n| n.parse().ok()).unwrap_or(200u32);
    let mut random = 12345u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (random >> 33) as usize % below
    };
    let mut codes = std::collections::BTreeSet::new();
    for _ in 0..rounds {
        let mut inputs = [leaf.clone(), app.clone()];
        for _ in 0..=next(2) {
            let bytes = &mut inputs[next(2)].bytes;
            let (at, from) = (next(bytes.len()), next(bytes.len()));
            bytes[at] = match next(3) {
                0 => bytes[from],
                1 => bytes[at].wrapping_add(1),
                _ => next(256) as u8,
            };
        }
        for input in &inputs {
            codes.extend(crate::inspect(input).map_err(|e| e.code.name()).err());
        }
        let composed = compose(inputs.to_vec(), &Composing::default()).map(|_| ());
        let wired = wire(inputs.to_vec(), &Composing::default())
            .and_then(|wiring| wiring.refused.map_or(Ok(()), Err));
        assert_eq!(wired, composed);
        let stub = Composing { stub: vec!["*".to_string()], ..Composing::default() };
        codes.extend(compose(vec![inputs[1].clone()], &stub).map_err(|e| e.code.name()).err());
        codes.insert(composed.map_or_else(|e| e.code.name(), |()| "composed"));
    }
    assert!(
        codes.contains("composed") && codes.contains("invalid") && !codes.contains("internal"),
        "{codes:?}"
    );
}
