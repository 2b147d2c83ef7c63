//! `fixtures DIRECTORY`: writes every component that the tests fuse to a file of its own. In: the
//! sources of the fixtures. Out: binaries, for `digests` of guest/examples. Not its job: fusing.

use meld_tests::{compose, generated, guests, smith};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// Random components of each kind.
const SEEDS: u64 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).ok_or("usage: fixtures DIRECTORY")?);
    fs::create_dir_all(&directory)?;
    let write = |name: &str, bytes: &[u8]| fs::write(directory.join(format!("{name}.wasm")), bytes);
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for entry in fs::read_dir(tests.join("cases/wat"))? {
        let path = entry?.path();
        write(&format!("wat-{}", stem(&path)), &wat::parse_file(&path)?)?;
    }
    for name in guests::names()? {
        let case = guests::case(&name)?;
        for part in &case.parts {
            write(&format!("guest-{name}-{}", part.role), &part.bytes)?;
        }
        let parts: Vec<(&str, &[u8])> =
            case.parts.iter().map(|part| (part.role.as_str(), part.bytes.as_slice())).collect();
        write(&format!("guest-{name}"), &compose::chain(&parts)?)?;
    }
    let root = tests.join("wast");
    for script in meld_replay::scripts(&root)? {
        let name = script.strip_prefix(&root)?.with_extension("").display().to_string().replace('/', "-");
        for (line, bytes) in meld_replay::components(&fs::read_to_string(&script)?)? {
            write(&format!("wast-{name}-{line}"), &bytes)?;
        }
    }
    for seed in 1..=SEEDS {
        write(&format!("generated-{seed}"), &wat::parse_str(generated::text(&generated::bytes(seed))?)?)?;
        write(&format!("smith-{seed}"), &smith::component(&smith::bytes(seed))?)?;
    }
    Ok(())
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
