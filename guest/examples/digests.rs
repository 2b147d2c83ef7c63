//! `digests FILE…`: what every file becomes. In: components, or directories of them. Out: a line for
//! each file, kind of output and level of optimisation: the SHA-256 of the input and of the output, or
//! the error. A change that is to change nothing prints the same lines before and after. Not its job:
//! finding inputs (`fixtures` of tests/replay writes them).

use meld_fuser::{Input, Optimizations, Options, OutputKind, fuse};
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use std::path::PathBuf;

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for path in std::env::args().skip(1).map(PathBuf::from) {
        match path.is_dir() {
            true => {
                let entries = std::fs::read_dir(path)?.map(|entry| Ok(entry?.path()));
                files.extend(entries.collect::<io::Result<Vec<PathBuf>>>()?);
            }
            false => files.push(path),
        }
    }
    files.sort();
    let mut out = io::stdout().lock();
    for file in files {
        let bytes = std::fs::read(&file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        for (output, kind) in [(OutputKind::CoreModule, "core"), (OutputKind::Component, "component")] {
            for (optimizations, level) in [(Optimizations::none(), "-O0"), (Optimizations::all(), "-O1")] {
                let options = Options { output, optimizations, ..Options::default() };
                let became = match fuse(vec![Input::new(&*name, bytes.as_slice())], options) {
                    Ok(fused) => digest(&fused.bytes),
                    Err(error) => error.to_string().replace('\n', " "),
                };
                writeln!(out, "{name} {} {kind} {level} {became}", digest(&bytes))?;
            }
        }
    }
    Ok(())
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
