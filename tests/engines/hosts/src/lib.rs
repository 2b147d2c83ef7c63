//! The command line of both programs: `[--dir DIRECTORY] MODULE [ARGUMENT…]`. The directory is the program's `/`,
//! and its environment is that of this process.

use std::env;

pub struct Start {
    pub directory: Option<String>,
    /// The module's file, then the arguments for it.
    pub arguments: Vec<String>,
}

/// What the command line says; none if it does not name a module.
pub fn start() -> Option<Start> {
    let mut arguments = env::args().skip(1).peekable();
    let directory = match arguments.next_if(|argument| argument == "--dir") {
        Some(_) => Some(arguments.next()?),
        None => None,
    };
    let arguments: Vec<String> = arguments.collect();
    (!arguments.is_empty()).then_some(Start { directory, arguments })
}
