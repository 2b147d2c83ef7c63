//! What meld refuses: tests/cases/refused. Each file is a component that the specification allows, and
//! its first lines what meld says of it; docs/CONFORMANCE.md lists these lines.
//!
//! - `;;! CODE: MESSAGE` with both kinds of output
//! - `;;! component CODE: MESSAGE` with `--component`
//! - `;;! core-module CODE: MESSAGE` without
//!
//! The other kind of output is made, unless a line refuses that too.
//!
//! `MELD_BLESS=1 cargo test -p meld-tests --test refused` writes the list anew.

use anyhow::{Context, Result, bail, ensure};
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

/// A line at the head of a file: with which kinds of output it is refused, and how.
struct Refusal<'t> {
    kinds: &'static [OutputKind],
    code: &'t str,
    message: &'t str,
}

fn expected(text: &str) -> Result<Vec<Refusal<'_>>> {
    let lines = text.lines().map_while(|line| line.strip_prefix(";;! "));
    let refusals: Vec<_> = lines.map(refusal).collect::<Result<_>>()?;
    ensure!(!refusals.is_empty(), "no first line");
    Ok(refusals)
}

fn refusal(line: &str) -> Result<Refusal<'_>> {
    let (code, message) = line.split_once(": ").context("no message")?;
    let (kinds, code): (&[_], _) = match code.split_once(' ') {
        None => (&fused::KINDS, code),
        Some(("component", code)) => (&[OutputKind::Component], code),
        Some(("core-module", code)) => (&[OutputKind::CoreModule], code),
        Some(_) => bail!("no kind of output"),
    };
    Ok(Refusal { kinds, code, message })
}

fn refused(file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let expected = expected(&text)?;
    let input = Input::new("input", wat::parse_str(&text)?);
    for output in fused::KINDS {
        let Some(expected) = expected.iter().find(|refusal| refusal.kinds.contains(&output)) else {
            fused::fuse_one(&input.name, &input.bytes, output)?;
            continue;
        };
        let made = meld_fuser::fuse(vec![input.clone()], Options { output, ..Options::default() });
        let error = made.err().with_context(|| format!("{output:?}: it is fused"))?;
        let found = (error.code.name(), error.message.as_str());
        ensure!(found == (expected.code, expected.message), "{}", fused::show(&error));
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
        for Refusal { kinds, code, message } in expected(&text)? {
            let with = match kinds {
                [OutputKind::Component] => "`--component`",
                [OutputKind::CoreModule] => "a core module",
                _ => "both",
            };
            writeln!(made, "| `{code}` | {message} | {with} | `{}` |", name(file))?;
        }
    }
    let made = [before, START, &made, END, after].concat();
    if std::env::var_os("MELD_BLESS").is_some() {
        std::fs::write(page, &made)?;
    }
    ensure!(made == shown, "docs/CONFORMANCE.md lists something else; see the head of this file");
    Ok(())
}
