//! What the program does about signals. In: those that would end it. Out: it ends as by the signal, and leaves no
//! unfinished file. Not its job: files (`meld_fuser::command`).

use meld_fuser::command::give_up;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr;
use std::thread;

/// Watches for signals from now on. Where that is not possible, they end the program as they always would.
pub fn watch() {
    // A file that grows past its limit is an error of writing then, which is told and cleaned up after.
    let _ = signal_hook::flag::register(SIGXFSZ, Default::default());
    // What whoever started the program had it ignore, such as `nohup`, stays ignored.
    let ending: Vec<c_int> =
        [SIGHUP, SIGINT, SIGQUIT, SIGTERM].into_iter().filter(|signal| !is_ignored(*signal)).collect();
    let Ok(mut signals) = Signals::new(ending) else { return };
    let _ = thread::Builder::new().spawn(move || {
        for signal in signals.forever() {
            give_up();
            let _ = emulate_default_handler(signal);
        }
    });
}

fn is_ignored(signal: c_int) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action, this fills in the present one, and does nothing else.
    match unsafe { libc::sigaction(signal, ptr::null(), action.as_mut_ptr()) } {
        // SAFETY: 0 says that it is filled in.
        0 => unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN,
        _ => false,
    }
}
