//! The engines of the tests. In: nothing. Out: how all of them are set up, and one with every feature switched
//! on that meld carries through. Not its job: stores.

use std::sync::OnceLock;
use wasmtime::{Config, Engine, OptLevel, RegallocAlgorithm};

/// Shared, so that compiled code is kept once.
pub fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(&config()).expect("an engine"))
}

/// The same, with the built-ins of async that wasmtime does not switch on by itself.
pub fn async_engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let mut config = config();
        config.wasm_component_model_more_async_builtins(true);
        Engine::new(&config).expect("an engine")
    })
}

/// wasmtime as it comes, but for one thing: what a memory begins with is copied into it, where wasmtime would
/// put it into a file that instances share. Linux refuses to seal that file with "device or resource busy" while
/// it happens to move one of its pages, which one of a hundred thousand instances meets.
pub fn bare() -> Config {
    let mut config = Config::new();
    config.memory_init_cow(false);
    config
}

/// All that wasmtime can do among what meld supports.
pub fn config() -> Config {
    let mut config = bare();
    config.wasm_multi_memory(true);
    config.wasm_memory64(true);
    config.wasm_gc(true);
    config.wasm_exceptions(true);
    config.wasm_function_references(true);
    config.wasm_relaxed_simd(true);
    config.relaxed_simd_deterministic(true);
    config.wasm_wide_arithmetic(true);
    config.wasm_custom_page_sizes(true);
    config.wasm_component_model_map(true);
    config.wasm_component_model_memory64(true);
    config.wasm_component_model_fixed_length_lists(true);
    config.wasm_component_model_implements(true);
    // For the second slot of `context.get`.
    config.wasm_component_model_threading(true);
    config.cranelift_nan_canonicalization(true);
    // Most of what the tests compile runs for microseconds.
    config.cranelift_opt_level(OptLevel::None);
    config.cranelift_regalloc_algorithm(RegallocAlgorithm::SinglePass);
    config
}

/// wasmtime's error as everybody else's, with its causes and backtrace.
pub fn told(error: wasmtime::Error) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}
