//! Prints a binary. In: its bytes, and the offsets of functions, memories, modules in it. Out: the text that
//! wasmprinter makes, and the line of each offset. Not its job: finding the offsets (`scan`).

use crate::text::{Text, TooLong};
use std::io;
use wasmprinter::{Config, Print};

/// One level. Code nests deeply: with two spaces instead, a third of the text would be spaces.
const INDENT: &str = "\t";
/// How often progress is told, at most.
const STEPS: u64 = 200;

/// Prints `bytes`. `offsets`: of the places, ascending. `progress` is told now and then how much of the
/// bytes is printed, from 0 to 1. Returns the places' lines, as far as the printing came, and what
/// stopped it.
pub fn print(
    bytes: &[u8],
    offsets: &[u64],
    text: &mut Text,
    progress: &mut dyn FnMut(f64),
) -> (Vec<Option<usize>>, Option<String>) {
    let lines = vec![None; offsets.len()];
    let mut printer = Printer { text, offsets, next: 0, lines, bytes: bytes.len() as u64, told: 0, progress };
    let printed = Config::new().indent_text(INDENT).print(bytes, &mut printer);
    let lines = printer.lines;
    let stopped = printed.err().map(|error| format!("{error:#}"));
    // The part of a line that was printed before something stopped it is a line too. Where there is no room
    // for its end, it is left out.
    if text.has_open_line() {
        let _ = text.end_line();
    }
    (lines, stopped)
}

struct Printer<'a> {
    text: &'a mut Text,
    offsets: &'a [u64],
    /// Of `offsets`: the first that no line has reached.
    next: usize,
    lines: Vec<Option<usize>>,
    bytes: u64,
    /// The offset of which `progress` was told.
    told: u64,
    progress: &'a mut dyn FnMut(f64),
}

impl Print for Printer<'_> {
    fn write_str(&mut self, piece: &str) -> io::Result<()> {
        // A comment with an error message may come with line feeds.
        let mut parts = piece.split('\n');
        self.text.push(parts.next().unwrap_or_default()).map_err(too_long)?;
        for part in parts {
            self.text.end_line().and_then(|()| self.text.push(part)).map_err(too_long)?;
        }
        Ok(())
    }

    fn newline(&mut self) -> io::Result<()> {
        self.text.end_line().map_err(too_long)
    }

    fn start_line(&mut self, offset: Option<u64>) {
        let Some(offset) = offset else { return };
        while let Some(place) = self.offsets.get(self.next).filter(|place| **place <= offset) {
            if *place == offset
                && let Some(line) = self.lines.get_mut(self.next)
            {
                *line = Some(self.text.lines());
            }
            self.next += 1;
        }
        if offset > self.told + self.bytes / STEPS {
            self.told = offset;
            (self.progress)(offset as f64 / self.bytes as f64);
        }
    }
}

fn too_long(error: TooLong) -> io::Error {
    io::Error::other(error)
}
