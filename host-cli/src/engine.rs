//! How wasmtime is set up. In: the platform to compile for. Out: the configuration that the build
//! script compiles the fuser with and that the program runs it with: they must agree, which is why
//! both include this file.

use wasmtime::{Config, WasmBacktraceDetails};

/// `target` is the platform's name, for compiling ahead of time; without it code is made for the
/// machine at hand, with all that its processor can do.
pub fn config(target: Option<&str>) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    // wasmtime takes this one from the environment otherwise, which is for the user's own programs.
    config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
    // The fuser is synchronous, whatever else this wasmtime was built for.
    config.concurrency_support(false);
    // A file of the initial memory, to share with other instances: there is one instance, and Linux may
    // refuse to seal such a file with "device or resource busy".
    config.memory_init_cow(false);
    if let Some(target) = target {
        // Naming a platform also means: no instruction that only some of its processors have.
        config.target(target)?;
    }
    Ok(config)
}
