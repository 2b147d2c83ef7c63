//! The text of one binary. In: its bytes. Out: lines, what begins on which, and matches of a search. Not its
//! job: what the text looks like.

use crate::contents::Memory;
use crate::printer;
use crate::scan::{Module, scan};
use crate::search::{self, Query};
use crate::text::Text;
use serde::Serialize;

/// Of the text, in bytes. A browser gives a 32-bit module 4 GiB at most.
const LIMIT: usize = 1 << 31;
/// How much of a line is shown, in bytes. A line can be a data segment of megabytes.
pub const SHOWN: usize = 4000;
/// Bytes on each side of a match that lies behind that.
const AROUND: usize = 40;
/// Stands for the rest of a line. wasmprinter escapes it in strings and names, so it comes from nowhere else.
const REST: char = '…';

pub struct Listing {
    text: Text,
    places: Places,
    stopped: Option<String>,
}

/// What begins on which line, as far as it was printed. Lines are counted from 0.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub struct Places {
    /// In the order of the binary. `module` of the others counts in this order too.
    pub modules: Vec<ModulePlace>,
    pub memories: Vec<MemoryPlace>,
    /// Those that the modules define.
    pub functions: Vec<FunctionPlace>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ModulePlace {
    pub module: usize,
    pub name: Option<String>,
    pub line: usize,
    pub bytes: u64,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct MemoryPlace {
    pub module: usize,
    /// In the module's index space.
    pub index: usize,
    pub line: usize,
    pub memory: Memory,
}

/// A tuple, because there are tens of thousands: module, index in the module's index space, name (from the
/// name section, or else of an export), line, bytes of the body.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct FunctionPlace(pub usize, pub usize, pub Option<String>, pub usize, pub u64);

#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Match {
    pub line: usize,
    /// Of the line's first match, in bytes.
    pub column: usize,
    /// The match and what is around it, where it lies in what is left out of a long line.
    pub excerpt: Option<String>,
}

impl Listing {
    /// Of malformed bytes, what comes before the mistake; `stopped` says what that is. `progress` is told
    /// now and then how much is done, from 0 to 1.
    pub fn new(bytes: &[u8], mut progress: impl FnMut(f64)) -> Self {
        Self::with_limit(bytes, LIMIT, &mut progress)
    }

    pub(crate) fn with_limit(bytes: &[u8], limit: usize, progress: &mut dyn FnMut(f64)) -> Self {
        let scan = scan(bytes);
        let mut offsets: Vec<u64> = scan.modules.iter().flat_map(offsets).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut text = Text::new(limit);
        let (lines, stopped) = printer::print(bytes, &offsets, &mut text, progress);
        let line = |offset: u64| *lines.get(offsets.binary_search(&offset).ok()?)?;
        Self { text, places: places(scan.modules, line), stopped: stopped.or(scan.malformed) }
    }

    /// Why the text does not go on, where it ends before the binary does.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    pub fn lines(&self) -> usize {
        self.text.lines()
    }

    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Up to `count` lines with line feeds between them. Of a long line its beginning, and how much
    /// is left out.
    pub fn text(&self, from: usize, count: usize) -> String {
        let mut shown = String::new();
        for (number, line) in
            (from..from.saturating_add(count)).map_while(|at| self.text.line(at)).enumerate()
        {
            if number > 0 {
                shown.push('\n');
            }
            let end = line.floor_char_boundary(SHOWN);
            shown.push_str(line.get(..end).unwrap_or_default());
            if end < line.len() {
                shown.push_str(&format!("{REST} {} more bytes", line.len() - end));
            }
        }
        shown
    }

    /// Up to `count` lines, each as long as it is, and with a line feed behind it.
    pub fn whole(&self, from: usize, count: usize) -> String {
        let mut text = String::new();
        for line in (from..from.saturating_add(count)).map_while(|at| self.text.line(at)) {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The first line at or after `from` that has the query, or the last one at or before it.
    pub fn search(&self, query: &str, from: usize, backwards: bool, ignore_case: bool) -> Option<Match> {
        let query = Query { text: query, ignore_case };
        let (line, column) = search::find(&self.text, &query, from, backwards)?;
        let contents = self.text.line(line)?;
        let end = column.saturating_add(query.text.len());
        let excerpt = (end > SHOWN && contents.len() > SHOWN).then(|| {
            let start = contents.floor_char_boundary(column.saturating_sub(AROUND));
            let end = contents.ceil_char_boundary(end.saturating_add(AROUND));
            contents.get(start..end).unwrap_or_default().to_string()
        });
        Some(Match { line, column, excerpt })
    }
}

fn offsets(module: &Module) -> impl Iterator<Item = u64> {
    let memories = module.memories.iter().map(|(offset, _)| *offset);
    let functions = module.functions.iter().map(|function| function.offset);
    std::iter::once(module.offset).chain(memories).chain(functions)
}

fn places(modules: Vec<Module>, line: impl Fn(u64) -> Option<usize>) -> Places {
    let mut places = Places::default();
    for (number, module) in modules.into_iter().enumerate() {
        if let Some(line) = line(module.offset) {
            places.modules.push(ModulePlace { module: number, name: module.name, line, bytes: module.bytes });
        }
        for (index, (offset, memory)) in module.memories.into_iter().enumerate() {
            if let Some(line) = line(offset) {
                places.memories.push(MemoryPlace { module: number, index, line, memory });
            }
        }
        for (index, function) in (module.imported_functions as usize..).zip(module.functions) {
            if let Some(line) = line(function.offset) {
                places.functions.push(FunctionPlace(number, index, function.name, line, function.bytes));
            }
        }
    }
    places
}
