//! On what, and with what, was measured. In: /proc, and the programs' own words. Out: lines for the page.
//! Not its job: anything that a figure depends on.

use crate::tools;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::available_parallelism;

/// The lines at the top of the page.
pub fn describe(command: &str) -> String {
    let version = |program: &str, arguments: &[&str]| said(program, arguments).unwrap_or("none".to_string());
    let of = |path: Option<PathBuf>| {
        path.map_or("none".to_string(), |p| version(&p.to_string_lossy(), &["--version"]))
    };
    let versions = [
        format!("meld {}", meld_fuser::VERSION),
        version("rustc", &["--version"]),
        format!("wasmtime {}", locked("wasmtime").unwrap_or("unknown")),
        format!("peer: {}", of(tools::peer().ok().flatten())),
        of(tools::wasm_tools().ok()),
        of(tools::wasm_opt().ok()),
        format!("Node.js {}", version("node", &["--version"])),
        format!("jco {}", jco().unwrap_or("none".to_string())),
    ];
    format!("- Machine: {}\n- Versions: {}\n- Command: `{command}`\n", machine(), versions.join(", "))
}

/// The version of a package that this program is made of.
fn locked(name: &str) -> Option<&'static str> {
    let lock = include_str!("../../../Cargo.lock");
    let (_, package) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    package.split('"').next()
}

/// The version of jco that made the npm package.
fn jco() -> Option<String> {
    let manifest = "../../web/node_modules/@bytecodealliance/jco/package.json";
    let manifest = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest)).ok()?;
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).ok()?;
    Some(manifest["version"].as_str()?.to_string())
}

/// Processor, cores, memory and system.
fn machine() -> String {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_string());
    let cores = available_parallelism().map_or(0, usize::from);
    let memory =
        field("/proc/meminfo", "MemTotal").and_then(|m| m.trim_end_matches(" kB").parse::<u64>().ok());
    let memory =
        memory.map_or("unknown".to_string(), |kib| format!("{:.0} GiB", kib as f64 / (1 << 20) as f64));
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).unwrap_or("unknown");
    let kernel = said("uname", &["-sr"]).unwrap_or_default();
    format!("{processor}, {cores} cores, {memory} memory, {}, {kernel}", system.trim_matches('"'))
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_string())
}

/// The first line that a program says.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_string())
}
