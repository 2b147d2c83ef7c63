//! Puts a result at a path. In: bytes and the path. Out: a file that has these bytes and is otherwise what it
//! was, or an error and everything as it was. Not its job: standard streams (`files`).
//!
//! A new file is written beside the old one and renamed, so that nobody ever sees half of one. That file is
//! `.meld-N.tmp`, whatever the result is called: its name is never too long, and takes the first number that is
//! free (a component has no process number, and needs no random one).

#[cfg(unix)]
use super::unix;
use std::fs::{self, File, Metadata, OpenOptions};
#[cfg(unix)]
use std::io::Seek;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Puts `bytes` at `path`, all or nothing.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return match fs::read_link(path) {
                Ok(target) => Err(dangling(&target, error)),
                Err(_) => take_place(path, None, bytes),
            };
        }
        Err(error) => return Err(error),
    };
    if found.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let name = followed(path)?;
    match name {
        #[cfg(unix)]
        Some(path) if found.is_file() && unix::has_other_names(&found) => overwrite(&path, bytes),
        Some(path) if found.is_file() => take_place(&path, Some(&found), bytes),
        // A device, a pipe, an open file without a name: nothing that could be lost, or renamed over.
        _ => OpenOptions::new().write(true).open(path)?.write_all(bytes),
    }
}

fn dangling(target: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("it is a link to {}, which does not exist", target.display()))
}

/// How many links may lead on to links.
const MOST_LINKS: usize = 40;

/// The name of the file that `path` leads to through links, or nothing if no name leads there: links such as
/// `/dev/fd/3` lead to what is open, whether it has a name or not.
fn followed(path: &Path) -> io::Result<Option<PathBuf>> {
    let mut name = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::symlink_metadata(&name) {
            Ok(found) if found.is_symlink() => match fs::read_link(&name) {
                Ok(target) => name = name.parent().unwrap_or(Path::new("")).join(target),
                // A component does not see through each link; its host follows when it renames.
                Err(_) if cfg!(target_family = "wasm") => return Ok(Some(path.to_path_buf())),
                Err(error) => return Err(error),
            },
            Ok(_) if is_one_file(path, &name) => return Ok(Some(name)),
            Err(_) if cfg!(target_family = "wasm") => return Ok(Some(path.to_path_buf())),
            _ => return Ok(None),
        }
    }
    Err(io::Error::other("too many links lead on to links"))
}

/// Writes a new file, and gives it the place of `old`, if there is one.
fn take_place(path: &Path, old: Option<&Metadata>, bytes: &[u8]) -> io::Result<()> {
    let (temporary, mut file) = Temporary::beside(path, old.is_some())?;
    file.write_all(bytes)?;
    if let Some(old) = old {
        become_like(old, &file)?;
    }
    drop(file);
    temporary.rename(path)
}

/// The temporary file that there is. One at a time: a command has one result.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

fn unfinished() -> MutexGuard<'static, Option<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is unfinished, and lets nothing new begin. For a program that is about to end, on a thread of
/// its own. Waits while a file is written in place.
pub fn give_up() {
    let mut unfinished = unfinished();
    if let Some(path) = unfinished.take() {
        let _ = fs::remove_file(path);
    }
    std::mem::forget(unfinished);
}

/// A file that is removed unless it is renamed.
struct Temporary;

impl Temporary {
    /// A new file in the directory of `path`, so that renaming never crosses file systems. `private`: only
    /// its owner may read it.
    fn beside(path: &Path, private: bool) -> io::Result<(Temporary, File)> {
        if path.file_name().is_none() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
        }
        let mut unfinished = unfinished();
        let mut number = 0_u32;
        loop {
            let name = path.with_file_name(format!(".meld-{number}.tmp"));
            match create(&name, private) {
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && number < u32::MAX => number += 1,
                Err(e) => return Err(e),
                Ok(file) => {
                    *unfinished = Some(name);
                    return Ok((Temporary, file));
                }
            }
        }
    }

    fn rename(self, path: &Path) -> io::Result<()> {
        let mut unfinished = unfinished();
        if let Some(name) = &*unfinished {
            fs::rename(name, path)?;
        }
        *unfinished = None;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Some(name) = unfinished().take() {
            // The first error is the one to tell; a file that stays behind is the lesser evil.
            let _ = fs::remove_file(name);
        }
    }
}

/// Writes into a file that has other names, which a new file would not have. The old bytes are kept beside it
/// meanwhile, and come back if the new ones cannot be written.
#[cfg(unix)]
fn overwrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let (_kept, mut kept) = Temporary::beside(path, true)?;
    let length = io::copy(&mut file, &mut kept)?;
    // A signal has to wait until the file is whole.
    let mut unfinished = unfinished();
    let Err(error) = unix::write_from_start(&mut file, bytes, bytes.len() as u64) else { return Ok(()) };
    // The file is as long as it was, or longer: its old bytes need no space that may be lacking.
    let restored = kept.rewind().and_then(|()| unix::write_from_start(&mut file, kept, length));
    match (restored, unfinished.take()) {
        (Err(_), Some(kept)) => {
            let kept = kept.display();
            Err(io::Error::new(error.kind(), format!("{error}; what it had in it is in {kept} now")))
        }
        (_, kept) => {
            *unfinished = kept;
            Err(error)
        }
    }
}

/// A new file; it is an error if there is one. `private`: only its owner may read it.
#[cfg_attr(not(unix), allow(unused_variables))]
fn create(path: &Path, private: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    if private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options.open(path)
}

/// Gives `file` the owner, the group and the permissions of `old`, as far as the system has such and lets it.
#[cfg_attr(not(unix), allow(unused_variables))]
fn become_like(old: &Metadata, file: &File) -> io::Result<()> {
    #[cfg(unix)]
    return unix::become_like(old, file);
    // WASI knows none.
    #[cfg(target_family = "wasm")]
    return Ok(());
    #[cfg(not(any(unix, target_family = "wasm")))]
    file.set_permissions(old.permissions())
}

/// Whether two paths that exist lead to one file, as far as can be told.
#[cfg_attr(not(unix), allow(unused_variables))]
fn is_one_file(a: &Path, b: &Path) -> bool {
    #[cfg(unix)]
    return fs::metadata(a).is_ok_and(|a| fs::metadata(b).is_ok_and(|b| unix::is_same(&a, &b)));
    #[cfg(not(unix))]
    true
}
