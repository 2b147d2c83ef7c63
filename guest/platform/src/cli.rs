//! `wasi:cli`. In: nothing, or an exit status. Out: arguments, environment, standard streams, whether they
//! are terminals. Not its job: calling `run` (`meld-fuser` writes a component that does).

use crate::abi::{List, Maybe, give};
use crate::io::{self, Input, Output};
use crate::memory::{give_back, lend, take};
use crate::preview1::{
    CHARACTER_DEVICE, Errno, FD_SEEK, FD_TELL, Fd, Fdstat, args_get, args_sizes_get, environ_get,
    environ_sizes_get, fd_fdstat_get, proc_exit,
};
use core::arch::wasm32;
use core::ptr;

#[unsafe(export_name = "wasi:cli/environment@0.2.12#get-arguments")]
extern "C" fn get_arguments() -> *const List {
    let (strings, count) = strings(args_sizes_get, args_get, 1);
    for nth in 0..count {
        // SAFETY: there is a slot for each argument, and it has the address.
        unsafe {
            let string = strings.wrapping_add(nth);
            (*string).len = length((*string).at, 0);
        }
    }
    give(List { at: strings.cast(), len: count })
}

#[unsafe(export_name = "wasi:cli/environment@0.2.12#get-environment")]
extern "C" fn get_environment() -> *const List {
    let (strings, count) = strings(environ_sizes_get, environ_get, 2);
    for nth in 0..count {
        let pair = strings.wrapping_add(nth * 2);
        // SAFETY: there are two slots for each variable, and the first has the address of both.
        unsafe {
            let at = (*pair).at;
            let all = length(at, 0);
            let name = length(at, b'=').min(all);
            let value = (name + 1).min(all);
            pair.write(List { at, len: name });
            pair.wrapping_add(1).write(List { at: at.wrapping_add(value), len: all - value });
        }
    }
    give(List { at: strings.cast(), len: count })
}

/// WASI 0.1 has none.
#[unsafe(export_name = "wasi:cli/environment@0.2.12#initial-cwd")]
extern "C" fn initial_cwd() -> *const Maybe<List> {
    give(Maybe::None)
}

type Sizes = extern "C" fn(&mut usize, &mut usize) -> Errno;
type Get = extern "C" fn(*mut *mut u8, *mut u8) -> Errno;

/// Strings of the host, `slots` slots for each: the first of them has its address. Lent, with how many
/// strings there are.
fn strings(sizes: Sizes, get: Get, slots: usize) -> (*mut List, usize) {
    let (mut count, mut bytes) = (0, 0);
    if sizes(&mut count, &mut bytes) != 0 {
        wasm32::unreachable();
    }
    let table = count.wrapping_mul(slots * size_of::<List>());
    let lent = lend(table.wrapping_add(bytes));
    let addresses = take(count.wrapping_mul(size_of::<*mut u8>())).cast::<*mut u8>();
    // Where there are none, hosts are not asked, as wasi-libc does not: Node.js would say that it cannot be done.
    if count > 0 && get(addresses, lent.wrapping_add(table)) != 0 {
        wasm32::unreachable();
    }
    let strings = lent.cast::<List>();
    for nth in 0..count {
        // SAFETY: the host has written that many addresses, and there is a slot for each.
        unsafe {
            let at = addresses.wrapping_add(nth).read();
            strings.wrapping_add(nth * slots).write(List { at, len: 0 });
        }
    }
    give_back(addresses.cast(), count.wrapping_mul(size_of::<*mut u8>()));
    (strings, count)
}

/// The bytes before `end` or before a zero.
///
/// # Safety
/// There is a zero.
unsafe fn length(at: *const u8, end: u8) -> usize {
    let mut len = 0;
    loop {
        // SAFETY: the zero has not been passed.
        let byte = unsafe { at.wrapping_add(len).read() };
        if byte == end || byte == 0 {
            return len;
        }
        len += 1;
    }
}

#[unsafe(export_name = "wasi:cli/exit@0.2.12#exit")]
extern "C" fn exit(failed: u32) {
    exit_with_code(failed)
}

#[unsafe(export_name = "wasi:cli/exit@0.2.12#exit-with-code")]
extern "C" fn exit_with_code(status: u32) {
    proc_exit(status);
    wasm32::unreachable()
}

#[unsafe(export_name = "wasi:cli/stdin@0.2.12#get-stdin")]
extern "C" fn get_stdin() -> u32 {
    io::input(Input { fd: 0, file: ptr::null_mut(), offset: 0, closed: false })
}

#[unsafe(export_name = "wasi:cli/stdout@0.2.12#get-stdout")]
extern "C" fn get_stdout() -> u32 {
    io::output(Output { fd: 1, file: ptr::null_mut(), offset: 0, closed: false })
}

#[unsafe(export_name = "wasi:cli/stderr@0.2.12#get-stderr")]
extern "C" fn get_stderr() -> u32 {
    io::output(Output { fd: 2, file: ptr::null_mut(), offset: 0, closed: false })
}

#[link(wasm_import_module = "[export]wasi:cli/terminal-input@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]terminal-input"]
    safe fn new_terminal_input(rep: u32) -> u32;
}

#[link(wasm_import_module = "[export]wasi:cli/terminal-output@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]terminal-output"]
    safe fn new_terminal_output(rep: u32) -> u32;
}

#[unsafe(export_name = "wasi:cli/terminal-stdin@0.2.12#get-terminal-stdin")]
extern "C" fn get_terminal_stdin() -> *const Maybe<u32> {
    terminal(0, new_terminal_input)
}

#[unsafe(export_name = "wasi:cli/terminal-stdout@0.2.12#get-terminal-stdout")]
extern "C" fn get_terminal_stdout() -> *const Maybe<u32> {
    terminal(1, new_terminal_output)
}

#[unsafe(export_name = "wasi:cli/terminal-stderr@0.2.12#get-terminal-stderr")]
extern "C" fn get_terminal_stderr() -> *const Maybe<u32> {
    terminal(2, new_terminal_output)
}

/// A terminal is what wasi-libc's `isatty` takes for one: a character device without a position.
fn terminal(fd: Fd, new: extern "C" fn(u32) -> u32) -> *const Maybe<u32> {
    let mut stat = Fdstat::default();
    let errno = fd_fdstat_get(fd, &mut stat);
    let is = errno == 0 && stat.filetype == CHARACTER_DEVICE && stat.rights & (FD_SEEK | FD_TELL) == 0;
    give(match is {
        true => Maybe::Some(new(fd)),
        false => Maybe::None,
    })
}
