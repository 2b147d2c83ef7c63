//! What the command lets its fuser have: memory and time. Runs the built binary.

mod support;

use std::fs;
use support::*;

#[test]
fn memory_and_time_have_limits() {
    let dir = scratch();
    let output = meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm", "--max-memory", "64KiB"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: ", " 64KiB", "--max-memory"]);
    // Text that takes the fuser longer than a millisecond to read.
    let long = format!("(component {})", "(core module (func))".repeat(100_000));
    fs::write(dir.path().join("long.wat"), long).unwrap();
    let output = meld(&dir, &["fuse", "long.wat", "-o", "out.wasm", "--timeout", "1ms"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: ", "1ms", "--timeout"]);
    assert!(!dir.path().join("out.wasm").exists());
}

/// No more is read than the fuser could hold.
#[test]
fn an_endless_input_is_refused() {
    let dir = scratch();
    // More than any 32-bit program could, and none of it on the disk.
    fs::File::create(dir.path().join("huge.wasm")).unwrap().set_len(1 << 31).unwrap();
    let output = meld(&dir, &["fuse", "huge.wasm", "-o", "out.wasm", "--max-memory", "9GiB"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: ", "2147483647"]);
    assert!(!stderr(&output).contains("--max-memory"));
    for arguments in [["fuse", "-"], ["inspect", "-"]] {
        let output =
            meld_with_stdin(&dir, &[&arguments[..], &["--max-memory", "64KiB"]].concat(), &[0; 65537]);
        assert_exit(&output, 1);
        assert_says(&stderr(&output), &["error[limit-exceeded]: ", "65536", "--max-memory"]);
    }
}

#[test]
fn another_fuser_must_be_one() {
    let dir = scratch();
    for file in ["module.wasm", "adder.wat"] {
        let output = meld(&dir, &["inspect", "adder.wat", "--fuser", file]);
        assert_exit(&output, 2);
        assert_says(&stderr(&output), &["error[usage]: ", file, "is not a build of meld.wasm"]);
    }
}
