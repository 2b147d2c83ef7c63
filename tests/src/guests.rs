//! The Rust guests of tests/guests. In: nothing; they are built on first use. Out: each case with
//! its parts as components, providers first. Not its job: composing (`compose`), running.

use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A directory of tests/guests/cases.
pub struct Case {
    pub name: String,
    /// From the leaf to the runner: each part's imports are met by the parts before it.
    pub parts: Vec<Part>,
    /// The runner's `run` is an async function.
    pub is_async: bool,
}

pub struct Part {
    /// leaf, intermediate or runner.
    pub role: String,
    /// The component.
    pub bytes: Vec<u8>,
}

/// The order in which the parts are put together.
const ROLES: [&str; 3] = ["leaf", "intermediate", "runner"];

/// Provides the leaf where a case has none of its own; not a case by itself.
const BASE: &str = "base";

/// The names of all cases, sorted.
pub fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("cases"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != BASE {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The case of that name; builds the guests if this process has not done so yet.
pub fn case(name: &str) -> Result<Case> {
    let built = built()?;
    let mut parts = Vec::new();
    for role in ROLES {
        let has = root().join("cases").join(name).join(role).with_extension("rs").exists();
        let of = match role {
            _ if has => name,
            "leaf" => BASE,
            _ => continue,
        };
        let file = format!("{}_{role}.wasm", of.replace('-', "_"));
        let core = std::fs::read(built.join(&file)).context(file)?;
        parts.push(Part { role: role.to_string(), bytes: component(&core)? });
    }
    ensure!(parts.len() >= 2, "{name} has no parts to put together");
    Ok(Case { name: name.to_string(), parts, is_async: is_async(name)? })
}

/// Whether the runner's `run` is an async function.
pub fn is_async(name: &str) -> Result<bool> {
    let world = std::fs::read_to_string(root().join("cases").join(name).join("world.wit"))?;
    Ok(world.contains("export run: async func();"))
}

/// The parts of tests/guests/hosted, whose host has async functions.
pub fn hosted() -> Result<Vec<Part>> {
    let built = built()?;
    let mut parts = Vec::new();
    for role in ["leaf", "runner"] {
        let file = format!("hosted_{role}.wasm");
        let core = std::fs::read(built.join(&file)).context(file)?;
        parts.push(Part { role: role.to_string(), bytes: component(&core)? });
    }
    Ok(parts)
}

fn component(core: &[u8]) -> Result<Vec<u8>> {
    wit_component::ComponentEncoder::default().module(core)?.validate(true).encode()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("guests")
}

/// The directory with the core modules, once they are up to date. Cargo itself sees to it that two
/// test processes do not build at the same time.
fn built() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build().map_err(|e| format!("{e:#}")));
    built.as_deref().map_err(|e| anyhow::anyhow!("the guests do not build: {e}"))
}

fn build() -> Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let target = target_dir().join("guests");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--release", "--locked", "--examples", "--target", TARGET])
        .current_dir(root())
        .arg("--target-dir")
        .arg(&target)
        .status()?;
    ensure!(status.success(), "cargo: {status}");
    Ok(target.join(TARGET).join("release").join("examples"))
}

/// The workspace's target directory.
pub fn target_dir() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("target");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(default, PathBuf::from)
}
