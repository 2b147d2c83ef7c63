//! Units and their entries. In: the debug sections of one instance. Out: those sections, at the end of the result's.
//! Not its job: what the other sections have in them.
//!
//! An entry keeps its size, so that references within a unit stay as they are: bytes are copied, and numbers written
//! in the places of others. What would have to go away says nothing instead: an address is that of no code, a range
//! is empty, an expression does nothing.

// As DWARF has the names.
#![allow(non_upper_case_globals)]

use super::Guest;
use super::abbreviations::{Step, Tables, counts_addresses, is_location};
use super::bytes::{patch, patch_uleb};
use super::expression::{self, Context};
use super::guest::Copied;
use super::left::{Counts, Left, Translated, What};
use super::lists::{From, Lists, Section, slot};
use super::places::{Place, Places, Span};
use super::value::{Taken, Value, take};
use gimli::{
    DebugInfo, DwAt, DwForm, EndianSlice, Format, LittleEndian, Reader, UnitHeader, UnitType, constants::*,
};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// What is known of a unit before its entries are.
#[derive(Debug, Clone, Copy)]
struct Unit {
    from: From,
    rnglists: Option<u64>,
    loclists: Option<u64>,
    has_strings: bool,
    /// From places in the old section to places in `Translator::out`.
    start: usize,
    out: usize,
}

impl Unit {
    fn place(&self, at: usize) -> usize {
        at.saturating_sub(self.start).saturating_add(self.out)
    }
}

/// Translates the units of one instance.
pub struct Translator<'t, 'a> {
    pub guest: &'t Guest<'a>,
    pub places: &'t Places<'t>,
    pub copied: Copied,
    /// From the old offsets of line programs to the new ones.
    pub lines: BTreeMap<u64, u64>,
    pub old_addr: &'a [u8],
    /// Where the instance's addresses begin in `addr`.
    pub addresses: u64,
    /// The places in `.debug_addr` that somebody uses: whether for code.
    pub slots: HashMap<usize, bool>,
    pub memory: bool,
    pub out: Vec<u8>,
    pub addr: Vec<u8>,
    pub ranges: Section<'a>,
    pub rnglists: Section<'a>,
    pub loc: Section<'a>,
    pub loclists: Section<'a>,
    /// References from unit to unit: place, size, and to where in the old section.
    pub references: Vec<(usize, usize, u64)>,
    /// Of each unit that is in the result, where it was, and where it begins now.
    pub units: Vec<(Range<u64>, u64)>,
    pub counts: Counts,
}

impl<'a> Translator<'_, 'a> {
    /// Translates all units. What an error is about is no input.
    pub fn units(&mut self, section: &'a [u8], abbrev: &'a [u8]) -> Translated<()> {
        let mut headers = DebugInfo::new(section, LittleEndian).units();
        let mut tables = Tables { section: abbrev, read: 0, last: None };
        loop {
            let header = match headers.next() {
                Ok(Some(header)) => header,
                Ok(None) => break,
                Err(_) => {
                    self.counts.add(What::Unit, Left::Malformed);
                    break;
                }
            };
            let (out, references) = (self.out.len(), self.references.len());
            match self.unit(section, &header, &mut tables) {
                Ok(range) => self.units.push((range, out as u64)),
                Err(why) => {
                    self.out.truncate(out);
                    self.references.truncate(references);
                    self.counts.add(What::Unit, why);
                }
            }
        }
        for (at, size, old) in std::mem::take(&mut self.references) {
            let nth = self.units.partition_point(|(range, _)| range.end <= old);
            let new = match self.units.get(nth) {
                Some((range, new)) if range.start <= old => {
                    old.saturating_sub(range.start).saturating_add(*new)
                }
                _ => {
                    self.counts.add(What::Reference, Left::Expression);
                    nowhere(size)
                }
            };
            patch(&mut self.out, at, size, new)?;
        }
        Ok(())
    }

    /// Translates one unit to the end of `out`; with where it was.
    fn unit(
        &mut self,
        section: &'a [u8],
        header: &UnitHeader<Bytes<'a>>,
        tables: &mut Tables<'a>,
    ) -> Translated<Range<u64>> {
        let encoding = header.encoding();
        if !(2..=5).contains(&encoding.version) || !matches!(encoding.address_size, 4 | 8) {
            return Err(Left::Form);
        }
        match header.type_() {
            UnitType::Compilation | UnitType::Partial | UnitType::Type { .. } => {}
            _ => return Err(Left::Split),
        }
        let start = header.debug_info_offset().ok_or(Left::Malformed)?.0;
        let end = start.saturating_add(header.length_including_self());
        let first = start.saturating_add(header.size_of_header());
        let bytes = section.get(start..end).ok_or(Left::Malformed)?;
        let out = self.out.len();
        self.out.extend_from_slice(bytes);
        // Behind the length and the version, and from version 5 on behind the kind of unit and the size of addresses.
        let length = if encoding.format == Format::Dwarf64 { 12 } else { 4 };
        let behind = if encoding.version >= 5 { 4 } else { 2 };
        let abbrev = header.debug_abbrev_offset().0;
        let place = out.saturating_add(length).saturating_add(behind);
        let moved = self.copied.abbrev.saturating_add(abbrev as u64);
        patch(&mut self.out, place, encoding.format.word_size().into(), moved)?;

        tables.load(abbrev, encoding)?;
        let Some((_, _, table)) = &tables.last else { return Err(Left::Malformed) };
        let from = From { encoding, low: 0, addresses: None };
        let mut unit = Unit { from, rnglists: None, loclists: None, has_strings: false, start, out };
        let entries = section.get(first..end).ok_or(Left::Malformed)?;
        let mut reader = EndianSlice::new(entries, LittleEndian);
        let at = |reader: &Bytes| end.saturating_sub(reader.len());
        let root = table.get(reader.read_uleb128()?).ok_or(Left::Malformed)?;
        self.bases(&mut unit, root, reader, &at)?;
        if table.has_indexed_strings && !unit.has_strings {
            return Err(Left::Malformed);
        }
        let mut reader = EndianSlice::new(entries, LittleEndian);
        while !reader.is_empty() {
            let code = reader.read_uleb128()?;
            if code != 0 {
                let steps = table.get(code).ok_or(Left::Malformed)?;
                self.entry(&unit, steps, &mut reader, &at)?;
            }
        }
        Ok(start as u64..end as u64)
    }

    /// Finds out what a unit's first entry says for all others.
    fn bases(
        &self,
        unit: &mut Unit,
        steps: &[Step],
        mut reader: Bytes<'a>,
        at: &impl Fn(&Bytes<'a>) -> usize,
    ) -> Translated<()> {
        let mut low = None;
        for step in steps {
            let Some((name, taken)) = taken(*step, unit.from, &mut reader, at)? else { continue };
            match (name, taken.value) {
                (DW_AT_low_pc, value) => low = Some(value),
                (DW_AT_addr_base | DW_AT_GNU_addr_base, Value::Offset(base)) => {
                    unit.from.addresses = Some(base)
                }
                (DW_AT_rnglists_base, Value::Offset(base)) => unit.rnglists = Some(base),
                (DW_AT_str_offsets_base, Value::Offset(_)) => unit.has_strings = true,
                (DW_AT_loclists_base, Value::Offset(base)) => unit.loclists = Some(base),
                _ => {}
            }
        }
        unit.from.low = match low {
            Some(Value::Address(address)) => address,
            Some(Value::Index(index)) => self.indexed_address(unit, index)?,
            _ => 0,
        };
        Ok(())
    }

    fn indexed_address(&self, unit: &Unit, index: u64) -> Translated<u64> {
        let mut reader = EndianSlice::new(self.old_addr, LittleEndian);
        reader.skip(slot(unit.from, index)?)?;
        Ok(reader.read_address(unit.from.encoding.address_size)?)
    }

    /// Translates one entry, which has been copied.
    fn entry(
        &mut self,
        unit: &Unit,
        steps: &[Step],
        reader: &mut Bytes<'a>,
        at: &impl Fn(&Bytes<'a>) -> usize,
    ) -> Translated<()> {
        let (mut low, mut high) = (None, None);
        for step in steps {
            let Some((name, taken)) = taken(*step, unit.from, reader, at)? else { continue };
            let twice = match name {
                DW_AT_low_pc => low.replace(taken).is_some(),
                DW_AT_high_pc => high.replace(taken).is_some(),
                _ => {
                    self.attribute(unit, name, taken)?;
                    false
                }
            };
            if twice {
                return Err(Left::Malformed);
            }
        }
        match (low, high) {
            (None, None) => Ok(()),
            (Some(low), None) => self.attribute(unit, DW_AT_low_pc, low),
            (None, Some(_)) => Err(Left::Malformed),
            (Some(low), Some(high)) => self.low_and_high(unit, low, high),
        }
    }

    /// The addresses from which and up to which there is code of an entry.
    fn low_and_high(&mut self, unit: &Unit, low: Taken, high: Taken) -> Translated<()> {
        let begin = match low.value {
            Value::Address(address) => address,
            Value::Index(index) => self.indexed_address(unit, index)?,
            _ => return Err(Left::Form),
        };
        let end = match high.value {
            Value::Address(address) => address,
            Value::Index(index) => self.indexed_address(unit, index)?,
            Value::Number(size) => begin.wrapping_add(size),
            _ => return Err(Left::Form),
        };
        let place = unit.place(high.at);
        match (self.places.span(begin, end), high.value) {
            (Span::At(range), Value::Number(_)) => {
                let size = range.end.saturating_sub(range.start);
                self.number(&high, place, size)?;
            }
            (Span::At(range), Value::Address(_)) => patch(&mut self.out, place, high.size, range.end)?,
            // It is that of no code, of code that has gone, or the same as the first.
            (Span::Gone | Span::Outside, Value::Address(_)) => {
                let end = self.address(end, high.size);
                patch(&mut self.out, place, high.size, end)?;
            }
            (Span::Changed, Value::Address(_)) if let Value::Address(_) = low.value => {
                self.counts.add(What::Range, Left::Changed);
                patch(&mut self.out, place, high.size, nowhere(high.size))?;
                return patch(&mut self.out, unit.place(low.at), low.size, nowhere(low.size));
            }
            (Span::Changed, Value::Number(_)) => {
                self.counts.add(What::Range, Left::Changed);
                self.number(&high, place, 0)?;
            }
            (Span::Gone | Span::Outside, Value::Number(_)) => {}
            // An index means an address that others may use, too.
            _ => return Err(Left::Changed),
        }
        self.attribute(unit, DW_AT_low_pc, low)
    }

    fn number(&mut self, taken: &Taken, place: usize, number: u64) -> Translated<()> {
        match taken.form {
            DW_FORM_udata => patch_uleb(&mut self.out, place, taken.size, number),
            DW_FORM_sdata if number == 0 => patch_uleb(&mut self.out, place, taken.size, number),
            DW_FORM_sdata => Err(Left::Form),
            _ => patch(&mut self.out, place, taken.size, number),
        }
    }

    /// Translates one attribute.
    fn attribute(&mut self, unit: &Unit, name: DwAt, taken: Taken) -> Translated<()> {
        let Taken { value, form, at, size } = taken;
        let place = unit.place(at);
        let new = match value {
            Value::Address(address) => self.address(address, size),
            Value::Index(index) => return self.index(unit, index),
            Value::Str(offset) => offset.checked_add(self.copied.strings.str).ok_or(Left::Malformed)?,
            Value::LineStr(offset) => {
                offset.checked_add(self.copied.strings.line_str).ok_or(Left::Malformed)?
            }
            Value::Reference(to) => {
                self.references.push((place, size, to));
                return Ok(());
            }
            Value::Expression(bytes) => return self.expression(unit, name, bytes, place),
            Value::Offset(offset) => self.offset(unit, name, offset)?,
            Value::List(index) => return self.list(unit, form, name, index),
            // Bytes of code, counted from somewhere.
            Value::Number(_) if counts_addresses(name) => return Err(Left::Form),
            Value::Number(_) | Value::Other => return Ok(()),
        };
        patch(&mut self.out, place, size, new)
    }

    /// What an address of code is now; one that it has never been stays: 0, and what linkers write for nothing.
    fn address(&mut self, address: u64, size: usize) -> u64 {
        match self.places.at(address) {
            Place::At(address) => address,
            Place::Outside if address == 0 => 0,
            Place::Outside | Place::Gone => nowhere(size),
            Place::Changed => {
                self.counts.add(What::Address, Left::Changed);
                nowhere(size)
            }
        }
    }

    /// An address of code in `.debug_addr`.
    fn index(&mut self, unit: &Unit, index: u64) -> Translated<()> {
        let at = slot(unit.from, index)?;
        match self.slots.insert(at, true) {
            Some(true) => return Ok(()),
            // Somebody takes it for an address of data.
            Some(false) => return Err(Left::Malformed),
            None => {}
        }
        let old = self.indexed_address(unit, index)?;
        let size = unit.from.encoding.address_size.into();
        let new = self.address(old, size);
        let place = usize::try_from(self.addresses).map_err(|_| Left::Malformed)?.saturating_add(at);
        patch(&mut self.addr, place, size, new)
    }

    /// An offset into another section.
    fn offset(&mut self, unit: &Unit, name: DwAt, offset: u64) -> Translated<u64> {
        match name {
            DW_AT_stmt_list => self.lines.get(&offset).copied().ok_or(Left::Malformed),
            DW_AT_str_offsets_base if self.copied.has_offsets => {
                offset.checked_add(self.copied.offsets).ok_or(Left::Malformed)
            }
            DW_AT_addr_base => offset.checked_add(self.addresses).ok_or(Left::Malformed),
            DW_AT_rnglists_base => self.rnglists.table(offset, unit.from.encoding),
            DW_AT_loclists_base => self.loclists.table(offset, unit.from.encoding),
            DW_AT_ranges => {
                let section = match unit.from.encoding.version {
                    ..5 => &mut self.ranges,
                    _ => &mut self.rnglists,
                };
                let mut lists =
                    Lists { places: self.places, addresses: self.old_addr, counts: &mut self.counts };
                section.once(offset, false, unit.from, |section, offset| {
                    lists.ranges(section, offset, unit.from)
                })
            }
            _ if is_location(name) => self.locations(unit, name, offset, false),
            // The section is not carried over, so that nothing is there.
            DW_AT_macro_info | DW_AT_macros | DW_AT_GNU_macros => Ok(offset),
            _ => Err(Left::Form),
        }
    }

    /// A list that a table knows.
    fn list(&mut self, unit: &Unit, form: DwForm, name: DwAt, index: u64) -> Translated<()> {
        if form == DW_FORM_loclistx {
            return self.locations(unit, name, index, true).map(drop);
        }
        let base = unit.rnglists.ok_or(Left::Malformed)?;
        self.rnglists.table(base, unit.from.encoding)?;
        let mut lists = Lists { places: self.places, addresses: self.old_addr, counts: &mut self.counts };
        self.rnglists
            .indexed((base, index), unit.from, |section, offset| lists.ranges(section, offset, unit.from))
    }

    /// A list of locations, by its offset or by its index in a table.
    fn locations(&mut self, unit: &Unit, name: DwAt, at: u64, indexed: bool) -> Translated<u64> {
        let context = context(self.guest, self.memory, unit, name);
        let (slots, end) = (&mut self.slots, self.old_addr.len());
        let mut data = |index| use_for_data(slots, end, unit, index);
        let mut lists = Lists { places: self.places, addresses: self.old_addr, counts: &mut self.counts };
        let translate =
            |section: &mut Section, offset| lists.locations(section, offset, unit.from, &context, &mut data);
        if !indexed {
            let section = match unit.from.encoding.version {
                ..5 => &mut self.loc,
                _ => &mut self.loclists,
            };
            return section.once(at, context.is_location, unit.from, translate);
        }
        let base = unit.loclists.ok_or(Left::Malformed)?;
        self.loclists.table(base, unit.from.encoding)?;
        self.loclists.indexed((base, at), unit.from, translate)?;
        Ok(0)
    }

    /// An expression; one that has no meaning in the result becomes one that does nothing.
    fn expression(&mut self, unit: &Unit, name: DwAt, bytes: &[u8], place: usize) -> Translated<()> {
        let context = context(self.guest, self.memory, unit, name);
        let (slots, end) = (&mut self.slots, self.old_addr.len());
        let translated =
            expression::translate(bytes, &context, &mut |index| use_for_data(slots, end, unit, index));
        let new = match translated {
            Ok(new) => new,
            Err(why) => {
                self.counts.add(What::Location, why);
                vec![DW_OP_nop.0; bytes.len()]
            }
        };
        let out = self.out.get_mut(place..place.saturating_add(new.len())).ok_or(Left::Malformed)?;
        out.copy_from_slice(&new);
        Ok(())
    }
}

fn context<'g>(guest: &'g Guest, memory: bool, unit: &Unit, name: DwAt) -> Context<'g> {
    let is_location = matches!(
        name,
        DW_AT_location
            | DW_AT_string_length
            | DW_AT_return_addr
            | DW_AT_use_location
            | DW_AT_static_link
            | DW_AT_segment
    );
    Context { encoding: unit.from.encoding, globals: &guest.globals, memory, is_location }
}

/// A place in `.debug_addr` has no address of code, and stays as it is.
fn use_for_data(slots: &mut HashMap<usize, bool>, end: usize, unit: &Unit, index: u64) -> Translated<()> {
    let at = slot(unit.from, index)?;
    if at >= end {
        return Err(Left::Malformed);
    }
    match slots.insert(at, false) {
        Some(true) => Err(Left::Expression),
        _ => Ok(()),
    }
}

/// The address of no code, and the offset of nothing: the largest number of so many bytes.
fn nowhere(size: usize) -> u64 {
    u64::MAX >> 64usize.saturating_sub(size.saturating_mul(8)).min(63)
}

/// Reads what a step is about: an attribute, or nothing where all stays as it is.
fn taken<'a>(
    step: Step,
    from: From,
    reader: &mut Bytes<'a>,
    at: &impl Fn(&Bytes<'a>) -> usize,
) -> Translated<Option<(DwAt, Taken<'a>)>> {
    match step {
        Step::Skip(bytes) => {
            reader.skip(bytes as usize)?;
            Ok(None)
        }
        Step::Take(name, form) => Ok(Some((name, take(name, form, from, reader, at)?))),
    }
}
