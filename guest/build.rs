//! Compiles what runs inside of results and is written in Rust: the platform (`platform/`), which `--wasi 0.1` puts
//! under a component, and the scheduler (`scheduler/`), which tasks, streams and futures need. In: their sources.
//! Out: a core module of each in the output directory. Not its job: what becomes of them (`src/platform`,
//! `src/runtime`).
//!
//! rustc alone does it: the crates have no dependencies, and what cargo adds, hashes that differ by machine
//! and place, would make other bytes. docs/decisions/platform-is-a-component.md tells more.

use std::env;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=platform/src");
    println!("cargo:rerun-if-changed=scheduler/src");
    // The native command goes without the fuser itself.
    if env::var_os("CARGO_FEATURE_PIPELINE").is_some()
        && let Err(error) = build()
    {
        println!("cargo::error={error}");
    }
}

fn build() -> Result<(), String> {
    let rustc = env::var_os("RUSTC").ok_or("cargo sets RUSTC for build scripts")?;
    ensure_target(&rustc)?;
    // What lies on its stack is small.
    compile(&rustc, "platform", "z", 16384)?;
    // Each task that waits on the stack has a frame on this one, too.
    compile(&rustc, "scheduler", "3", 65536)
}

/// Compiles the crate in this directory. The stack comes below everything: where it ends too early, there is a trap.
fn compile(rustc: &OsStr, name: &str, level: &str, stack: u32) -> Result<(), String> {
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?;
    let status = Command::new(rustc)
        .args(["--crate-name", &format!("meld_{name}"), "--crate-type", "cdylib", "--edition", "2024"])
        .args([
            "--target",
            TARGET,
            "-C",
            &format!("opt-level={level}"),
            "-C",
            "lto=fat",
            "-C",
            "codegen-units=1",
        ])
        .args(["-C", "panic=abort", "-C", "strip=symbols"])
        .args(["-C", "link-arg=--stack-first", "-C", &format!("link-arg=-zstack-size={stack}")])
        .arg("src/lib.rs")
        .arg("-o")
        .arg(Path::new(&out).join(format!("{name}.wasm")))
        .current_dir(name)
        .status()
        .map_err(|error| format!("cannot start rustc: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("the {name} does not build: see rustc's messages above")),
    }
}

/// rustup does not install a target on its own when rustc needs it.
fn ensure_target(rustc: &OsStr) -> Result<(), String> {
    let libraries = Command::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .map_err(|error| format!("cannot start rustc: {error}"))?;
    let libraries = String::from_utf8_lossy(&libraries.stdout).trim().to_string();
    if !libraries.is_empty() && Path::new(&libraries).is_dir() {
        return Ok(());
    }
    match Command::new("rustup").args(["target", "add", TARGET]).status() {
        Ok(status) if status.success() => Ok(()),
        _ => Err(format!("Rust's target {TARGET} is missing: install it with `rustup target add {TARGET}`")),
    }
}
