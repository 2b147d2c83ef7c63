//! The fuser as a component, in wasmtime, as the native command runs it. In: bytes. Out: what it says,
//! and how much memory it took; a panic in there is a trap and shows. Not its job: judging what it says.

#[path = "../../host-cli/src/engine.rs"]
mod engine;

use crate::shapes::Made;
use crate::wasi::State as Wasi;
use anyhow::Result;
use exports::meld::fuser::fusion as wit;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, ResourceLimiter, Store};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

wasmtime::component::bindgen!({ path: "../wit", world: "fuser" });

pub use wit::{Error, OutputKind};

/// The time after which something hangs: so much more than anything takes that it is no measurement.
const SECONDS: u64 = 240;

/// The fuser, compiled. Shared by threads.
#[derive(Clone)]
pub struct Sandbox {
    engine: Engine,
    pre: FuserPre<State>,
    _clock: Arc<()>,
}

/// An instance of it.
pub struct Running {
    sandbox: Sandbox,
    max_memory: usize,
    store: Store<State>,
    fuser: Fuser,
    said: MemoryOutputPipe,
}

struct State {
    wasi: Wasi,
    max_memory: usize,
    memory: usize,
}

/// A trap: it panicked, it hung, or it wanted more memory than it may have.
#[derive(Debug)]
pub struct Trapped(pub String);

pub type Said = Result<Vec<u8>, Error>;

impl Sandbox {
    /// Compiles target/meld.wasm, which `just component` makes.
    pub fn new() -> Result<Sandbox> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/meld.wasm");
        Self::compile(&path).map_err(|e| anyhow::anyhow!("{}: {e:?}", path.display()))
    }

    fn compile(path: &Path) -> wasmtime::Result<Sandbox> {
        let mut config = engine::config(None)?;
        // The command has a thread to leave behind where something hangs; here the call has to end.
        config.epoch_interruption(true);
        let engine = Engine::new(&config)?;
        let component = Component::from_file(&engine, path)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        let pre = FuserPre::new(linker.instantiate_pre(&component)?)?;
        let clock = Arc::new(());
        tick(&engine, Arc::downgrade(&clock));
        Ok(Sandbox { engine, pre, _clock: clock })
    }

    /// An instance that may have so many bytes of memory.
    pub fn start(&self, max_memory: usize) -> Result<Running> {
        self.instantiate(max_memory).map_err(|e| anyhow::anyhow!("{e:?}"))
    }

    fn instantiate(&self, max_memory: usize) -> wasmtime::Result<Running> {
        let said = MemoryOutputPipe::new(4096);
        let wasi = Wasi::new(WasiCtx::builder().stderr(said.clone()).build());
        let mut store = Store::new(&self.engine, State { wasi, max_memory, memory: 0 });
        store.limiter(|state| state);
        store.set_epoch_deadline(SECONDS);
        // Large outputs are no mistake.
        store.set_hostcall_fuel(usize::MAX);
        let fuser = self.pre.instantiate(&mut store)?;
        Ok(Running { sandbox: self.clone(), max_memory, store, fuser, said })
    }
}

/// A second passes, and another one, as long as somebody is there.
fn tick(engine: &Engine, clock: std::sync::Weak<()>) {
    let engine = engine.clone();
    thread::spawn(move || {
        while clock.strong_count() > 0 {
            thread::sleep(Duration::from_secs(1));
            engine.increment_epoch();
        }
    });
}

impl Running {
    /// Fuses one input. After a trap this is a new instance.
    pub fn fuse(&mut self, bytes: &[u8], output: OutputKind, names: bool) -> Result<Said, Trapped> {
        self.fuse_all(&Made { inputs: vec![bytes.to_vec()], ..Made::default() }, output, names)
    }

    /// Fuses what is made, and composes it before if there are several.
    pub fn fuse_all(&mut self, made: &Made, output: OutputKind, names: bool) -> Result<Said, Trapped> {
        let skip = wit::Optimizations::empty();
        let (inputs, composing) = handed_over(made);
        let options = wit::Options {
            output,
            wasi: wit::Wasi::AsImported,
            names,
            debug_info: names,
            provenance: names,
            composing,
            opaque_rep: Vec::new(),
            memory: wit::Memory::Multi,
            reserve: Vec::new(),
            skip,
            explain: false,
        };
        self.call(|fuser, store| Ok(fuser.call_fuse(store, &inputs, &options)?.map(|fused| fused.bytes)))
    }

    /// Tells what is made, or how it connects if there are several. Gives the bytes of what is told: of its
    /// JSON, or of its names.
    pub fn tell(&mut self, made: &Made) -> Result<Result<usize, Error>, Trapped> {
        if let ([bytes], false) = (made.inputs.as_slice(), made.composed()) {
            return Ok(self.inspect(bytes)?.map(|json| json.len()));
        }
        let (inputs, composing) = handed_over(made);
        self.call(|fuser, store| Ok(fuser.call_wire(store, &inputs, &composing)?.map(|told| names_in(&told))))
    }

    /// Tells about one input.
    pub fn inspect(&mut self, bytes: &[u8]) -> Result<Result<String, Error>, Trapped> {
        let input = wit::Input { name: "input".into(), bytes: bytes.to_vec(), package: None };
        self.call(|fuser, store| Ok(fuser.call_inspect(store, &input)?.map(|told| told.json)))
    }

    /// The memory that it has by now: it never gives any back.
    pub fn memory(&self) -> usize {
        self.store.data().memory
    }

    fn call<T>(
        &mut self,
        call: impl FnOnce(&wit::Guest, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> Result<T, Trapped> {
        self.store.set_epoch_deadline(SECONDS);
        call(self.fuser.meld_fuser_fusion(), &mut self.store).map_err(|error| {
            let said = String::from_utf8_lossy(&self.said.contents()).into_owned();
            let trapped = Trapped(format!("{said}\n{error:?}"));
            match self.sandbox.start(self.max_memory) {
                Ok(fresh) => *self = fresh,
                Err(error) => return Trapped(format!("{trapped:?}, and no new one: {error}")),
            }
            trapped
        })
    }
}

/// The same as the interface has it.
fn handed_over(made: &Made) -> (Vec<wit::Input>, wit::Composing) {
    let inputs = made.inputs.iter().enumerate().map(|(i, bytes)| wit::Input {
        name: format!("i{i}"),
        bytes: bytes.clone(),
        package: made.wac.as_ref().map(|_| format!("a:i{i}")),
    });
    let wac = made.wac.clone().map(|text| wit::WacSource { name: "document".into(), text });
    (inputs.collect(), wit::Composing { wac, in_order: made.in_order, stub: made.stub.clone() })
}

/// How many bytes the names have that are told, and why it is refused.
fn names_in(wiring: &wit::Wiring) -> usize {
    let met_by = |met_by: &wit::MetBy| match met_by {
        wit::MetBy::Export(export) => export.name.len(),
        wit::MetBy::Ambiguous(exports) => exports.iter().map(|export| export.name.len()).sum(),
        wit::MetBy::Misfit(misfit) => misfit.export.name.len() + misfit.why.len(),
        wit::MetBy::Follows(instance) => instance.len(),
        wit::MetBy::Host | wit::MetBy::Stub => 0,
    };
    let connections = wiring.connections.iter().map(|one| one.import.len() + met_by(&one.met_by));
    let exports =
        wiring.exports.iter().map(|one| one.as_.len() + one.of.as_ref().map_or(0, |of| of.name.len()));
    let refused = wiring.refused.iter().map(|why| format!("{why:?}").len());
    connections.chain(exports).chain(refused).sum()
}

impl ResourceLimiter for State {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        let memory = self.memory + desired.saturating_sub(current);
        if memory > self.max_memory {
            wasmtime::bail!("more than {} bytes of memory", self.max_memory);
        }
        self.memory = memory;
        Ok(true)
    }

    fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired < 1 << 20)
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.wasi.ctx()
    }
}
