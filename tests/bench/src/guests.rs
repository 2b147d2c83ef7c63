//! The guests of tests/bench/guests. In: nothing; cargo builds them. Out: components, compositions of
//! them, and the limit's core modules. Not its job: fusing.

use anyhow::{Context, Result, ensure};
use meld_tests::{compose, guests::target_dir};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the guests were built.
pub struct Guests(PathBuf);

/// Which components call each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// A caller and a callee.
    Pair,
    /// A caller, a middle that calls the next, and a callee.
    Chain,
    /// A caller that lends the callee's resource to a relay, which hands the borrow on to the callee.
    Relay,
}

impl Shape {
    pub const ALL: [Shape; 3] = [Shape::Pair, Shape::Chain, Shape::Relay];

    /// In the page.
    pub fn title(self) -> &'static str {
        match self {
            Shape::Pair => "pair",
            Shape::Chain => "chain",
            Shape::Relay => "relay",
        }
    }

    /// The parts, providers first.
    pub fn parts(self) -> &'static [&'static str] {
        match self {
            Shape::Pair => &["callee", "caller"],
            Shape::Chain => &["callee", "middle", "caller"],
            Shape::Relay => &["callee", "relay", "relay_caller"],
        }
    }

    /// The same as one core module, where there is such a thing.
    fn limit(self) -> Option<&'static str> {
        match self {
            Shape::Pair => Some("limit"),
            Shape::Chain => Some("limit_chain"),
            Shape::Relay => None,
        }
    }
}

impl Guests {
    /// Builds them, or finds that they are up to date.
    pub fn build() -> Result<Guests> {
        const TARGET: &str = "wasm32-unknown-unknown";
        let target = directory()?.join("guests");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["build", "--quiet", "--release", "--locked", "--examples", "--target", TARGET])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("guests"))
            .arg("--target-dir")
            .arg(&target)
            .status()?;
        ensure!(status.success(), "cargo: {status}");
        Ok(Guests(target.join(TARGET).join("release").join("examples")))
    }

    /// A guest as a component.
    pub fn component(&self, name: &str) -> Result<Vec<u8>> {
        let core = self.core(name)?;
        wit_component::ComponentEncoder::default().module(&core)?.validate(true).encode()
    }

    /// The parts of a composition, with their names.
    pub fn parts(&self, shape: Shape) -> Result<Vec<(&'static str, Vec<u8>)>> {
        shape.parts().iter().map(|name| Ok((*name, self.component(name)?))).collect()
    }

    pub fn composed(&self, shape: Shape) -> Result<Vec<u8>> {
        let parts = self.parts(shape)?;
        compose::chain(&parts.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect::<Vec<_>>())
    }

    /// The caller and the callee of async calls.
    pub fn tasks(&self) -> Result<Vec<u8>> {
        let parts =
            ["tasks_callee", "tasks_caller"].map(|name| self.component(name).map(|bytes| (name, bytes)));
        let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
        compose::chain(&parts.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect::<Vec<_>>())
    }

    /// The same Rust sources in one core module.
    pub fn limit(&self, shape: Shape) -> Result<Option<Vec<u8>>> {
        shape.limit().map(|name| self.core(name)).transpose()
    }

    fn core(&self, name: &str) -> Result<Vec<u8>> {
        let file = self.0.join(name).with_extension("wasm");
        std::fs::read(&file).with_context(|| file.display().to_string())
    }
}

/// Everything that the benchmark makes is in here.
pub fn directory() -> Result<PathBuf> {
    let directory = target_dir().join("bench");
    std::fs::create_dir_all(&directory)?;
    Ok(directory.canonicalize()?)
}
