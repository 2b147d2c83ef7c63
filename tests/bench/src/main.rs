//! `meld-bench [calls] [tasks] [memory] [fusing] [after] [--quick]`: measures these parts, or all, and prints the tables; with
//! all parts in full it writes docs/BENCHMARKS.md too. `just bench` builds what it needs.

use anyhow::{Context, Result, bail, ensure};
use meld_bench::guests::{Guests, directory};
use meld_bench::page::Measurements;
use meld_bench::sampling::{Effort, Sampler};
use meld_bench::{after, calls, fusing, kernels, process, tasks};
use serde::de::DeserializeOwned;
use std::fs::File;
use std::path::Path;
use std::process::Command;

const USAGE: &str = "usage: meld-bench [calls] [tasks] [memory] [fusing] [after] [--quick]";
const PARTS: [&str; 5] = ["calls", "tasks", "memory", "fusing", "after"];
/// Asks for a first look.
const QUICK: &str = "--quick";
/// Asks this program to measure a part in its process: criterion's own words would be among the tables.
const IN_PROCESS: &str = "--in-process";

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [process::WATCH, ref command @ ..] => {
            println!("{}", serde_json::to_string(&process::watch(command)?)?);
            Ok(())
        }
        [IN_PROCESS, part, file] => in_process(part, Effort::FULL, file.as_ref()),
        [IN_PROCESS, part, file, QUICK] => in_process(part, Effort::QUICK, file.as_ref()),
        _ => bench(&arguments),
    }
}

fn bench(arguments: &[&str]) -> Result<()> {
    let (options, named): (Vec<&str>, Vec<&str>) = arguments.iter().partition(|a| a.starts_with('-'));
    ensure!(options.iter().all(|o| *o == QUICK) && named.iter().all(|part| PARTS.contains(part)), USAGE);
    let quick = !options.is_empty();
    let chosen = |part| named.is_empty() || named.contains(&part);
    let rounds = if quick { Effort::QUICK.few } else { fusing::ROUNDS };
    let measurements = Measurements {
        calls: chosen("calls").then(|| child("calls", quick)).transpose()?,
        tasks: chosen("tasks").then(|| child("tasks", quick)).transpose()?,
        memory: chosen("memory").then(|| child("memory", quick)).transpose()?,
        fusing: chosen("fusing").then(|| fusing::measure(rounds)).transpose()?,
        after: chosen("after").then(|| child("after", quick)).transpose()?,
    };
    let page = measurements.page("npx -y rust-just bench");
    let Some(page) = page.filter(|_| !quick) else {
        println!("{}", measurements.tables());
        return Ok(());
    };
    println!("{page}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/BENCHMARKS.md");
    std::fs::write(&file, page).with_context(|| file.display().to_string())
}

fn in_process(part: &str, effort: Effort, file: &Path) -> Result<()> {
    let mut sampler = Sampler::new(&directory()?.join("criterion").join(part), effort)?;
    let measured = match part {
        "calls" => serde_json::to_vec(&calls::measure(&Guests::build()?, &mut sampler)?)?,
        "tasks" => serde_json::to_vec(&tasks::measure(&Guests::build()?, &mut sampler)?)?,
        "memory" => serde_json::to_vec(&kernels::measure(&mut sampler)?)?,
        "after" => serde_json::to_vec(&after::measure(&mut sampler)?)?,
        _ => bail!(USAGE),
    };
    Ok(std::fs::write(file, measured)?)
}

/// What a child measures.
fn child<T: DeserializeOwned>(part: &str, quick: bool) -> Result<T> {
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
