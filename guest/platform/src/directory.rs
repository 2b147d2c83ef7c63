//! `wasi:filesystem/types.directory-entry-stream`. In: a directory. Out: what was in it when the stream was
//! made, without `.` and `..`. Not its job: anything else about it (`filesystem`).

use crate::abi::{List, Maybe, Outcome, give_result};
use crate::errors::{self, Code, check_fd};
use crate::filesystem::{Descriptor, file_type};
use crate::memory::{forget, give_back, keep, take};
use crate::preview1::fd_readdir;
use core::{slice, str};

#[link(wasm_import_module = "[export]wasi:filesystem/types@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]directory-entry-stream"]
    safe fn new_stream(rep: *mut Entries) -> u32;
}

/// Entries as `fd_readdir` writes them: a `dirent`, then the name.
#[repr(C)]
struct Entries {
    at: *mut u8,
    room: usize,
    /// How much of it is entries.
    used: usize,
    /// Where the next one is.
    next: usize,
}

/// The start of an entry.
#[repr(C)]
struct Dirent {
    next: u64,
    inode: u64,
    name_len: u32,
    filetype: u8,
}

/// `directory-entry`
#[repr(C)]
struct Entry {
    ty: u8,
    name: List,
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.read-directory")]
extern "C" fn read_directory(it: &Descriptor) -> *const Outcome<u32, Code> {
    give_result(read(it).map(|entries| new_stream(keep(entries))))
}

/// All at once: what is changed while the stream is read must not move what 0.1 numbers by position.
fn read(it: &Descriptor) -> Result<Entries, Code> {
    let fd = it.directory()?;
    let mut room = 4096;
    loop {
        let at = take(room);
        let mut used = 0;
        let result = check_fd(fd_readdir(fd, at, room, 0, &mut used));
        // Less than there is room for: that was all.
        if result.is_ok() && used < room {
            return Ok(Entries { at, room, used, next: 0 });
        }
        give_back(at, room);
        result?;
        room *= 2;
    }
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[dtor]directory-entry-stream")]
extern "C" fn drop_stream(stream: *mut Entries) {
    // SAFETY: `keep` made it.
    unsafe { give_back((*stream).at, (*stream).room) };
    forget(stream);
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]directory-entry-stream.read-directory-entry")]
extern "C" fn read_directory_entry(stream: &mut Entries) -> *const Outcome<Maybe<Entry>, Code> {
    give_result(stream.next())
}

impl Entries {
    fn next(&mut self) -> Result<Maybe<Entry>, Code> {
        const HEAD: usize = size_of::<Dirent>();
        loop {
            if self.used.saturating_sub(self.next) < HEAD {
                return Ok(Maybe::None);
            }
            let at = self.at.wrapping_add(self.next);
            // SAFETY: there are as many bytes. Entries are not aligned.
            let entry = unsafe { at.cast::<Dirent>().read_unaligned() };
            let len = entry.name_len as usize;
            let begin = self.next + HEAD;
            if len > self.used.saturating_sub(begin) {
                return Err(errors::IO);
            }
            self.next = begin + len;
            let name = List { at: at.wrapping_add(HEAD), len };
            // SAFETY: as above.
            if !matches!(unsafe { slice::from_raw_parts(name.at, len) }, b"." | b"..") {
                return Ok(Maybe::Some(Entry { ty: file_type(entry.filetype), name: text(name)? }));
            }
        }
    }
}

/// A string that came from the host: 0.1 does not promise that it is one.
pub fn text(list: List) -> Result<List, Code> {
    // SAFETY: callers have it from the host, as long as it says.
    match str::from_utf8(unsafe { slice::from_raw_parts(list.at, list.len) }) {
        Ok(_) => Ok(list),
        Err(_) => Err(errors::ILLEGAL_BYTE_SEQUENCE),
    }
}
