//! The command line, which the component and the native command share. In: arguments, and a backend
//! that fuses. Out: files, messages and an exit code. Not its job: fusing.
//!
//! - `args`: the arguments
//! - `intake`: the inputs and the WAC document that they name, read
//! - `files`: reads inputs, writes results, talks on the standard streams
//! - `flags`: features as the arguments of an optimiser
//! - `replace`: puts a result in the place of a file, all or nothing
//! - `unix`: what Unix alone knows of files
//! - `direct`: the component's backend, which calls the library
//! - `wiring`: how inputs connect, as `inspect` shows it
//! - `render`: errors and figures as text or JSON
//! - `failure`: what a command fails with, and the exit codes

mod args;
#[cfg(feature = "pipeline")]
mod direct;
mod failure;
mod files;
mod flags;
mod intake;
mod render;
mod replace;
#[cfg(unix)]
mod unix;
mod wiring;

pub use args::{Cli, NoHostArguments};
#[cfg(feature = "pipeline")]
pub use direct::Direct;
pub use failure::{Exit, Failure};
pub use files::read_up_to;
pub use flags::line as optimiser_flags;
pub use replace::give_up;

use crate::error::shown;
use crate::interface::{COMPOSITION, Composing, Fused, Input, Options, OutputKind, Phase, Progress, Wiring};
use crate::optimizations::Note;
use clap::{Args, CommandFactory, Parser};
use intake::Intake;
use render::Source;
use std::ffi::OsString;
use std::time::Instant;

/// What the commands need of a fuser.
pub trait Backend {
    /// Fuses, and calls `watch` after each step.
    fn fuse(&mut self, inputs: Vec<Input>, options: Options, watch: &mut Watch<'_>)
    -> Result<Fused, Failure>;

    fn inspect(&mut self, input: Input) -> Result<Inspected, Failure>;

    fn compose(&mut self, inputs: Vec<Input>, composing: Composing) -> Result<Vec<u8>, Failure>;

    fn wrap(&mut self, module: Input) -> Result<Vec<u8>, Failure>;

    fn verify(&mut self, inputs: Vec<Input>, fused: Input) -> Result<(), Failure>;

    fn wire(&mut self, inputs: Vec<Input>, composing: Composing) -> Result<Wiring, Failure>;

    /// What `--version` prints, without the last line's end.
    fn version(&mut self) -> Result<String, Failure>;

    /// How many bytes the inputs may have together: as many as the fuser may have of memory.
    fn input_limit(&self) -> u64 {
        u64::MAX
    }

    /// Starts to show progress. The function that it returns is told of each step, and ends the showing
    /// when it is dropped. Called only where progress is welcome.
    fn progress(&self) -> Box<Watch<'static>> {
        Box::new(|_| {})
    }
}

pub type Watch<'a> = dyn FnMut(Progress) + 'a;

/// What there is to tell about a component, for people and for programs.
pub struct Inspected {
    pub text: String,
    pub json: String,
    /// The features that its core modules need.
    pub features: Vec<String>,
}

/// Runs the command line. `Host` holds the arguments that the native command adds. `backend` makes a fuser
/// of them, and returns at once: not every command needs one.
pub fn run<Host, B>(arguments: Vec<OsString>, backend: impl FnOnce(&Host) -> B) -> Exit
where
    Host: Args,
    B: Backend,
{
    let cli = match Cli::<Host>::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return show_clap(&error, arguments.iter().any(|argument| argument == "--json")),
    };
    let mut backend = backend(&cli.host);
    match cli.command {
        _ if cli.version => {
            let version = backend.version();
            end(version.and_then(|version| files::print(&(version + "\n"))), false, &[])
        }
        None => {
            let kind = clap::error::ErrorKind::MissingSubcommand;
            show_clap(
                &Cli::<Host>::command().error(kind, "a command is missing: fuse, wrap, compose or inspect"),
                false,
            )
        }
        Some(args::Command::Fuse(fuse)) => {
            let mut texts = Vec::new();
            let json = fuse.json;
            end(self::fuse(fuse, &mut backend, &mut texts), json, &texts)
        }
        Some(args::Command::Wrap(wrap)) => {
            let mut texts = Vec::new();
            let json = wrap.json;
            end(self::wrap(wrap, &mut backend, &mut texts), json, &texts)
        }
        Some(args::Command::Compose(compose)) => {
            let mut texts = Vec::new();
            let json = compose.json;
            end(self::compose(compose, &mut backend, &mut texts), json, &texts)
        }
        Some(args::Command::Inspect(inspect)) => {
            let mut texts = Vec::new();
            let json = inspect.json;
            end(self::inspect(inspect, &mut backend, &mut texts), json, &texts)
        }
        Some(args::Command::Completions(completions)) => {
            let mut script = Vec::new();
            clap_complete::generate(completions.shell, &mut Cli::<Host>::command(), "meld", &mut script);
            end(files::print(&String::from_utf8_lossy(&script)), false, &[])
        }
    }
}

/// Shows what clap has to say: help, or an error of usage.
fn show_clap(error: &clap::Error, json: bool) -> Exit {
    if json && error.use_stderr() {
        // The first paragraph says what is wrong; those that follow are for people.
        let text = error.render().to_string();
        let message = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ").to_string();
        let hint = Some("`meld --help` tells the arguments".to_string());
        return end(Err(Failure::Usage { message, hint }), true, &[]);
    }
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        files::tell(&text);
        return Exit::Usage;
    }
    end(files::print(&text), json, &[])
}

/// Tells of a failure, and gives the exit code.
fn end(result: Result<(), Failure>, json: bool, texts: &[Source]) -> Exit {
    let Err(failure) = result else { return Exit::Done };
    if json {
        files::tell(&render::json_text(&render::failure_json(&failure)));
    } else {
        files::tell(&render::failure(&failure, texts));
    }
    failure.exit()
}

fn fuse(args: args::Fuse, backend: &mut impl Backend, texts: &mut Vec<Source>) -> Result<(), Failure> {
    let target = files::Target::new(args.output.clone())?;
    let Intake { inputs, composing } = Intake::read(&args.input, backend.input_limit(), texts)?;
    let options = Options {
        output: if args.component { OutputKind::Component } else { OutputKind::CoreModule },
        wasi: args.wasi(),
        names: args.names,
        debug_info: args.debug_info,
        provenance: args.provenance,
        composing,
        opaque_rep: args.opaque_rep.clone(),
        memory: args.memory(),
        reserve: args.reserve.clone(),
        optimizations: args.optimizations(),
        explain: args.explain,
    };
    let fused = watched(&args, backend, inputs, options)?;
    target.write(&fused.bytes)?;
    let kind = if args.component { "component" } else { "core-module" };
    let written = Written { target: &target, kind, size: fused.bytes.len() as u64 };
    if !args.quiet && !args.json {
        fused.notes.iter().for_each(|note| files::tell(&format!("note: {}\n", shown(note))));
    }
    if args.explain && !args.json {
        files::tell(&render::explanation(&fused.explanation));
    }
    written.tell(args.quiet, || {
        if args.json {
            let explanation = args.explain.then_some(fused.explanation.as_slice());
            return Some(written.json(serde_json::json!(fused.statistics), explanation, &fused.notes));
        }
        args.stats.then(|| render::statistics(&fused.statistics))
    })
}

fn wrap(args: args::Wrap, backend: &mut impl Backend, texts: &mut Vec<Source>) -> Result<(), Failure> {
    let target = files::Target::new(args.output)?;
    let module = intake::one(&args.module, backend.input_limit(), texts)?;
    let input_bytes = module.bytes.len() as u64;
    let wrapped = backend.wrap(module)?;
    target.write(&wrapped)?;
    tell_of_component(&target, &wrapped, input_bytes, args.json, args.quiet)
}

fn compose(args: args::Compose, backend: &mut impl Backend, texts: &mut Vec<Source>) -> Result<(), Failure> {
    let target = files::Target::new(args.output)?;
    let Intake { inputs, composing } = Intake::read(&args.input, backend.input_limit(), texts)?;
    let input_bytes: u64 = inputs.iter().map(|input| input.bytes.len() as u64).sum();
    let composed = backend.compose(inputs, composing)?;
    target.write(&composed)?;
    tell_of_component(&target, &composed, input_bytes, args.json, args.quiet)
}

/// Tells of a component that was written, of which there are no figures but its size.
fn tell_of_component(
    target: &files::Target,
    bytes: &[u8],
    input_bytes: u64,
    json: bool,
    quiet: bool,
) -> Result<(), Failure> {
    let written = Written { target, kind: "component", size: bytes.len() as u64 };
    written.tell(quiet, || {
        let statistics = serde_json::json!({ "input-bytes": input_bytes, "output-bytes": written.size });
        json.then(|| written.json(statistics, None, &[]))
    })
}

/// Fuses, showing progress and times as far as they are wanted.
fn watched(
    args: &args::Fuse,
    backend: &mut impl Backend,
    inputs: Vec<Input>,
    options: Options,
) -> Result<Fused, Failure> {
    let mut show: Box<Watch<'_>> =
        if args.quiet || args.json { Box::new(|_| {}) } else { backend.progress() };
    let mut times = Times::new();
    let fused = backend.fuse(inputs, options, &mut |progress| {
        times.note(progress.phase);
        show(progress);
    });
    drop(show);
    if args.verbose {
        files::tell(&times.text());
    }
    fused
}

/// A result that was written.
struct Written<'t> {
    target: &'t files::Target,
    kind: &'static str,
    size: u64,
}

impl Written<'_> {
    fn place(&self) -> Option<String> {
        match self.target {
            files::Target::Stdout => None,
            files::Target::File(path) => Some(path.display().to_string()),
        }
    }

    /// Tells what was done: what `report` says, or else one line. On standard error, where standard output
    /// carries the result itself.
    fn tell(&self, quiet: bool, report: impl FnOnce() -> Option<String>) -> Result<(), Failure> {
        let place = self.place();
        match (report(), place) {
            (Some(report), Some(_)) => return files::print(&report),
            (Some(report), None) => files::tell(&report),
            (None, Some(place)) if !quiet => {
                let (kind, size) = (self.kind.replace('-', " "), render::grouped(self.size));
                files::tell(&format!("wrote {}: {kind} of {size} bytes\n", shown(&place)));
            }
            (None, _) => {}
        }
        Ok(())
    }

    fn json(&self, statistics: serde_json::Value, explanation: Option<&[Note]>, notes: &[String]) -> String {
        let place = self.place();
        let mut document =
            serde_json::json!({ "output": place, "kind": self.kind, "statistics": statistics });
        if let (Some(members), Some(notes)) = (document.as_object_mut(), explanation) {
            members.insert("explanation".to_string(), serde_json::json!(notes));
        }
        if let (Some(members), false) = (document.as_object_mut(), notes.is_empty()) {
            members.insert("notes".to_string(), serde_json::json!(notes));
        }
        render::json_text(&document)
    }
}

fn inspect(args: args::Inspect, backend: &mut impl Backend, texts: &mut Vec<Source>) -> Result<(), Failure> {
    let Intake { mut inputs, composing } = Intake::read(&args.input, backend.input_limit(), texts)?;
    if args.verify {
        return verify(inputs, args.json, backend);
    }
    if !composing.is_needed(inputs.len())
        && let Some(input) = inputs.pop()
    {
        let Inspected { text, json, features } = backend.inspect(input)?;
        return files::print(&match (args.features, args.json) {
            (true, _) => flags::line(&features)?,
            (false, true) => wiring::json(None, Some(&json))?,
            (false, false) => text,
        });
    }
    if args.features {
        return files::print(&flags::line(&inspect_composed(inputs, composing, backend)?.features)?);
    }
    let wired = backend.wire(inputs.clone(), composing.clone())?;
    let inspected = match wired.refused.clone() {
        Some(error) => Err(error.into()),
        None => inspect_composed(inputs, composing, backend),
    };
    let told = inspected.as_ref().ok();
    files::print(&match args.json {
        true => wiring::json(Some(&wired), told.map(|told| told.json.as_str()))?,
        false => wiring::text(&wired) + &told.map_or_else(String::new, |told| format!("\n{}", told.text)),
    })?;
    inspected.map(|_| ())
}

/// Compares the last one with what fusing the others gives.
fn verify(mut inputs: Vec<Input>, json: bool, backend: &mut impl Backend) -> Result<(), Failure> {
    let fused = inputs.pop().filter(|_| !inputs.is_empty());
    let fused = fused.ok_or_else(|| {
        Failure::usage("there is nothing to compare with", "`meld inspect --verify a.wasm b.wasm fused.wasm`")
    })?;
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let name = fused.name.clone();
    backend.verify(inputs, fused)?;
    files::print(&match json {
        true => render::json_text(&serde_json::json!({ "verified": name, "inputs": names })),
        false => {
            let names: Vec<String> = names.iter().map(|name| shown(name)).collect();
            format!("{} is what comes out of {}\n", shown(&name), names.join(", "))
        }
    })
}

fn inspect_composed(
    inputs: Vec<Input>,
    composing: Composing,
    backend: &mut impl Backend,
) -> Result<Inspected, Failure> {
    let name = composing.wac.as_ref().map_or(COMPOSITION, |wac| &wac.name).to_string();
    let composed = backend.compose(inputs, composing)?;
    backend.inspect(Input::new(name, composed))
}

/// How long each phase takes, for `--verbose`.
struct Times {
    start: Instant,
    phases: Vec<(Phase, Instant)>,
}

impl Times {
    fn new() -> Times {
        Times { start: Instant::now(), phases: Vec::new() }
    }

    /// A step of `phase` was done.
    fn note(&mut self, phase: Phase) {
        if self.phases.last().is_none_or(|(last, _)| *last != phase) {
            self.phases.push((phase, Instant::now()));
        }
    }

    /// One line for each phase. The time before the first step is that of taking in the inputs and, where
    /// there are several, of composing them.
    fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, begin: Instant, end: Instant| {
            let milliseconds = end.saturating_duration_since(begin).as_millis() as u64;
            text += &format!("{name:<10}{:>10} ms\n", render::grouped(milliseconds));
        };
        let mut last = ("prepare", self.start);
        for (phase, begin) in &self.phases {
            line(last.0, last.1, *begin);
            last = (name(*phase), *begin);
        }
        text
    }
}

fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Compose => "compose",
        Phase::Read => "read",
        Phase::Link => "link",
        Phase::Merge => "merge",
        Phase::Wrap => "wrap",
        Phase::Done => "done",
    }
}
