//! What the columns run. In: bytes. Out: one closure for each export, over components and core modules
//! alike. Not its job: time.

use crate::peer_host;
use anyhow::{Result, bail};
use meld_tests::async_run::block_on;
pub use meld_tests::engine::told;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Instance, Module, Store};

/// Calls an export `run-…`, which does its work so many times.
pub type Run = Box<dyn FnMut(u32) -> Result<u64>>;

/// Compiled, and ready to be instantiated.
pub enum Program {
    Component {
        engine: Engine,
        component: Component,
    },
    Core {
        engine: Engine,
        module: Module,
    },
    /// A core module of the peer's, which asks its host for handle tables.
    Peer {
        engine: Engine,
        module: Module,
    },
}

/// wasmtime as it comes, but for what the benchmark is to tell apart.
pub fn engine(concurrency: bool) -> Result<Engine> {
    let mut config = Config::new();
    config.concurrency_support(concurrency);
    Engine::new(&config).map_err(told)
}

impl Program {
    pub fn component(engine: &Engine, bytes: &[u8]) -> Result<Program> {
        let component = Component::new(engine, bytes).map_err(told)?;
        Ok(Program::Component { engine: engine.clone(), component })
    }

    pub fn core(engine: &Engine, bytes: &[u8]) -> Result<Program> {
        Ok(Program::Core { engine: engine.clone(), module: Module::new(engine, bytes).map_err(told)? })
    }

    pub fn of_peer(engine: &Engine, bytes: &[u8]) -> Result<Program> {
        Ok(Program::Peer { engine: engine.clone(), module: Module::new(engine, bytes).map_err(told)? })
    }

    /// A new instance, and one of its exports.
    pub fn start(&self, export: &str) -> Result<Run> {
        self.instantiate(export).map_err(told)
    }

    /// The same of an export that is async.
    pub fn start_async(&self, export: &str) -> Result<Run> {
        let Program::Component { engine, component } = self else { bail!("only components are async here") };
        let mut store = Store::new(engine, ());
        let instance =
            block_on(Linker::new(engine).instantiate_async(&mut store, component)).map_err(told)?;
        let run = instance.get_typed_func::<(u32,), (u64,)>(&mut store, export).map_err(told)?;
        Ok(Box::new(move |n| Ok(block_on(run.call_async(&mut store, (n,))).map_err(told)?.0)))
    }

    fn instantiate(&self, export: &str) -> wasmtime::Result<Run> {
        match self {
            Program::Component { engine, component } => {
                let mut store = Store::new(engine, ());
                let instance = Linker::new(engine).instantiate(&mut store, component)?;
                let run = instance.get_typed_func::<(u32,), (u64,)>(&mut store, export)?;
                Ok(Box::new(move |n| Ok(run.call(&mut store, (n,)).map_err(told)?.0)))
            }
            Program::Core { engine, module } => {
                let mut store = Store::new(engine, ());
                let instance = Instance::new(&mut store, module, &[])?;
                let run = instance.get_typed_func::<u32, u64>(&mut store, export)?;
                Ok(Box::new(move |n| run.call(&mut store, n).map_err(told)))
            }
            Program::Peer { engine, module } => {
                let (mut store, instance) = peer_host::instantiate(engine, module)?;
                let run = instance.get_typed_func::<u32, u64>(&mut store, export)?;
                Ok(Box::new(move |n| run.call(&mut store, n).map_err(told)))
            }
        }
    }
}
