//! What a command takes in. In: the paths of inputs and of a WAC document. Out: all of them, read, and a copy
//! of those that are text. Not its job: reading one file (`files`), and what is in it.

use super::args::InputArguments;
use super::failure::Failure;
use super::files;
use super::render::{Source, SourceKind};
use crate::interface::{Composing, Input, WacSource};
use std::path::Path;

pub struct Intake {
    pub inputs: Vec<Input>,
    pub composing: Composing,
}

impl Intake {
    /// Reads everything. `limit`: bytes that all files may have together. Text is kept in `texts` too, so that an error
    /// can show the line that it is about.
    pub fn read(arguments: &InputArguments, limit: u64, texts: &mut Vec<Source>) -> Result<Intake, Failure> {
        let InputArguments { inputs: paths, wac, in_order, stub } = arguments;
        let streams = paths.iter().chain(wac).filter(|path| files::is_stream(path));
        if streams.count() > 1 {
            return Err(Failure::usage("standard input can be read only once", "keep one `-`"));
        }
        let mut inputs = Vec::new();
        let mut left = limit;
        for path in paths {
            let input = files::read_input(path, left, limit)?;
            left = left.saturating_sub(input.bytes.len() as u64);
            remember(&input, texts);
            inputs.push(input);
        }
        let wac = wac.as_ref().map(|path| wac_source(path, left, limit, texts)).transpose()?;
        Ok(Intake { inputs, composing: Composing { wac, in_order: *in_order, stub: stub.clone() } })
    }
}

/// Reads one input, of which no package is asked.
pub fn one(path: &Path, limit: u64, texts: &mut Vec<Source>) -> Result<Input, Failure> {
    let input = files::read(path, limit, limit)?;
    remember(&input, texts);
    Ok(input)
}

fn remember(input: &Input, texts: &mut Vec<Source>) {
    if input.bytes.starts_with(b"\0asm") {
        return;
    }
    if let Ok(text) = std::str::from_utf8(&input.bytes) {
        texts.push(Source { name: input.name.clone(), text: text.to_string(), kind: SourceKind::Component });
    }
}

fn wac_source(path: &Path, left: u64, limit: u64, texts: &mut Vec<Source>) -> Result<WacSource, Failure> {
    let Input { name, bytes, .. } = files::read(path, left, limit)?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Failure::Files { message: format!("cannot read {name}: it is not UTF-8"), hint: None });
    };
    texts.push(Source { name: name.clone(), text: text.clone(), kind: SourceKind::Document });
    Ok(WacSource { name, text })
}
