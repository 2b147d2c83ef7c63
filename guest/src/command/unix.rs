//! What Unix alone knows of files: owners, modes, other names, devices. In: files and what is known of them. Out:
//! answers, and changes. Not its job: deciding what to do about it (`files`, `replace`).

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, IsTerminal, Read, Seek};
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, fchown};
use std::path::Path;

pub fn has_other_names(found: &Metadata) -> bool {
    found.nlink() > 1
}

pub fn is_same(a: &Metadata, b: &Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Whether the path is a terminal, by whatever name.
pub fn is_terminal(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.file_type().is_char_device())
        && OpenOptions::new().write(true).open(path).is_ok_and(|device| device.is_terminal())
}

/// Whether the path is a file or a pipe that standard output goes to, such as `/dev/stdout`. Devices are none:
/// they are the same to whoever writes to them.
pub fn is_standard_output(path: &Path) -> bool {
    let stdout = || File::from(io::stdout().as_fd().try_clone_to_owned()?).metadata();
    match (fs::metadata(path), stdout()) {
        (Ok(named), Ok(stdout)) => is_same(&named, &stdout) && !named.file_type().is_char_device(),
        _ => false,
    }
}

/// Makes `length` bytes of `from` all that the file has. What is there is written over first, and cut or grown
/// last.
pub fn write_from_start(file: &mut File, mut from: impl Read, length: u64) -> io::Result<()> {
    file.rewind()?;
    io::copy(&mut from, file)?;
    file.set_len(length)
}

/// Gives `file` the owner, the group and the permissions of `old`. Where the system does not let it have the
/// owner or the group, nobody gets rights by that.
pub fn become_like(old: &Metadata, file: &File) -> io::Result<()> {
    let new = file.metadata()?;
    let group = new.gid() == old.gid() || fchown(file, None, Some(old.gid())).is_ok();
    let owner = new.uid() == old.uid() || fchown(file, Some(old.uid()), None).is_ok();
    let mode = mode(old.mode() & 0o7777, owner, group);
    // Last: a change of owner takes bits away. Not every file system can set what it shows.
    match file.metadata()?.mode() & 0o7777 == mode {
        true => Ok(()),
        false => file.set_permissions(Permissions::from_mode(mode)),
    }
}

/// The mode of a file that was to have `mode`, and has its owner and its group or not.
fn mode(mode: u32, owner: bool, group: bool) -> u32 {
    let mode = if owner { mode } else { mode & !0o4000 };
    // Another group is given what all others have, and no identity.
    if group { mode } else { mode & !0o2070 | (mode & 0o007) << 3 }
}

#[cfg(test)]
mod tests {
    use super::mode;

    #[test]
    fn a_file_of_another_owner_or_group_gives_nobody_rights() {
        assert_eq!(mode(0o6775, true, true), 0o6775);
        assert_eq!(mode(0o6775, false, true), 0o2775);
        assert_eq!(mode(0o6770, true, false), 0o4700);
        assert_eq!(mode(0o6764, false, false), 0o0744);
    }
}
