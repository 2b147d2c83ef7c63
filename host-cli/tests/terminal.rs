//! What is written to terminals and streams: nothing that would garble them, and no word too many where they
//! cannot be written to. Runs the built binary.

mod support;

use std::fs;
use std::process::Stdio;
use support::*;

/// Names are the input's, and a terminal would obey them.
#[test]
fn names_do_not_reach_the_terminal_as_they_are() {
    let dir = scratch();
    let evil = "\u{1b}[31mevil\u{202e}";
    let escaped = "\\1b[31mevil\\u{202e}";
    let component = format!(
        r#"(component (core module $m) (core instance (@name "{escaped}") (instantiate $m))
            (component $c) (instance (@name "{escaped}") (instantiate $c)))"#
    );
    fs::write(dir.path().join(format!("{evil}.wat")), component).unwrap();
    let output = meld(&dir, &["inspect", &format!("{evil}.wat")]);
    assert_exit(&output, 0);
    assert_says(&stdout(&output), &["\\u{1b}[31mevil\\u{202e}"]);
    assert!(!stdout(&output).contains(['\u{1b}', '\u{202e}']), "{}", stdout(&output));

    // In the line that an error shows, of a component and of a document, and in the error itself.
    fs::write(dir.path().join("text.wat"), "(component\r\n\t(;\u{9b}31m;) (import \"\u{9b}2J\"))\r\n")
        .unwrap();
    fs::write(dir.path().join("d.wac"), "package t:t;\r\n// \u{9b}31m\r\nlet \u{9b}2J = 1;\r\n").unwrap();
    for args in
        [&["fuse", "text.wat", "-o", "x.wasm"][..], &["fuse", "--wac", "d.wac", "adder.wat", "-o", "x.wasm"]]
    {
        let output = meld(&dir, args);
        assert_exit(&output, 1);
        assert_says(&stderr(&output), &["\\u{9b}"]);
        assert!(!stderr(&output).contains('\u{9b}'), "{}", stderr(&output));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn streams_that_cannot_be_written_to() {
    let dir = scratch();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let command = |arguments: &[&str]| command(&dir, arguments);
    // What standard error would have said does not change the outcome.
    for (arguments, code) in [
        (&["fuse", "adder.wat", "-o", "out.wasm", "-v"][..], 0),
        (&["fuse", "module.wasm", "-o", "out.wasm"], 1),
        (&["fuse", "--no-such-flag"], 2),
    ] {
        let status = command(arguments).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["--version"], &["completions", "bash"], &["inspect", "adder.wat"]] {
        let status = command(arguments).stdout(full()).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(3), "{arguments:?}");
    }
}

#[cfg(unix)]
mod terminals {
    use super::support::*;
    use std::fs::File;
    use std::io;
    use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Output, Stdio};
    use std::ptr;

    /// A terminal: the end that its owner has, and the one that programs have.
    fn terminal() -> (OwnedFd, OwnedFd) {
        let (mut owner, mut program) = (-1, -1);
        // SAFETY: two places for numbers, and nothing for what may be left out.
        let opened = unsafe {
            libc::openpty(&mut owner, &mut program, ptr::null_mut(), ptr::null_mut(), ptr::null_mut())
        };
        assert_eq!(opened, 0, "{}", io::Error::last_os_error());
        // SAFETY: they have just been opened, and nobody else has them.
        unsafe { (OwnedFd::from_raw_fd(owner), OwnedFd::from_raw_fd(program)) }
    }

    /// Makes the terminal that of the command's session: what `/dev/tty` is.
    fn in_terminal(mut command: Command, program: &OwnedFd) -> Output {
        let program = program.as_raw_fd();
        // SAFETY: both may be called between fork and exec.
        unsafe {
            command.pre_exec(move || {
                match libc::setsid() >= 0 && libc::ioctl(program, libc::TIOCSCTTY as _, 0) >= 0 {
                    true => Ok(()),
                    false => Err(io::Error::last_os_error()),
                }
            });
        }
        command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap()
    }

    #[test]
    fn a_terminal_gets_no_binary_by_any_name() {
        let dir = scratch();
        let mut names = vec!["-", "/dev/stdout", "/dev/tty"];
        if cfg!(target_os = "linux") {
            names.extend(["/dev/fd/1", "/proc/self/fd/1"]);
        }
        for command_name in ["fuse", "compose"] {
            for name in &names {
                let (_owner, program) = terminal();
                let mut meld = command(&dir, &[command_name, "adder.wat", "-o", name]);
                meld.stdout(program.try_clone().unwrap());
                let output = in_terminal(meld, &program);
                assert_exit(&output, 2);
                assert_says(&stderr(&output), &["error[usage]: the result is binary, and ", "is a terminal"]);
            }
        }
        // With standard output elsewhere, /dev/tty is still one.
        let (_owner, program) = terminal();
        let mut meld = command(&dir, &["fuse", "adder.wat", "-o", "/dev/tty"]);
        meld.stdout(File::create(dir.path().join("stdout")).unwrap());
        assert_exit(&in_terminal(meld, &program), 2);
        // And a file is none.
        let mut meld = command(&dir, &["fuse", "adder.wat", "-q", "-o", "out.wasm"]);
        let (_owner, program) = terminal();
        meld.stdout(program.try_clone().unwrap());
        assert_exit(&in_terminal(meld, &program), 0);
    }
}
