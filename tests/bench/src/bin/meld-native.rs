//! `meld-native INPUT OUTPUT [--component] [--single] [--preview1]`: the library, natively, as a program of its own, so that
//! its time and memory can be compared with those of other programs. In: a file. Out: a file. Not its job:
//! options.

use anyhow::{Context, Result, bail};
use meld_fuser::{Input, Memory, Options, OutputKind, Wasi};

fn main() -> Result<()> {
    let mut options = Options::default();
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--component" => options.output = OutputKind::Component,
            "--single" => options.memory = Memory::Single,
            "--preview1" => options.wasi = Wasi::Preview1,
            _ => files.push(argument),
        }
    }
    let [input, output] = files.as_slice() else {
        bail!("usage: meld-native INPUT OUTPUT [--component] [--single] [--preview1]");
    };
    let bytes = std::fs::read(input).with_context(|| input.to_string())?;
    let fused = meld_fuser::fuse(vec![Input::new(input, bytes)], options)?;
    std::fs::write(output, fused.bytes).with_context(|| output.to_string())
}
