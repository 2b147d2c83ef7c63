//! `meld-bench [calls] [fusing] [after] [--quick]`: measures these parts, or all, and prints the tables; with
//! all parts in full it writes docs/BENCHMARKS.md too. `just bench` builds what it needs.

use anyhow::{Context, Result, bail, ensure};
use meld_bench::calls;
use meld_bench::guests::{Guests, directory};
use meld_bench::reach;
use meld_bench::sampling::{Effort, Sampler};
use std::fs::File;
use std::path::Path;
use std::process::Command;

/// Asks this program to measure a part in its process: criterion's own words would be among the tables.
const IN_PROCESS: &str = "--in-process";
const QUICK: &str = "--quick";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [IN_PROCESS, part, file] => in_process(part, Effort::FULL, file.as_ref()),
        [IN_PROCESS, part, file, QUICK] => in_process(part, Effort::QUICK, file.as_ref()),
        _ => bench(&arguments),
    }
}

fn bench(arguments: &[&str]) -> Result<()> {
    let quick = arguments.contains(&QUICK);
    let calls: Vec<calls::Row> = serde_json::from_value(child("calls", quick)?)?;
    println!("{}", calls::render(&calls));
    println!("{}", reach::render(&reach::calls(&calls)));
    Ok(())
}

fn in_process(part: &str, effort: Effort, file: &Path) -> Result<()> {
    let mut sampler = Sampler::new(&directory()?.join("criterion").join(part), effort)?;
    let measured = match part {
        "calls" => serde_json::to_vec(&calls::measure(&Guests::build()?, &mut sampler)?)?,
        _ => bail!("not a part: {part}"),
    };
    Ok(std::fs::write(file, measured)?)
}

/// What a child says about a part.
fn child(part: &str, quick: bool) -> Result<serde_json::Value> {
    let file = directory()?.join(part).with_extension("json");
    let log = file.with_extension("log");
    eprintln!("measuring: {part}");
    let mut command = Command::new(std::env::current_exe()?);
    command.args([IN_PROCESS, part]).arg(&file).args(quick.then_some(QUICK));
    let status =
        command.stdout(File::create(&log)?).stderr(File::options().append(true).open(&log)?).status()?;
    ensure!(status.success(), "{part}: {status}; {} tells more", log.display());
    let measured = std::fs::read(&file).with_context(|| file.display().to_string())?;
    Ok(serde_json::from_slice(&measured)?)
}
