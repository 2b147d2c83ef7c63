//! On what, and with what, was measured. In: /proc, and the programs' own words. Out: lines for the page.
//! Not its job: anything that a figure depends on.

use std::fs;
use std::process::Command;
use std::thread::available_parallelism;

/// Processor, cores, memory and system.
pub fn machine() -> String {
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
pub fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().trim().to_string())
}
