//! Lists of ranges and of locations. In: a list of one instance's unit. Out: the same for the result, at the end of
//! a section. Not its job: who refers to it (`info`).
//!
//! Up to version 4 a list stands alone. From version 5 on, lists are contributed to a section behind tables of where
//! they are; units that shared a table share one again.

use super::bytes::{patch, push, push_uleb};
use super::expression::{self, Context};
use super::left::{Counts, Left, Translated, What};
use super::places::{Places, Span};
use gimli::{
    DebugLoc, DebugLocLists, DebugRanges, DebugRngLists, Encoding, EndianSlice, Format, LittleEndian,
    LocationLists, LocationListsOffset, RangeLists, RangeListsOffset, RawLocListEntry, RawRngListEntry,
    Reader, constants::*,
};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// What a list counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct From {
    pub encoding: Encoding,
    /// The unit's base address.
    pub low: u64,
    /// Where its addresses are in `.debug_addr`.
    pub addresses: Option<u64>,
}

/// A section of lists: of one instance, and what becomes of it.
pub struct Section<'s> {
    old: &'s [u8],
    /// The section of the result, at whose end the lists are written.
    pub out: Vec<u8>,
    /// By where the offsets of each table were.
    tables: BTreeMap<u64, Table>,
    /// The contribution that is being written: where its length is, and of how many bytes that is.
    open: Option<(usize, usize)>,
    /// Offsets of all tables, up to now.
    entries: usize,
    /// Bytes of lists that have been read.
    read: usize,
    /// Where the lists are now that a unit, which counts from here, has by their offsets; what they tell of is part of
    /// what they were.
    lists: (Option<From>, HashMap<(u64, bool), u64>),
}

struct Table {
    new: usize,
    entries: Vec<Option<From>>,
}

impl<'s> Section<'s> {
    pub fn new(old: &'s [u8], out: Vec<u8>) -> Section<'s> {
        Section {
            old,
            out,
            tables: BTreeMap::new(),
            open: None,
            entries: 0,
            read: 0,
            lists: Default::default(),
        }
    }

    /// Ends the last contribution.
    pub fn close(&mut self) -> Translated<()> {
        let Some((at, word)) = self.open.take() else { return Ok(()) };
        let length = self.out.len().saturating_sub(at).saturating_sub(word) as u64;
        patch(&mut self.out, at, word, length)
    }

    /// Begins a contribution with a table of so many offsets: where they are.
    fn begin(&mut self, encoding: Encoding, count: usize) -> Translated<usize> {
        self.close()?;
        let out = &mut self.out;
        let word = usize::from(encoding.format.word_size());
        if encoding.format == Format::Dwarf64 {
            push(out, 4, u32::MAX.into())?;
        }
        self.open = Some((out.len(), word));
        push(out, word, 0)?;
        push(out, 2, encoding.version.into())?;
        push(out, 1, encoding.address_size.into())?;
        push(out, 1, 0)?;
        push(out, 4, count as u64)?;
        let offsets = out.len();
        // What nobody refers to is an empty list, behind the table.
        let empty = count.saturating_mul(word) as u64;
        for _ in 0..count {
            push(out, word, empty)?;
        }
        out.push(0);
        Ok(offsets)
    }

    /// Where the offsets of the table are that were at `base`.
    pub fn table(&mut self, base: u64, encoding: Encoding) -> Translated<u64> {
        if let Some(table) = self.tables.get(&base) {
            return Ok(table.new as u64);
        }
        let at = usize::try_from(base).map_err(|_| Left::Malformed)?;
        // The number of offsets is in front of them.
        let count = self.old.get(at.checked_sub(4).ok_or(Left::Malformed)?..at).and_then(|b| b.first_chunk());
        let count = u32::from_le_bytes(*count.ok_or(Left::Malformed)?) as usize;
        let size = count.saturating_mul(encoding.format.word_size().into());
        if at.saturating_add(size) > self.old.len() {
            return Err(Left::Malformed);
        }
        self.entries = self.entries.saturating_add(size);
        if self.entries > self.old.len() {
            return Err(Left::Budget);
        }
        let new = self.begin(encoding, count)?;
        self.tables.insert(base, Table { new, entries: vec![None; count] });
        Ok(new as u64)
    }

    /// Translates a list that stands at a place of a table, once.
    pub fn indexed(
        &mut self,
        (base, index): (u64, u64),
        from: From,
        list: impl FnOnce(&mut Section, u64) -> Translated<u64>,
    ) -> Translated<()> {
        let word = usize::from(from.encoding.format.word_size());
        let index = usize::try_from(index).map_err(|_| Left::Malformed)?;
        let table = self.tables.get_mut(&base).ok_or(Left::Malformed)?;
        let new = table.new;
        match table.entries.get_mut(index).ok_or(Left::Malformed)? {
            Some(first) if *first == from => return Ok(()),
            Some(_) => return Err(Left::Budget),
            entry => *entry = Some(from),
        }
        let offset = index.saturating_mul(word);
        let mut reader = EndianSlice::new(self.old, LittleEndian);
        reader.skip(usize::try_from(base).map_err(|_| Left::Malformed)?)?;
        reader.skip(offset)?;
        let old =
            base.checked_add(reader.read_offset(from.encoding.format)? as u64).ok_or(Left::Malformed)?;
        let at = list(self, old)?;
        patch(
            &mut self.out,
            new.saturating_add(offset),
            word,
            at.checked_sub(new as u64).ok_or(Left::Malformed)?,
        )
    }

    /// There is a contribution for a list that no table knows.
    fn opened(&mut self, encoding: Encoding) -> Translated<()> {
        match self.open {
            Some(_) => Ok(()),
            None => self.begin(encoding, 0).map(drop),
        }
    }

    /// Translates a list that several entries of a unit may have, once.
    pub fn once(
        &mut self,
        offset: u64,
        is_location: bool,
        from: From,
        list: impl FnOnce(&mut Section, u64) -> Translated<u64>,
    ) -> Translated<u64> {
        if self.lists.0 != Some(from) {
            self.lists = (Some(from), HashMap::new());
        }
        if let Some(at) = self.lists.1.get(&(offset, is_location)) {
            return Ok(*at);
        }
        let at = list(self, offset)?;
        self.lists.1.insert((offset, is_location), at);
        Ok(at)
    }

    fn has_read(&mut self, bytes: usize) -> Translated<()> {
        self.read = self.read.saturating_add(bytes);
        // Units of one module do not share lists, but could.
        if self.read > self.old.len().saturating_mul(2) { Err(Left::Budget) } else { Ok(()) }
    }
}

/// What the lists of one instance are translated with.
pub struct Lists<'l, 'p> {
    pub places: &'l Places<'p>,
    /// Its `.debug_addr`.
    pub addresses: &'l [u8],
    pub counts: &'l mut Counts,
}

impl Lists<'_, '_> {
    /// Translates a list of ranges: where it is now.
    pub fn ranges(&mut self, section: &mut Section, offset: u64, from: From) -> Translated<u64> {
        let offset = RangeListsOffset(usize::try_from(offset).map_err(|_| Left::Malformed)?);
        let bytes: Bytes = EndianSlice::new(section.old, LittleEndian);
        let lists = RangeLists::new(DebugRanges::from(bytes), DebugRngLists::from(bytes));
        let mut entries = lists.raw_ranges(offset, from.encoding)?;
        let writer = Writer::begin(section, from)?;
        let mut base = from.low;
        while let Some(entry) = entries.next()? {
            let size =
                if from.encoding.version < 5 { usize::from(from.encoding.address_size) * 2 } else { 1 };
            section.has_read(size)?;
            let range = match entry {
                RawRngListEntry::BaseAddress { addr } => {
                    base = addr;
                    continue;
                }
                RawRngListEntry::BaseAddressx { addr } => {
                    base = self.address(from, addr.0)?;
                    continue;
                }
                RawRngListEntry::AddressOrOffsetPair { begin, end }
                | RawRngListEntry::OffsetPair { begin, end } => {
                    base.wrapping_add(begin)..base.wrapping_add(end)
                }
                RawRngListEntry::StartEnd { begin, end } => begin..end,
                RawRngListEntry::StartLength { begin, length } => begin..begin.wrapping_add(length),
                RawRngListEntry::StartxEndx { begin, end } => {
                    self.address(from, begin.0)?..self.address(from, end.0)?
                }
                RawRngListEntry::StartxLength { begin, length } => {
                    let begin = self.address(from, begin.0)?;
                    begin..begin.wrapping_add(length)
                }
            };
            if let Some(range) = self.span(range, What::Range) {
                writer.range(range, DW_RLE_start_length.0, &mut section.out)?;
            }
        }
        writer.end(&mut section.out)
    }

    /// Translates a list of locations: where it is now.
    pub fn locations(
        &mut self,
        section: &mut Section,
        offset: u64,
        from: From,
        context: &Context,
        slot: &mut impl FnMut(u64) -> Translated<()>,
    ) -> Translated<u64> {
        let offset = LocationListsOffset(usize::try_from(offset).map_err(|_| Left::Malformed)?);
        let bytes: Bytes = EndianSlice::new(section.old, LittleEndian);
        let lists = LocationLists::new(DebugLoc::from(bytes), DebugLocLists::from(bytes));
        let mut entries = lists.raw_locations(offset, from.encoding)?;
        let writer = Writer::begin(section, from)?;
        let mut base = from.low;
        while let Some(entry) = entries.next()? {
            let (range, data) = match entry {
                RawLocListEntry::BaseAddress { addr } => {
                    base = addr;
                    section.has_read(1)?;
                    continue;
                }
                RawLocListEntry::BaseAddressx { addr } => {
                    base = self.address(from, addr.0)?;
                    section.has_read(1)?;
                    continue;
                }
                RawLocListEntry::AddressOrOffsetPair { begin, end, data }
                | RawLocListEntry::OffsetPair { begin, end, data } => {
                    (Some(base.wrapping_add(begin)..base.wrapping_add(end)), data)
                }
                RawLocListEntry::StartEnd { begin, end, data } => (Some(begin..end), data),
                RawLocListEntry::StartLength { begin, length, data } => {
                    (Some(begin..begin.wrapping_add(length)), data)
                }
                RawLocListEntry::StartxEndx { begin, end, data } => {
                    (Some(self.address(from, begin.0)?..self.address(from, end.0)?), data)
                }
                RawLocListEntry::StartxLength { begin, length, data } => {
                    let begin = self.address(from, begin.0)?;
                    (Some(begin..begin.wrapping_add(length)), data)
                }
                RawLocListEntry::DefaultLocation { data } => (None, data),
            };
            let data = data.0.slice();
            section.has_read(data.len().saturating_add(1))?;
            let range = match range {
                Some(range) => match self.span(range, What::Location) {
                    Some(range) => Some(range),
                    None => continue,
                },
                None => None,
            };
            let data = match expression::translate(data, context, slot) {
                Ok(data) => data,
                Err(why) => {
                    self.counts.add(What::Location, why);
                    continue;
                }
            };
            let out = &mut section.out;
            match range {
                Some(range) => writer.range(range, DW_LLE_start_length.0, out)?,
                None => out.push(DW_LLE_default_location.0),
            }
            if from.encoding.version < 5 {
                push(out, 2, data.len() as u64)?;
            } else {
                push_uleb(out, data.len() as u64);
            }
            out.extend_from_slice(&data);
        }
        writer.end(&mut section.out)
    }

    /// An address of `.debug_addr`.
    pub fn address(&self, from: From, index: usize) -> Translated<u64> {
        let at = slot(from, index as u64)?;
        let mut reader = EndianSlice::new(self.addresses, LittleEndian);
        reader.skip(at)?;
        Ok(reader.read_address(from.encoding.address_size)?)
    }

    fn span(&mut self, range: Range<u64>, what: What) -> Option<Range<u64>> {
        match self.places.span(range.start, range.end) {
            Span::At(range) => Some(range),
            Span::Gone | Span::Outside => None,
            Span::Changed => {
                self.counts.add(what, Left::Changed);
                None
            }
        }
    }
}

/// Where in `.debug_addr` an address is.
pub fn slot(from: From, index: u64) -> Translated<usize> {
    let at = index.checked_mul(from.encoding.address_size.into());
    let at = at.and_then(|at| at.checked_add(from.addresses?)).ok_or(Left::Malformed)?;
    usize::try_from(at).map_err(|_| Left::Malformed)
}

/// Writes one list.
struct Writer {
    start: usize,
    version: u16,
    address_size: usize,
}

impl Writer {
    fn begin(section: &mut Section, from: From) -> Translated<Writer> {
        let Encoding { version, address_size, .. } = from.encoding;
        let address_size = usize::from(address_size);
        if version >= 5 {
            section.opened(from.encoding)?;
        }
        let out = &mut section.out;
        let start = out.len();
        if version < 5 && from.low != 0 {
            // The ranges are written as addresses.
            push(out, address_size, u64::MAX >> 64usize.saturating_sub(address_size.saturating_mul(8)))?;
            push(out, address_size, 0)?;
        }
        Ok(Writer { start, version, address_size })
    }

    fn range(&self, range: Range<u64>, kind: u8, out: &mut Vec<u8>) -> Translated<()> {
        if self.version < 5 {
            push(out, self.address_size, range.start)?;
            return push(out, self.address_size, range.end);
        }
        out.push(kind);
        push(out, self.address_size, range.start)?;
        push_uleb(out, range.end.saturating_sub(range.start));
        Ok(())
    }

    fn end(self, out: &mut Vec<u8>) -> Translated<u64> {
        if self.version < 5 {
            push(out, self.address_size.saturating_mul(2), 0)?;
        } else {
            out.push(0);
        }
        Ok(self.start as u64)
    }
}
