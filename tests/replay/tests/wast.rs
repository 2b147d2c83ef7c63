//! The cases of tests/wast, a folder for each chapter of the Canonical ABI, and in `async` for each of its own:
//! every component in them is fused and does what its script asserts. Whether the original does so as well is not
//! asked: some assertions are the specification's where wasmtime differs. A new case is a new file.

use libtest_mimic::{Arguments, Failed, Trial};
use meld_replay::{Verdict, replay, scripts};
use std::path::Path;

fn main() -> std::process::ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wast");
    let mut trials = Vec::new();
    for file in scripts(&root).expect("a directory of cases") {
        let name = file.strip_prefix(&root).expect("inside").with_extension("");
        trials.push(Trial::test(name.display().to_string(), move || run(&file)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn run(file: &Path) -> Result<(), Failed> {
    let script = std::fs::read_to_string(file)?;
    let replayed = replay(&file.display().to_string(), &script)?;
    let holds =
        |verdict: &Verdict| matches!(verdict, Verdict::Held | Verdict::OnlyFused(_) | Verdict::Invalid);
    let wrong: Vec<String> = replayed
        .iter()
        .filter(|replayed| !holds(&replayed.verdict))
        .map(|replayed| format!("line {}: {:?}", replayed.line, replayed.verdict))
        .collect();
    if replayed.is_empty() {
        return Err("no component is in it".into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}
