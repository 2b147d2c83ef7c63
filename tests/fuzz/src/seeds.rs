//! `fuzz-seeds TARGET DIRECTORY`: writes what a target begins with. In: the fixtures, and generators.
//! Out: files, one for each seed. Not its job: fuzzing.

use meld_tests::{generated, guests, smith};
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Generated seeds of each kind.
const COUNT: u64 = 100;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(target), Some(directory)) = (args.next(), args.next()) else {
        return Err("usage: fuzz-seeds TARGET DIRECTORY".into());
    };
    let seeds = match target.as_str() {
        "generated" => (1..=COUNT).map(generated::bytes).collect(),
        "bad-input" => components()?,
        other => return Err(format!("there is no target {other}").into()),
    };
    let directory = PathBuf::from(directory);
    std::fs::create_dir_all(&directory)?;
    for (nth, seed) in seeds.iter().enumerate() {
        std::fs::write(directory.join(format!("seed-{nth}")), seed)?;
    }
    Ok(())
}

fn components() -> Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases/wat"))? {
        seeds.push(wat::parse_file(entry?.path())?);
    }
    // They are built for this; without their target there are seeds enough.
    if let Ok(case) = guests::case("resource-borrows") {
        seeds.extend(case.parts.into_iter().map(|part| part.bytes));
    }
    for seed in 1..=COUNT {
        seeds.push(wat::parse_str(generated::text(&generated::bytes(seed))?)?);
        seeds.push(smith::component(&smith::bytes(seed))?);
    }
    Ok(seeds)
}
