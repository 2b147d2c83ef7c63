//! Components in text form that no toolchain emits: tests/cases/wat. Each says in its first lines how
//! it is driven; what comes of that is not written down, but must be the same for the original, the
//! fused component and the fused core module, with all optimisations, with none, and with each one
//! skipped.
//!
//! - `;;! call PATH(ARGS)`: a call that returns; PATH is `f` or `instance#f`
//! - `;;! trap PATH(ARGS)`: a call that traps; what follows goes to a fresh instance
//! - `;;! drop N`: the host drops the resource numbered N
//! - `;;! fresh`: what follows goes to a fresh instance
//! - `;;! trap-at-start`: instantiation traps
//! - `;;! spec PATH(ARGS) = RESULT` where wasmtime does not do what the specification says: RESULT
//!   is a value, `nothing` or `trap REASON`; all of these go to one instance of what is fused, up to a trap
//! - `;;! cannot-run`: wasmtime cannot run it, so the outputs only have to be valid
//!
//! Imports are served by `trace::any_host`. A new case is a new file.

use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use meld_fuser::{Input, OutputKind};
use meld_tests::host::{Guest, Outcome};
use meld_tests::reason::Reason;
use meld_tests::trace::take;
use meld_tests::trace::{self, Step, Taken, any_host};
use meld_tests::{fused, text};
use std::path::Path;

fn main() -> std::process::ExitCode {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join("wat");
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .expect("tests/cases/wat is there")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let trials = files.into_iter().map(|file| {
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        Trial::test(name, move || run(&file).map_err(|e| Failed::from(format!("{e:#}"))))
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn run(file: &Path) -> Result<()> {
    let source = std::fs::read_to_string(file)?;
    let input = Input::new("input", wat::parse_str(&source)?);
    let commands: Vec<&str> = source.lines().filter_map(|line| line.strip_prefix(";;! ")).collect();
    ensure!(!commands.is_empty(), "there is nothing to do: no line starts with ;;!");
    let (written, driven): (Vec<&str>, Vec<&str>) = commands.iter().partition(|c| c.starts_with("spec "));
    let settings = fused::each_skipped();
    let cannot_run = driven == ["cannot-run"];
    // The others are fused where they are compared.
    if cannot_run || !written.is_empty() {
        for options in &settings {
            let setting = || format!("{options:?}");
            let inputs = std::slice::from_ref(&input);
            if !fused::is_possible(inputs, options)? {
                continue;
            }
            let bytes = fused::fuse(inputs, options).with_context(setting)?;
            if !cannot_run {
                specified(&written, &bytes, options.output).with_context(setting)?;
            }
        }
    }
    if cannot_run {
        return Ok(());
    }
    let expected = original(&driven, &input.bytes)?;
    trace::compare_with(&settings, &[input], None, |_| any_host(), &expected)
}

/// Compares with what is written down.
fn specified(commands: &[&str], bytes: &[u8], kind: OutputKind) -> Result<()> {
    let mut guest = None;
    for command in commands {
        let mut fresh = trace::guest(bytes, kind, any_host())?;
        let guest: &mut Box<dyn Guest> = guest.get_or_insert_with(|| {
            take(&mut *fresh, Step::Instantiate);
            fresh
        });
        let (call, wanted) = command.split_once(" = ").context("there is no result")?;
        let (_, call) = call.split_once(' ').context("there is no call")?;
        let step = step(&**guest, "call", call)?;
        let ty = guest.exports().iter().find_map(|f| match &step {
            Step::Call { path, .. } if f.path == *path => Some(f.ty.clone()),
            _ => None,
        });
        let wanted = match (wanted, ty.context("a function")?.result.as_ref()) {
            (trap, _) if trap.starts_with("trap ") => {
                let reason = Reason::told(&trap["trap ".len()..]);
                ensure!(reason.is_known(), "unknown: {trap}");
                Outcome::Trapped(reason)
            }
            ("nothing", _) => Outcome::Returned(None),
            (value, ty) => Outcome::Returned(Some(text::value(value, ty.context("a result type")?)?)),
        };
        let taken = take(&mut **guest, step);
        ensure!(taken.outcome == wanted, "{kind:?}: wanted {wanted:?}\ngot {taken}");
    }
    Ok(())
}

/// Drives the original as the file says.
fn original(commands: &[&str], bytes: &[u8]) -> Result<Vec<Vec<Taken>>> {
    let fresh = || trace::guest(bytes, OutputKind::Component, any_host());
    let mut traces = vec![Vec::new()];
    let mut guest = fresh()?;
    for line in commands {
        let (command, rest) = line.split_once(' ').unwrap_or((line, ""));
        let trace = traces.last_mut().context("a trace")?;
        if trace.is_empty() {
            let taken = take(&mut *guest, Step::Instantiate);
            let trapped = matches!(taken.outcome, Outcome::Trapped(_));
            ensure!(trapped == (command == "trap-at-start"), "{taken}");
            trace.push(taken);
        }
        if command == "fresh" || command == "trap-at-start" {
            traces.push(Vec::new());
            guest = fresh()?;
            continue;
        }
        let step = step(&*guest, command, rest).with_context(|| line.to_string())?;
        let taken = take(&mut *guest, step);
        let trapped = matches!(taken.outcome, Outcome::Trapped(_));
        ensure!(trapped == (command == "trap"), "{taken}");
        trace.push(taken);
        if trapped {
            traces.push(Vec::new());
            guest = fresh()?;
        }
    }
    traces.retain(|trace| !trace.is_empty());
    Ok(traces)
}

fn step(guest: &dyn Guest, command: &str, rest: &str) -> Result<Step> {
    Ok(match command {
        "drop" => Step::Drop(rest.trim().parse()?),
        "call" | "trap" => {
            let at = rest.find('(').context("there are no arguments")?;
            let (path, args) = rest.split_at(at);
            let path: Vec<String> = path.split('#').map(str::to_string).collect();
            let function = guest.exports().iter().find(|f| f.path == path).context("no such export")?;
            Step::Call { args: text::arguments(args, &function.ty)?, path }
        }
        other => bail!("unknown: {other}"),
    })
}
