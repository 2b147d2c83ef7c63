//! Compiles the fuser ahead of time. In: the component that `MELD_WASM` names, or the guest's sources, which it
//! then builds. Out: `meld.cwasm` in the output directory, and the size and SHA-256 of the component. Not its
//! job: how wasmtime is set up (`src/engine.rs`).

use sha2::{Digest, Sha256};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasmtime::error::Context;
use wasmtime::{Result, bail};

#[path = "src/engine.rs"]
mod engine;

const GUEST_TARGET: &str = "wasm32-wasip2";

fn main() -> Result<()> {
    let workspace = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join("..");
    let out = PathBuf::from(variable("OUT_DIR")?);
    println!("cargo:rerun-if-env-changed=MELD_WASM");
    let wasm = match env::var_os("MELD_WASM") {
        Some(path) => {
            let path = PathBuf::from(path);
            println!("cargo:rerun-if-changed={}", path.display());
            path
        }
        None => build_guest(&workspace, &out.join("guest"))?,
    };
    let bytes = fs::read(&wasm).with_context(|| format!("cannot read {}", wasm.display()))?;

    let config = engine::config(Some(&variable("TARGET")?))?;
    let engine = wasmtime::Engine::new(&config)?;
    let compiled = engine.precompile_component(&bytes)?;
    fs::write(out.join("meld.cwasm"), compiled)?;

    println!("cargo:rustc-env=MELD_WASM_SIZE={}", bytes.len());
    println!("cargo:rustc-env=MELD_WASM_SHA256={:x}", Sha256::digest(&bytes));
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src/engine.rs");
    Ok(())
}

fn variable(name: &str) -> Result<String> {
    env::var(name).with_context(|| format!("cargo sets {name} for build scripts"))
}

/// Runs cargo for the guest, in a target directory of its own: the outer cargo holds the lock of
/// the common one.
fn build_guest(workspace: &Path, target_dir: &Path) -> Result<PathBuf> {
    for source in ["guest/src", "guest/Cargo.toml", "wit", "Cargo.toml", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={}", workspace.join(source).display());
    }
    ensure_guest_target()?;
    let status = Command::new(variable("CARGO")?)
        .args(["rustc", "--package", "meld-fuser", "--lib", "--crate-type", "cdylib"])
        .args(["--profile", "guest", "--target", GUEST_TARGET, "--target-dir"])
        .arg(target_dir)
        .current_dir(workspace)
        // Flags for the native program do not fit the guest.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTFLAGS")
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("the fuser does not build for {GUEST_TARGET}: see cargo's messages above");
    }
    let linked = target_dir.join(GUEST_TARGET).join("guest").join("meld_fuser.wasm");
    let mut component = fs::read(&linked).with_context(|| format!("cannot read {}", linked.display()))?;
    meld_stamp::stamp(&mut component).map_err(|e| wasmtime::format_err!("{e}"))?;
    let stamped = target_dir.join("meld.wasm");
    fs::write(&stamped, component)?;
    Ok(stamped)
}

/// rustup does not install a target on its own when cargo needs it.
fn ensure_guest_target() -> Result<()> {
    let libraries = Command::new(variable("RUSTC")?)
        .args(["--print", "target-libdir", "--target", GUEST_TARGET])
        .output()
        .context("cannot start rustc")?;
    let libraries = String::from_utf8_lossy(&libraries.stdout).trim().to_string();
    if !libraries.is_empty() && Path::new(&libraries).is_dir() {
        return Ok(());
    }
    match Command::new("rustup").args(["target", "add", GUEST_TARGET]).status() {
        Ok(status) if status.success() => Ok(()),
        _ => bail!(
            "Rust's target {GUEST_TARGET} is missing: install it with `rustup target add {GUEST_TARGET}`"
        ),
    }
}
