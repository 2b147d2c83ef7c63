//! A long text by lines. In: pieces in order. Out: any line by its number, and the pages that a search goes
//! through. Not its job: searching. It is kept in pages that end where a line ends: one buffer of hundreds of
//! megabytes would be copied whenever it grows.

use std::fmt;

/// A page is closed with the first line that ends at or after this many bytes.
const PAGE: usize = 1 << 20;
/// So that the line that closes a page seldom makes it grow.
const SPARE: usize = 1 << 10;

pub struct Text {
    /// The last one is still being written.
    pages: Vec<Page>,
    bytes: usize,
    limit: usize,
}

/// Whole lines, each with its line feed.
#[derive(Default)]
pub struct Page {
    pub first_line: usize,
    pub text: String,
    /// Where the line feed of each line is.
    ends: Vec<u32>,
}

/// The text is longer than it may be.
#[derive(Debug)]
pub struct TooLong {
    limit: usize,
}

impl Text {
    /// `limit` in bytes, at most 4 GiB.
    pub fn new(limit: usize) -> Self {
        Self { pages: Vec::new(), bytes: 0, limit: limit.min(u32::MAX as usize) }
    }

    /// The number of finished lines, and so of the line being written.
    pub fn lines(&self) -> usize {
        self.pages.last().map_or(0, Page::end_line)
    }

    /// Whether something was written after the last finished line.
    pub fn has_open_line(&self) -> bool {
        self.pages.last().is_some_and(|page| !page.text.is_empty() && !page.text.ends_with('\n'))
    }

    /// Appends to the line being written. `piece` has no line feed.
    pub fn push(&mut self, piece: &str) -> Result<(), TooLong> {
        if piece.len() >= self.limit - self.bytes {
            return Err(TooLong { limit: self.limit });
        }
        self.bytes += piece.len();
        self.open().text.push_str(piece);
        Ok(())
    }

    pub fn end_line(&mut self) -> Result<(), TooLong> {
        self.push("\n")?;
        let page = self.open();
        page.ends.push((page.text.len() - 1) as u32);
        if page.text.len() >= PAGE {
            page.text.shrink_to_fit();
            page.ends.shrink_to_fit();
            let first_line = page.end_line();
            self.pages.push(Page { first_line, text: String::with_capacity(PAGE + SPARE), ends: Vec::new() });
        }
        Ok(())
    }

    pub fn line(&self, line: usize) -> Option<&str> {
        let page = self.pages.get(self.page_of(line)?)?;
        let range = page.range(line - page.first_line)?;
        page.text.get(range)
    }

    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// The index of the page that has this line, or of the last page where the line is behind the end.
    pub fn page_of(&self, line: usize) -> Option<usize> {
        self.pages.partition_point(|page| page.first_line <= line).checked_sub(1)
    }

    fn open(&mut self) -> &mut Page {
        if self.pages.is_empty() {
            self.pages.push(Page::default());
        }
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }
}

impl Page {
    /// The line after its last one.
    pub fn end_line(&self) -> usize {
        self.first_line + self.ends.len()
    }

    /// Where a line, counted from this page's first, is in `text`.
    pub fn range(&self, line: usize) -> Option<std::ops::Range<usize>> {
        let start = match line.checked_sub(1) {
            Some(before) => *self.ends.get(before)? as usize + 1,
            None => 0,
        };
        Some(start..*self.ends.get(line)? as usize)
    }

    /// The line, counted from this page's first, that has this place of `text`.
    pub fn line_at(&self, place: usize) -> usize {
        self.ends.partition_point(|end| (*end as usize) < place)
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text would be longer than {} bytes", self.limit)
    }
}

impl std::error::Error for TooLong {}
