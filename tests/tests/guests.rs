//! The Rust guests, unfused and fused. Every case is run composed the plain way, and fused from its
//! parts and from the plain composition, to a component and to a core module, with one memory too.

use anyhow::{Context, Result, anyhow, ensure};
use libtest_mimic::{Arguments, Failed, Trial};
use meld_fuser::{Composing, Input, Memory, Options, OutputKind, WacSource};
use meld_tests::boundary_host::BoundaryHost;
use meld_tests::component_host::ComponentHost;
use meld_tests::host::{Guest, Outcome};
use meld_tests::{async_run, compose, fused, guests};

fn main() -> std::process::ExitCode {
    let names = guests::names().expect("tests/guests/cases is there");
    let mut trials = Vec::new();
    for name in &names {
        let mut trial = |what: &str, test: fn(&guests::Case) -> Result<()>| {
            let case = name.clone();
            let run = move || test(&guests::case(&case)?).map_err(|e| Failed::from(format!("{e:#}")));
            trials.push(Trial::test(format!("{name}::{what}"), run));
        };
        trial("unfused", |case| run(case, &compose::chain(&parts(case))?, OutputKind::Component));
        trial("parts-to-component", |case| fuse_parts(case, OutputKind::Component, Memory::Multi));
        trial("parts-to-core", |case| fuse_parts(case, OutputKind::CoreModule, Memory::Multi));
        trial("parts-to-component-of-one-memory", |case| {
            fuse_parts(case, OutputKind::Component, Memory::Single)
        });
        trial("parts-to-core-of-one-memory", |case| fuse_parts(case, OutputKind::CoreModule, Memory::Single));
        trial("composed-to-component", |case| fuse_composed(case, OutputKind::Component));
        trial("composed-to-core", |case| fuse_composed(case, OutputKind::CoreModule));
        if guests::is_async(name).expect("a world") {
            trial("some-parts", |case| fuse_some(case, Memory::Multi));
            trial("some-parts-of-one-memory", |case| fuse_some(case, Memory::Single));
            trial("some-parts-and-component-new", component_new);
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn parts(case: &guests::Case) -> Vec<(&str, &[u8])> {
    case.parts.iter().map(|part| (part.role.as_str(), part.bytes.as_slice())).collect()
}

fn fuse_parts(case: &guests::Case, output: OutputKind, memory: Memory) -> Result<()> {
    let parts = parts(case);
    // Where two parts provide one thing, the composition has to be spelled out.
    let wac = compose::is_ambiguous(&parts)?
        .then(|| anyhow::Ok(WacSource { name: case.name.clone(), text: compose::document(&parts)? }))
        .transpose()?;
    let composing = Composing { wac, ..Composing::default() };
    // The order of the inputs must not matter: the consumer comes first.
    let inputs: Vec<Input> = parts.iter().rev().map(|(name, bytes)| Input::new(*name, *bytes)).collect();
    let options = Options { output, memory, composing, ..Options::default() };
    run(case, &fused::fuse(&inputs, &options)?, output)
}

fn fuse_composed(case: &guests::Case, output: OutputKind) -> Result<()> {
    let composed = compose::chain(&parts(case))?;
    run(case, &fused::fuse_one(&case.name, &composed, output)?, output)
}

/// Fuses some of the parts, as many as stand beside each other, and composes the result with the others, which are its
/// host then.
fn fuse_some(case: &guests::Case, memory: Memory) -> Result<()> {
    with_some(case, |inputs| {
        let options = Options { output: OutputKind::Component, memory, ..Options::default() };
        fused::fuse(inputs, &options)
    })
}

/// The same, where the component is made of a core module by the tool that makes one of each toolchain's.
fn component_new(case: &guests::Case) -> Result<()> {
    with_some(case, |inputs| {
        let options = Options { memory: Memory::Single, ..Options::default() };
        let core = fused::fuse(inputs, &options)?;
        wit_component::ComponentEncoder::default().module(&core)?.validate(true).encode()
    })
}

fn with_some(case: &guests::Case, fuse: impl Fn(&[Input]) -> Result<Vec<u8>>) -> Result<()> {
    let parts = parts(case);
    for first in 0..parts.len() {
        for last in first..parts.len() {
            let some = &parts[first..=last];
            let inputs: Vec<Input> =
                some.iter().rev().map(|(name, bytes)| Input::new(*name, *bytes)).collect();
            let names: Vec<&str> = some.iter().map(|(name, _)| *name).collect();
            let fused = fuse(&inputs).with_context(|| format!("{names:?} fused"))?;
            let mut left = parts[..first].to_vec();
            left.push(("fused", fused.as_slice()));
            left.extend_from_slice(&parts[last + 1..]);
            let composed = compose::chain(&left).with_context(|| format!("{names:?} fused"))?;
            let grown = async_run::grows(&composed, 200).with_context(|| format!("{names:?} fused"))?;
            ensure!(grown == 0, "{names:?} fused: something has grown {grown} times");
        }
    }
    Ok(())
}

/// Calls `run`; the guests themselves check what they see.
fn run(case: &guests::Case, bytes: &[u8], kind: OutputKind) -> Result<()> {
    if case.is_async {
        return match kind {
            OutputKind::Component => async_run::component(bytes),
            OutputKind::CoreModule => async_run::core(bytes),
        };
    }
    let serve = Box::new(|path: &[String], _: &_, _: &[_]| Err(anyhow!("{path:?} is imported")));
    let mut guest: Box<dyn Guest> = match kind {
        OutputKind::Component => Box::new(ComponentHost::new(bytes, serve)?),
        OutputKind::CoreModule => Box::new(BoundaryHost::new(bytes, serve)?),
    };
    ensure!(guest.imports().is_empty(), "the composition imports {:?}", guest.imports());
    returned(guest.instantiate())?;
    returned(guest.call(&["run"], &[]))
}

fn returned(outcome: Outcome) -> Result<()> {
    match outcome {
        Outcome::Returned(_) => Ok(()),
        Outcome::Trapped(message) => Err(anyhow!("trapped: {message}")),
    }
}
