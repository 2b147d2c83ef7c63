//! Fusing, with what must hold for every output. In: inputs. Out: bytes that are valid and were
//! made twice, alike. Not its job: running them.

use crate::features;
use anyhow::{Result, ensure};
use meld_fuser::{Code, Error, Input, Optimizations, Options, OutputKind};

/// Both kinds of output.
pub const KINDS: [OutputKind; 2] = [OutputKind::Component, OutputKind::CoreModule];

/// Fuses; an error of meld's is an error, `Internal` ones and invalid outputs as well.
pub fn fuse(inputs: &[Input], options: &Options) -> Result<Vec<u8>> {
    let bytes = meld_fuser::fuse(inputs.to_vec(), options.clone())
        .map_err(|e| anyhow::anyhow!("{}", show(&e)))?
        .bytes;
    let is_component = wasmparser::Parser::is_component(&bytes);
    ensure!(is_component == (options.output == OutputKind::Component), "the other kind of output");
    features::validate(&bytes)?;
    let again = meld_fuser::fuse(inputs.to_vec(), options.clone())?.bytes;
    ensure!(bytes == again, "fusing twice gives two outputs");
    Ok(bytes)
}

/// Some switches and a kind of output, which follow from the inputs: no optimisation at all, or all but
/// one.
pub fn drawn(inputs: &[Input]) -> (OutputKind, Optimizations) {
    let bytes = inputs.iter().flat_map(|input| &input.bytes);
    let hash = bytes.fold(0usize, |hash, byte| hash.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let output = KINDS[hash % 2];
    let (mut all, names) = (Optimizations::all(), Optimizations::LIST);
    match names.get(hash / 2 % (names.len() + 1)) {
        None => (output, Optimizations::none()),
        Some((name, _)) => {
            *all.get_mut(name).expect("its switch") = false;
            (output, all)
        }
    }
}

/// One input, and no option but the kind.
pub fn fuse_one(name: &str, bytes: &[u8], output: OutputKind) -> Result<Vec<u8>> {
    fuse(&[Input::new(name, bytes)], &Options { output, ..Options::default() })
}

/// All that an error says.
pub fn show(error: &Error) -> String {
    let code = if error.code == Code::Internal { "INTERNAL" } else { error.code.name() };
    let path = error.path.join(" / ");
    format!("[{code}] {error} at {path}; hint: {}", error.hint.as_deref().unwrap_or("none"))
}
