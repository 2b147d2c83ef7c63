//! What is fused. In: nothing; it is built. Out: files, each one component. Not its job: measuring.

use crate::guests::{Guests, Shape, directory};
use crate::tools;
use anyhow::{Context, Result, ensure};
use meld_tests::{compose, guests::target_dir};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Name {
    JavaScript,
    Python,
    Application,
    Fifty,
    /// A component with nothing in it: what a program needs for itself.
    Empty,
    Calls(Shape),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    pub name: Name,
    pub path: PathBuf,
    pub bytes: u64,
}

impl Name {
    /// What is measured as a whole process.
    pub const FUSED: [Name; 4] = [Name::JavaScript, Name::Python, Name::Application, Name::Fifty];

    /// In the page.
    pub fn title(self) -> String {
        match self {
            Name::JavaScript => "JavaScript".into(),
            Name::Python => "Python".into(),
            Name::Application => "Rust, JavaScript and Python".into(),
            Name::Fifty => "chain of 50".into(),
            Name::Empty => "an empty component".into(),
            Name::Calls(shape) => format!("calls, {}", shape.title()),
        }
    }

    fn file(self) -> String {
        match self {
            Name::JavaScript => "text".into(),
            Name::Python => "figures".into(),
            Name::Application => "application".into(),
            Name::Fifty => "fifty".into(),
            Name::Empty => "empty".into(),
            Name::Calls(shape) => shape.title().into(),
        }
    }
}

/// A component that one of `tests/toolchains` becomes.
pub fn toolchain(name: Name) -> Result<Vec<u8>> {
    let file = built()?.join(name.file()).with_extension("wasm");
    std::fs::read(&file).with_context(|| file.display().to_string())
}

/// Where the components of the toolchains are, which are built unless they are.
fn built() -> Result<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../toolchains/build.sh");
    let status = Command::new(&script).status().with_context(|| script.display().to_string())?;
    ensure!(status.success(), "{}: {status}", script.display());
    Ok(target_dir().join("toolchains").canonicalize()?)
}

/// The JavaScript and the Python component, and the application of both.
pub fn toolchains() -> Result<Vec<Input>> {
    let built = built()?;
    let part = |name: &str| built.join(name).with_extension("wasm");
    let application = path(Name::Application)?;
    let parts = ["app", "text", "figures"].map(part);
    let status = Command::new(tools::meld()?)
        .args(["compose", "--quiet", "-o"])
        .arg(&application)
        .args(&parts)
        .status()?;
    ensure!(status.success(), "meld compose: {status}");
    [(Name::JavaScript, part("text")), (Name::Python, part("figures")), (Name::Application, application)]
        .map(|(name, path)| Input::at(name, path))
        .into_iter()
        .collect()
}

/// 50 components, each of which calls the next: a caller, 48 middles, and a callee. All have a copy of
/// their own, as they would have if they were different.
pub fn fifty(guests: &Guests) -> Result<Input> {
    const MIDDLES: usize = 48;
    let middle = guests.component("middle")?;
    let names: Vec<String> = (1..=MIDDLES).map(|i| format!("middle{i}")).collect();
    let (callee, caller) = (guests.component("callee")?, guests.component("caller")?);
    let mut parts: Vec<(&str, &[u8])> = vec![("callee", &callee)];
    parts.extend(names.iter().map(|name| (name.as_str(), middle.as_slice())));
    parts.push(("caller", &caller));
    Input::of(Name::Fifty, &compose::chain(&parts)?)
}

/// A component with nothing in it.
pub fn empty() -> Result<Input> {
    Input::of(Name::Empty, &wat::parse_str("(component)")?)
}

/// What the calls are measured with.
pub fn calls(guests: &Guests) -> Result<Vec<Input>> {
    Shape::ALL.into_iter().map(|shape| Input::of(Name::Calls(shape), &guests.composed(shape)?)).collect()
}

impl Input {
    fn of(name: Name, bytes: &[u8]) -> Result<Input> {
        let path = path(name)?;
        std::fs::write(&path, bytes)?;
        Input::at(name, path)
    }

    fn at(name: Name, path: PathBuf) -> Result<Input> {
        let bytes = std::fs::metadata(&path).with_context(|| path.display().to_string())?.len();
        Ok(Input { name, path, bytes })
    }
}

fn path(name: Name) -> Result<PathBuf> {
    let inputs = directory()?.join("inputs");
    std::fs::create_dir_all(&inputs)?;
    Ok(inputs.join(name.file()).with_extension("wasm"))
}
