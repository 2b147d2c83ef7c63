//! Input that is no component, no valid one or not one that meld fuses. Each is refused with the code
//! that says so; whatever is not refused gives a valid output. Nothing panics, and nothing ends in
//! `internal`.

use meld_fuser::{Code, Error, Input, Options, OutputKind};
use meld_tests::mutate::mutant;
use meld_tests::random::Random;
use meld_tests::{features, fused, guests};
use std::panic::catch_unwind;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use wasmparser::BinaryReader;

/// Fuses to both kinds of output; the two must agree on whether it can be done.
fn fuse(bytes: &[u8]) -> Result<(), Error> {
    let mut outcomes = fused::KINDS.map(|output| {
        let options = Options { output, ..Options::default() };
        let inputs = vec![Input::new("input", bytes)];
        let fused = catch_unwind(|| meld_fuser::fuse(inputs, options)).expect("a panic");
        fused.map(|fused| {
            let valid = features::validate(&fused.bytes);
            assert!(valid.is_ok(), "the output to {output:?} is not valid: {:?}", valid.err());
        })
    });
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_ne!(error.code, Code::Internal, "{}", fused::show(error));
        assert!(!error.message.is_empty() && !error.message.ends_with('.'), "{error}");
    }
    outcomes[1].clone().and(std::mem::replace(&mut outcomes[0], Ok(())))
}

fn refused(bytes: &[u8]) -> Error {
    fuse(bytes).expect_err("this is refused")
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Mutations of each seed.
const MUTATIONS: usize = 1000;

/// Components that the rest is made of: much in little space.
fn seeds() -> Vec<Vec<u8>> {
    let directory = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join("wat");
    let read = |name: &str| std::fs::read(directory.join(name).with_extension("wat")).expect(name);
    let names =
        ["strings", "host-resources", "resource-in-aggregates", "shared-state", "outer-aliases", "maps"];
    let mut seeds: Vec<Vec<u8>> =
        names.iter().map(|name| wat::parse_bytes(&read(name)).expect("a fixture").into_owned()).collect();
    let case = guests::case("resource-borrows").expect("the guests");
    seeds.extend(case.parts.into_iter().map(|part| part.bytes));
    seeds
}

#[test]
fn empty() {
    assert_eq!(refused(b"").code, Code::Malformed);
    let error = meld_fuser::fuse(Vec::new(), Options::default()).expect_err("no input");
    assert_eq!(error.code, Code::InvalidOption);
}

#[test]
fn garbage() {
    for bytes in [
        &b"\0"[..],
        b"\0asm",
        b"\0asm\x0d\0",
        b"hello",
        b"(",
        b"(component",
        b"\xff\xfe\xfd",
        b"\0\0\0\0\0\0\0\0",
    ] {
        assert_eq!(refused(bytes).code, Code::Malformed, "{bytes:?}");
    }
    assert_eq!(refused(b"\0asm\x09\0\x01\0").code, Code::Malformed);
    assert_eq!(refused("(".repeat(100_000).as_bytes()).code, Code::Malformed);
    assert_eq!(refused("(component ".repeat(20_000).as_bytes()).code, Code::Malformed);
}

#[test]
fn core_modules() {
    assert_eq!(refused(b"\0asm\x01\0\0\0").code, Code::NotAComponent);
    assert_eq!(refused(b"(module (func))").code, Code::NotAComponent);
    let output = Options { output: OutputKind::CoreModule, ..Options::default() };
    let component = wat("(component)");
    let fused =
        meld_fuser::fuse(vec![Input::new("input", component)], output).expect("nothing fuses to nothing");
    let error = refused(&fused.bytes);
    assert_eq!(error.code, Code::NotAComponent);
    assert!(error.hint.is_some_and(|hint| hint.contains("as a component")));
}

#[test]
fn invalid() {
    for text in [
        "(component (core module (func (result i32))))",
        "(component (core module $m (import \"\" \"f\" (func))) (core instance (instantiate $m)))",
        "(component (import \"a\" (func)) (import \"a\" (func)))",
        "(component (export \"a\" (func 0)))",
        "(component (type (list 9)))",
    ] {
        assert_eq!(refused(&wat(text)).code, Code::Invalid, "{text}");
    }
}

/// Has the native command fuse the same bytes: there the fuser runs as a component, and what is a
/// panic elsewhere would be a trap. It must say what the library says.
fn same_inside_the_component(meld: &Path, dir: &TempDir, bytes: &[u8]) {
    let expected = meld_fuser::fuse(vec![Input::new("input", bytes)], Options::default());
    std::fs::write(dir.path().join("input"), bytes).expect("a file");
    let output = Command::new(meld)
        .current_dir(dir.path())
        .args(["fuse", "input", "-o", "output", "--json"])
        .output()
        .expect("it runs");
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    match expected {
        Ok(fused) => {
            assert_eq!(output.status.code(), Some(0), "{said}");
            assert!(std::fs::read(dir.path().join("output")).expect("the output") == fused.bytes);
        }
        Err(error) => {
            assert_eq!(output.status.code(), Some(1), "{said}");
            let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
            let said = &said["error"];
            assert_eq!(said["code"], error.code.name(), "{said}");
            assert_eq!(said["message"], error.message, "{said}");
            assert_eq!(said["offset"], serde_json::json!(error.offset), "{said}");
        }
    }
}

#[test]
fn the_component_refuses_as_the_library_does() {
    let meld = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/meld");
    let dir = tempfile::tempdir().expect("a directory");
    let mut random = Random::new(11);
    let seeds = seeds();
    for seed in &seeds {
        for _ in 0..8 {
            same_inside_the_component(&meld, &dir, &seed[..random.below(seed.len())]);
            let other = &seeds[random.below(seeds.len())];
            same_inside_the_component(&meld, &dir, &mutant(seed, other, &mut random));
        }
    }
    same_inside_the_component(&meld, &dir, "(component ".repeat(20_000).as_bytes());
}

/// Where a component's sections end, and where its header does.
fn section_ends(component: &[u8]) -> Vec<usize> {
    let mut ends = vec![8];
    let mut reader = BinaryReader::new(&component[8..], 0);
    while !reader.eof() {
        reader.read_u8().expect("an id");
        let size = reader.read_var_u32().expect("a size");
        reader.read_bytes(size as usize).expect("the contents");
        ends.push(8 + reader.current_position());
    }
    ends
}

#[test]
fn truncated() {
    for seed in seeds() {
        let step = (seed.len() / 150).max(1);
        let ends = section_ends(&seed);
        for length in (0..seed.len()).step_by(step) {
            match fuse(&seed[..length]) {
                Ok(()) => assert!(ends.contains(&length), "{length}: a part of a section is enough"),
                Err(error) => {
                    let expected = [Code::Malformed, Code::Invalid];
                    assert!(expected.contains(&error.code), "{length}: {}", fused::show(&error));
                }
            }
        }
    }
}

#[test]
fn mutated() {
    let mut random = Random::new(7);
    let mut refused = 0;
    let seeds = seeds();
    for seed in &seeds {
        for _ in 0..MUTATIONS {
            let other = &seeds[random.below(seeds.len())];
            refused += usize::from(fuse(&mutant(seed, other, &mut random)).is_err());
        }
    }
    assert!(refused > MUTATIONS * seeds.len() / 2, "mutations that change nothing test nothing: {refused}");
}

/// Each of these is valid, and named in the refusal.
/// A core module that was fused, with its sections spoiled: that which has what goes around it, that which tells
/// its boundary, and any.
#[test]
fn wrapped_and_mutated() {
    let mut random = Random::new(18);
    let fused = |seed: &Vec<u8>| {
        let fused = meld_fuser::fuse(vec![Input::new("input", seed.as_slice())], Options::default());
        fused.expect("a core module").bytes
    };
    let modules: Vec<Vec<u8>> = seeds().iter().map(fused).collect();
    let (mut done, mut refused) = (0, 0);
    for module in &modules {
        let other = &modules[random.below(modules.len())];
        for _ in 0..MUTATIONS {
            let spoiled = match random.below(3) {
                0 => mutant(module, other, &mut random),
                1 => with_section(module, "meld:component", |data| {
                    mutant(data, section(other, "meld:component"), &mut random)
                }),
                _ => with_section(module, "meld:boundary", |data| {
                    let mut data = data.to_vec();
                    let at = random.below(data.len());
                    data[at] = b"019,\"[]{}:aft"[random.below(13)];
                    data
                }),
            };
            let input = Input::new("input", spoiled);
            match catch_unwind(|| meld_fuser::wrap(input)).expect("a panic") {
                Ok(component) => {
                    features::validate(&component).expect("what comes out is valid");
                    done += 1;
                }
                Err(error) => {
                    assert_ne!(error.code, Code::Internal, "{}", fused::show(&error));
                    refused += 1;
                }
            }
        }
    }
    assert!(done > 100 && refused > 100, "{done} done, {refused} refused: one of both is not tried");
}

fn section<'m>(module: &'m [u8], name: &str) -> &'m [u8] {
    let found = wasmparser::Parser::new(0).parse_all(module).find_map(|payload| match payload {
        Ok(wasmparser::Payload::CustomSection(section)) if section.name() == name => Some(section.data()),
        _ => None,
    });
    found.expect("the section")
}

/// The module with this section's contents changed.
fn with_section(module: &[u8], name: &str, change: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    use wasm_encoder::Section;
    let mut changed = module[..8].to_vec();
    let mut end = 8;
    let mut change = Some(change);
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        let payload = payload.expect("a payload");
        let Some((_, range)) = payload.as_section() else { continue };
        let start = std::mem::replace(&mut end, range.end as usize);
        match payload {
            wasmparser::Payload::CustomSection(section) if section.name() == name => {
                let data = change.take().expect("one section")(section.data());
                let section = wasm_encoder::CustomSection { name: name.into(), data: data.into() };
                section.append_to(&mut changed);
            }
            _ => changed.extend_from_slice(&module[start..end]),
        }
    }
    changed
}

#[test]
fn unsupported() {
    const LIFT: &str = r#"(core module $m (func (export "f") (result i32) unreachable)
        (func (export "none") (param i32 i32 i32)) (memory (export "memory") 1))
        (core instance $i (instantiate $m))"#;
    let cases = [
        (
            "async",
            format!(
                r#"{LIFT} (func (export "f") async (param "a" u32) (param "b" u32) (param "c" u32)
                (canon lift (core func $i "none") async))"#
            ),
        ),
        ("error-context", r#"(import "f" (func (param "e" error-context)))"#.into()),
        ("thread.index", "(core func (canon thread.index))".into()),
        (
            "thread.spawn-ref",
            "(core type $start (shared (func (param i32)))) (core func (canon thread.spawn-ref $start))"
                .into(),
        ),
        ("thread.available-parallelism", "(core func (canon thread.available_parallelism))".into()),
        ("error-context.drop", "(core func (canon error-context.drop))".into()),
        ("core module", r#"(import "m" (core module (export "f" (func))))"#.into()),
        ("component", r#"(import "c" (component (export "f" (func))))"#.into()),
        ("value", r#"(import "v" (value u32)) (export "w" (value 0))"#.into()),
    ];
    for (name, body) in cases {
        let error = refused(&wat(&format!("(component {body})")));
        assert_eq!(error.code, Code::Unsupported, "{name}: {}", fused::show(&error));
        assert!(error.message.contains(name), "{name} is not named: {error}");
    }
}

/// What wasmparser's validator panics on: see `read::renaming`.
#[test]
fn one_type_twice() {
    let twice = r#"(type $t (instance (type $r (record (field "a" u32))) (export "r" (type (eq $r)))))
        (import "a" (instance (type $t))) (import "b" (instance (type $t)))"#;
    let provider = r#"(component $p (type $r (record (field "a" u32))) (export "r" (type $r)))
        (instance $p (instantiate $p))"#;
    let both = r#"(with "a" (instance $p)) (with "b" (instance $p))"#;
    let exported = r#"(component $c (type $r (record (field "a" u32)))
        (instance $i (export "r" (type $r))) (export "a" (instance $i)) (export "b" (instance $i)))"#;
    let of_type = r#"(component (type $t (instance (type $r (record (field "a" u32))) (export "r" (type (eq $r)))))
        (export "a" (instance (type $t))) (export "b" (instance (type $t))))"#;
    for text in [
        format!("(component {provider} (component $c {twice}) (instance (instantiate $c {both})))"),
        format!(
            "(component {exported} (component $d (import \"c\" {of_type})) (instance (instantiate $d (with \"c\" (component $c)))))"
        ),
        format!(
            "(component {exported} (type $t {of_type}) (export \"c\" (component $c) (component (type $t))))"
        ),
    ] {
        let error = refused(&wat(&text));
        assert_eq!(error.code, Code::Unsupported, "{}", fused::show(&error));
        assert!(error.offset.is_some(), "{}", fused::show(&error));
    }
    // By itself it is an ordinary component.
    fuse(&wat(&format!("(component {twice})"))).expect("nothing compares its imports");
    // A composition instantiates it.
    let part = wat(&format!("(component (component {twice}) {twice})"));
    let other = wat("(component (import \"a\" (instance (export \"f\" (func)))))");
    let inputs = vec![Input::new("part", part), Input::new("other", other)];
    let outcome = catch_unwind(|| meld_fuser::fuse(inputs, Options::default())).expect("a panic");
    assert_ne!(outcome.expect_err("they have nothing in common").code, Code::Internal);
}

/// Each level instantiates the one below twice, or ten times.
#[test]
fn instantiation_bombs() {
    for (levels, width) in [(40, 2), (9, 10), (90, 2)] {
        let mut text =
            "(component $c0 (core module $m (memory 1)) (core instance (instantiate $m)))".to_string();
        for level in 1..=levels {
            let below = level - 1;
            let instances = format!("(instance (instantiate $c{below}))").repeat(width);
            text = format!("(component $c{level} {text} {instances})");
        }
        let error = refused(&wat(&text));
        assert_eq!(error.code, Code::LimitExceeded, "{}", fused::show(&error));
        assert!(error.message.contains("limit"), "{error}");
    }
}

#[test]
fn deep_nesting() {
    // Too deep for the text format; in binary, each component is a section of the one around it.
    let mut bytes = wat("(component)");
    for _ in 0..500 {
        let mut outer = wasm_encoder::Component::new();
        outer.section(&wasm_encoder::RawSection { id: 4, data: &bytes });
        bytes = outer.finish();
    }
    let error = refused(&bytes);
    assert_eq!(error.code, Code::LimitExceeded, "{}", fused::show(&error));
}

/// One component hands another a list of lists of lists …, `levels` of them around a string.
fn nested_lists(levels: usize) -> Vec<u8> {
    let mut types = "(type $t0 string)".to_string();
    for level in 1..=levels {
        types += &format!("(type $t{level} (list $t{}))", level - 1);
    }
    wat(&format!(
        r#"(component
        (component $callee {types}
            (core module $m (memory (export "memory") 1) (func (export "f") (param i32 i32))
                (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable))
            (core instance $i (instantiate $m))
            (func (export "f") (param "v" $t{levels}) (canon lift (core func $i "f")
                (memory (core memory $i "memory")) (realloc (core func $i "realloc")))))
        (component $caller {types}
            (import "f" (func $f (param "v" $t{levels})))
            (core module $memory (memory (export "memory") 1))
            (core instance $memory (instantiate $memory))
            (core func $f (canon lower (func $f) (memory (core memory $memory "memory"))))
            (core module $m (import "" "f" (func $f (param i32 i32)))
                (func (export "g") (call $f (i32.const 0) (i32.const 0))))
            (core instance $i (instantiate $m (with "" (instance (export "f" (func $f))))))
            (func (export "g") (canon lift (core func $i "g"))))
        (instance $callee (instantiate $callee))
        (instance $caller (instantiate $caller (with "f" (func $callee "f"))))
        (export "g" (func $caller "g")))"#
    ))
}

/// meld recurses over types, and relies on wasmparser for how deep they are: it refuses those of more
/// than 100 levels before any of that. The deepest that it takes go through all of meld.
#[test]
fn deep_types() {
    fuse(&nested_lists(99)).expect("100 levels with the string");
    for levels in [100, 2000] {
        let error = refused(&nested_lists(levels));
        assert_eq!(error.code, Code::Invalid, "{}", fused::show(&error));
        assert!(error.message.contains("type nesting is too deep"), "{error}");
    }
}

/// A tuple of tuples of tuples …, whose flat form doubles at each level: this too is wasmparser's limit.
#[test]
fn wide_types() {
    let mut text = "(type $t0 (tuple u8 u8))".to_string();
    for level in 1..60 {
        text += &format!("(type $t{level} (tuple $t{} $t{}))", level - 1, level - 1);
    }
    let error = refused(&wat(&format!(r#"(component {text} (import "f" (func (param "v" $t59))))"#)));
    assert_eq!(error.code, Code::Invalid, "{}", fused::show(&error));
    assert!(error.message.contains("effective type size exceeds the limit"), "{error}");
}
