//! The same input gives the same bytes wherever the fuser runs: as a native library, inside the
//! native command, and fused by itself. (web/package/test compares Node.js and
//! Chromium with the native command.)

use meld_fuser::{Input, Options, OutputKind};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const OUTPUTS: [(OutputKind, &[&str]); 2] =
    [(OutputKind::CoreModule, &[]), (OutputKind::Component, &["--component"])];

/// What `just build` makes.
fn built(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target").join(name);
    assert!(path.exists(), "{} is missing: `just build` makes it", path.display());
    path
}

fn library(input: &Path, output: OutputKind) -> Vec<u8> {
    let input = Input::new(input.display().to_string(), fs::read(input).unwrap());
    meld_fuser::fuse(vec![input], Options { output, ..Options::default() }).unwrap().bytes
}

#[track_caller]
fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn library_and_command_agree_on_every_fixture() {
    let meld = built("release/meld");
    let scratch = tempfile::tempdir().unwrap();
    let out = scratch.path().join("out.wasm");
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("cases/wat");
    let mut count = 0;
    for entry in fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        for (output, flags) in OUTPUTS {
            succeed(Command::new(&meld).arg("fuse").arg(&path).args(flags).arg("-o").arg(&out));
            assert!(fs::read(&out).unwrap() == library(&path, output), "{}", path.display());
            count += 1;
        }
    }
    assert!(count > 0, "there are no fixtures");
}

#[test]
fn the_fuser_fused_by_itself_makes_the_same_bytes() {
    let meld = built("meld.wasm");
    let fused = library(&meld, OutputKind::Component);
    let scratch = tempfile::tempdir().unwrap();
    fs::copy(&meld, scratch.path().join("meld.wasm")).unwrap();
    fs::write(scratch.path().join("fused.wasm"), &fused).unwrap();
    for (output, flags) in OUTPUTS {
        succeed(
            Command::new(built("release/run-component"))
                .current_dir(scratch.path())
                .args(["--dir", ".", "fused.wasm", "fuse", "meld.wasm", "-o", "again.wasm"])
                .args(flags),
        );
        let again = fs::read(scratch.path().join("again.wasm")).unwrap();
        assert!(again == library(&meld, output), "{output:?}");
    }
}
