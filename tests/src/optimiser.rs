//! An optimiser between fusing and running. In: what was fused. Out: the same after `wasm-opt -O3`, if
//! `MELD_TESTS_WASM_OPT` names one. Not its job: installing it (`just optimised` does).

use anyhow::{Context, Result, ensure};
use meld_fuser::{Input, Memory, Options, OutputKind, Wasi};
use std::path::Path;
use std::process::Command;

/// The variable that names the program.
pub const WASM_OPT: &str = "MELD_TESTS_WASM_OPT";

/// What Binaryen says where a fault of its own keeps it from taking a valid module (docs/OPTIMISING.md).
const FAULTS: [&str; 2] = ["wasm.getMemory(curr->destMemory)->addressType", "invalid wasm type: -27"];

/// `fused`, which `inputs` became with `options`, after the optimiser; as it is without one, and where a component
/// has no core module that could be wrapped again: where it exports code, and with one memory.
pub fn between(inputs: &[Input], options: &Options, fused: Vec<u8>) -> Result<Vec<u8>> {
    let Some(program) = std::env::var_os(WASM_OPT) else { return Ok(fused) };
    if options.output == OutputKind::CoreModule {
        return optimised(program.as_ref(), &fused);
    }
    if options.memory == Memory::Single || options.wasi != Wasi::AsImported {
        return Ok(fused);
    }
    let core = Options { output: OutputKind::CoreModule, ..options.clone() };
    let core = match meld_fuser::fuse(inputs.to_vec(), core) {
        Ok(core) => core.bytes,
        Err(error) if error.message.contains("cannot be part of a core module") => return Ok(fused),
        Err(error) => return Err(error.into()),
    };
    let core = optimised(program.as_ref(), &core)?;
    Ok(meld_fuser::wrap(Input::new("the optimised module", core))?)
}

/// A fused core module after `wasm-opt -O3`, with those features that it needs.
pub fn optimised(program: &Path, core: &[u8]) -> Result<Vec<u8>> {
    run(program, &flags(core)?, core)
}

/// The features that a fused core module needs, as arguments.
pub fn flags(core: &[u8]) -> Result<String> {
    let told = meld_fuser::inspect(&Input::new("the fused module", core))?;
    let features: Vec<String> = told.features.iter().map(ToString::to_string).collect();
    meld_fuser::command::optimiser_flags(&features).map_err(|_| anyhow::anyhow!("{features:?}"))
}

/// A core module after `wasm-opt -O3` with these arguments; as it is where a known fault keeps it from that.
pub fn run(program: &Path, flags: &str, core: &[u8]) -> Result<Vec<u8>> {
    let dir = tempfile::tempdir()?;
    let (before, after) = (dir.path().join("before.wasm"), dir.path().join("after.wasm"));
    std::fs::write(&before, core)?;
    let output = Command::new(program)
        .arg("-O3")
        .args(flags.split_whitespace())
        .arg(&before)
        .arg("-o")
        .arg(&after)
        .output()
        .with_context(|| program.display().to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if FAULTS.iter().any(|fault| said.contains(fault)) {
        return Ok(core.to_vec());
    }
    ensure!(output.status.success(), "wasm-opt {flags}: {}: {said}", output.status);
    Ok(std::fs::read(after)?)
}
