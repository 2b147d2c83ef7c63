//! The programs that are compared. In: nothing. Out: their paths: those that tests/bench/tools.sh gets, and
//! those that are built here. Not its job: getting them.

use crate::guests::directory;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};

/// The peer's native release; there is not one for every machine.
pub fn peer() -> Result<Option<PathBuf>> {
    let peer = directory()?.join("tools/peer/peer");
    Ok(peer.exists().then_some(peer))
}

pub fn wasm_tools() -> Result<PathBuf> {
    present(directory()?.join("tools/bin/wasm-tools"))
}

/// Binaryen's optimiser.
pub fn wasm_opt() -> Result<PathBuf> {
    present(directory()?.join("../tools/optimiser/node_modules/.bin/wasm-opt"))
}

/// The command.
pub fn meld() -> Result<PathBuf> {
    beside("meld")
}

/// The library as a program.
pub fn meld_native() -> Result<PathBuf> {
    beside("meld-native")
}

/// The npm package's command.
pub fn meld_in_node() -> Result<PathBuf> {
    present(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/package/dist/command.js"))
}

fn beside(name: &str) -> Result<PathBuf> {
    let this = std::env::current_exe()?;
    let directory = this.parent().context("a program in no directory")?;
    present(directory.join(name))
}

fn present(path: PathBuf) -> Result<PathBuf> {
    ensure!(path.exists(), "{} is missing: `just bench` makes it", path.display());
    Ok(path)
}
