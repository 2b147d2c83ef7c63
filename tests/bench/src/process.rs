//! Whole processes, and what the kernel says about this one. In: a command. Out: how long it took, and how
//! much memory it had at most. Not its job: what it is for.

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use std::io;
use std::mem::MaybeUninit;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What one run took.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Run {
    /// From start to end.
    pub nanoseconds: f64,
    /// Of all processors together, in the program and in the kernel.
    pub processor: f64,
    /// The most bytes that it had in memory at a time.
    pub peak: u64,
}

/// Asks this program to run a command, and nothing else.
pub const WATCH: &str = "--watch";

/// Runs a command and measures it, by way of a process that does only this: until a child has its own
/// program, the kernel counts the memory of the process that it came from, and a benchmark has much.
pub fn run(command: &[&str]) -> Result<Run> {
    let output = Command::new(std::env::current_exe()?).arg(WATCH).args(command).output()?;
    let said = || String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{}", said());
    serde_json::from_slice(&output.stdout).with_context(said)
}

/// The process in between: what it measured on standard output, or what the command said on standard
/// error.
pub fn watch(command: &[&str]) -> Result<Run> {
    let (program, arguments) = command.split_first().context("no command")?;
    let start = Instant::now();
    // Errors go where this process's own go.
    let child = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).spawn();
    let (status, usage) = wait(child.with_context(|| program.to_string())?.id())?;
    let nanoseconds = start.elapsed().as_nanos() as f64;
    ensure!(status == 0, "{program}: status {status}");
    Ok(Run { nanoseconds, processor: processor(&usage), peak: peak(&usage) })
}

fn wait(child: u32) -> Result<(i32, libc::rusage)> {
    let child = libc::pid_t::try_from(child)?;
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: both pointers are to what they should be, for as long as the call takes; and zeros, which
    // are there before, are a valid `rusage`.
    let (waited, usage) = unsafe {
        let waited = libc::wait4(child, &raw mut status, 0, usage.as_mut_ptr());
        (waited, usage.assume_init())
    };
    ensure!(waited == child, io::Error::last_os_error());
    Ok((status, usage))
}

/// The time of all processors together.
fn processor(usage: &libc::rusage) -> f64 {
    let time = |t: libc::timeval| t.tv_sec as f64 * 1e9 + t.tv_usec as f64 * 1e3;
    time(usage.ru_utime) + time(usage.ru_stime)
}

/// What this process has used so far, of all processors together.
pub fn processor_so_far() -> f64 {
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: the pointer is to what it should be, and zeros, which are there before, are a valid `rusage`.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    processor(&usage)
}

/// Linux counts in KiB.
fn peak(usage: &libc::rusage) -> u64 {
    u64::try_from(usage.ru_maxrss).unwrap_or_default() * 1024
}
