//! Compiles the platform (`platform/`), which `--wasi 0.1` puts under a component. In: its sources. Out: its
//! core module in the output directory. Not its job: making a component of it (`src/platform`).
//!
//! rustc alone does it: the crate has no dependencies, and what cargo adds, hashes that differ by machine
//! and place, would make other bytes. docs/decisions/platform-is-a-component.md tells more.

use std::env;
use std::path::Path;
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=platform/src");
    // The native command goes without the fuser itself.
    if env::var_os("CARGO_FEATURE_PIPELINE").is_some()
        && let Err(error) = build()
    {
        println!("cargo::error={error}");
    }
}

fn build() -> Result<(), String> {
    let rustc = env::var_os("RUSTC").ok_or("cargo sets RUSTC for build scripts")?;
    let out = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?;
    ensure_target(&rustc)?;
    let status = Command::new(&rustc)
        .args(["--crate-name", "meld_platform", "--crate-type", "cdylib", "--edition", "2024"])
        .args(["--target", TARGET, "-C", "opt-level=z", "-C", "lto=fat", "-C", "codegen-units=1"])
        .args(["-C", "panic=abort", "-C", "strip=symbols"])
        // The stack below everything: where it ends too early, there is a trap. What lies on it is small.
        .args(["-C", "link-arg=--stack-first", "-C", "link-arg=-zstack-size=16384"])
        .arg("src/lib.rs")
        .arg("-o")
        .arg(Path::new(&out).join("platform.wasm"))
        .current_dir("platform")
        .status()
        .map_err(|error| format!("cannot start rustc: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err("the platform does not build: see rustc's messages above".to_string()),
    }
}

/// rustup does not install a target on its own when rustc needs it.
fn ensure_target(rustc: &std::ffi::OsStr) -> Result<(), String> {
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
