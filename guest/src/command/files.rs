//! Reads inputs and writes results. In: paths, where `-` is a standard stream. Out: bytes, or a file that is
//! either complete or untouched. Not its job: what the bytes mean.

use super::failure::Failure;
use crate::error::{Code, Error};
use crate::interface::{Input, MAX_INPUT_BYTES};
use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

/// Reads one input, whole, from a path or from `PACKAGE=PATH`, where a package is `ns:name` or
/// `ns:name@version`.
pub fn read_input(argument: &Path, limit: u64) -> Result<Input, Failure> {
    let (package, path) = split(argument);
    Ok(Input { package: package.map(str::to_string), ..read(path, limit)? })
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

/// Reads one file, whole, unless it has more than `limit` bytes, or than an input can have.
pub fn read(path: &Path, limit: u64) -> Result<Input, Failure> {
    let most = limit.min(MAX_INPUT_BYTES);
    let (name, place, bytes) = if is_stream(path) {
        ("<stdin>".to_string(), "standard input".to_string(), up_to(most, 0, io::stdin().lock()))
    } else {
        let name = path.display().to_string();
        (name.clone(), name, File::open(path).and_then(|file| up_to(most, file.metadata()?.len(), file)))
    };
    match bytes.map_err(|e| Failure::files("read", &place, &e))? {
        Some(bytes) => Ok(Input::new(name, bytes)),
        None => Err(Failure::Refused(too_large(limit).in_input(&name))),
    }
}

fn too_large(limit: u64) -> Error {
    let error = |message: &str, most| Error::new(Code::LimitExceeded, format!("{message}, {most}"));
    match limit < MAX_INPUT_BYTES {
        true => error("the input has more bytes than the fuser may have of memory", limit)
            .hint("if you trust the input, allow more with `--max-memory`"),
        false => error("the input has more bytes than a 32-bit program has in one piece", MAX_INPUT_BYTES),
    }
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

/// Whether the argument stands for standard input or output.
pub fn is_stream(argument: &Path) -> bool {
    split(argument).1.as_os_str() == "-"
}

/// Where a result goes.
pub enum Target {
    Stdout,
    File(PathBuf),
}

impl Target {
    /// Refuses a terminal, which binary output would garble, before any work is done.
    pub fn new(output: Option<PathBuf>) -> Result<Target, Failure> {
        match output {
            Some(path) if !is_stream(&path) => Ok(Target::File(path)),
            _ if io::stdout().is_terminal() => {
                let hint = "name a file with `-o FILE`, or send standard output into a file or a pipe";
                Err(Failure::usage("the result is binary, and standard output is a terminal", hint))
            }
            _ => Ok(Target::Stdout),
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

/// Puts `bytes` at `path`, all or nothing: writes a new file beside it and renames that.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    if fs::metadata(&path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        // A device or a pipe holds nothing that could be lost, and cannot be renamed over.
        return OpenOptions::new().write(true).open(&path)?.write_all(bytes);
    }
    let (temporary, mut file) = create_beside(&path)?;
    let written = file.write_all(bytes).and_then(|()| file.flush()).and_then(|()| keep_mode(&path, &file));
    drop(file);
    let renamed = written.and_then(|()| fs::rename(&temporary, &path));
    if renamed.is_err() {
        // The first error is the one to tell; a file that stays behind is the lesser evil.
        let _ = fs::remove_file(&temporary);
    }
    renamed
}

/// Gives the new file the permissions of the one whose place it takes. (WASI knows none.)
fn keep_mode(path: &Path, file: &File) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(found) if cfg!(not(target_family = "wasm")) => file.set_permissions(found.permissions()),
        _ => Ok(()),
    }
}

/// A new file in the directory of `path`, so that renaming never crosses file systems. It takes the first
/// name that is free: a component has no process number, and needs no random one.
fn create_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let Some(name) = path.file_name() else {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    };
    let mut number = 0;
    loop {
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!(".{number}.tmp"));
        let temporary = path.with_file_name(temporary);
        match OpenOptions::new().write(true).create_new(true).open(&temporary) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            opened => return opened.map(|file| (temporary, file)),
        }
    }
}
