//! Links that an output leads through, whoever follows them: the native command, or the component in a host of
//! its own. In: a directory with `adder.wat` in it, and the command. Not its job: exit codes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Output;

/// That links stay links, what they lead to is written, and one that leads nowhere is an error.
pub fn stay_and_lead_somewhere(dir: &Path, run: impl Fn(&[&str]) -> Output) {
    fs::create_dir(dir.join("sub")).unwrap();
    fs::write(dir.join("sub/real.wasm"), "old").unwrap();
    symlink("sub/second.wasm", dir.join("first.wasm")).unwrap();
    symlink("../sub/real.wasm", dir.join("sub/second.wasm")).unwrap();
    let output = run(&["fuse", "adder.wat", "-o", "first.wasm"]);
    assert!(output.status.success(), "{output:?}");
    assert!(fs::read(dir.join("sub/real.wasm")).unwrap().starts_with(b"\0asm"));
    assert!(dir.join("first.wasm").is_symlink() && dir.join("sub/second.wasm").is_symlink());

    symlink("missing.wasm", dir.join("dangling.wasm")).unwrap();
    let output = run(&["fuse", "adder.wat", "-o", "dangling.wasm"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("dangling.wasm: it is a link to missing.wasm, which does not exist"), "{said}");
    assert!(dir.join("dangling.wasm").is_symlink() && !dir.join("missing.wasm").exists());
}
