//! Reads inputs and writes results. In: paths, where `-` is a standard stream. Out: bytes, or a file that is
//! either complete or untouched. Not its job: what the bytes mean, and how a file is replaced (`replace`).

use super::failure::Failure;
use super::replace::replace;
#[cfg(unix)]
use super::unix;
use crate::error::{Code, Error};
use crate::interface::{Input, MAX_INPUT_BYTES};
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Reads one input, whole, from a path or from `PACKAGE=PATH`, where a package is `ns:name` or
/// `ns:name@version`.
pub fn read_input(argument: &Path, left: u64, limit: u64) -> Result<Input, Failure> {
    let (package, path) = split(argument);
    Ok(Input { package: package.map(str::to_string), ..read(path, left, limit)? })
}

/// The package, if one is given, and the path.
fn split(argument: &Path) -> (Option<&str>, &Path) {
    let given = argument.to_str().and_then(|text| text.split_once('='));
    match given.filter(|(package, _)| is_package(package)) {
        Some((package, path)) => (Some(package), Path::new(path)),
        None => (None, argument),
    }
}

fn is_package(text: &str) -> bool {
    let name = text.split_once('@').map_or(text, |(name, _)| name);
    let label = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    name.contains(':') && name.split(':').all(label)
}

/// Reads one file, whole, unless it has more bytes than are `left` of a `limit`, or than an input can have.
pub fn read(path: &Path, left: u64, limit: u64) -> Result<Input, Failure> {
    let most = left.min(MAX_INPUT_BYTES);
    let (name, place, bytes) = if is_stream(path) {
        ("<stdin>".to_string(), "standard input".to_string(), up_to(most, 0, io::stdin().lock()))
    } else {
        let name = path.display().to_string();
        (name.clone(), name, read_up_to(path, most))
    };
    match bytes.map_err(|e| Failure::files("read", &place, &e))? {
        Some(bytes) => Ok(Input::new(name, bytes)),
        None => Err(Failure::Refused(too_large(left, limit).in_input(&name))),
    }
}

fn too_large(left: u64, limit: u64) -> Error {
    let error = |message: &str, most| Error::new(Code::LimitExceeded, format!("{message}, {most}"));
    let hint = "if you trust the input, allow more with `--max-memory`";
    match left < MAX_INPUT_BYTES {
        true if left < limit => {
            error("the inputs have more bytes together than the fuser may have of memory", limit).hint(hint)
        }
        true => error("the input has more bytes than the fuser may have of memory", limit).hint(hint),
        false => error("the input has more bytes than a 32-bit program has in one piece", MAX_INPUT_BYTES),
    }
}

/// All of a file, or nothing if that is more than `limit` bytes.
pub fn read_up_to(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    up_to(limit, file.metadata()?.len(), file)
}

/// All that there is to read, or nothing if that is more than `limit` bytes. A file has `expected` bytes, if
/// nobody writes to it meanwhile; what is no file says 0.
fn up_to(limit: u64, expected: u64, mut from: impl Read) -> io::Result<Option<Vec<u8>>> {
    if expected > limit {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(usize::try_from(expected).unwrap_or(usize::MAX))?;
    from.by_ref().take(limit).read_to_end(&mut bytes)?;
    let more = from.read(&mut [0])? > 0;
    Ok(Some(bytes).filter(|_| !more))
}

/// Whether the argument of an input stands for standard input.
pub fn is_stream(argument: &Path) -> bool {
    split(argument).1.as_os_str() == "-"
}

#[cfg(unix)]
use unix::{is_standard_output, is_terminal};

/// A path that is a standard stream or a terminal by another name: known on Unix alone.
#[cfg(not(unix))]
fn is_standard_output(_: &Path) -> bool {
    false
}

#[cfg(not(unix))]
fn is_terminal(_: &Path) -> bool {
    false
}

/// Where a result goes.
pub enum Target {
    Stdout,
    File(PathBuf),
}

impl Target {
    /// Refuses a terminal, which binary output would garble, before any work is done.
    pub fn new(output: Option<PathBuf>) -> Result<Target, Failure> {
        let target = match output {
            Some(path) if path.as_os_str() != "-" && !is_standard_output(&path) => Target::File(path),
            _ => Target::Stdout,
        };
        let terminal = match &target {
            Target::Stdout => io::stdout().is_terminal().then(|| "standard output".to_string()),
            Target::File(path) => is_terminal(path).then(|| path.display().to_string()),
        };
        match terminal {
            None => Ok(target),
            Some(name) => {
                let hint = "name a file with `-o FILE`, or send standard output into a file or a pipe";
                Err(Failure::usage(format!("the result is binary, and {name} is a terminal"), hint))
            }
        }
    }

    pub fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        match self {
            Target::Stdout => {
                let mut stdout = io::stdout().lock();
                let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
                written.map_err(|e| Failure::files("write to", "standard output", &e))
            }
            Target::File(path) => {
                let place = path.display().to_string();
                replace(path, bytes).map_err(|e| Failure::files("write", &place, &e))
            }
        }
    }
}

/// Writes text to standard error. Where that fails, there is nobody left to tell.
pub fn tell(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}

/// Writes text for people or programs to standard output. A reader that has seen enough, such as
/// `head`, is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::files("write to", "standard output", &e))
        }
        _ => Ok(()),
    }
}
