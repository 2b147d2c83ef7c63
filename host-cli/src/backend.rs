//! The fuser, as the command line wants it: a component in wasmtime. In: bytes and options. Out: bytes, or an
//! error. The component gets nothing else: no files, no network, no environment, no arguments. Not its
//! job: what the command line makes of it.

use crate::arguments::HostArguments;
use crate::bindings;
use crate::bindings::exports::meld::fuser::fusion as wit;
use crate::clock::{self, Bounds, Reports};
use crate::engine;
use crate::image;
use crate::limits::{self, Budget, Limiter};
use crate::progress::Bar;
use meld_fuser::command::{self, Backend, Failure, Inspected, Watch};
use meld_fuser::{Composing, Error, Fused, Input, Options, Phase, Progress, Wiring};
use sha2::{Digest, Sha256};
use std::io::{self, IsTerminal};
use std::path::Path;
use std::thread::{self, JoinHandle};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

const SIZE: &str = env!("MELD_WASM_SIZE");
const SHA256: &str = env!("MELD_WASM_SHA256");

/// How many bytes of the fuser's standard error are kept.
const LAST_WORDS: usize = 4096;

/// How many bytes of text an error may have, to be shown.
const MAX_ERROR: usize = 1 << 20;

pub struct Fuser {
    arguments: HostArguments,
    /// The first instance, which starts while the inputs are being read.
    first: Option<JoinHandle<Result<Running, Failure>>>,
    /// Of all runs together; set by the first.
    bounds: Option<Bounds>,
}

impl Fuser {
    pub fn new(arguments: &HostArguments) -> Fuser {
        let arguments = arguments.clone();
        // A fuser that is not this program's own starts when its bounds hold: nobody knows what it does.
        let first = arguments.fuser.is_none().then(|| {
            let arguments = arguments.clone();
            thread::Builder::new().spawn(|| {
                let budget = Budget::of_fusers(&arguments);
                Running::start(arguments, budget)
            })
        });
        // Without a thread it starts with the first call.
        Fuser { arguments, first: first.and_then(Result::ok), bounds: None }
    }
}

impl Fuser {
    /// Starts an instance of the fuser, and does `work` with it, all within the bounds.
    fn run<T: Send + 'static>(
        &mut self,
        watch: &mut Watch<'_>,
        work: impl FnOnce(&mut Running, &Reports<T>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let bounds = *self.bounds.get_or_insert_with(|| Bounds::new(&self.arguments));
        let arguments = self.arguments.clone();
        let first = self.first.take();
        let start = move || match first.map(JoinHandle::join) {
            Some(Ok(first)) => first,
            _ => Running::start(arguments, bounds.budget),
        };
        clock::within(bounds, &self.arguments, watch, move |reports| match start() {
            Ok(mut running) => {
                running.store.data_mut().limiter.budget = bounds.budget;
                let result = work(&mut running, reports);
                // The instance is dropped while the result is being written.
                reports.done(result);
            }
            Err(failure) => reports.done(Err(failure)),
        })
    }

    /// As `run`, where there is no progress to show.
    fn call<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Running) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.run(&mut |_| {}, |running, _| work(running))
    }
}

impl Backend for Fuser {
    fn fuse(
        &mut self,
        inputs: Vec<Input>,
        options: Options,
        watch: &mut Watch<'_>,
    ) -> Result<Fused, Failure> {
        self.run(watch, |running, reports| {
            let session =
                running.call(|fuser, store| fuser.session().call_constructor(store, &options.into()))?;
            for input in inputs {
                let input = input.into();
                running.call(|fuser, store| fuser.session().call_add(store, session, &input))??;
            }
            loop {
                let step = running.call(|fuser, store| fuser.session().call_step(store, session))??;
                let progress = Progress::from(step);
                reports.progress(progress);
                if progress.phase == Phase::Done {
                    break;
                }
            }
            let fused = running.call(|fuser, store| fuser.session().call_finish(store, session))??;
            Ok(fused.into())
        })
    }

    fn inspect(&mut self, input: Input) -> Result<Inspected, Failure> {
        self.call(|running| {
            let inspection = running.call(|fuser, store| fuser.call_inspect(store, &input.into()))??;
            let wit::Inspection { text, json, features, .. } = inspection;
            Ok(Inspected { text, json, features })
        })
    }

    fn compose(&mut self, inputs: Vec<Input>, composing: Composing) -> Result<Vec<u8>, Failure> {
        self.call(|running| {
            let (inputs, composing) = to_wit(inputs, composing);
            Ok(running.call(|fuser, store| fuser.call_compose(store, &inputs, &composing))??)
        })
    }

    fn wrap(&mut self, module: Input) -> Result<Vec<u8>, Failure> {
        self.call(|running| Ok(running.call(|fuser, store| fuser.call_wrap(store, &module.into()))??))
    }

    fn verify(&mut self, inputs: Vec<Input>, fused: Input) -> Result<(), Failure> {
        self.call(|running| {
            let inputs: Vec<wit::Input> = inputs.into_iter().map(Into::into).collect();
            Ok(running.call(|fuser, store| fuser.call_verify(store, &inputs, &fused.into()))??)
        })
    }

    fn wire(&mut self, inputs: Vec<Input>, composing: Composing) -> Result<Wiring, Failure> {
        self.call(|running| {
            let (inputs, composing) = to_wit(inputs, composing);
            let wired = running.call(|fuser, store| fuser.call_wire(store, &inputs, &composing))??;
            let mut wiring = Wiring::from(wired);
            wiring.refused = wiring.refused.map(readable);
            Ok(wiring)
        })
    }

    fn version(&mut self) -> Result<String, Failure> {
        let version = self.call(|running| running.call(|fuser, store| fuser.call_version(store)))?;
        let (size, sha256) = match &self.arguments.fuser {
            None => (SIZE.to_string(), SHA256.to_string()),
            Some(path) => {
                let bytes = read(path, &self.arguments)?;
                (bytes.len().to_string(), format!("{:x}", Sha256::digest(&bytes)))
            }
        };
        let meld = env!("CARGO_PKG_VERSION");
        Ok(format!("meld {meld}\nfuser {version} (meld.wasm, {size} bytes, SHA-256 {sha256})"))
    }

    fn input_limit(&self) -> u64 {
        self.arguments.max_memory
    }

    fn progress(&self) -> Box<Watch<'static>> {
        if !io::stderr().is_terminal() {
            return Box::new(|_| {});
        }
        let bar = Bar::new();
        Box::new(move |progress| bar.show(progress))
    }
}

fn to_wit(inputs: Vec<Input>, composing: Composing) -> (Vec<wit::Input>, wit::Composing) {
    (inputs.into_iter().map(Into::into).collect(), composing.into())
}

/// An instance of the fuser.
struct Running {
    arguments: HostArguments,
    store: Store<State>,
    fuser: bindings::Fuser,
    /// Its standard error: it writes there only when it panics.
    said: MemoryOutputPipe,
}

impl Running {
    fn start(arguments: HostArguments, budget: Budget) -> Result<Running, Failure> {
        let (engine, component) = match &arguments.fuser {
            None => image::load().map_err(defect)?.clone(),
            Some(path) => {
                let engine = engine::config(None).and_then(|config| Engine::new(&config));
                let engine = engine.map_err(|e| defect(&format!("{e:#}")))?;
                let bytes = read(path, &arguments)?;
                let component = Component::new(&engine, bytes).map_err(|e| not_a_fuser(path, &e))?;
                (engine, component)
            }
        };
        let said = MemoryOutputPipe::new(LAST_WORDS);
        let mut store = Store::new(&engine, State::new(budget, said.clone()));
        store.limiter(|state| &mut state.limiter);
        allow_results(&mut store);
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).map_err(|e| defect(&format!("{e:#}")))?;
        let fuser = bindings::Fuser::instantiate(&mut store, &component, &linker);
        let fuser = fuser.map_err(|e| match (&arguments.fuser, limits::out_of_memory(&e, &arguments)) {
            (_, Some(error)) => Failure::Refused(error),
            (Some(path), None) => not_a_fuser(path, &e),
            (None, None) => Failure::Refused(limits::ended_early(&e, &arguments, "")),
        })?;
        Ok(Running { arguments, store, fuser, said })
    }

    /// One call into the fuser. A trap is an error, and so is the end of its memory.
    fn call<T>(
        &mut self,
        call: impl FnOnce(&wit::Guest, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, Failure> {
        allow_results(&mut self.store);
        let result = call(self.fuser.meld_fuser_fusion(), &mut self.store).map_err(|error| {
            let said = self.said.contents();
            let said = String::from_utf8_lossy(&said);
            limits::ended_early(&error, &self.arguments, &said)
        })?;
        // Both are there now, the fuser and its result.
        match self.store.data().limiter.budget.left() {
            Some(_) => Ok(result),
            None => Err(limits::too_large(&self.arguments).into()),
        }
    }
}

/// Bounds what the next call may copy out of the fuser: parts of a result may lie in the same memory, and be
/// larger together. The fuser can still grow before its result is copied: what that comes to is looked at
/// meanwhile (`clock`) and afterwards.
fn allow_results(store: &mut Store<State>) {
    let left = store.data().limiter.budget.left();
    store.set_hostcall_fuel(left.unwrap_or(0));
}

/// The bytes of another fuser, no more than it may have of memory.
fn read(path: &Path, arguments: &HostArguments) -> Result<Vec<u8>, Failure> {
    let bytes = command::read_up_to(path, arguments.max_memory);
    let bytes = bytes.map_err(|e| Failure::files("read", &path.display().to_string(), &e))?;
    Ok(bytes.ok_or_else(|| limits::too_large(arguments))?)
}

fn not_a_fuser(path: &Path, error: &wasmtime::Error) -> Failure {
    let message = format!("{} is not a build of meld.wasm: {}", path.display(), error.root_cause());
    Failure::usage(message, "`just build` makes one at target/meld.wasm")
}

fn defect(error: &str) -> Failure {
    Failure::Refused(Error::internal(format!("wasmtime: {error}")))
}

impl From<wit::Error> for Failure {
    fn from(error: wit::Error) -> Failure {
        Failure::Refused(readable(error.into()))
    }
}

/// An error that can be shown.
fn readable(error: Error) -> Error {
    let texts = [Some(&error.message), error.input.as_ref(), error.hint.as_ref()].into_iter().flatten();
    let length: usize = texts.chain(&error.path).map(|text| text.len().saturating_add(1)).sum();
    match length {
        0..=MAX_ERROR => error,
        _ => Error::new(error.code, format!("the error has {length} bytes of text, too many to show")),
    }
}

/// What the store holds beside the fuser: WASI with nothing in it, and the limits.
struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    limiter: Limiter,
}

impl State {
    fn new(budget: Budget, said: MemoryOutputPipe) -> State {
        let wasi = WasiCtx::builder().stderr(said).build();
        State { wasi, table: ResourceTable::new(), limiter: Limiter::new(budget) }
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}
