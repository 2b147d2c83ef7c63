//! What a command can fail with. In: the fuser's errors, and those of files and of usage. Out:
//! one type, with the exit code that belongs to it. Not its job: how it is shown.

use crate::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;

/// How a command ended: the program's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Done = 0,
    Refused = 1,
    Usage = 2,
    Files = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

#[derive(Debug)]
pub enum Failure {
    /// The fuser refused the input.
    Refused(Error),
    /// The arguments ask for something that cannot be done.
    Usage { message: String, hint: Option<String> },
    /// A file or a stream could not be read or written.
    Files { message: String, hint: Option<String> },
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Refused(error)
    }
}

impl Failure {
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure::Usage { message: message.into(), hint: Some(hint.into()) }
    }

    /// `action` reads as in `cannot read a.wasm`.
    pub fn files(action: &str, place: &str, error: &io::Error) -> Failure {
        let message = format!("cannot {action} {place}: {error}");
        Failure::Files { message, hint: hint_about(place, error) }
    }

    pub fn exit(&self) -> Exit {
        match self {
            Failure::Refused(_) => Exit::Refused,
            Failure::Usage { .. } => Exit::Usage,
            Failure::Files { .. } => Exit::Files,
        }
    }

    /// The stable name: that of the fuser's error, or of what the command line adds to them.
    pub fn code(&self) -> &'static str {
        match self {
            Failure::Refused(error) => error.code.name(),
            Failure::Usage { .. } => "usage",
            Failure::Files { .. } => "files",
        }
    }
}

/// A component sees no files but those that its host opens to it, which is easily forgotten. Where it
/// sees a directory on the way to the file, that is not what is wrong.
fn hint_about(place: &str, error: &io::Error) -> Option<String> {
    let hidden = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied);
    (cfg!(target_family = "wasm") && hidden && !sees_the_way_to(Path::new(place))).then(|| {
        "a component sees only the directories that its host opens to it: `wasmtime run --dir .`".to_string()
    })
}

/// Whether any directory on the way to a file is there. The root is always: to a component, it is where
/// the current directory is.
fn sees_the_way_to(path: &Path) -> bool {
    let above = path.ancestors().skip(1).filter(|above| above.parent().is_some());
    let here = (!path.has_root() && !path.starts_with("..")).then_some(Path::new("."));
    above.chain(here).any(|directory| directory.is_dir())
}
