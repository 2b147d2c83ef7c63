//! What a command takes in. In: the paths of inputs and of a document. Out: all of them, read, and
//! what of it is text. Not its job: what a file is (`files`), what is in it.

use super::failure::Failure;
use super::{args, files, render};
use crate::interface::{Composing, Input, WacSource};
use std::path::{Path, PathBuf};

pub struct Intake {
    pub inputs: Vec<Input>,
    pub composing: Composing,
}

impl Intake {
    /// Reads everything. What is text is kept in `documents` too, so that an error can show the line
    /// it is about.
    pub fn read(
        paths: &[PathBuf],
        composing: &args::Composing,
        room: u64,
        documents: &mut Vec<render::Document>,
    ) -> Result<Intake, Failure> {
        let wac = composing.wac.as_deref();
        let streams = paths.iter().map(PathBuf::as_path).chain(wac).filter(|path| files::is_stream(path));
        if streams.count() > 1 {
            return Err(Failure::usage("standard input can be read only once", "keep one `-`"));
        }
        let mut inputs = Vec::new();
        for path in paths {
            let input = files::read_input(path, room)?;
            remember(&input, documents);
            inputs.push(input);
        }
        let wac = wac.map(|path| document(path, room, documents)).transpose()?;
        let (in_order, stub) = (composing.in_order, composing.stub.clone());
        Ok(Intake { inputs, composing: Composing { wac, in_order, stub } })
    }
}

fn remember(input: &Input, documents: &mut Vec<render::Document>) {
    if input.bytes.starts_with(b"\0asm") {
        return;
    }
    if let Ok(text) = std::str::from_utf8(&input.bytes) {
        documents.push(render::Document { name: input.name.clone(), text: text.to_string() });
    }
}

fn document(path: &Path, room: u64, documents: &mut Vec<render::Document>) -> Result<WacSource, Failure> {
    let Input { name, bytes, .. } = files::read(path, room)?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(Failure::Files { message: format!("cannot read {name}: it is not UTF-8"), hint: None });
    };
    documents.push(render::Document { name: name.clone(), text: text.clone() });
    Ok(WacSource { name, text })
}
