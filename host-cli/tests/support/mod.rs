//! What the tests of the command share: inputs, a directory to run in, and the running. In: arguments. Out: what
//! meld did. Not its job: what it should have done.

#![allow(dead_code)] // Each test program uses its part.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

pub const ADDER: &str = r#"(component
  (core module $m
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $i (instantiate $m))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $i "add"))))"#;

/// A valid component that needs what meld does not fuse.
pub const ASYNC: &str = r#"(component
  (core module $m (func (export "f")))
  (core instance $i (instantiate $m))
  (func (export "f") async (canon lift (core func $i "f") async)))"#;

pub const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// A directory with `adder.wat`, `async.wat` and `module.wasm`, in which meld runs.
pub fn scratch() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("adder.wat"), ADDER).unwrap();
    fs::write(dir.path().join("async.wat"), ASYNC).unwrap();
    fs::write(dir.path().join("module.wasm"), MODULE).unwrap();
    dir
}

pub fn meld(dir: &TempDir, arguments: &[&str]) -> Output {
    meld_with_stdin(dir, arguments, b"")
}

/// The command, to be run in `dir`.
pub fn command(dir: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meld"));
    command.args(arguments).current_dir(dir.path());
    command
}

pub fn meld_with_stdin(dir: &TempDir, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = command(dir, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // meld may end without reading.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[track_caller]
pub fn assert_exit(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}{}", stdout(output), stderr(output));
}

#[track_caller]
pub fn assert_says(text: &str, expected: &[&str]) {
    for part in expected {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
}

/// The names of all files in `dir`, in order.
pub fn files(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A component that fuses to more than `size` bytes.
pub fn large(size: usize) -> String {
    let data = "x".repeat(size);
    let pages = size / 65536 + 1;
    format!(
        r#"(component
            (core module $m
              (memory {pages})
              (data (i32.const 0) "{data}")
              (func (export "f") (result i32) (i32.load (i32.const 0))))
            (core instance $i (instantiate $m))
            (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
    )
}
