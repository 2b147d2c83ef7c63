//! Drives the rooms in steps. In: inputs and options. Out: the fused binary and its statistics,
//! and after each step how far the work has come. Not its job: the work.

use crate::assemble::{self, Addresses};
use crate::debug;
use crate::error::{Code, Error, Result};
use crate::interface::{
    COMPOSITION, Composing, Fused, Input, Memory, Options, OutputKind, Phase, Progress, Wasi, Wiring,
};
use crate::link::{self, Plan};
use crate::merge::{Assembly, Merged, Merger, Settings};
use crate::metadata;
use crate::optimizations::{Note, Optimizations};
use crate::origin::Origin;
use crate::provenance::{self, Crossing};
use crate::read::{Reader, Tree};
use crate::report::Statistics;
use crate::wrap;
use self_cell::self_cell;
use std::collections::HashSet;
use typed_arena::Arena;
use wasm_encoder::{CustomSection, Section};

/// How much of a function's name is kept where the result tells of its boundaries, in bytes: one long name in the
/// input can be part of many.
const BOUNDARY_NAME: usize = 96;

/// Fuses in one call. Errors: `Malformed`, `Invalid` and `NotAComponent` for an input that is no valid
/// component; `Unsupported` and `LimitExceeded` for one that is, and that meld does not fuse;
/// `InvalidOption` without inputs or for an option that does not fit them. For several inputs also
/// `AmbiguousImport`, `ImportCycle`, `NothingInCommon` and `IncompatibleTypes`, and with a document
/// `InvalidWac`.
pub fn fuse(inputs: Vec<Input>, options: Options) -> Result<Fused> {
    let mut session = Session::with(inputs, options)?;
    while session.step()?.phase != Phase::Done {}
    session.finish()
}

/// Makes the one component that `fuse` would fuse, and validates it: each input stands in it as it is.
/// A single input without a document and stubs comes out as it came, as binary. Errors: those of `fuse`, up
/// to where the component has been read; whether it can be fused is not looked at.
pub fn compose(inputs: Vec<Input>, composing: Composing) -> Result<Vec<u8>> {
    let mut session = Session::with(inputs, Options { composing, ..Options::default() })?;
    let composed = session.take_inputs().and_then(|(origin, bytes)| {
        validate(&bytes).map_err(|e| origin.place(e))?;
        Ok(bytes)
    });
    composed.map_err(|error| session.about(error))
}

fn validate(bytes: &[u8]) -> Result<()> {
    let mut reader = Reader::new(bytes);
    while reader.step()? {}
    reader.finish().map(|_| ())
}

/// Tells how several inputs connect. Errors: `Malformed`, `Invalid` and `NotAComponent` for an input
/// that is no valid component, `Unsupported` and `LimitExceeded` for one that cannot be part of any
/// composition, `InvalidOption` without inputs, `InvalidWac` and `InvalidOption` about a document,
/// `InvalidOption` about stubs. Why inputs cannot be composed with each other is in the result:
/// `Wiring::refused`.
pub fn wire(inputs: Vec<Input>, composing: Composing) -> Result<Wiring> {
    let mut session = Session::with(inputs, Options { composing, ..Options::default() })?;
    let inputs = std::mem::take(&mut session.inputs);
    let composing = &session.options.composing;
    let wiring = match (inputs.len(), &composing.wac) {
        (0, None) => Err(no_input()),
        _ => crate::compose::wire(inputs, composing),
    };
    let mut wiring = wiring.map_err(|error| session.about(error))?;
    wiring.refused = wiring.refused.map(|error| session.about(error));
    Ok(wiring)
}

/// Fuses in steps: `new`, `add` for each input, `step` until `Phase::Done`, `finish`. It can be dropped
/// at any time; after an error it is of no more use.
///
/// ```
/// use meld_fuser::{Input, Options, Phase, Session};
///
/// # fn main() -> Result<(), meld_fuser::Error> {
/// let mut session = Session::new(Options::default());
/// session.add(Input::new("empty", "(component)"))?;
/// loop {
///     let progress = session.step()?;
///     println!("{:?}: {} of {}", progress.phase, progress.done, progress.total);
///     if progress.phase == Phase::Done {
///         break;
///     }
/// }
/// let fused = session.finish()?;
/// assert!(fused.bytes.starts_with(b"\0asm"));
/// # Ok(())
/// # }
/// ```
pub struct Session {
    options: Options,
    inputs: Vec<Input>,
    /// The names of those inputs that were text.
    texts: HashSet<String>,
    input_bytes: u64,
    /// With `Options::provenance`, the inputs as they were given.
    given: Vec<provenance::Input>,
    /// `Fused::notes`.
    notes: Vec<String>,
    state: SessionState,
}

/// Where the session is.
enum SessionState {
    /// Takes inputs.
    Open,
    /// The last step has said that composing comes next.
    Composing,
    Working {
        origin: Origin,
        pipeline: Pipeline,
    },
    Done(Fused),
    Failed,
}

/// What is being done, and to what.
struct About<'s> {
    options: &'s Options,
    given: &'s [provenance::Input],
    origin: &'s Origin,
}

/// What the rooms borrow from.
struct Source {
    bytes: Vec<u8>,
    /// Generated modules.
    arena: Arena<Vec<u8>>,
}

self_cell!(
    struct Pipeline {
        owner: Source,
        #[not_covariant]
        dependent: Stage,
    }
);

/// Where the work is, with what it has made so far.
enum Stage<'a> {
    Reading(Box<Reader<'a>>),
    Linking(Box<Tree<'a>>),
    Merging(Box<Merging<'a>>),
    Wrapping(Box<Wrapping<'a>>),
    Finished(Vec<u8>, Told),
    /// Between two stages, and after an error.
    Empty,
}

/// What is told about the fusion beside the result.
#[derive(Default)]
struct Told {
    statistics: Statistics,
    explanation: Vec<Note>,
}

struct Merging<'a> {
    tree: Tree<'a>,
    plan: Plan<'a>,
    boundary: assemble::boundary::Boundary,
    merger: Merger<'a>,
    /// The first memory has to be at the start of the one.
    first_at_zero: bool,
    /// With `Options::provenance`.
    boundaries: Vec<Crossing>,
    told: Told,
}

struct Wrapping<'a> {
    tree: Tree<'a>,
    plan: Plan<'a>,
    boundary: assemble::boundary::Boundary,
    core: Vec<u8>,
    metadata: metadata::Sections,
    told: Told,
}

impl Session {
    /// Begins without inputs.
    pub fn new(options: Options) -> Session {
        Session {
            options,
            inputs: Vec::new(),
            texts: HashSet::new(),
            input_bytes: 0,
            given: Vec::new(),
            notes: Vec::new(),
            state: SessionState::Open,
        }
    }

    fn with(inputs: Vec<Input>, options: Options) -> Result<Session> {
        let mut session = Session::new(options);
        inputs.into_iter().try_for_each(|input| session.add(input))?;
        Ok(session)
    }

    /// Adds an input, binary or text. Errors: `Malformed` for text that does not parse,
    /// `InvalidOption` once the work has begun.
    pub fn add(&mut self, input: Input) -> Result<()> {
        if !matches!(self.state, SessionState::Open) {
            return Err(
                Error::new(Code::InvalidOption, "inputs come before the first step").in_input(&input.name)
            );
        }
        self.input_bytes += input.bytes.len() as u64;
        if self.options.provenance {
            self.given.push(provenance::Input::of(&input));
        }
        if crate::read::is_text(&input.bytes) {
            self.texts.insert(input.name.clone());
        }
        self.inputs.push(crate::read::to_binary(input)?);
        Ok(())
    }

    /// Does a part of the work and tells how far it has come. One step each, however long, are composing
    /// several inputs, linking, wrapping, and reading a section of types or of instances. Errors: those of
    /// `fuse`, and `InvalidOption` after an error.
    pub fn step(&mut self) -> Result<Progress> {
        self.advance().map_err(|error| self.about(error))
    }

    /// An error about the inputs as the rooms have them, in which those that were text are binary.
    fn about(&self, error: Error) -> Error {
        match &error.input {
            Some(name) if self.texts.contains(name) => error.in_binary_of_text(),
            _ => error,
        }
    }

    fn composes(&self) -> bool {
        self.options.composing.is_needed(self.inputs.len()) || self.options.wasi != Wasi::AsImported
    }

    fn advance(&mut self) -> Result<Progress> {
        match std::mem::replace(&mut self.state, SessionState::Failed) {
            SessionState::Open if self.composes() => {
                self.state = SessionState::Composing;
                Ok(Progress { phase: Phase::Compose, done: 0, total: 1 })
            }
            SessionState::Open | SessionState::Composing => {
                let (origin, bytes) = self.take_inputs()?;
                let (origin, bytes) = match self.options.wasi {
                    Wasi::AsImported => (origin, bytes),
                    Wasi::Preview1 => self.put_on_platform(origin, bytes)?,
                };
                let source = Source { bytes, arena: Arena::new() };
                let pipeline =
                    Pipeline::new(source, |source| Stage::Reading(Box::new(Reader::new(&source.bytes))));
                let total = pipeline.borrow_owner().bytes.len() as u64;
                self.state = SessionState::Working { origin, pipeline };
                Ok(Progress { phase: Phase::Read, done: 0, total })
            }
            SessionState::Working { origin, mut pipeline } => {
                let about = About { options: &self.options, given: &self.given, origin: &origin };
                let progress = pipeline
                    .with_dependent_mut(|source, stage| stage.step(source, &about))
                    .map_err(|e| origin.place(e))?;
                self.state = if progress.phase == Phase::Done {
                    let mut fused = finished(pipeline, self.input_bytes)?;
                    fused.notes = std::mem::take(&mut self.notes);
                    SessionState::Done(fused)
                } else {
                    SessionState::Working { origin, pipeline }
                };
                Ok(progress)
            }
            SessionState::Done(fused) => {
                self.state = SessionState::Done(fused);
                Ok(Progress { phase: Phase::Done, done: 1, total: 1 })
            }
            SessionState::Failed => Err(Error::new(Code::InvalidOption, "the session has failed before")),
        }
    }

    /// The result, once `step` has told `Phase::Done`. Errors: `InvalidOption` before that.
    pub fn finish(self) -> Result<Fused> {
        match self.state {
            SessionState::Done(fused) => Ok(fused),
            _ => Err(Error::new(Code::InvalidOption, "the session has more steps to go")),
        }
    }

    /// The one component to fuse, and where it comes from.
    fn take_inputs(&mut self) -> Result<(Origin, Vec<u8>)> {
        let mut inputs = std::mem::take(&mut self.inputs);
        let composing = &self.options.composing;
        match inputs.len() {
            0 if composing.wac.is_none() => Err(no_input()),
            1 if !composing.is_needed(1) => {
                let input = inputs.remove(0);
                Ok((Origin::Input(input.name), input.bytes))
            }
            _ => {
                let composed = crate::compose::compose(inputs, composing)?;
                let wac = composing.wac.as_ref();
                let name = wac.map_or_else(|| COMPOSITION.to_string(), |w| w.name.clone());
                Ok((Origin::Composition(name, composed.origins), composed.bytes))
            }
        }
    }
}

impl Session {
    /// The component with meld's platform under it.
    fn put_on_platform(&mut self, origin: Origin, bytes: Vec<u8>) -> Result<(Origin, Vec<u8>)> {
        if self.options.output == OutputKind::Component {
            let message = "a component has no imports of WASI 0.1: these are of core modules";
            return Err(Error::new(Code::InvalidOption, message));
        }
        let input = Input::new(origin.name(), bytes);
        let composed = crate::compose::on_platform(input).map_err(|error| match error.input.as_deref() {
            Some(name) if name != origin.name() => error,
            _ => origin.place(Error { input: None, ..error }),
        })?;
        self.notes = composed.notes();
        Ok((Origin::OnPlatform(Box::new(origin), composed.composed.origins), composed.composed.bytes))
    }
}

fn no_input() -> Error {
    Error::new(Code::InvalidOption, "there is no input")
}

fn finished(mut pipeline: Pipeline, input_bytes: u64) -> Result<Fused> {
    let stage = pipeline.with_dependent_mut(|_, stage| std::mem::replace(stage, Stage::Empty).bytes());
    let (bytes, Told { mut statistics, explanation }) = stage.ok_or_else(|| Error::internal("no output"))?;
    statistics.input_bytes = input_bytes;
    statistics.output_bytes = bytes.len() as u64;
    Ok(Fused { bytes, statistics, explanation, notes: Vec::new() })
}

impl<'a> Stage<'a> {
    fn bytes(self) -> Option<(Vec<u8>, Told)> {
        match self {
            Stage::Finished(bytes, told) => Some((bytes, told)),
            _ => None,
        }
    }

    /// One step; the stage moves on when its own work is done.
    fn step(&mut self, source: &'a Source, about: &About<'_>) -> Result<Progress> {
        let (next, progress) = match std::mem::replace(self, Stage::Empty) {
            Stage::Reading(reader) => read(reader, source)?,
            Stage::Linking(tree) => link(*tree, source, about)?,
            Stage::Merging(merging) => merge(merging, about)?,
            Stage::Wrapping(wrapping) => finish(*wrapping, source)?,
            stage => (stage, Progress { phase: Phase::Done, done: 1, total: 1 }),
        };
        *self = next;
        Ok(progress)
    }
}

fn read<'a>(mut reader: Box<Reader<'a>>, source: &'a Source) -> Result<(Stage<'a>, Progress)> {
    let total = source.bytes.len() as u64;
    if reader.step()? {
        let done = reader.position() as u64;
        return Ok((Stage::Reading(reader), Progress { phase: Phase::Read, done, total }));
    }
    let tree = reader.finish()?;
    let stage = Stage::Linking(Box::new(tree));
    Ok((stage, Progress { phase: Phase::Link, done: 0, total: 1 }))
}

fn link<'a>(tree: Tree<'a>, source: &'a Source, about: &About<'_>) -> Result<(Stage<'a>, Progress)> {
    let options = about.options;
    let plan = link::evaluate_on(&tree, about.origin.start())?;
    crate::report::check_opaque_rep(&plan, &options.opaque_rep)?;
    crate::single::check_reservations(&plan, options)?;
    let addresses = match (options.memory, options.output) {
        (Memory::Single, OutputKind::Component) => Addresses::OfTheModule,
        (Memory::Single, OutputKind::CoreModule) => Addresses::OfTheModuleIfAsync,
        _ => Addresses::OfEachMemory,
    };
    let settings = assemble::Settings { optimizations: options.optimizations, addresses, wasi: options.wasi };
    let mut assembled = assemble::assemble(&plan, &source.arena, settings)?;
    if options.wasi == Wasi::Preview1 && options.optimizations.unreachable {
        leave_out_imports(&mut assembled.assembly, options.optimizations)?;
    }
    assembled.boundary.attributes = assemble::attributes(&tree);
    let mut told = Told { statistics: Statistics::of(&plan, &assembled), explanation: Vec::new() };
    if options.explain {
        told.explanation = crate::report::explanation(&plan, &assembled.decisions, options.optimizations)?;
    }
    if options.output == OutputKind::CoreModule && options.memory == Memory::Multi {
        let sections = wrap::custom_sections(&tree, &plan, &assembled.boundary, options.wasi)?;
        assembled.assembly.customs.extend(sections);
    }
    let first_at_zero = assembled.assembly.first_memory.is_some();
    let boundaries = match options.provenance {
        true => crate::report::boundaries(&plan, &assembled.decisions, BOUNDARY_NAME),
        false => Vec::new(),
    };
    let Options { debug_info, optimizations, explain, .. } = *options;
    let names = options.names || debug_info;
    let settings = Settings { names, debug_info, optimizations, explain, survey: false };
    let merger = Merger::new(assembled.assembly, settings)?;
    let (done, total) = merger.progress();
    let boundary = assembled.boundary;
    let stage =
        Stage::Merging(Box::new(Merging { tree, plan, boundary, merger, first_at_zero, boundaries, told }));
    Ok((stage, Progress { phase: Phase::Merge, done: done as u64, total: total as u64 }))
}

/// Marks the platform's imports that nothing reaches: a host of WASI 0.1 may lack them. Finding out is as
/// much work as merging.
fn leave_out_imports(assembly: &mut Assembly<'_>, optimizations: Optimizations) -> Result<()> {
    let settings = Settings { optimizations, survey: true, ..Settings::default() };
    let mut merger = Merger::new(assembly.clone(), settings)?;
    while merger.step()? {}
    for (import, reached) in assembly.imports.iter_mut().zip(merger.reached()?) {
        import.left_out = import.can_be_left_out && !reached;
    }
    Ok(())
}

fn merge<'a>(mut merging: Box<Merging<'a>>, about: &About<'_>) -> Result<(Stage<'a>, Progress)> {
    let options = about.options;
    if merging.merger.step()? {
        let (done, total) = merging.merger.progress();
        let progress = Progress { phase: Phase::Merge, done: done as u64, total: total as u64 };
        return Ok((Stage::Merging(merging), progress));
    }
    let Merging { tree, plan, mut boundary, merger, first_at_zero, boundaries, mut told } = *merging;
    let mut merged = merger.finish()?;
    told.explanation.append(&mut merged.notes);
    let mut windowed = None;
    if options.memory == Memory::Single {
        let notes;
        let is_platform = |offset| about.origin.is_platform(offset);
        (notes, windowed) =
            crate::single::lower(&mut merged, &plan, &mut boundary, options, first_at_zero, is_platform)?;
        if options.explain {
            told.explanation.extend(notes);
        }
        if options.output == OutputKind::CoreModule {
            for section in wrap::custom_sections(&tree, &plan, &boundary, options.wasi)? {
                append(section, &mut merged.bytes);
            }
        }
    }
    if options.debug_info {
        let notes = debug_info(&mut merged, plan.core_instances.len(), windowed.as_ref())?;
        if options.explain {
            told.explanation.extend(notes);
        }
    }
    if options.provenance {
        let bases = windowed.as_ref().map(|windowed| &*windowed.bases);
        let contents = provenance(&merged, (&plan, &boundaries), about, bases)?;
        append((provenance::SECTION.to_string(), contents), &mut merged.bytes);
    }
    let (metadata, notes) = metadata::of(&tree, &about.origin.inputs(tree.bytes.len()));
    if options.explain {
        told.explanation.extend(notes);
    }
    told.statistics.merged(&merged.bytes);
    Ok(match options.output {
        OutputKind::CoreModule => {
            metadata.into_iter().for_each(|section| append(section, &mut merged.bytes));
            let component = wrap::component_section(&merged.bytes, &tree, &plan, &boundary, options.wasi);
            component.into_iter().for_each(|section| append(section, &mut merged.bytes));
            let progress = Progress { phase: Phase::Done, done: 1, total: 1 };
            (Stage::Finished(merged.bytes, told), progress)
        }
        OutputKind::Component => {
            let wrapping = Wrapping { tree, plan, boundary, core: merged.bytes, metadata, told };
            let progress = Progress { phase: Phase::Wrap, done: 0, total: 1 };
            (Stage::Wrapping(Box::new(wrapping)), progress)
        }
    })
}

fn append((name, data): (String, Vec<u8>), module: &mut Vec<u8>) {
    CustomSection { name: name.into(), data: data.into() }.append_to(module);
}

/// Adds debug information to the result: that of the inputs, which have so many core instances, and names for the
/// rest; with notes on it.
fn debug_info(merged: &mut Merged, of_input: usize, windowed: Option<&debug::Windowed>) -> Result<Vec<Note>> {
    let Merged { guests, moves, bytes: module, bodies, .. } = &*merged;
    let generated = bodies.iter().map(|body| body.is_none_or(|body| body.is_generated(of_input)));
    let generated: Vec<bool> = generated.collect();
    let request = debug::Request { guests, moves, windowed, module, generated: &generated };
    let (sections, notes) = debug::translate(&request)?;
    for (name, data) in sections.all() {
        append((name.into(), data), &mut merged.bytes);
    }
    Ok(notes)
}

/// What the result is to say of where it came from.
fn provenance(
    merged: &Merged,
    (plan, boundaries): (&Plan, &[Crossing]),
    about: &About<'_>,
    bases: Option<&[u64]>,
) -> Result<Vec<u8>> {
    let About { options, given: inputs, origin } = *about;
    let place = |offset| origin.locate(offset);
    let place = &place;
    provenance::section(&provenance::Request { options, inputs, place, plan, boundaries, merged, bases })
}

fn finish<'a>(w: Wrapping<'a>, source: &'a Source) -> Result<(Stage<'a>, Progress)> {
    let mut bytes = wrap::component(w.core, &w.boundary, &w.plan, &w.tree.types, &source.bytes)?;
    // A custom section of a component is written like one of a module.
    w.metadata.into_iter().for_each(|section| append(section, &mut bytes));
    let progress = Progress { phase: Phase::Done, done: 1, total: 1 };
    Ok((Stage::Finished(bytes, w.told), progress))
}
