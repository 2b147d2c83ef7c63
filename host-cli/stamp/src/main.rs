//! `meld-stamp FROM TO`: stamps the component FROM, and writes it to TO unless that is what TO has already.

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [from, to] = arguments.as_slice() else { return Err("usage: meld-stamp FROM TO".to_string()) };
    let mut component = fs::read(from).map_err(|e| format!("cannot read {from}: {e}"))?;
    meld_stamp::stamp(&mut component).map_err(|e| format!("{from}: {e}"))?;
    // Whoever builds with it looks at its time.
    if fs::read(to).is_ok_and(|there| there == component) {
        return Ok(());
    }
    fs::write(to, component).map_err(|e| format!("cannot write {to}: {e}"))
}
