//! Finds the next or the previous line that has a string. In: a text, a string. Out: a line. Not its job: going
//! on at the other end.

use crate::text::{Page, Text};
use memchr::{memchr2_iter, memmem};

pub struct Query<'a> {
    pub text: &'a str,
    /// Only between ASCII letters.
    pub ignore_case: bool,
}

/// The first line at or after `from` that has the query, or the last one at or before it; with the
/// place of the first match in it.
pub fn find(text: &Text, query: &Query<'_>, from: usize, backwards: bool) -> Option<(usize, usize)> {
    if query.text.is_empty() || query.text.contains('\n') {
        return None;
    }
    let at = text.page_of(from)?;
    let (before, after) = (text.pages().get(..=at)?, text.pages().get(at..)?);
    let found = if backwards {
        before.iter().rev().find_map(|page| Some((page, last_until(page, query, from)?)))
    } else {
        after.iter().find_map(|page| Some((page, first_from(page, query, from)?)))
    };
    let (page, place) = found?;
    let line = page.line_at(place);
    let contents = page.text.get(page.range(line)?)?;
    Some((page.first_line + line, first(contents.as_bytes(), query)?))
}

fn first_from(page: &Page, query: &Query<'_>, from: usize) -> Option<usize> {
    let start = page.range(from.saturating_sub(page.first_line))?.start;
    Some(start + first(page.text.as_bytes().get(start..)?, query)?)
}

fn last_until(page: &Page, query: &Query<'_>, from: usize) -> Option<usize> {
    let end = page.range(from - page.first_line).map_or(page.text.len(), |range| range.end);
    last(page.text.as_bytes().get(..end)?, query)
}

fn first(text: &[u8], query: &Query<'_>) -> Option<usize> {
    let needle = query.text.as_bytes();
    if !query.ignore_case {
        return memmem::find(text, needle);
    }
    let (at, [lower, upper]) = rarest(text, needle)?;
    memchr2_iter(lower, upper, text)
        .filter_map(|place| place.checked_sub(at))
        .find(|start| is_at(text, needle, *start))
}

fn last(text: &[u8], query: &Query<'_>) -> Option<usize> {
    let needle = query.text.as_bytes();
    if !query.ignore_case {
        return memmem::rfind(text, needle);
    }
    let (at, [lower, upper]) = rarest(text, needle)?;
    memchr2_iter(lower, upper, text)
        .rev()
        .filter_map(|place| place.checked_sub(at))
        .find(|start| is_at(text, needle, *start))
}

fn is_at(text: &[u8], needle: &[u8], start: usize) -> bool {
    text.get(start..)
        .and_then(|rest| rest.get(..needle.len()))
        .is_some_and(|part| part.eq_ignore_ascii_case(needle))
}

/// The byte of `needle` that comes least often in the beginning of `text`: its place, and both cases.
fn rarest(text: &[u8], needle: &[u8]) -> Option<(usize, [u8; 2])> {
    let mut counts = [0u32; 256];
    for byte in text.iter().take(4096) {
        counts[usize::from(byte.to_ascii_lowercase())] += 1;
    }
    needle
        .iter()
        .map(u8::to_ascii_lowercase)
        .enumerate()
        .min_by_key(|(_, byte)| counts[usize::from(*byte)])
        .map(|(at, byte)| (at, [byte, byte.to_ascii_uppercase()]))
}
