//! `wasi:io`: errors, pollables and streams. In: file descriptors of 0.1, and where in a file. Out: bytes
//! from there or to there, and when there are some. Not its job: opening files (`filesystem`).
//!
//! What has a position of its own is read and written at that (`fd_pread`, `fd_pwrite`); standard streams
//! are not. A write is done when the call returns, so that there is nothing to flush, and an output is always
//! ready. An input is ready where 0.1 says so, or where it cannot say.

use crate::abi::{Given, List, Maybe, Outcome, give, give_result};
use crate::clocks::now;
use crate::errors::Code;
use crate::filesystem::{self, Descriptor};
use crate::memory::{self, forget, keep, lend};
use crate::preview1::{
    AGAIN, BADF, Buffer, Errno, Event, Fd, Filestat, INTR, MONOTONIC, NOTCAPABLE, Of, PIPE, SUCCESS,
    Subscription, fd_filestat_get, fd_pread, fd_pwrite, fd_read, fd_write, poll_oneoff,
};
use core::arch::wasm32;
use core::{ptr, slice};

#[link(wasm_import_module = "[export]wasi:io/error@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]error"]
    safe fn new_error(rep: *mut Errno) -> u32;
}

#[link(wasm_import_module = "[export]wasi:io/poll@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]pollable"]
    safe fn new_pollable(rep: *mut Pollable) -> u32;
}

#[link(wasm_import_module = "[export]wasi:io/streams@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]input-stream"]
    safe fn new_input(rep: *mut Input) -> u32;
    #[link_name = "[resource-new]output-stream"]
    safe fn new_output(rep: *mut Output) -> u32;
}

// Errors.

#[unsafe(export_name = "wasi:io/error@0.2.12#[method]error.to-debug-string")]
extern "C" fn to_debug_string(error: &Errno) -> *const List {
    const TEXT: &[u8] = b"error 00 of WASI 0.1";
    let at = lend(TEXT.len());
    // SAFETY: the block is as long as the text, and the digits are inside.
    unsafe {
        ptr::copy_nonoverlapping(TEXT.as_ptr(), at, TEXT.len());
        *at.wrapping_add(6) += (*error / 10 % 10) as u8;
        *at.wrapping_add(7) += (*error % 10) as u8;
    }
    give(List { at, len: TEXT.len() })
}

#[unsafe(export_name = "wasi:io/error@0.2.12#[dtor]error")]
extern "C" fn drop_error(error: *mut Errno) {
    forget(error);
}

#[unsafe(export_name = "wasi:filesystem/types@0.2.12#filesystem-error-code")]
extern "C" fn filesystem_error_code(error: &Errno) -> *const Maybe<Code> {
    give(Maybe::Some(Code::of(*error)))
}

/// `stream-error`
#[allow(dead_code, reason = "the caller reads it")]
#[repr(C, u8)]
pub enum Failure {
    LastOperationFailed(u32),
    Closed,
}

fn failure(errno: Errno) -> Failure {
    match errno {
        PIPE => Failure::Closed,
        // As `errors::check_fd` has it.
        NOTCAPABLE => failure(BADF),
        errno => Failure::LastOperationFailed(new_error(keep(errno))),
    }
}

// Pollables.

/// When something is ready.
#[repr(C, u8)]
pub enum Pollable {
    Always,
    /// From that time on, by the monotonic clock.
    At(u64),
    Readable(Fd),
}

pub fn pollable(pollable: Pollable) -> u32 {
    new_pollable(keep(pollable))
}

#[unsafe(export_name = "wasi:io/poll@0.2.12#[dtor]pollable")]
extern "C" fn drop_pollable(pollable: *mut Pollable) {
    forget(pollable);
}

#[unsafe(export_name = "wasi:io/poll@0.2.12#[method]pollable.ready")]
extern "C" fn ready(pollable: &Pollable) -> bool {
    let mut ready = [0];
    look(&[pollable], &mut ready, false) != 0
}

#[unsafe(export_name = "wasi:io/poll@0.2.12#[method]pollable.block")]
extern "C" fn block(pollable: &Pollable) {
    let mut ready = [0];
    while look(&[pollable], &mut ready, true) == 0 {}
}

#[unsafe(export_name = "wasi:io/poll@0.2.12#poll")]
extern "C" fn poll(at: *mut u8, count: usize) -> *const List {
    // The specification has it trap for none, and for more than a `u32` can number.
    if count == 0 {
        wasm32::unreachable();
    }
    let size = count.wrapping_mul(4);
    let given = Given::new(at, size);
    let ready = lend(size).cast::<u32>();
    // SAFETY: the list holds as many representations, which are addresses of what `keep` made; and there is
    // room for as many numbers.
    let (pollables, numbers) =
        unsafe { (slice::from_raw_parts(given.at().cast(), count), slice::from_raw_parts_mut(ready, count)) };
    let mut len = 0;
    while len == 0 {
        len = look(pollables, numbers, true);
    }
    give(List { at: ready.cast(), len })
}

/// How long it takes to find out that an input is not ready, in nanoseconds.
const MOMENT: u64 = 1_000_000;

/// Puts the numbers of those that are ready into `ready`, and returns how many there are. With `wait` it
/// waits until one may be, and returns 0 if none is after all.
fn look(pollables: &[&Pollable], ready: &mut [u32], wait: bool) -> usize {
    let time = now();
    let mut timeout = if wait { u64::MAX } else { 0 };
    let mut asked = 0;
    for pollable in pollables {
        match pollable {
            Pollable::Always => timeout = 0,
            Pollable::At(when) => timeout = timeout.min(when.saturating_sub(time)),
            Pollable::Readable(_) => asked += 1,
        }
    }
    let asking = Asking::new(asked + 1);
    let mut count = 0;
    for (nth, pollable) in pollables.iter().enumerate() {
        if let Pollable::Readable(fd) = pollable {
            asking.put(count, nth, Of::Readable(*fd));
            count += 1;
        }
    }
    let mut events: &[Event] = &[];
    let mut deaf = false;
    // A time that is over is known without asking.
    if asked != 0 || timeout != 0 {
        // Where time is up already, some hosts look for nothing else: uvwasi, and so Node.js.
        let timeout = if asked != 0 { timeout.max(MOMENT) } else { timeout };
        if timeout != u64::MAX {
            let clock = Of::Clock { clock: MONOTONIC, timeout, precision: 0, flags: 0 };
            asking.put(count, usize::MAX, clock);
            count += 1;
        }
        match asking.ask(count) {
            Ok(found) => events = found,
            Err(INTR) => {}
            // What a host cannot wait for can be read at once, as a file can, or blocks when it is read. A
            // host that has no timers cannot have this program wait.
            Err(_) if asked != 0 => deaf = true,
            Err(_) => wasm32::unreachable(),
        }
    }
    let time = now();
    let mut len = 0;
    for (nth, pollable) in pollables.iter().enumerate() {
        let is = match pollable {
            Pollable::Always => true,
            Pollable::At(when) => *when <= time,
            // An error is for whoever reads.
            Pollable::Readable(_) => deaf || events.iter().any(|event| event.userdata == nth as u64),
        };
        if is && let Some(slot) = ready.get_mut(len) {
            *slot = nth as u32;
            len += 1;
        }
    }
    len
}

/// Room for questions to `poll_oneoff`, and for its answers.
struct Asking {
    at: *mut u8,
    room: usize,
}

impl Asking {
    const EACH: usize = size_of::<Subscription>() + size_of::<Event>();

    fn new(room: usize) -> Asking {
        Asking { at: memory::take(room * Self::EACH), room }
    }

    fn put(&self, nth: usize, userdata: usize, of: Of) {
        let subscription = Subscription { userdata: userdata as u64, of };
        // SAFETY: callers put no more than they have made room for.
        unsafe { self.at.cast::<Subscription>().wrapping_add(nth).write(subscription) };
    }

    fn ask(&self, count: usize) -> Result<&[Event], Errno> {
        let events = self.at.wrapping_add(self.room * size_of::<Subscription>()).cast::<Event>();
        let mut done = 0;
        match poll_oneoff(self.at.cast(), events, count, &mut done) {
            // SAFETY: the host has written that many, and no more than it was asked for.
            SUCCESS => Ok(unsafe { slice::from_raw_parts(events, done.min(count)) }),
            errno => Err(errno),
        }
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        memory::give_back(self.at, self.room * Self::EACH);
    }
}

// Input.

#[repr(C)]
pub struct Input {
    pub fd: Fd,
    /// The file, which the stream keeps open; none for a standard stream.
    pub file: *mut Descriptor,
    /// Where in the file.
    pub offset: u64,
    /// It has ended, or failed.
    pub closed: bool,
}

pub fn input(input: Input) -> u32 {
    new_input(keep(input))
}

/// As much is read or written at once.
const AT_ONCE: usize = 65536;

impl Input {
    /// At most `len` bytes, lent. None where there are none yet, if it need not wait.
    fn read(&mut self, len: u64, wait: bool) -> Result<List, Failure> {
        if self.closed {
            return Err(Failure::Closed);
        }
        if len == 0 || (!wait && !self.is_ready()) {
            return Ok(List::EMPTY);
        }
        let len = len.min(AT_ONCE as u64) as usize;
        let at = lend(len);
        let buffer = Buffer { at, len };
        loop {
            let mut done = 0;
            let errno = match self.file.is_null() {
                true => fd_read(self.fd, &buffer, 1, &mut done),
                false => fd_pread(self.fd, &buffer, 1, self.offset, &mut done),
            };
            match errno {
                SUCCESS if done != 0 => {
                    self.offset += done as u64;
                    return Ok(List { at, len: done });
                }
                INTR => {}
                AGAIN if !wait => return Ok(List::EMPTY),
                AGAIN => wait_for(Of::Readable(self.fd)),
                errno => {
                    self.closed = true;
                    return Err(if errno == SUCCESS { Failure::Closed } else { failure(errno) });
                }
            }
        }
    }

    fn is_ready(&self) -> bool {
        !self.file.is_null() || ready(&Pollable::Readable(self.fd))
    }
}

/// For a file descriptor that does not block.
fn wait_for(of: Of) {
    let asking = Asking::new(1);
    asking.put(0, 0, of);
    let _ = asking.ask(1);
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[dtor]input-stream")]
extern "C" fn drop_input(input: *mut Input) {
    // SAFETY: `keep` made it.
    filesystem::release(unsafe { (*input).file });
    forget(input);
}

type Bytes = *const Outcome<List, Failure>;
type Count = *const Outcome<u64, Failure>;
type Nothing = *const Outcome<(), Failure>;

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]input-stream.read")]
extern "C" fn read(input: &mut Input, len: u64) -> Bytes {
    give_result(input.read(len, false))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]input-stream.blocking-read")]
extern "C" fn blocking_read(input: &mut Input, len: u64) -> Bytes {
    give_result(input.read(len, true))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]input-stream.skip")]
extern "C" fn skip(input: &mut Input, len: u64) -> Count {
    give_result(input.read(len, false).map(|list| list.len as u64))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]input-stream.blocking-skip")]
extern "C" fn blocking_skip(input: &mut Input, len: u64) -> Count {
    give_result(input.read(len, true).map(|list| list.len as u64))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]input-stream.subscribe")]
extern "C" fn subscribe_input(input: &Input) -> u32 {
    pollable(match input.closed || !input.file.is_null() {
        true => Pollable::Always,
        false => Pollable::Readable(input.fd),
    })
}

// Output.

#[repr(C)]
pub struct Output {
    pub fd: Fd,
    /// The file, which the stream keeps open; none for a standard stream.
    pub file: *mut Descriptor,
    /// Where in the file: `END` for its end, wherever that is.
    pub offset: u64,
    /// It has failed.
    pub closed: bool,
}

pub const END: u64 = u64::MAX;

pub fn output(output: Output) -> u32 {
    new_output(keep(output))
}

impl Output {
    fn open(&self) -> Result<(), Failure> {
        match self.closed {
            true => Err(Failure::Closed),
            false => Ok(()),
        }
    }

    /// All of it, however long that takes.
    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.open()?;
        let mut rest = bytes;
        while !rest.is_empty() {
            let mut done = 0;
            match self.write_some(rest, &mut done) {
                SUCCESS => rest = rest.get(done..).unwrap_or_default(),
                INTR => {}
                AGAIN => wait_for(Of::Writable(self.fd)),
                errno => {
                    self.closed = true;
                    return Err(failure(errno));
                }
            }
        }
        Ok(())
    }

    fn write_some(&mut self, bytes: &[u8], done: &mut usize) -> Errno {
        let buffer = Buffer { at: bytes.as_ptr(), len: bytes.len() };
        if self.file.is_null() {
            return fd_write(self.fd, &buffer, 1, done);
        }
        if self.offset == END {
            let mut stat = Filestat::default();
            return match fd_filestat_get(self.fd, &mut stat) {
                SUCCESS => fd_pwrite(self.fd, &buffer, 1, stat.size, done),
                errno => errno,
            };
        }
        let errno = fd_pwrite(self.fd, &buffer, 1, self.offset, done);
        self.offset += *done as u64;
        errno
    }

    fn write_zeroes(&mut self, len: u64) -> Result<(), Failure> {
        static ZEROES: [u8; 1024] = [0; 1024];
        self.open()?;
        let mut rest = len;
        while rest != 0 {
            let part = rest.min(ZEROES.len() as u64);
            self.write(ZEROES.get(..part as usize).unwrap_or_default())?;
            rest -= part;
        }
        Ok(())
    }

    fn splice(&mut self, from: &mut Input, len: u64, wait: bool) -> Result<u64, Failure> {
        self.open()?;
        let list = from.read(len, wait)?;
        // SAFETY: what `read` returns is lent until the next call of it.
        self.write(unsafe { slice::from_raw_parts(list.at, list.len) })?;
        Ok(list.len as u64)
    }
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[dtor]output-stream")]
extern "C" fn drop_output(output: *mut Output) {
    // SAFETY: `keep` made it.
    filesystem::release(unsafe { (*output).file });
    forget(output);
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.check-write")]
extern "C" fn check_write(output: &Output) -> Count {
    give_result(output.open().map(|()| AT_ONCE as u64))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.write")]
extern "C" fn write(output: &mut Output, at: *mut u8, len: usize) -> Nothing {
    give_result(output.write(Given::new(at, len).bytes()))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.blocking-write-and-flush")]
extern "C" fn blocking_write_and_flush(output: &mut Output, at: *mut u8, len: usize) -> Nothing {
    write(output, at, len)
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.flush")]
extern "C" fn flush(output: &Output) -> Nothing {
    give_result(output.open())
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.blocking-flush")]
extern "C" fn blocking_flush(output: &Output) -> Nothing {
    flush(output)
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.subscribe")]
extern "C" fn subscribe_output(_: &Output) -> u32 {
    pollable(Pollable::Always)
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.write-zeroes")]
extern "C" fn write_zeroes(output: &mut Output, len: u64) -> Nothing {
    give_result(output.write_zeroes(len))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.blocking-write-zeroes-and-flush")]
extern "C" fn blocking_write_zeroes_and_flush(output: &mut Output, len: u64) -> Nothing {
    write_zeroes(output, len)
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.splice")]
extern "C" fn splice(output: &mut Output, from: &mut Input, len: u64) -> Count {
    give_result(output.splice(from, len, false))
}

#[unsafe(export_name = "wasi:io/streams@0.2.12#[method]output-stream.blocking-splice")]
extern "C" fn blocking_splice(output: &mut Output, from: &mut Input, len: u64) -> Count {
    give_result(output.splice(from, len, true))
}
