//! WASI 0.1, as much of it as is used. In: numbers and addresses in the platform's memory. Out: an error
//! number. Not its job: what to make of it.

/// Defines the imports; all of them are functions of `meld:platform/snapshot-preview1`.
macro_rules! imports {
    ($($name:literal $function:ident($($param:ident: $ty:ty),*);)*) => {
        #[link(wasm_import_module = "meld:platform/snapshot-preview1")]
        unsafe extern "C" {
            $(#[link_name = $name] pub safe fn $function($($param: $ty),*) -> Errno;)*
        }
    };
}

/// An error number; 0 is none.
pub type Errno = u32;
pub type Fd = u32;

// The functions are `safe` in that sense: whatever they are given, all that they touch is this memory.
imports! {
    "args-get" args_get(list: *mut *mut u8, bytes: *mut u8);
    "args-sizes-get" args_sizes_get(count: &mut usize, bytes: &mut usize);
    "clock-res-get" clock_res_get(clock: u32, resolution: &mut u64);
    "clock-time-get" clock_time_get(clock: u32, precision: u64, time: &mut u64);
    "environ-get" environ_get(list: *mut *mut u8, bytes: *mut u8);
    "environ-sizes-get" environ_sizes_get(count: &mut usize, bytes: &mut usize);
    "fd-advise" fd_advise(fd: Fd, offset: u64, len: u64, advice: u32);
    "fd-close" fd_close(fd: Fd);
    "fd-datasync" fd_datasync(fd: Fd);
    "fd-fdstat-get" fd_fdstat_get(fd: Fd, stat: &mut Fdstat);
    "fd-filestat-get" fd_filestat_get(fd: Fd, stat: &mut Filestat);
    "fd-filestat-set-size" fd_filestat_set_size(fd: Fd, size: u64);
    "fd-filestat-set-times" fd_filestat_set_times(fd: Fd, atim: u64, mtim: u64, which: u32);
    "fd-pread" fd_pread(fd: Fd, buffers: &Buffer, count: usize, offset: u64, done: &mut usize);
    "fd-prestat-get" fd_prestat_get(fd: Fd, stat: &mut Prestat);
    "fd-prestat-dir-name" fd_prestat_dir_name(fd: Fd, path: *mut u8, len: usize);
    "fd-pwrite" fd_pwrite(fd: Fd, buffers: &Buffer, count: usize, offset: u64, done: &mut usize);
    "fd-read" fd_read(fd: Fd, buffers: &Buffer, count: usize, done: &mut usize);
    "fd-readdir" fd_readdir(fd: Fd, at: *mut u8, len: usize, cookie: u64, used: &mut usize);
    "fd-sync" fd_sync(fd: Fd);
    "fd-write" fd_write(fd: Fd, buffers: &Buffer, count: usize, done: &mut usize);
    "path-create-directory" path_create_directory(fd: Fd, path: *const u8, len: usize);
    "path-filestat-get" path_filestat_get(fd: Fd, follow: u32, path: *const u8, len: usize, stat: &mut Filestat);
    "path-filestat-set-times" path_filestat_set_times(
        fd: Fd, follow: u32, path: *const u8, len: usize, atim: u64, mtim: u64, which: u32
    );
    "path-link" path_link(
        old: Fd, follow: u32, old_path: *const u8, old_len: usize, new: Fd, new_path: *const u8, new_len: usize
    );
    "path-open" path_open(
        fd: Fd, follow: u32, path: *const u8, len: usize, how: u32, rights: u64, inheriting: u64, flags: u32,
        opened: &mut Fd
    );
    "path-readlink" path_readlink(
        fd: Fd, path: *const u8, len: usize, at: *mut u8, room: usize, used: &mut usize
    );
    "path-remove-directory" path_remove_directory(fd: Fd, path: *const u8, len: usize);
    "path-rename" path_rename(
        old: Fd, old_path: *const u8, old_len: usize, new: Fd, new_path: *const u8, new_len: usize
    );
    "path-symlink" path_symlink(old_path: *const u8, old_len: usize, fd: Fd, path: *const u8, len: usize);
    "path-unlink-file" path_unlink_file(fd: Fd, path: *const u8, len: usize);
    "poll-oneoff" poll_oneoff(of: *const Subscription, events: *mut Event, count: usize, done: &mut usize);
    "random-get" random_get(at: *mut u8, len: usize);
}

#[link(wasm_import_module = "meld:platform/snapshot-preview1")]
unsafe extern "C" {
    #[link_name = "proc-exit"]
    pub safe fn proc_exit(status: u32);
}

pub const SUCCESS: Errno = 0;
pub const AGAIN: Errno = 6;
pub const BADF: Errno = 8;
pub const INTR: Errno = 27;
pub const PIPE: Errno = 64;
pub const NOTCAPABLE: Errno = 76;

pub const REALTIME: u32 = 0;
pub const MONOTONIC: u32 = 1;

/// `iovec` and `ciovec`
#[repr(C)]
pub struct Buffer {
    pub at: *const u8,
    pub len: usize,
}

/// Types of files.
pub const CHARACTER_DEVICE: u8 = 2;
pub const DIRECTORY: u8 = 3;

#[repr(C)]
#[derive(Default)]
pub struct Fdstat {
    pub filetype: u8,
    pub flags: u16,
    pub rights: u64,
    pub inheriting: u64,
}

#[repr(C)]
#[derive(Default)]
pub struct Filestat {
    pub device: u64,
    pub inode: u64,
    pub filetype: u8,
    pub links: u64,
    pub size: u64,
    pub accessed: u64,
    pub modified: u64,
    pub changed: u64,
}

#[repr(C)]
#[derive(Default)]
pub struct Prestat {
    /// 0: a directory, and there is nothing else.
    pub tag: u8,
    pub name_len: usize,
}

// Rights.
pub const FD_DATASYNC: u64 = 1 << 0;
pub const FD_READ: u64 = 1 << 1;
pub const FD_SEEK: u64 = 1 << 2;
pub const FD_TELL: u64 = 1 << 5;
pub const FD_WRITE: u64 = 1 << 6;
pub const FD_ALLOCATE: u64 = 1 << 8;
pub const FD_READDIR: u64 = 1 << 14;
pub const FD_FILESTAT_SET_SIZE: u64 = 1 << 22;

/// `subscription`
#[repr(C)]
pub struct Subscription {
    pub userdata: u64,
    pub of: Of,
}

/// What is waited for; the numbers are those of `eventtype`.
#[repr(C, u8)]
#[allow(dead_code, reason = "the host reads it")]
pub enum Of {
    Clock { clock: u32, timeout: u64, precision: u64, flags: u16 },
    Readable(Fd),
    Writable(Fd),
}

/// `event`
#[repr(C)]
pub struct Event {
    pub userdata: u64,
    pub error: u16,
    pub ty: u8,
    pub bytes: u64,
    pub flags: u16,
}

const _: () = {
    assert!(size_of::<Subscription>() == 48 && size_of::<Event>() == 32);
    assert!(size_of::<Fdstat>() == 24 && size_of::<Filestat>() == 64 && size_of::<Prestat>() == 8);
};
