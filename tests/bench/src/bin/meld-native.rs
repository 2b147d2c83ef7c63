//! `meld-native INPUT OUTPUT [--component]`: the library, natively, as a program of its own, so that its time
//! and memory can be compared with those of other programs. In: a file. Out: a file. Not its job: options.

use anyhow::{Context, Result, bail};
use meld_fuser::{Input, Options, OutputKind};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (input, output, kind) = match arguments[..] {
        [input, output] => (input, output, OutputKind::CoreModule),
        [input, output, "--component"] => (input, output, OutputKind::Component),
        _ => bail!("usage: meld-native INPUT OUTPUT [--component]"),
    };
    let bytes = std::fs::read(input).with_context(|| input.to_string())?;
    let options = Options { output: kind, ..Options::default() };
    let fused = meld_fuser::fuse(vec![Input::new(input, bytes)], options)?;
    std::fs::write(output, fused.bytes).with_context(|| output.to_string())
}
