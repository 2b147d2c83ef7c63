//! The other programs, where tests/bench/tools.sh has put them. In: nothing. Out: their paths. Not its
//! job: getting them.

use crate::guests::directory;
use anyhow::Result;
use std::path::{Path, PathBuf};

/// The peer's native release.
pub fn peer() -> Result<Option<PathBuf>> {
    present("peer/peer")
}

fn present(path: &str) -> Result<Option<PathBuf>> {
    let path: &Path = &directory()?.join("tools").join(path);
    Ok(path.exists().then(|| path.to_path_buf()))
}
