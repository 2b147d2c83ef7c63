//! `wasi:filesystem`: descriptors. In: a descriptor, and paths below it. Out: calls of 0.1 on its file
//! descriptor. Not its job: the bytes of a file as streams (`io`), what is in a directory (`directory`).
//!
//! A file descriptor is closed when the descriptor and all streams over it are dropped.

use crate::abi::{Datetime, Given, List, Maybe, Outcome, give, give_result};
use crate::directory::text;
use crate::errors::{self, Code, check, check_fd};
use crate::io::{self, END, Input, Output};
use crate::memory::{forget, keep, lend};
use crate::preview1::{self as p1, DIRECTORY, Errno, Fd, Fdstat, Filestat, Prestat};
use core::arch::wasm32;

#[link(wasm_import_module = "[export]wasi:filesystem/types@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]descriptor"]
    safe fn new_descriptor(rep: *mut Descriptor) -> u32;
}

#[repr(C)]
pub struct Descriptor {
    pub fd: Fd,
    /// How many keep it open: itself, and streams over it.
    refs: usize,
    /// A `descriptor-type`.
    ty: u8,
    /// `descriptor-flags`: as it was opened.
    flags: u8,
    /// A directory that the host has given stays open.
    preopened: bool,
    /// What what is opened below it may do, in rights of 0.1.
    inheriting: u64,
}

type Done = *const Outcome<(), Code>;
type Answer<T> = *const Outcome<T, Code>;

// Flags of 0.2.
const SYMLINK_FOLLOW: u32 = 1;
const CREATE: u32 = 1;
const OPEN_DIRECTORY: u32 = 2;
const EXCLUSIVE: u32 = 4;
const TRUNCATE: u32 = 8;
const READ: u8 = 1;
const WRITE: u8 = 2;
const SYNC: u8 = 4 | 8 | 16;
const MUTATE_DIRECTORY: u8 = 32;

impl Descriptor {
    /// What the host has open under `fd`. `from` is what it was opened below; none for what the host has given.
    fn new(fd: Fd, flags: u8, from: Option<&Descriptor>) -> Result<*mut Descriptor, Code> {
        let mut stat = Fdstat::default();
        check_fd(p1::fd_fdstat_get(fd, &mut stat))?;
        let ty = file_type(stat.filetype);
        let flags = match stat.filetype {
            DIRECTORY if flags & WRITE != 0 => flags & READ | MUTATE_DIRECTORY,
            _ => flags,
        };
        // Some hosts say of an opened directory what it was opened for, and mean all.
        let inheriting = from.map_or(stat.inheriting, |from| from.inheriting);
        Ok(keep(Descriptor { fd, refs: 1, ty, flags, preopened: from.is_none(), inheriting }))
    }

    fn is_directory(&self) -> bool {
        self.ty == file_type(DIRECTORY)
    }

    /// Its file descriptor, if it is a file.
    fn file(&self) -> Result<Fd, Code> {
        match self.is_directory() {
            true => Err(errors::BAD_DESCRIPTOR),
            false => Ok(self.fd),
        }
    }

    /// Its file descriptor, if it is a directory.
    pub fn directory(&self) -> Result<Fd, Code> {
        match self.is_directory() {
            true => Ok(self.fd),
            false => Err(errors::NOT_DIRECTORY),
        }
    }

    fn on_file(&self, call: impl FnOnce(Fd) -> Errno) -> Done {
        give_result(self.file().and_then(|fd| check_fd(call(fd))))
    }

    fn below(&self, call: impl FnOnce(Fd) -> Errno) -> Done {
        give_result(self.directory().and_then(|fd| check(call(fd))))
    }
}

/// A `descriptor-type` for a `filetype` of 0.1.
pub fn file_type(filetype: u8) -> u8 {
    // unknown, block and character device, directory, regular file, two kinds of sockets, symbolic link
    const TYPES: [u8; 8] = [0, 1, 2, 3, 6, 7, 7, 5];
    TYPES.get(usize::from(filetype)).copied().unwrap_or(0)
}

/// One fewer keeps it open. A null pointer is no descriptor.
pub fn release(descriptor: *mut Descriptor) {
    if descriptor.is_null() {
        return;
    }
    // SAFETY: `keep` made it, and it is there while anybody keeps it open.
    let it = unsafe { &mut *descriptor };
    it.refs -= 1;
    if it.refs == 0 {
        if !it.preopened {
            p1::fd_close(it.fd);
        }
        forget(descriptor);
    }
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[dtor]descriptor")]
extern "C" fn drop_descriptor(descriptor: *mut Descriptor) {
    release(descriptor);
}

/// The directories of the host: its file descriptors from 3 on.
#[unsafe(export_name = "wasi:filesystem/preopens@0.2.12#get-directories")]
extern "C" fn get_directories() -> *const List {
    #[repr(C)]
    struct Named {
        descriptor: u32,
        name: List,
    }
    let stat = |fd| {
        let mut stat = Prestat::default();
        match p1::fd_prestat_get(fd, &mut stat) {
            p1::SUCCESS => Some(stat.name_len),
            _ => None,
        }
    };
    let (mut count, mut bytes) = (0, 0);
    while let Some(len) = stat(3 + count) {
        count += 1;
        bytes += len;
    }
    let count = count as usize;
    let list = lend(count * size_of::<Named>() + bytes).cast::<Named>();
    let mut name = list.wrapping_add(count).cast::<u8>();
    for nth in 0..count {
        let fd = 3 + nth as u32;
        let len = stat(fd).unwrap_or(0);
        let descriptor = Descriptor::new(fd, READ | WRITE, None);
        let (0, Ok(descriptor)) = (p1::fd_prestat_dir_name(fd, name, len), descriptor) else {
            wasm32::unreachable();
        };
        // Some hosts end it with a zero.
        // SAFETY: the host has written that many bytes.
        let zero = len != 0 && unsafe { name.wrapping_add(len - 1).read() } == 0;
        let named = List { at: name, len: len - usize::from(zero) };
        // SAFETY: the list has room for `count`.
        unsafe {
            let named = Named { descriptor: new_descriptor(descriptor), name: named };
            list.wrapping_add(nth).write(named);
        }
        name = name.wrapping_add(len);
    }
    give(List { at: list.cast(), len: count })
}

// Streams.

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.read-via-stream")]
extern "C" fn read_via_stream(it: &mut Descriptor, offset: u64) -> Answer<u32> {
    if it.is_directory() {
        return give(Outcome::Err(errors::IS_DIRECTORY));
    }
    it.refs += 1;
    give(Outcome::Ok(io::input(Input { fd: it.fd, file: it, offset, closed: false })))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.write-via-stream")]
extern "C" fn write_via_stream(it: &mut Descriptor, offset: u64) -> Answer<u32> {
    let stream = it.file().map(|fd| {
        it.refs += 1;
        io::output(Output { fd, file: it, offset, closed: false })
    });
    give_result(stream)
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.append-via-stream")]
extern "C" fn append_via_stream(it: &mut Descriptor) -> Answer<u32> {
    write_via_stream(it, END)
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.read")]
extern "C" fn read(it: &Descriptor, len: u64, offset: u64) -> Answer<Read> {
    const AT_ONCE: u64 = 65536;
    let len = len.min(AT_ONCE) as usize;
    let at = lend(len);
    let mut done = 0;
    let read =
        it.file().and_then(|fd| check_fd(p1::fd_pread(fd, &p1::Buffer { at, len }, 1, offset, &mut done)));
    give_result(read.map(|()| Read { bytes: List { at, len: done }, end: done == 0 }))
}

/// `tuple<list<u8>, bool>`
#[repr(C)]
struct Read {
    bytes: List,
    end: bool,
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.write")]
extern "C" fn write(it: &Descriptor, at: *mut u8, len: usize, offset: u64) -> Answer<u64> {
    let given = Given::new(at, len);
    let mut done = 0;
    let buffer = p1::Buffer { at: given.at(), len };
    let written = it.file().and_then(|fd| check_fd(p1::fd_pwrite(fd, &buffer, 1, offset, &mut done)));
    give_result(written.map(|()| done as u64))
}

// What it is.

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.get-flags")]
extern "C" fn get_flags(it: &Descriptor) -> Answer<u8> {
    give(Outcome::Ok(it.flags))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.get-type")]
extern "C" fn get_type(it: &Descriptor) -> Answer<u8> {
    give(Outcome::Ok(it.ty))
}

/// `descriptor-stat`
#[repr(C)]
struct Stat {
    ty: u8,
    links: u64,
    size: u64,
    accessed: Maybe<Datetime>,
    modified: Maybe<Datetime>,
    changed: Maybe<Datetime>,
}

impl Stat {
    fn of(stat: &Filestat) -> Stat {
        Stat {
            ty: file_type(stat.filetype),
            links: stat.links,
            size: stat.size,
            accessed: Maybe::Some(Datetime::of(stat.accessed)),
            modified: Maybe::Some(Datetime::of(stat.modified)),
            changed: Maybe::Some(Datetime::of(stat.changed)),
        }
    }
}

fn filestat(it: &Descriptor) -> Result<Filestat, Code> {
    let mut stat = Filestat::default();
    check_fd(p1::fd_filestat_get(it.fd, &mut stat))?;
    Ok(stat)
}

fn filestat_at(it: &Descriptor, follow: u32, path: &Given) -> Result<Filestat, Code> {
    let mut stat = Filestat::default();
    let fd = it.directory()?;
    check(p1::path_filestat_get(fd, follow & SYMLINK_FOLLOW, path.at(), path.len(), &mut stat))?;
    Ok(stat)
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.stat")]
extern "C" fn stat(it: &Descriptor) -> Answer<Stat> {
    give_result(filestat(it).map(|stat| Stat::of(&stat)))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.stat-at")]
extern "C" fn stat_at(it: &Descriptor, follow: u32, at: *mut u8, len: usize) -> Answer<Stat> {
    give_result(filestat_at(it, follow, &Given::new(at, len)).map(|stat| Stat::of(&stat)))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.is-same-object")]
extern "C" fn is_same_object(it: &Descriptor, other: &Descriptor) -> bool {
    match (filestat(it), filestat(other)) {
        (Ok(one), Ok(two)) => one.device == two.device && one.inode == two.inode,
        // It has no error to return.
        _ => wasm32::unreachable(),
    }
}

/// What is the same for one object and differs for two, made of what tells objects apart in 0.1.
fn hash(stat: &Filestat) -> (u64, u64) {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |number: u64| {
        let number = (number ^ (number >> 32)).wrapping_mul(ODD);
        number ^ (number >> 29)
    };
    let lower = mix(stat.inode ^ mix(stat.device).rotate_left(17));
    (lower, mix(lower ^ stat.device))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.metadata-hash")]
extern "C" fn metadata_hash(it: &Descriptor) -> Answer<(u64, u64)> {
    give_result(filestat(it).map(|stat| hash(&stat)))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.metadata-hash-at")]
extern "C" fn metadata_hash_at(it: &Descriptor, follow: u32, at: *mut u8, len: usize) -> Answer<(u64, u64)> {
    give_result(filestat_at(it, follow, &Given::new(at, len)).map(|stat| hash(&stat)))
}

// What changes it.

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.advise")]
extern "C" fn advise(it: &Descriptor, offset: u64, len: u64, advice: u32) -> Done {
    it.on_file(|fd| p1::fd_advise(fd, offset, len, advice))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.sync-data")]
extern "C" fn sync_data(it: &Descriptor) -> Done {
    give_result(match p1::fd_datasync(it.fd) {
        // Who asks for this right opens for writing, to some hosts; the other one says more.
        p1::NOTCAPABLE => check_fd(p1::fd_sync(it.fd)),
        errno => check_fd(errno),
    })
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.sync")]
extern "C" fn sync(it: &Descriptor) -> Done {
    give_result(check_fd(p1::fd_sync(it.fd)))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.set-size")]
extern "C" fn set_size(it: &Descriptor, size: u64) -> Done {
    it.on_file(|fd| p1::fd_filestat_set_size(fd, size))
}

/// Two `new-timestamp`s as 0.1 has them: times, and which of them are meant.
fn times(a_tag: u32, a: (u64, u32), m_tag: u32, m: (u64, u32)) -> Result<(u64, u64, u32), Code> {
    let nanoseconds = |tag, (seconds, nanoseconds): (u64, u32)| match tag {
        2 => seconds
            .checked_mul(1_000_000_000)
            .and_then(|all| all.checked_add(u64::from(nanoseconds)))
            .ok_or(errors::INVALID),
        _ => Ok(0),
    };
    // `no-change`, `now`, `timestamp`
    let which = |tag: u32, set: u32| match tag {
        0 => 0,
        1 => set << 1,
        _ => set,
    };
    Ok((nanoseconds(a_tag, a)?, nanoseconds(m_tag, m)?, which(a_tag, 1) | which(m_tag, 4)))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.set-times")]
extern "C" fn set_times(
    it: &Descriptor,
    a_tag: u32,
    a_seconds: u64,
    a_nanoseconds: u32,
    m_tag: u32,
    m_seconds: u64,
    m_nanoseconds: u32,
) -> Done {
    let times = times(a_tag, (a_seconds, a_nanoseconds), m_tag, (m_seconds, m_nanoseconds));
    give_result(times.and_then(|(a, m, which)| check_fd(p1::fd_filestat_set_times(it.fd, a, m, which))))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.set-times-at")]
extern "C" fn set_times_at(
    it: &Descriptor,
    follow: u32,
    at: *mut u8,
    len: usize,
    a_tag: u32,
    a_seconds: u64,
    a_nanoseconds: u32,
    m_tag: u32,
    m_seconds: u64,
    m_nanoseconds: u32,
) -> Done {
    let path = Given::new(at, len);
    match times(a_tag, (a_seconds, a_nanoseconds), m_tag, (m_seconds, m_nanoseconds)) {
        Ok((a, m, which)) => {
            let follow = follow & SYMLINK_FOLLOW;
            it.below(|fd| p1::path_filestat_set_times(fd, follow, path.at(), path.len(), a, m, which))
        }
        Err(code) => give(Outcome::Err(code)),
    }
}

// Paths below it.

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.open-at")]
extern "C" fn open_at(
    it: &Descriptor,
    follow: u32,
    at: *mut u8,
    len: usize,
    how: u32,
    flags: u32,
) -> Answer<u32> {
    give_result(it.open(follow, &Given::new(at, len), how, flags as u8))
}

impl Descriptor {
    fn open(&self, follow: u32, path: &Given, how: u32, flags: u8) -> Result<u32, Code> {
        let directory = self.directory()?;
        // As in wasmtime; few hosts of 0.1 do what the first three flags say.
        if flags & SYNC != 0 {
            return Err(errors::UNSUPPORTED);
        }
        if how & OPEN_DIRECTORY != 0 && how & (CREATE | EXCLUSIVE | TRUNCATE) != 0 {
            return Err(errors::INVALID);
        }
        // What is created or truncated is written to; what is not written to is read.
        let write = flags & WRITE != 0;
        let read = flags & READ != 0 || !write;
        // Hosts find out from the rights how to open it. Those that wasi-libc asks for.
        let mut rights = self.inheriting;
        if !write {
            rights &= !(p1::FD_DATASYNC | p1::FD_WRITE | p1::FD_ALLOCATE | p1::FD_FILESTAT_SET_SIZE);
        }
        if !read {
            rights &= !(p1::FD_READ | p1::FD_READDIR);
        }
        let mut fd = 0;
        let follow = follow & SYMLINK_FOLLOW;
        let (path, len) = (path.at(), path.len());
        check(p1::path_open(directory, follow, path, len, how, rights, self.inheriting, 0, &mut fd))?;
        let mut opened = if read { READ } else { 0 };
        if write || how & (CREATE | TRUNCATE) != 0 {
            opened |= WRITE;
        }
        match Descriptor::new(fd, opened, Some(self)) {
            Ok(descriptor) => Ok(new_descriptor(descriptor)),
            Err(code) => {
                p1::fd_close(fd);
                Err(code)
            }
        }
    }
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.create-directory-at")]
extern "C" fn create_directory_at(it: &Descriptor, at: *mut u8, len: usize) -> Done {
    let path = Given::new(at, len);
    it.below(|fd| p1::path_create_directory(fd, path.at(), path.len()))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.remove-directory-at")]
extern "C" fn remove_directory_at(it: &Descriptor, at: *mut u8, len: usize) -> Done {
    let path = Given::new(at, len);
    it.below(|fd| p1::path_remove_directory(fd, path.at(), path.len()))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.unlink-file-at")]
extern "C" fn unlink_file_at(it: &Descriptor, at: *mut u8, len: usize) -> Done {
    let path = Given::new(at, len);
    it.below(|fd| p1::path_unlink_file(fd, path.at(), path.len()))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.link-at")]
extern "C" fn link_at(
    it: &Descriptor,
    follow: u32,
    old_at: *mut u8,
    old_len: usize,
    to: &Descriptor,
    new_at: *mut u8,
    new_len: usize,
) -> Done {
    let (old, new) = (Given::new(old_at, old_len), Given::new(new_at, new_len));
    let link = |from: Fd, to: Fd| {
        check(p1::path_link(from, follow & SYMLINK_FOLLOW, old.at(), old.len(), to, new.at(), new.len()))
    };
    give_result(it.directory().and_then(|from| link(from, to.directory()?)))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.rename-at")]
extern "C" fn rename_at(
    it: &Descriptor,
    old_at: *mut u8,
    old_len: usize,
    to: &Descriptor,
    new_at: *mut u8,
    new_len: usize,
) -> Done {
    let (old, new) = (Given::new(old_at, old_len), Given::new(new_at, new_len));
    let rename =
        |from: Fd, to: Fd| check(p1::path_rename(from, old.at(), old.len(), to, new.at(), new.len()));
    give_result(it.directory().and_then(|from| rename(from, to.directory()?)))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.symlink-at")]
extern "C" fn symlink_at(
    it: &Descriptor,
    old_at: *mut u8,
    old_len: usize,
    new_at: *mut u8,
    new_len: usize,
) -> Done {
    let (old, new) = (Given::new(old_at, old_len), Given::new(new_at, new_len));
    it.below(|fd| p1::path_symlink(old.at(), old.len(), fd, new.at(), new.len()))
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#[method]descriptor.readlink-at")]
extern "C" fn readlink_at(it: &Descriptor, at: *mut u8, len: usize) -> Answer<List> {
    give_result(it.readlink(&Given::new(at, len)))
}

impl Descriptor {
    fn readlink(&self, path: &Given) -> Result<List, Code> {
        let fd = self.directory()?;
        let mut room = 256;
        loop {
            let at = lend(room);
            let mut used = 0;
            check(p1::path_readlink(fd, path.at(), path.len(), at, room, &mut used))?;
            // One that fills the room may be longer.
            if used < room {
                return text(List { at, len: used });
            }
            room *= 2;
        }
    }
}
