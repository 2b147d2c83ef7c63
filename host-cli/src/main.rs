//! The native command `meld`. In: arguments. Out: the exit code of the command line that it shares
//! with the component. Not its job: fusing; the component that it carries does that.

mod arguments;
mod backend;
mod bindings;
mod clock;
mod engine;
mod image;
mod limits;
mod memory;
mod progress;
#[cfg(unix)]
mod signals;

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    signals::watch();
    meld_fuser::command::run(std::env::args_os().collect(), backend::Fuser::new).into()
}
