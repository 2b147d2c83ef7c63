//! The guests, built with debug information. In: how. Out: components, and how they are composed. Not its job: what is
//! asked of them.

use anyhow::{Context as _, Result, ensure};
use meld_fuser::{Composing, Input, WacSource};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

/// How the guests are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Built {
    /// As for release.
    Optimised,
    /// As while developing.
    Plain,
    /// As for release, with version 5 of DWARF.
    Version5,
    /// As for release, but the leaf is in C.
    InC,
}

pub const ALL: [Built; 4] = [Built::Optimised, Built::Plain, Built::Version5, Built::InC];

/// What `run` is given: all ends of a leaf, of the other leaf, and that of the runner.
pub const WAYS: [u32; 9] = [0, 1, 2, 3, 10, 11, 12, 13, 20];

pub fn built(how: Built, name: &str) -> Vec<u8> {
    static DONE: Mutex<BTreeMap<Built, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut done = DONE.lock().unwrap();
    let folder = done.entry(how).or_insert_with(|| build(how).expect("the guests build"));
    std::fs::read(folder.join(name).with_extension("wasm")).expect("a guest")
}

/// Builds the guests; the folder with them is one of this process.
fn build(how: Built) -> Result<PathBuf> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let target = meld_tests::guests::target_dir().join("debug-guests");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "build",
        "--quiet",
        "--release",
        "--locked",
        "--examples",
        "--target",
        TARGET,
        "--target-dir",
    ]);
    cargo.arg(&target).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("debug"));
    match how {
        Built::Optimised | Built::InC => {}
        Built::Plain => {
            cargo.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
            cargo.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
        }
        Built::Version5 => {
            cargo.env("RUSTFLAGS", "-C dwarf-version=5");
        }
    }
    let status = cargo.status()?;
    ensure!(status.success(), "cargo: {status}");
    let folder = tempfile::tempdir()?.keep();
    for name in ["leaf", "runner"] {
        let file = format!("{name}.wasm");
        let core = match (how, name) {
            (Built::InC, "leaf") => in_c(&folder)?,
            _ => std::fs::read(target.join(TARGET).join("release/examples").join(&file))?,
        };
        let component = wit_component::ComponentEncoder::default().module(&core)?.validate(true).encode()?;
        std::fs::write(folder.join(&file), component)?;
    }
    Ok(folder)
}

/// The leaf in C as a core module, with its world. Whatever lies on the way is in the folder.
fn in_c(folder: &Path) -> Result<Vec<u8>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("debug");
    let [object, module] = ["leaf.o", "leaf.core.wasm"].map(|name| folder.join(name));
    let clang = std::env::var_os("CLANG").unwrap_or_else(|| "clang".into());
    let mut compile = Command::new(clang);
    compile.args(["--target=wasm32-unknown-unknown", "-O2", "-g", "-c", "src/leaf.c", "-o"]).arg(&object);
    // The linker that comes with rustc.
    let libraries = Command::new("rustc").args(["--print", "target-libdir"]).output()?.stdout;
    let libraries = PathBuf::from(String::from_utf8(libraries)?.trim());
    let mut link = Command::new(libraries.parent().context("no toolchain")?.join("bin/rust-lld"));
    link.args(["-flavor", "wasm", "--no-entry", "-o"]).args([&module, &object]);
    for command in [&mut compile, &mut link] {
        let status = command.current_dir(&here).status().with_context(|| format!("{command:?}"))?;
        ensure!(status.success(), "{command:?}: {status}");
    }
    let mut module = std::fs::read(module)?;
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_dir(here.join("wit"))?;
    let world = resolve.select_world(&[package], Some("leaf"))?;
    wit_component::embed_component_metadata(
        &mut module,
        &resolve,
        world,
        wit_component::StringEncoding::UTF8,
    )?;
    Ok(module)
}

/// A runner between two instances of one leaf.
pub fn inputs(how: Built) -> (Vec<Input>, Composing) {
    let inputs = ["leaf", "runner"].map(|name| Input {
        package: Some(format!("debug:{name}")),
        ..Input::new(format!("{name}.wasm"), built(how, name))
    });
    let text = r#"
        package debug:app;
        let one = new debug:leaf { ... };
        let two = new debug:leaf { ... };
        let app = new debug:runner { first: one["debug:trail/steps"], second: two["debug:trail/steps"] };
        export app.run;
    "#;
    let wac = WacSource { name: "app.wac".into(), text: text.into() };
    (inputs.into(), Composing { wac: Some(wac), ..Composing::default() })
}
