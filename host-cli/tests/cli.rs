//! The command line as its users meet it: commands, exit codes, messages. Runs the built binary. Not here: what
//! becomes of files (`files`), terminals and streams (`terminal`), memory and time (`bounds`).

mod support;

use meld_fuser::Optimizations;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use support::*;
use tempfile::TempDir;

/// Exports an interface.
const STORE: &str = r#"(component
  (core module $m (func (export "count") (result i32) (i32.const 7)))
  (core instance $i (instantiate $m))
  (func $count (result u32) (canon lift (core func $i "count")))
  (instance $items (export "count" (func $count)))
  (export "acme:store/items@1.0.0" (instance $items)))"#;

/// Imports it, and calls it.
const SHOP: &str = r#"(component
  (import "acme:store/items@1.0.0" (instance $items (export "count" (func (result u32)))))
  (import "acme:log/log" (instance (export "write" (func))))
  (core func $count (canon lower (func $items "count")))
  (core module $m
    (import "" "count" (func $count (result i32)))
    (func (export "twice") (result i32) (i32.mul (call $count) (i32.const 2))))
  (core instance $i (instantiate $m (with "" (instance (export "count" (func $count))))))
  (func (export "twice") (result u32) (canon lift (core func $i "twice"))))"#;

#[test]
fn help_is_on_stdout_and_names_everything() {
    let dir = scratch();
    let output = meld(&dir, &["--help"]);
    assert_exit(&output, 0);
    assert_says(
        &stdout(&output),
        &["fuse", "wrap", "compose", "inspect", "completions", "--version", "Exit codes: 0 done"],
    );
    let output = meld(&dir, &["fuse", "--help"]);
    assert_exit(&output, 0);
    let flags = [
        "--output",
        "--component",
        "--wasi",
        "--wac",
        "--stats",
        "--names",
        "--debug-info",
        "--provenance",
        "--opaque-rep",
        "--json",
        "--explain",
    ];
    assert_says(&stdout(&output), &flags);
    assert_says(&stdout(&output), &["--quiet", "--verbose", "--max-memory", "--timeout", "--fuser"]);
    assert_says(&stdout(&output), &["-O <LEVEL>", "--skip <OPTIMIZATION>", "unreachable:"]);
}

#[test]
fn fused_through_a_pipe_and_wrapped_again() {
    let dir = scratch();
    fs::write(dir.path().join("store.wat"), STORE).unwrap();
    fs::write(dir.path().join("shop.wat"), SHOP).unwrap();
    let fuse = |more: &[&str]| {
        let output = meld(&dir, &[&["fuse", "store.wat", "shop.wat"], more].concat());
        assert_exit(&output, 0);
        output.stdout
    };
    let core = fuse(&[]);
    let wrap = |arguments: &[&str], input: &[u8]| {
        meld_with_stdin(&dir, &[&["wrap", "-"], arguments].concat(), input)
    };
    let output = wrap(&["-o", "app.wasm"], &core);
    assert_exit(&output, 0);
    assert_says(&stderr(&output), &["wrote app.wasm: component of "]);
    assert!(fs::read(dir.path().join("app.wasm")).unwrap() == fuse(&["--component"]));
    let output = wrap(&["-o", "app.wasm", "--json"], &core);
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&told["kind"], &told["output"]), (&Value::from("component"), &Value::from("app.wasm")));
    assert_eq!(told["statistics"]["input-bytes"], core.len());
    // Refused, and the file stays as it was.
    let output = wrap(&["-o", "app.wasm"], b"\0asm\x01\0\0\0");
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["<stdin>", "no section `meld:component`"]);
    assert!(fs::read(dir.path().join("app.wasm")).unwrap() == fuse(&["--component"]));
}

#[test]
fn a_result_tells_where_it_came_from_and_is_compared() {
    let dir = scratch();
    fs::write(dir.path().join("store.wat"), STORE).unwrap();
    fs::write(dir.path().join("shop.wat"), SHOP).unwrap();
    for kind in [&["--provenance"] as &[&str], &["--provenance", "--component"]] {
        let fuse = [&["fuse", "store.wat", "shop.wat", "-o", "fused.wasm"], kind].concat();
        assert_exit(&meld(&dir, &fuse), 0);
        let told = stdout(&meld(&dir, &["inspect", "fused.wasm"]));
        let sha256 = format!("  store.wat: {} bytes, SHA-256 ", STORE.len());
        assert_says(&told, &["made by meld ", &sha256, "  what joins them: "]);

        let output = meld(&dir, &["inspect", "--verify", "store.wat", "shop.wat", "fused.wasm"]);
        assert_exit(&output, 0);
        assert_eq!(stdout(&output), "fused.wasm is what comes out of store.wat, shop.wat\n");
        let output = meld(&dir, &["inspect", "--verify", "store.wat", "store.wat", "fused.wasm"]);
        assert_exit(&output, 1);
        assert_says(&stderr(&output), &["fused.wasm", "input 2 is another: store.wat has the SHA-256 "]);
    }
    let told = stdout(&meld(&dir, &["inspect", "--json", "fused.wasm"]));
    let told: Value = serde_json::from_str(&told).unwrap();
    let modules = told["component"]["definitions"].as_array().unwrap();
    let provenance = modules.iter().find_map(|module| module["core-module"].get("provenance")).unwrap();
    assert_eq!(provenance["inputs"][1]["name"], "shop.wat");
    assert_exit(&meld(&dir, &["inspect", "--verify", "fused.wasm"]), 2);
}

#[test]
fn a_fused_module_is_inspected_and_its_features_are_flags() {
    let dir = scratch();
    let text = r#"(component
      (core module $m
        (memory (export "memory") 1)
        (func (export "f") (param i32) (result i32)
          (memory.fill (i32.const 0) (i32.const 0) (i32.const 9))
          (i32.extend8_s (i32.load (local.get 0)))))
      (core instance $a (instantiate $m))
      (core instance $b (instantiate $m))
      (func (export "f") (param "x" s32) (result s32) (canon lift (core func $a "f")))
      (func (export "g") (param "x" s32) (result s32) (canon lift (core func $b "f"))))"#;
    fs::write(dir.path().join("two.wat"), text).unwrap();
    assert_exit(&meld(&dir, &["fuse", "two.wat", "-o", "two.wasm"]), 0);
    let flags = |file: &str| stdout(&meld(&dir, &["inspect", file, "--features"]));
    assert_eq!(
        flags("two.wasm"),
        "--enable-sign-ext --enable-bulk-memory --enable-reference-types --enable-multimemory\n"
    );
    assert_eq!(flags("two.wat"), "--enable-sign-ext --enable-bulk-memory --enable-reference-types\n");
    let told = stdout(&meld(&dir, &["inspect", "two.wasm"]));
    assert_says(
        &told,
        &["two.wasm: a fused core module of ", "export f: func(x: s32) -> s32;", "2 functions"],
    );
    let told: Value = serde_json::from_str(&stdout(&meld(&dir, &["inspect", "two.wasm", "--json"]))).unwrap();
    assert_eq!(told["features"], serde_json::json!(["sign-extension", "bulk-memory", "multi-memory"]));
    assert!(told["component"].is_null() && told["core-module"]["functions"] == 2, "{told}");
}

/// A composition in which each optimisation does something.
const OPTIMISED: &str = include_str!("../../tests/cases/wat/optimisations.wat");

/// How many notes there are of each optimisation.
fn notes(told: &Value) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for note in told["explanation"].as_array().unwrap() {
        assert!(note["what"].is_string() && note["place"].is_string(), "{note}");
        *counts.entry(note["optimization"].as_str().unwrap().to_string()).or_default() += 1;
    }
    counts
}

#[test]
fn each_optimisation_can_be_switched_off() {
    let dir = scratch();
    fs::write(dir.path().join("optimised.wat"), OPTIMISED).unwrap();
    let fuse = |more: &[&str]| {
        let arguments = [&["fuse", "optimised.wat", "-o", "out.wasm", "--json", "--explain"], more].concat();
        let output = meld(&dir, &arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        (
            notes(&serde_json::from_slice(&output.stdout).unwrap()),
            fs::read(dir.path().join("out.wasm")).unwrap(),
        )
    };
    let names: Vec<&str> = Optimizations::LIST.iter().map(|(name, _)| *name).collect();
    let (all, optimised) = fuse(&[]);
    let told: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    assert_eq!(told, names.iter().copied().collect());
    assert_eq!(fuse(&["-O1"]), (all.clone(), optimised.clone()));
    for name in &names {
        let (told, bytes) = fuse(&["--skip", name]);
        // A call with a check to do needs an adapter, and frames of borrows are not in it.
        let needs = |other: &str| ["direct-calls", "inline-handles"].contains(&other);
        let gone = |other: &str| other == *name || *name == "elide-checks" && needs(other);
        let others: BTreeSet<&str> = all.keys().map(String::as_str).filter(|other| !gone(other)).collect();
        assert_eq!(told.keys().map(String::as_str).collect::<BTreeSet<_>>(), others, "{name}");
        assert_ne!(bytes, optimised, "{name}");
    }
    let (none, plain) = fuse(&["-O0"]);
    assert!(none.is_empty(), "{none:?}");
    let skips: Vec<&str> = names.iter().flat_map(|name| ["--skip", *name]).collect();
    assert_eq!(fuse(&skips), (none, plain));
}

#[test]
fn an_explanation_is_for_people_on_stderr() {
    let dir = scratch();
    let output = meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm", "--explain", "-q"]);
    assert_exit(&output, 0);
    assert_eq!(stdout(&output), "");
    assert_says(&stderr(&output), &["direct-calls: 0 (", "elide-checks: 2 (", "  root: "]);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let dir = scratch();
    for arguments in [
        &[][..],
        &["--timeout", "5s"],
        &["melt"],
        &["fuse"],
        &["fuse", "adder.wat", "--no-such-flag"],
        &["fuse", "-", "-", "-o", "out.wasm"],
        &["fuse", "-", "--wac", "-", "-o", "out.wasm"],
        &["fuse", "adder.wat", "-o", "out.wasm", "-q", "-v"],
        &["fuse", "adder.wat", "-o", "out.wasm", "--max-memory", "much"],
        &["fuse", "adder.wat", "-o", "out.wasm", "-O2"],
        &["fuse", "adder.wat", "-o", "out.wasm", "--skip", "inlining"],
        &["fuse", "adder.wat", "-o", "out.wasm", "--timeout", "later"],
        &["compose"],
        &["compose", "-", "-", "-o", "out.wasm"],
        &["inspect"],
        &["inspect", "-", "--wac", "-"],
        &["completions", "no-such-shell"],
    ] {
        let output = meld(&dir, arguments);
        assert_exit(&output, 2);
        assert_eq!(stdout(&output), "", "{arguments:?}");
        assert_ne!(stderr(&output), "", "{arguments:?}");
    }
    assert_eq!(files(dir.path()), ["adder.wat", "async.wat", "module.wasm"]);
}

#[test]
fn version_tells_of_the_component_inside() {
    let dir = scratch();
    let output = meld(&dir, &["--version"]);
    assert_exit(&output, 0);
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0], concat!("meld ", env!("CARGO_PKG_VERSION")));
    assert!(lines[1].starts_with("fuser ") && lines[1].contains("SHA-256 "), "{text}");
    let sha256 = lines[1].rsplit(' ').next().unwrap().trim_end_matches(')');
    assert!(sha256.len() == 64 && sha256.chars().all(|c| c.is_ascii_hexdigit()), "{sha256}");
}

#[test]
fn completions_are_for_meld() {
    let dir = scratch();
    for shell in ["bash", "zsh", "fish"] {
        let output = meld(&dir, &["completions", shell]);
        assert_exit(&output, 0);
        assert_says(&stdout(&output), &["meld", "inspect"]);
    }
}

#[test]
fn figures_are_for_people_or_for_programs() {
    let dir = scratch();
    let output = meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm", "--stats"]);
    assert_exit(&output, 0);
    assert_says(&stdout(&output), &["output bytes", "component instances", "handle tables"]);
    let output = meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm", "--json"]);
    assert_exit(&output, 0);
    let done: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(done["output"], "out.wasm");
    assert_eq!(done["kind"], "core-module");
    let size = fs::metadata(dir.path().join("out.wasm")).unwrap().len();
    assert_eq!(done["statistics"]["output-bytes"], size);
    assert_eq!(done["statistics"]["core-instances"], 1);
}

#[test]
fn verbose_tells_times() {
    let dir = scratch();
    let output = meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm", "-v"]);
    assert_exit(&output, 0);
    assert_says(&stderr(&output), &["read", "link", "merge", " ms"]);
}

#[test]
fn inspect_tells_about_a_component() {
    let dir = scratch();
    let output = meld(&dir, &["inspect", "adder.wat"]);
    assert_exit(&output, 0);
    assert_says(&stdout(&output), &["export add"]);
    let output = meld(&dir, &["inspect", "adder.wat", "--json"]);
    assert_exit(&output, 0);
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_says(told["wit"].as_str().unwrap(), &["export add"]);
}

/// `scratch`, with `store.wat` and `shop.wat`.
fn store_and_shop() -> TempDir {
    let dir = scratch();
    fs::write(dir.path().join("store.wat"), STORE).unwrap();
    fs::write(dir.path().join("shop.wat"), SHOP).unwrap();
    dir
}

#[test]
fn compose_makes_what_fuse_would_fuse() {
    let dir = store_and_shop();
    let output = meld(&dir, &["compose", "shop.wat", "store.wat", "-o", "both.wasm"]);
    assert_exit(&output, 0);
    assert_eq!(stdout(&output), "");
    assert_says(&stderr(&output), &["wrote both.wasm: component of "]);
    for component in [&[][..], &["--component"]] {
        let composed = meld(&dir, &[&["fuse", "both.wasm"], component].concat());
        let several = meld(&dir, &[&["fuse", "shop.wat", "store.wat"], component].concat());
        assert_exit(&several, 0);
        assert_eq!(composed.stdout, several.stdout);
    }
    let stream = meld_with_stdin(&dir, &["compose", "store.wat", "-"], SHOP.as_bytes());
    assert_exit(&stream, 0);
    let fused = meld_with_stdin(&dir, &["fuse", "-"], &stream.stdout);
    assert_exit(&fused, 0);
    assert_eq!(fused.stdout, meld(&dir, &["fuse", "store.wat", "shop.wat"]).stdout);

    fs::write(dir.path().join("app.wac"), "package x:app; let s = new acme:s {}; export s...;").unwrap();
    let output = meld(&dir, &["compose", "acme:s=store.wat", "--wac", "app.wac", "-q", "-o", "s.wasm"]);
    assert_exit(&output, 0);
    assert_eq!(stderr(&output), "");
    assert_says(&stdout(&meld(&dir, &["inspect", "s.wasm"])), &["export acme:store/items@1.0.0"]);
}

/// A single one is its own composition, as binary.
#[test]
fn compose_leaves_one_input_as_it_is() {
    let dir = scratch();
    let output = meld(&dir, &["compose", "adder.wat", "-o", "out.wasm", "--json"]);
    assert_exit(&output, 0);
    let written = fs::read(dir.path().join("out.wasm")).unwrap();
    assert!(written.starts_with(b"\0asm\x0d\0\x01\0"));
    let done: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!((&done["output"], &done["kind"]), (&"out.wasm".into(), &"component".into()));
    assert_eq!(done["statistics"]["output-bytes"], written.len());
    let again = meld(&dir, &["compose", "out.wasm"]);
    assert_exit(&again, 0);
    assert_eq!(again.stdout, written);
}

#[test]
fn compose_refuses_what_fuse_would_refuse() {
    let dir = store_and_shop();
    fs::write(dir.path().join("out.wasm"), "precious").unwrap();
    // Valid but for a function body.
    let text = STORE.replace("(i32.const 7)", "(i64.const 7)");
    fs::write(dir.path().join("body.wat"), text).unwrap();
    for inputs in [
        &["module.wasm"][..],
        &["store.wat", "module.wasm"],
        &["body.wat"],
        &["body.wat", "shop.wat"],
        &["adder.wat", "store.wat"],
        &["store.wat", "store.wat"],
    ] {
        let composed = meld(&dir, &[&["compose", "-o", "out.wasm", "--json"], inputs].concat());
        let fused = meld(&dir, &[&["fuse", "-o", "out.wasm", "--json"], inputs].concat());
        assert_exit(&composed, 1);
        assert_eq!(stderr(&composed), stderr(&fused), "{inputs:?}");
        assert_eq!(stdout(&composed), "");
    }
    assert_eq!(fs::read_to_string(dir.path().join("out.wasm")).unwrap(), "precious");
}

#[test]
fn inspect_tells_how_several_connect_and_what_they_make() {
    let dir = store_and_shop();
    let output = meld(&dir, &["inspect", "shop.wat", "store.wat"]);
    assert_exit(&output, 0);
    let wiring = "# How the inputs connect\n\n\
        shop.wat\n  acme:store/items@1.0.0: store.wat\n  acme:log/log: the host\n\n\
        store.wat\n  imports nothing\n\n\
        exports\n  twice: shop.wat\n\nthe composition: a component of ";
    assert!(stdout(&output).starts_with(wiring), "{}", stdout(&output));
    assert_says(&stdout(&output), &["import acme:log/log", "# What fusing does", "1 direct call"]);

    let output = meld(&dir, &["inspect", "shop.wat", "store.wat", "--json"]);
    assert_exit(&output, 0);
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let wiring = &told["wiring"];
    assert_eq!(wiring["instances"][1], serde_json::json!({ "name": "store.wat", "input": 1 }));
    let export = serde_json::json!({ "export": { "instance": 1, "name": "acme:store/items@1.0.0" } });
    assert_eq!(wiring["connections"][0]["met-by"], export);
    assert_eq!(wiring["connections"][1]["met-by"], "host");
    assert_eq!(wiring["exports"][0]["as"], "twice");
    assert_eq!(wiring["refused"], Value::Null);
    assert_eq!(told["name"], "the composition");
    assert_eq!(told["resolve"]["worlds"][0]["name"], "root");

    let output = meld(&dir, &["inspect", "shop.wat", "--json"]);
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(told.get("wiring"), Some(&Value::Null));
}

#[test]
fn inspect_tells_a_document() {
    let dir = store_and_shop();
    let text = "package x:app; let one = new x:store {}; let two = new x:store {};
        let shop = new x:shop { \"acme:store/items@1.0.0\": two[\"acme:store/items@1.0.0\"], ... };
        export shop[\"twice\"] as other;";
    fs::write(dir.path().join("app.wac"), text).unwrap();
    let output = meld(&dir, &["inspect", "shop.wat", "store.wat", "--wac", "app.wac"]);
    assert_exit(&output, 0);
    let two = "shop\n  acme:store/items@1.0.0: two\n";
    assert_says(&stdout(&output), &["\none\n", two, "other: shop (as twice)", "app.wac: a component of "]);
}

/// What there is to tell is told before the error.
#[test]
fn inspect_tells_what_refuses_a_composition() {
    let dir = store_and_shop();
    let output = meld(&dir, &["inspect", "adder.wat", "shop.wat"]);
    assert_exit(&output, 1);
    assert_says(&stdout(&output), &["acme:store/items@1.0.0: the host", "They cannot be composed."]);
    assert_says(&stderr(&output), &["error[nothing-in-common]: ", "`adder.wat`"]);

    let other = STORE.replace("(component", "(component (import \"x:x/x\" (instance))");
    fs::write(dir.path().join("other.wat"), other).unwrap();
    let output = meld(&dir, &["inspect", "shop.wat", "store.wat", "other.wat"]);
    assert_exit(&output, 1);
    assert_says(&stdout(&output), &["acme:store/items@1.0.0: ambiguous: store.wat or other.wat"]);
    let output = meld(&dir, &["inspect", "shop.wat", "store.wat", "other.wat", "--json"]);
    assert_exit(&output, 1);
    let told: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let error: Value = serde_json::from_str(&stderr(&output)).unwrap();
    assert_eq!(told["wiring"]["refused"], error["error"]);
    assert_eq!(error["error"]["code"], "ambiguous-import");
    assert_eq!(told.as_object().unwrap().len(), 1);
}

#[test]
fn a_refused_input_is_exit_code_1_and_says_where() {
    let dir = scratch();
    let output = meld(&dir, &["fuse", "module.wasm", "-o", "out.wasm"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[not-a-component]: ", " module.wasm", "help: "]);
    let output = meld(&dir, &["fuse", "async.wat", "-o", "out.wasm"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[unsupported]: ", "async", "async.wat, offset 0x"]);
    let output = meld(&dir, &["inspect", "module.wasm"]);
    assert_exit(&output, 1);
}

#[test]
fn a_mistake_in_a_text_is_shown_in_its_line() {
    let dir = scratch();
    fs::write(dir.path().join("bad.wat"), "(component\n  (core modul))\n").unwrap();
    let output = meld(&dir, &["fuse", "bad.wat", "-o", "out.wasm"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[malformed]: ", "bad.wat:2:", "(core modul))"]);
    fs::write(dir.path().join("bad.wac"), "package a:b;\nlet x = nonsense {;\n").unwrap();
    let output = meld(&dir, &["fuse", "adder.wat", "--wac", "bad.wac", "-o", "out.wasm"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[invalid-wac]: ", "bad.wac:2:", "let x = nonsense {;"]);
}

#[test]
fn errors_as_json_have_every_member() {
    let dir = scratch();
    for (arguments, code, exit) in [
        (&["fuse", "module.wasm", "-o", "out.wasm", "--json"][..], "not-a-component", 1),
        (&["inspect", "module.wasm", "--json"], "not-a-component", 1),
        (&["fuse", "adder.wat", "--json", "--no-such-flag"], "usage", 2),
        (&["fuse", "missing.wasm", "-o", "out.wasm", "--json"], "files", 3),
    ] {
        let output = meld(&dir, arguments);
        assert_exit(&output, exit);
        assert_eq!(stdout(&output), "", "{arguments:?}");
        let told: Value = serde_json::from_str(&stderr(&output)).unwrap();
        let error = told["error"].as_object().unwrap();
        assert_eq!(error["code"], code, "{arguments:?}");
        assert!(!error["message"].as_str().unwrap().contains('\n'), "{arguments:?}: {}", error["message"]);
        let members: Vec<&str> = error.keys().map(String::as_str).collect();
        assert_eq!(members, ["code", "hint", "input", "message", "offset", "path"], "{arguments:?}");
    }
}

/// What steers wasmtime in the user's other programs has no part in this one.
#[test]
fn the_environment_of_wasmtime_does_not_matter() {
    let dir = scratch();
    let output = Command::new(env!("CARGO_BIN_EXE_meld"))
        .args(["inspect", "adder.wat"])
        .env("WASMTIME_BACKTRACE_DETAILS", "1")
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_exit(&output, 0);
}

/// Text has offsets of its own; an error about what it stands for points into the binary.
#[test]
fn errors_about_text_point_to_the_right_place() {
    let dir = scratch();
    fs::write(dir.path().join("text.wat"), "(component\n  (import 7))").unwrap();
    let output = meld(&dir, &["inspect", "text.wat"]);
    assert_says(&stderr(&output), &["error[malformed]: ", "text.wat:2:11"]);
    let labels: String = (0..20_000).map(|n| format!("\"l{n}\" ")).collect();
    fs::write(dir.path().join("large.wat"), format!("(component (type (enum {labels})))")).unwrap();
    for command in ["inspect", "fuse"] {
        let output = meld(&dir, &[command, "large.wat"]);
        assert_exit(&output, 1);
        assert_says(&stderr(&output), &["error[invalid]: ", "large.wat, offset 0x", "of its binary form"]);
    }
}

/// What a document refuses has its place in the document.
#[test]
fn a_refused_document_is_shown_in_its_text() {
    let dir = scratch();
    let text = format!("package t:t;\nlet x = {}1;\n", "(".repeat(5000));
    fs::write(dir.path().join("deep.wac"), text).unwrap();
    let output = meld(&dir, &["fuse", "--wac", "deep.wac", "adder.wat", "-o", "x.wasm"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]", "deep.wac:2:"]);
    assert!(!stderr(&output).contains("binary form"), "{}", stderr(&output));
}
