//! How wasmtime is set up. In: the platform to compile for. Out: the configuration with which the build script
//! compiles the fuser and the program runs it. They must agree, so both include this file. Not its job:
//! engines and limits.

use wasmtime::{Config, WasmBacktraceDetails};

/// `target` is the platform's name, for compiling ahead of time. Without it, code is for this machine and
/// uses all that its processor can do.
pub fn config(target: Option<&str>) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    // Otherwise an environment variable decides, which users set for their own programs.
    config.wasm_backtrace_details(WasmBacktraceDetails::Disable);
    // The fuser is synchronous, though this wasmtime is built with async.
    config.concurrency_support(false);
    // This would put the initial memory into a file that instances share. There is one instance, and Linux
    // may refuse to seal the file with "device or resource busy".
    config.memory_init_cow(false);
    if let Some(target) = target {
        // A named platform also means that no instruction is used that only some of its processors have.
        config.target(target)?;
    }
    Ok(config)
}
