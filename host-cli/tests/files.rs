//! What becomes of files: an output is the new one, whole, or what it was, whatever happens. Runs the built binary.

#[cfg(unix)]
#[path = "support/links.rs"]
mod links;
mod support;

use std::fs;
use support::*;

#[test]
fn streams_and_files_give_the_same_bytes() {
    let dir = scratch();
    assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm"]), 0);
    let expected = fs::read(dir.path().join("out.wasm")).unwrap();
    for arguments in [&["fuse", "-"][..], &["fuse", "-", "-o", "-"], &["fuse", "-", "--stats"]] {
        let output = meld_with_stdin(&dir, arguments, ADDER.as_bytes());
        assert_exit(&output, 0);
        assert_eq!(output.stdout, expected, "{arguments:?}");
    }
}

/// `PACKAGE=` is for inputs.
#[test]
fn an_output_has_no_package() {
    let dir = scratch();
    for name in ["a:b=-", "a:b=out.wasm"] {
        let output = meld(&dir, &["fuse", "adder.wat", "-o", name]);
        assert_exit(&output, 0);
        assert!(output.stdout.is_empty());
        assert!(fs::read(dir.path().join(name)).unwrap().starts_with(MODULE), "{name}");
    }
}

#[test]
fn files_that_cannot_be_read_or_written_are_exit_code_3() {
    let dir = scratch();
    fs::create_dir(dir.path().join("directory")).unwrap();
    for (arguments, name) in [
        (&["fuse", "missing.wasm", "-o", "out.wasm"][..], "missing.wasm"),
        (&["fuse", "directory", "-o", "out.wasm"], "directory"),
        (&["fuse", "adder.wat", "--wac", "missing.wac", "-o", "out.wasm"], "missing.wac"),
        (&["fuse", "adder.wat", "-o", "missing/out.wasm"], "missing/out.wasm"),
        (&["fuse", "adder.wat", "-o", "directory"], "directory"),
        (&["inspect", "missing.wasm"], "missing.wasm"),
        (&["inspect", "adder.wat", "--fuser", "missing.wasm"], "missing.wasm"),
    ] {
        let output = meld(&dir, arguments);
        assert_exit(&output, 3);
        assert_says(&stderr(&output), &["error[files]: cannot ", name]);
    }
    assert_eq!(files(dir.path()), ["adder.wat", "async.wat", "directory", "module.wasm"]);
    assert!(files(&dir.path().join("directory")).is_empty());
}

#[test]
fn a_failure_leaves_the_output_untouched() {
    let dir = scratch();
    let out = dir.path().join("out.wasm");
    fs::write(&out, "precious").unwrap();
    for input in ["module.wasm", "async.wat", "missing.wasm"] {
        assert!(!meld(&dir, &["fuse", input, "-o", "out.wasm"]).status.success());
        assert_eq!(fs::read_to_string(&out).unwrap(), "precious");
    }
    assert_eq!(files(dir.path()), ["adder.wat", "async.wat", "module.wasm", "out.wasm"]);
    assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm"]), 0);
    assert!(fs::read(&out).unwrap().starts_with(MODULE));
}

#[cfg(unix)]
#[test]
fn an_output_that_is_a_link_or_a_device_stays_one() {
    let dir = scratch();
    let link = dir.path().join("link.wasm");
    fs::write(dir.path().join("real.wasm"), "old").unwrap();
    std::os::unix::fs::symlink("real.wasm", &link).unwrap();
    assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "link.wasm"]), 0);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read(dir.path().join("real.wasm")).unwrap().starts_with(MODULE));
    assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "/dev/null"]), 0);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[cfg(unix)]
#[test]
fn an_output_keeps_the_mode_of_the_file_whose_place_it_takes() {
    use std::os::unix::fs::PermissionsExt;
    let dir = scratch();
    let file = dir.path().join("old.wasm");
    for mode in [0o600, 0o755, 0o664] {
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "old.wasm"]), 0);
        assert!(fs::read(&file).unwrap().starts_with(MODULE));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[test]
fn fuses_a_file_to_a_file() {
    let dir = scratch();
    let output = meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm"]);
    assert_exit(&output, 0);
    assert_eq!(stdout(&output), "");
    assert_says(&stderr(&output), &["wrote out.wasm: core module"]);
    assert!(fs::read(dir.path().join("out.wasm")).unwrap().starts_with(MODULE));
    assert_eq!(files(dir.path()), ["adder.wat", "async.wat", "module.wasm", "out.wasm"]);

    let output = meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm", "--component", "-q"]);
    assert_exit(&output, 0);
    assert_eq!(stderr(&output), "");
    assert!(fs::read(dir.path().join("out.wasm")).unwrap().starts_with(b"\0asm\x0d\0\x01\0"));
}

/// Temporary names are short, whatever the output is called.
#[test]
fn an_output_may_have_as_long_a_name_as_there_is() {
    let dir = scratch();
    for length in 249..=255 {
        let name = "n".repeat(length);
        for _ in ["new", "old"] {
            assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", &name]), 0);
        }
        fs::remove_file(dir.path().join(name)).unwrap();
    }
    assert_eq!(files(dir.path()), ["adder.wat", "async.wat", "module.wasm"]);
}

#[test]
fn temporary_files_of_others_are_in_nobodys_way() {
    let dir = scratch();
    let others: Vec<_> = (0..2000).map(|n| dir.path().join(format!(".meld-{n}.tmp"))).collect();
    for other in &others {
        fs::write(other, "theirs").unwrap();
    }
    assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm"]), 0);
    assert!(others.iter().all(|other| fs::read(other).unwrap() == b"theirs"));
    assert_eq!(files(dir.path()).len(), others.len() + 4);
}

#[cfg(unix)]
mod unix {
    use super::links;
    use super::support::*;
    use std::fs;
    use std::os::unix::fs::{MetadataExt, chown, symlink};
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;
    use std::process::{Child, Command, Output, Stdio};
    use std::thread;
    use std::time::Duration;
    use tempfile::TempDir;

    /// Runs meld with files limited to so many blocks, which have 512 bytes or 1024.
    fn meld_with_small_files(dir: &TempDir, blocks: u32, arguments: &str) -> Output {
        let script = format!("ulimit -f {blocks}; exec \"$0\" {arguments}");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_meld")]).current_dir(dir.path()).output().unwrap()
    }

    #[test]
    fn an_output_keeps_its_owner_and_group() {
        let dir = scratch();
        let out = dir.path().join("out.wasm");
        fs::write(&out, "old").unwrap();
        // Only root can give files away; the others see their own file stay their own.
        let _ = chown(&out, Some(12345), Some(54321));
        let before = fs::metadata(&out).unwrap();
        assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm"]), 0);
        let after = fs::metadata(&out).unwrap();
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        assert!(fs::read(&out).unwrap().starts_with(MODULE));
    }

    #[test]
    fn an_output_keeps_its_other_names() {
        let dir = scratch();
        let (out, other) = (dir.path().join("out.wasm"), dir.path().join("other.wasm"));
        // Longer than what is written, and shorter.
        for old in ["precious ".repeat(1000), "precious".to_string()] {
            fs::write(&out, &old).unwrap();
            fs::hard_link(&out, &other).unwrap();
            assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "out.wasm"]), 0);
            assert_eq!(fs::metadata(&out).unwrap().ino(), fs::metadata(&other).unwrap().ino());
            assert_eq!(fs::read(&other).unwrap(), meld(&dir, &["fuse", "adder.wat"]).stdout);
            fs::remove_file(&other).unwrap();
        }
        assert_eq!(files(dir.path()), ["adder.wat", "async.wat", "module.wasm", "out.wasm"]);
    }

    /// The disk is full, as far as meld can tell.
    #[test]
    fn an_output_that_cannot_be_written_is_what_it_was() {
        let dir = scratch();
        let (out, other) = (dir.path().join("out.wasm"), dir.path().join("other.wasm"));
        fs::write(dir.path().join("large.wat"), large(100_000)).unwrap();
        for names in 1..=2 {
            fs::write(&out, "precious").unwrap();
            if names == 2 {
                fs::hard_link(&out, &other).unwrap();
            }
            let output = meld_with_small_files(&dir, 8, "fuse large.wat -o out.wasm");
            assert_exit(&output, 3);
            assert_says(&stderr(&output), &["error[files]: cannot write out.wasm: File too large"]);
            assert_eq!(fs::read_to_string(&out).unwrap(), "precious");
        }
        assert_eq!(fs::metadata(&out).unwrap().nlink(), 2);
        let there = ["adder.wat", "async.wat", "large.wat", "module.wasm", "other.wasm", "out.wasm"];
        assert_eq!(files(dir.path()), there);
        // A new file does not come to be.
        assert_exit(&meld_with_small_files(&dir, 8, "fuse large.wat -o new.wasm"), 3);
        assert_exit(&meld_with_small_files(&dir, 8, "fuse large.wat > streamed"), 3);
        assert!(!dir.path().join("new.wasm").exists());
    }

    #[test]
    fn a_link_stays_one_and_must_lead_somewhere() {
        let dir = scratch();
        links::stay_and_lead_somewhere(dir.path(), |arguments| meld(&dir, arguments));
        assert_eq!(files(&dir.path().join("sub")), ["real.wasm", "second.wasm"]);

        symlink("circle.wasm", dir.path().join("circle.wasm")).unwrap();
        assert_exit(&meld(&dir, &["fuse", "adder.wat", "-o", "circle.wasm"]), 3);
    }

    /// What standard output goes to is standard output, by whatever name.
    #[cfg(target_os = "linux")]
    #[test]
    fn standard_output_has_other_names() {
        let dir = scratch();
        let expected = meld(&dir, &["fuse", "adder.wat"]).stdout;
        for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            let output = meld(&dir, &["fuse", "adder.wat", "-o", name, "--json"]);
            assert_exit(&output, 0);
            assert_eq!(output.stdout, expected, "{name}");
            assert_says(&stderr(&output), &["\"output\": null"]);

            let file = dir.path().join("out.wasm");
            let to = fs::File::create(&file).unwrap();
            let status = command(&dir, &["fuse", "adder.wat", "-q", "-o", name]).stdout(to).status().unwrap();
            assert!(status.success());
            assert_eq!(fs::read(&file).unwrap(), expected, "{name}");

            // A file that has a name no more.
            let to = fs::File::options().read(true).write(true).open(&file).unwrap();
            fs::remove_file(&file).unwrap();
            to.set_len(0).unwrap();
            let child = command(&dir, &["fuse", "adder.wat", "-q", "-o", name])
                .stdout(to.try_clone().unwrap())
                .status();
            assert!(child.unwrap().success());
            assert_eq!(to.metadata().unwrap().len(), expected.len() as u64, "{name}");
        }
        assert_eq!(files(dir.path()), ["adder.wat", "async.wat", "module.wasm"]);
    }

    fn signal(child: &Child, signal: i32) {
        // SAFETY: the child has not been waited for, so that the number is still its own.
        assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
    }

    /// What meld finds of a signal when it starts: whoever runs the tests may ignore it, as shells have it for
    /// what runs in the background.
    fn starts_with(meld: &mut Command, signal: i32, action: libc::sighandler_t) {
        use std::os::unix::process::CommandExt;
        // SAFETY: `signal` may be called between fork and exec.
        unsafe {
            meld.pre_exec(move || {
                libc::signal(signal, action);
                Ok(())
            });
        }
    }

    /// A signal comes while the output is being written. When it comes a moment too early or too late, the next
    /// try may meet the moment.
    #[test]
    fn a_signal_leaves_no_temporary_file() {
        let dir = scratch();
        let large = wat::parse_str(large(100_000_000)).unwrap();
        fs::write(dir.path().join("large.wasm"), &large).unwrap();
        let (out, temporary) = (dir.path().join("out.wasm"), dir.path().join(".meld-0.tmp"));
        for number in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
            let met = (0..100).any(|_| {
                fs::write(&out, "precious").unwrap();
                let mut meld = command(&dir, &["compose", "large.wasm", "-q", "-o", "out.wasm"]);
                starts_with(&mut meld, number, libc::SIG_DFL);
                let mut child = meld.spawn().unwrap();
                while !temporary.exists() && child.try_wait().unwrap().is_none() {
                    thread::sleep(Duration::from_micros(100));
                }
                if child.try_wait().unwrap().is_none() {
                    signal(&child, number);
                }
                let status = child.wait().unwrap();
                assert!(status.success() || status.signal() == Some(number), "{status:?}");
                assert!(!temporary.exists());
                let written = fs::read(&out).unwrap();
                assert!(written == b"precious" || written == large);
                written == b"precious"
            });
            assert!(met, "no signal {number} came while the output was being written");
        }
    }

    /// Waits until meld has said what it does about signals.
    #[cfg(target_os = "linux")]
    fn catches(child: &Child, signal: i32) {
        loop {
            let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
            if u64::from_str_radix(caught.trim(), 16).unwrap() >> (signal - 1) & 1 == 1 {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// As `nohup` has it.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_signal_that_is_ignored_stays_ignored() {
        use std::io::Write;
        let dir = scratch();
        for ignored in [true, false] {
            let mut meld = command(&dir, &["fuse", "-", "-o", "out.wasm", "-q"]);
            let action = if ignored { libc::SIG_IGN } else { libc::SIG_DFL };
            starts_with(&mut meld, libc::SIGHUP, action);
            let mut child = meld.stdin(Stdio::piped()).spawn().unwrap();
            let mut stdin = child.stdin.take();
            catches(&child, libc::SIGTERM);
            signal(&child, libc::SIGHUP);
            if ignored && let Some(mut stdin) = stdin.take() {
                stdin.write_all(ADDER.as_bytes()).unwrap();
            }
            // Where it is not ignored, there is nothing yet to read, and no end.
            let status = child.wait().unwrap();
            assert_eq!(status.signal(), (!ignored).then_some(libc::SIGHUP), "{status:?}");
            assert_eq!(Path::exists(&dir.path().join("out.wasm")), ignored);
            let _ = fs::remove_file(dir.path().join("out.wasm"));
        }
    }
}
