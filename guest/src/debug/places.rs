//! From addresses to addresses. In: where the functions of one instance were and are. Out: for an address in its
//! old code section, that in the new one. Not its job: who asks.
//!
//! An address is a number of bytes from the start of a code section's contents, as DWARF for WebAssembly has it.

use super::moves::Moves;
use super::{Guest, Request};
use std::ops::Range;

/// A function body and the size in front of it.
#[derive(Debug, Clone, Copy)]
pub struct Body {
    pub size: u64,
    pub start: u64,
    pub end: u64,
}

/// What has become of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    At(u64),
    /// Its function is not in the result.
    Gone,
    /// It is inside of what is not the same any more.
    Changed,
    /// It has never been one of the code's.
    Outside,
}

/// What has become of a range of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    At(Range<u64>),
    Gone,
    /// It begins or ends inside of what is not the same any more, or is of more than one function.
    Changed,
    /// It is empty, or has never been one of the code's.
    Outside,
}

#[derive(Debug)]
struct Function {
    old: Body,
    /// Which of the bodies of the result it is, and where.
    new: Option<(usize, Body)>,
}

/// The functions of one instance.
pub struct Places<'p> {
    /// In the order of the old code.
    functions: Vec<Function>,
    moves: &'p Moves,
    windowed: Option<&'p Moves>,
}

/// A function of the old code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nth(usize);

impl<'p> Places<'p> {
    /// `bodies` are those of the result.
    pub fn new(guest: &Guest, request: &Request<'p, '_>, bodies: &[Body]) -> Places<'p> {
        let mut end = None;
        let functions = guest.module.bodies.iter().zip(&guest.functions).map(|(body, new)| {
            let at = |offset: u64| offset.saturating_sub(guest.module.code);
            let Range { start, end: until } = body.range();
            let start = at(start);
            // In front of the first there is the count, too: how long its size is, is told by its value.
            let size = end.unwrap_or_else(|| start.saturating_sub(leb_length(body.as_bytes().len() as u64)));
            end = Some(at(until));
            let old = Body { size, start, end: at(until) };
            Function { old, new: new.and_then(|nth| Some((nth, *bodies.get(nth)?))) }
        });
        let functions = functions.collect();
        Places { functions, moves: request.moves, windowed: request.windowed.map(|single| &single.moves) }
    }

    /// The function that an address lies in.
    pub fn function(&self, address: u64) -> Option<Nth> {
        let nth = self.functions.partition_point(|function| function.old.end <= address);
        (self.functions.get(nth)?.old.size <= address).then_some(Nth(nth))
    }

    /// What has become of an address in this function, or at its end.
    pub fn in_function(&self, function: Nth, address: u64) -> Place {
        let Some(Function { old, new }) = self.functions.get(function.0) else { return Place::Outside };
        let Some((nth, new)) = new else { return Place::Gone };
        if address == old.size {
            return Place::At(new.size);
        }
        if address == old.end {
            return Place::At(new.end);
        }
        let place = || {
            let relative = usize::try_from(address.checked_sub(old.start)?).ok()?;
            let mut place = self.moves.place(*nth, relative)?;
            if let Some(windowed) = self.windowed {
                place = windowed.place(*nth, place)?;
            }
            Some(new.start.saturating_add(place as u64))
        };
        place().map_or(Place::Changed, Place::At)
    }

    /// Where a function ends: in the old code, and in the result.
    pub fn end(&self, function: Nth) -> Option<(u64, u64)> {
        let Function { old, new } = self.functions.get(function.0)?;
        Some((old.end, new.as_ref()?.1.end))
    }

    /// What has become of an address.
    pub fn at(&self, address: u64) -> Place {
        match self.function(address) {
            Some(function) => self.in_function(function, address),
            None => Place::Outside,
        }
    }

    /// What has become of the range from one address to another one.
    pub fn span(&self, begin: u64, end: u64) -> Span {
        let Some(function) = self.function(begin).filter(|_| begin < end) else { return Span::Outside };
        match (self.in_function(function, begin), self.function(end.saturating_sub(1)) == Some(function)) {
            (Place::Gone | Place::Outside, true) => Span::Gone,
            (Place::At(begin), true) => match self.in_function(function, end) {
                Place::At(end) => Span::At(begin..end),
                _ => Span::Changed,
            },
            _ => Span::Changed,
        }
    }
}

/// How many bytes a number has as LEB128, if it is no longer than it has to be.
fn leb_length(number: u64) -> u64 {
    u64::from(64u32.saturating_sub((number | 1).leading_zeros()).div_ceil(7))
}
