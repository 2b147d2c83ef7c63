//! What the command lets its fuser have, be it hostile: memory and time, from the first byte to the last. Runs the
//! built binary, with fusers that are made here.

mod support;

use std::fs;
use support::*;
use tempfile::TempDir;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// A component with the exports of a fuser. `inspect` is the body of that function; `more` may define what the
/// module has beside the functions, such as its start function.
fn fuser(dir: &TempDir, pages: u32, inspect: &str, more: &str) {
    let fusion = "meld:fuser/fusion@0.1.0#";
    let i32s = |count: usize| "i32 ".repeat(count);
    let others: String = [
        ("fuse", 1),
        ("wrap", 7),
        ("verify", 9),
        ("compose", 10),
        ("wire", 10),
        ("[constructor]session", 1),
        ("[method]session.add", 8),
        ("[method]session.step", 1),
        ("[static]session.finish", 1),
    ]
    .into_iter()
    .map(|(name, count)| {
        let params = i32s(count);
        format!("(func (export \"{fusion}{name}\") (param {params}) (result i32) unreachable)")
    })
    .collect();
    let module = format!(
        r#"(module
          (memory (export "memory") {pages})
          (global $end (mut i32) (i32.const 4096))
          (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (global.set $end (i32.and (i32.add (global.get $end) (i32.const 15)) (i32.const -16)))
            (global.get $end)
            (global.set $end (i32.add (global.get $end) (local.get 3))))
          (func (export "{fusion}inspect") (param {}) (result i32) (local $i i32) {inspect})
          (func (export "{fusion}version") (result i32) (i32.const 1024))
          (func (export "wasi:cli/run@0.2.0#run") (result i32) (i32.const 0))
          {others} {more})"#,
        i32s(7),
    );
    let mut module = wat::parse_str(module).unwrap();
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../wit")).unwrap();
    let world = resolve.select_world(&[package], Some("fuser")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    let component = ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap();
    fs::write(dir.path().join("fuser.wasm"), component).unwrap();
}

/// An error with `count` strings in its path, which are the same `length` bytes.
fn long_error(count: u32, length: u32) -> String {
    format!(
        "(loop $next
           (i32.store offset=4 (i32.add (i32.const 0x100000) (i32.mul (local.get $i) (i32.const 8))) (i32.const {length}))
           (local.set $i (i32.add (local.get $i) (i32.const 1)))
           (br_if $next (i32.lt_u (local.get $i) (i32.const {count}))))
         (i32.store (i32.const 0x400000) (i32.const 1))
         (i32.store offset=56 (i32.const 0x400000) (i32.const 0x100000))
         (i32.store offset=60 (i32.const 0x400000) (i32.const {count}))
         (i32.const 0x400000)"
    )
}

fn inspect(dir: &TempDir, more: &[&str]) -> std::process::Output {
    meld(dir, &[&["inspect", "adder.wat", "--fuser", "fuser.wasm"], more].concat())
}

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

/// The time counts from before another fuser is compiled and started.
#[test]
fn a_fuser_that_does_not_start_or_end_is_out_of_time() {
    let dir = scratch();
    for (inspect_body, more) in [
        ("unreachable", "(func $start (loop $again (br $again))) (start $start)"),
        ("(loop $again (br $again)) unreachable", ""),
    ] {
        fuser(&dir, 1, inspect_body, more);
        let output = inspect(&dir, &["--timeout", "100ms"]);
        assert_exit(&output, 1);
        assert_says(&stderr(&output), &["error[limit-exceeded]: the fuser was not done after 100ms"]);
    }
    // It answers at once, but there is much of it to compile.
    let functions = "(func (result i32) (i32.add (i32.const 1) (i32.const 2)))".repeat(3000);
    fuser(&dir, 1, "unreachable", &functions);
    let arguments = ["--version", "--fuser", "fuser.wasm"];
    assert_exit(&meld(&dir, &arguments), 0);
    let output = meld(&dir, &[&arguments[..], &["--timeout", "1ms"]].concat());
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: the fuser was not done after 1ms"]);
}

/// What the fuser hands over counts, too: it may be larger than the memory that it lies in.
#[test]
fn a_result_has_the_bounds_of_the_fuser() {
    let dir = scratch();
    // 200 GB, from 8 MiB.
    fuser(&dir, 128, &long_error(100_000, 2 << 20), "");
    let output = inspect(&dir, &["--max-memory", "64MiB"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: the fuser needs more memory than 64MiB"]);

    // The fuser and its result are within the limit, but not both.
    let text = "(drop (memory.grow (i32.const 640)))
        (i32.store offset=12 (i32.const 0x2000000) (i32.const 0x1400000))
        (i32.store offset=20 (i32.const 0x2000000) (i32.const 0x1400000))
        (i32.store offset=28 (i32.const 0x2000000) (i32.const 0x1400000))
        (i32.const 0x2000000)";
    fuser(&dir, 1, text, "");
    let output = inspect(&dir, &["--max-memory", "64MiB"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: the fuser needs more memory than 64MiB"]);
    assert_exit(&inspect(&dir, &["--max-memory", "128MiB"]), 0);

    fuser(&dir, 128, &long_error(100, 1 << 16), "");
    let output = inspect(&dir, &[]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[malformed]: the error has 6553", "too many to show"]);
}

/// How much memory the process had at most, in bytes.
#[cfg(target_os = "linux")]
#[expect(clippy::zombie_processes, reason = "`wait4` waits")]
fn peak(mut command: std::process::Command) -> u64 {
    let child = command.spawn().unwrap();
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the child is waited for only here, and there is room for what is told of it.
    let usage = unsafe {
        assert!(libc::wait4(child.id() as i32, std::ptr::null_mut(), 0, usage.as_mut_ptr()) > 0);
        usage.assume_init()
    };
    usage.ru_maxrss as u64 * 1024
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_takes_no_more_memory_than_it_may() {
    let dir = scratch();
    let peak = |more: &[&str]| {
        let mut meld = command(&dir, &[&["inspect", "adder.wat", "--fuser", "fuser.wasm"], more].concat());
        meld.stderr(std::process::Stdio::null());
        peak(meld)
    };
    fuser(&dir, 128, "unreachable", "");
    let nothing = peak(&[]);
    fuser(&dir, 128, &long_error(100_000, 2 << 20), "");
    let limited = peak(&["--max-memory", "256MiB"]);
    assert!(limited < nothing + (256 << 20), "{nothing} {limited}");
}

/// One function takes a hundred times its size to compile.
#[test]
fn compiling_a_fuser_has_the_bounds_of_the_fuser() {
    let dir = scratch();
    let step = "(local.set 1 (i64.add (local.get 0) (i64.mul (local.get 1) (local.get 2))))
        (if (i64.eqz (local.get 1)) (then (local.set 2 (i64.rotl (local.get 2) (local.get 1)))))";
    let function = format!("(func (param i64) (local i64 i64) {})", step.repeat(80_000));
    fuser(&dir, 1, "unreachable", &function);
    let output = inspect(&dir, &["--max-memory", "64MiB"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: the fuser needs more memory than 64MiB"]);
}

#[test]
fn a_fuser_that_does_not_get_its_memory_is_one_all_the_same() {
    let dir = scratch();
    fuser(&dir, 1000, "unreachable", "");
    let output = inspect(&dir, &["--max-memory", "1MiB"]);
    assert_exit(&output, 1);
    assert_says(&stderr(&output), &["error[limit-exceeded]: the fuser needs more memory than 1MiB"]);
    // Nor is more of it read than there may be in memory.
    if cfg!(unix) {
        let output = meld(&dir, &["inspect", "adder.wat", "--fuser", "/dev/zero", "--max-memory", "1MiB"]);
        assert_exit(&output, 1);
        assert_says(&stderr(&output), &["error[limit-exceeded]: the fuser needs more memory than 1MiB"]);
    }
}

#[test]
fn inputs_have_one_limit_together() {
    let dir = scratch();
    fs::write(dir.path().join("a.wasm"), [0; 40_000]).unwrap();
    fs::write(dir.path().join("b.wasm"), [0; 40_000]).unwrap();
    let output = meld(&dir, &["fuse", "a.wasm", "b.wasm", "-o", "out.wasm", "--max-memory", "64KiB"]);
    assert_exit(&output, 1);
    assert_says(
        &stderr(&output),
        &["error[limit-exceeded]: the inputs", "together", "65536", "--max-memory"],
    );
}
