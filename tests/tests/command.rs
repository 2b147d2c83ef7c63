//! The command line inside the component, run as `wasmtime run --dir .` runs it: what it does with
//! files and what it says, beside the native command that carries the same component.

#[cfg(unix)]
#[path = "../../host-cli/tests/support/links.rs"]
mod links;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

const ADDER: &str = r#"(component
  (core module $m
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))"#;

/// What `just build` makes.
fn built(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target").join(name);
    assert!(path.exists(), "{} is missing: `just build` makes it", path.display());
    path
}

fn scratch() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("adder.wat"), ADDER).unwrap();
    fs::write(dir.path().join("module.wasm"), b"\0asm\x01\0\0\0").unwrap();
    dir
}

fn run(dir: &TempDir, arguments: &[&str]) -> Output {
    Command::new(built("release/run-component"))
        .args(["--dir", "."])
        .arg(built("meld.wasm"))
        .args(arguments)
        .current_dir(dir.path())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// WASI 0.2 knows success and failure, and no other exit codes.
#[track_caller]
fn assert_exit(output: &Output, success: bool) {
    let expected = if success { 0 } else { 1 };
    assert_eq!(output.status.code(), Some(expected), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn fuses_files_to_a_file() {
    let dir = scratch();
    let out = dir.path().join("out.wasm");
    fs::write(&out, "old").unwrap();
    assert_exit(&run(&dir, &["fuse", "adder.wat", "-o", "out.wasm"]), true);
    let written = fs::read(&out).unwrap();
    let native =
        meld_fuser::fuse(vec![meld_fuser::Input::new("adder.wat", ADDER)], meld_fuser::Options::default());
    assert_eq!(written, native.unwrap().bytes);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "a file has stayed behind");
    let output = run(&dir, &["fuse", "adder.wat"]);
    assert_exit(&output, true);
    assert_eq!(output.stdout, written);
}

/// A component that imports `imports`, none or one instance, and exports another.
fn passes(imports: &str, export: &str) -> String {
    format!(
        r#"(component {imports}
            (core module $m (func (export "f"))) (core instance $i (instantiate $m))
            (func $f (canon lift (core func $i "f"))) (instance $e (export "f" (func $f)))
            (export "{export}" (instance $e)))"#
    )
}

/// As `fuse` in the component, and as the native command.
#[test]
fn composes_and_inspects_several() {
    let dir = scratch();
    let importer = passes(r#"(import "a:b/c" (instance (export "f" (func))))"#, "a:b/d");
    let exporter = passes("", "a:b/c");
    fs::write(dir.path().join("importer.wat"), &importer).unwrap();
    fs::write(dir.path().join("exporter.wat"), &exporter).unwrap();
    let output = run(&dir, &["compose", "importer.wat", "exporter.wat", "-o", "both.wasm"]);
    assert_exit(&output, true);
    assert!(text(&output.stderr).starts_with("wrote both.wasm: component of "), "{}", text(&output.stderr));
    let inputs = [("importer.wat", importer), ("exporter.wat", exporter)];
    let inputs: Vec<_> = inputs.map(|(name, text)| meld_fuser::Input::new(name, text)).into();
    let composed = fs::read(dir.path().join("both.wasm")).unwrap();
    assert_eq!(composed, meld_fuser::compose(inputs.clone(), meld_fuser::Composing::default()).unwrap());
    let options = meld_fuser::Options::default();
    let fused = meld_fuser::fuse(vec![meld_fuser::Input::new("both", composed)], options.clone()).unwrap();
    assert_eq!(fused.bytes, meld_fuser::fuse(inputs, options).unwrap().bytes);

    let output = run(&dir, &["inspect", "importer.wat", "exporter.wat"]);
    assert_exit(&output, true);
    let said = text(&output.stdout);
    assert!(said.contains("a:b/c: exporter.wat\n") && said.contains("a:b/d: importer.wat\n"), "{said}");
    assert!(said.contains("# What fusing does"), "{said}");

    let output = run(&dir, &["inspect", "importer.wat", "adder.wat"]);
    assert_exit(&output, false);
    assert!(text(&output.stdout).contains("a:b/c: the host\n"), "{}", text(&output.stdout));
    assert!(text(&output.stderr).contains("error[nothing-in-common]: "), "{}", text(&output.stderr));
}

#[test]
fn a_refused_input_leaves_the_output_untouched() {
    let dir = scratch();
    fs::write(dir.path().join("out.wasm"), "precious").unwrap();
    let output = run(&dir, &["fuse", "module.wasm", "-o", "out.wasm"]);
    assert_exit(&output, false);
    assert!(text(&output.stderr).contains("error[not-a-component]: "), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(dir.path().join("out.wasm")).unwrap(), "precious");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "a file has stayed behind");
}

/// Temporary names are short, and take the first number that is free.
#[test]
fn an_output_may_have_as_long_a_name_as_there_is() {
    let dir = scratch();
    for n in 0..3 {
        fs::write(dir.path().join(format!(".meld-{n}.tmp")), "theirs").unwrap();
    }
    for length in [249, 255] {
        let name = "n".repeat(length);
        for _ in ["new", "old"] {
            assert_exit(&run(&dir, &["fuse", "adder.wat", "-o", &name]), true);
        }
        assert!(fs::read(dir.path().join(name)).unwrap().starts_with(b"\0asm"));
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2 + 3 + 2, "a file has stayed behind");
}

#[cfg(unix)]
#[test]
fn a_link_stays_one_and_must_lead_somewhere() {
    let dir = scratch();
    links::stay_and_lead_somewhere(dir.path(), |arguments| run(&dir, arguments));
}

#[test]
fn files_outside_the_opened_directories_come_with_a_hint() {
    let dir = scratch();
    let output = run(&dir, &["inspect", "/etc/hostname"]);
    assert_exit(&output, false);
    let said = text(&output.stderr);
    assert!(said.contains("error[files]: cannot read /etc/hostname"), "{said}");
    assert!(said.contains("--dir"), "{said}");
}

#[test]
fn help_version_inspect_and_usage() {
    let dir = scratch();
    let output = run(&dir, &["fuse", "--help"]);
    assert_exit(&output, true);
    let said = text(&output.stdout);
    assert!(said.contains("--opaque-rep") && !said.contains("--max-memory"), "{said}");
    let output = run(&dir, &["--version"]);
    assert_exit(&output, true);
    assert_eq!(text(&output.stdout), format!("meld {}\n", meld_fuser::VERSION));
    let output = run(&dir, &["inspect", "adder.wat"]);
    assert_exit(&output, true);
    assert!(text(&output.stdout).contains("export add"), "{}", text(&output.stdout));
    assert_exit(&run(&dir, &["fuse", "--no-such-flag"]), false);
}
