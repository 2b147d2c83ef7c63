//! Errors of WASI 0.1 as errors of WASI 0.2. In: an error number. Out: a case of
//! `wasi:filesystem/types.error-code`. Not its job: what streams make of it (`io`).
//!
//! `docs/WASI-0.1.md` has the table, and a test compares it.

use crate::preview1::{Errno, NOTCAPABLE};

/// A case of `wasi:filesystem/types.error-code`.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct Code(pub u8);

pub const BAD_DESCRIPTOR: Code = Code(3);
pub const ILLEGAL_BYTE_SEQUENCE: Code = Code(9);
pub const INVALID: Code = Code(12);
pub const IO: Code = Code(13);
pub const IS_DIRECTORY: Code = Code(14);
pub const NOT_DIRECTORY: Code = Code(24);
pub const UNSUPPORTED: Code = Code(27);

/// For each error number of 0.1, in its order. What 0.2 has no case for is `io`.
static CODES: [u8; 77] = {
    let mut codes = [IO.0; 77];
    let same: [(usize, u8); 38] = [
        (2, 0),   // acces: access
        (6, 1),   // again: would-block
        (7, 2),   // already: already
        (8, 3),   // badf: bad-descriptor
        (10, 4),  // busy: busy
        (16, 5),  // deadlk: deadlock
        (19, 6),  // dquot: quota
        (20, 7),  // exist: exist
        (22, 8),  // fbig: file-too-large
        (25, 9),  // ilseq: illegal-byte-sequence
        (26, 10), // inprogress: in-progress
        (27, 11), // intr: interrupted
        (28, 12), // inval: invalid
        (31, 14), // isdir: is-directory
        (32, 15), // loop: loop
        (34, 16), // mlink: too-many-links
        (35, 17), // msgsize: message-size
        (37, 18), // nametoolong: name-too-long
        (43, 19), // nodev: no-device
        (44, 20), // noent: no-entry
        (46, 21), // nolck: no-lock
        (48, 22), // nomem: insufficient-memory
        (51, 23), // nospc: insufficient-space
        (54, 24), // notdir: not-directory
        (55, 25), // notempty: not-empty
        (56, 26), // notrecoverable: not-recoverable
        (52, 27), // nosys: unsupported
        (58, 27), // notsup: unsupported
        (59, 28), // notty: no-tty
        (60, 29), // nxio: no-such-device
        (61, 30), // overflow: overflow
        (63, 31), // perm: not-permitted
        (76, 31), // notcapable: not-permitted
        (64, 32), // pipe: pipe
        (69, 33), // rofs: read-only
        (70, 34), // spipe: invalid-seek
        (74, 35), // txtbsy: text-file-busy
        (75, 36), // xdev: cross-device
    ];
    let mut nth = 0;
    while nth < same.len() {
        codes[same[nth].0] = same[nth].1;
        nth += 1;
    }
    codes
};

impl Code {
    pub fn of(errno: Errno) -> Code {
        Code(CODES.get(errno as usize).copied().unwrap_or(IO.0))
    }
}

/// What a function of 0.1 on a file descriptor has returned. That this may not do so says how it was opened.
pub fn check_fd(errno: Errno) -> Result<(), Code> {
    match errno {
        NOTCAPABLE => Err(BAD_DESCRIPTOR),
        errno => check(errno),
    }
}

/// What a function of 0.1 has returned.
pub fn check(errno: Errno) -> Result<(), Code> {
    match errno {
        0 => Ok(()),
        errno => Err(Code::of(errno)),
    }
}
