//! Prints what random programs of tasks do when they are fused. In: the first seed and the one behind the last; or one
//! seed. Out: a line of JSON for each, for `tests/spec/tasks.py`; or the component. Not its job: whether that is right.

use anyhow::{Context, Result, bail};
use meld_tests::tasks::{component, program, run};
use serde_json::json;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (first, last, fuses) = match arguments.as_slice() {
        [seed] => {
            println!("{}", component(&program(seed.parse()?)));
            return Ok(());
        }
        [first, last] => (first.parse()?, last.parse()?, true),
        [first, last, word] if word == "--unfused" => (first.parse()?, last.parse()?, false),
        _ => bail!("tasks FIRST LAST [--unfused], or tasks SEED for the component of one"),
    };
    for seed in first..last {
        let program = program(seed);
        let outcome = if fuses { run::fused(seed, &program) } else { run::unfused(&program) };
        let outcome = outcome.with_context(|| format!("seed {seed}"))?;
        let digest = outcome.digest();
        println!("{}", json!({ "seed": seed, "program": program, "outcome": outcome, "digest": digest }));
    }
    Ok(())
}
