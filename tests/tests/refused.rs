//! What meld refuses: tests/cases/refused. Each file is a component that the specification allows, and
//! its first line what meld says of it; docs/CONFORMANCE.md lists these lines.
//!
//! - `;;! CODE: MESSAGE` with both kinds of output
//! - `;;! component CODE: MESSAGE` with `--component`; the core module is made
//!
//! `MELD_BLESS=1 cargo test -p meld-tests --test refused` writes the list anew.

use anyhow::{Context, Result, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use meld_fuser::{Input, Options, OutputKind};
use meld_tests::fused;
use std::fmt::Write;
use std::path::{Path, PathBuf};

const START: &str = "<!-- made by tests/tests/refused.rs -->\n";
const END: &str = "<!-- end -->\n";

fn main() -> std::process::ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(root.join("cases/refused")).expect("tests/cases/refused is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let page = root.join("../docs/CONFORMANCE.md");
    let listed = files.clone();
    let mut trials = vec![Trial::test("the list in docs/CONFORMANCE.md", move || {
        list(&listed, &page).map_err(|e| Failed::from(format!("{e:#}")))
    })];
    for file in files {
        let run = {
            let file = file.clone();
            move || refused(&file).map_err(|e| Failed::from(format!("{e:#}")))
        };
        trials.push(Trial::test(name(&file), run));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// What the first line says: whether a core module is made of it, the code, and the message.
fn expected(text: &str) -> Result<(bool, &str, &str)> {
    let line = text.lines().next().and_then(|line| line.strip_prefix(";;! ")).context("no first line")?;
    let (code, message) = line.split_once(": ").context("no message")?;
    Ok(match code.strip_prefix("component ") {
        Some(code) => (true, code, message),
        None => (false, code, message),
    })
}

fn refused(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let (core_module, code, message) = expected(&text)?;
    let input = Input::new("input", wat::parse_str(&text)?);
    for output in fused::KINDS {
        let made = meld_fuser::fuse(vec![input.clone()], Options { output, ..Options::default() });
        if core_module && output == OutputKind::CoreModule {
            fused::fuse_one(&input.name, &input.bytes, output)?;
            continue;
        }
        let error = made.err().with_context(|| format!("{output:?}: it is fused"))?;
        ensure!((error.code.name(), error.message.as_str()) == (code, message), "{}", fused::show(&error));
    }
    Ok(())
}

fn list(files: &[PathBuf], page: &Path) -> Result<()> {
    let shown = std::fs::read_to_string(page)?;
    let (before, rest) = shown.split_once(START).context("no list")?;
    let (_, after) = rest.split_once(END).context("the list has no end")?;
    let mut made = String::from("| code | message | with | test |\n|---|---|---|---|\n");
    for file in files {
        let text = std::fs::read_to_string(file)?;
        let (core_module, code, message) = expected(&text)?;
        let with = if core_module { "`--component`" } else { "both" };
        writeln!(made, "| `{code}` | {message} | {with} | `{}` |", name(file))?;
    }
    let made = [before, START, &made, END, after].concat();
    if std::env::var_os("MELD_BLESS").is_some() {
        std::fs::write(page, &made)?;
    }
    ensure!(made == shown, "docs/CONFORMANCE.md lists something else; see the head of this file");
    Ok(())
}
