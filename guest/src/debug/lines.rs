//! Line programs. In: the `.debug_line` of one instance. Out: the same programs for the addresses of the result, each
//! function in a sequence of its own. Not its job: which unit uses which.
//!
//! A program's head is copied as it is, but for offsets of strings. Its rows are found by running it, and what is
//! left of them is written anew. gimli reads these programs as well, but takes the whole list of files into memory
//! first, whose names may have a byte each.

// As DWARF has the names.
#![allow(non_upper_case_globals)]

use super::bytes::{length, patch, push, push_sleb, push_uleb};
use super::left::{Counts, Left, Translated, What};
use super::places::{Nth, Place, Places};
use gimli::{DwForm, EndianSlice, Format, LittleEndian, Reader, constants::*};
use std::collections::BTreeMap;

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// By how much offsets of strings grow.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strings {
    pub str: u64,
    pub line_str: u64,
}

/// The lengths that the standard opcodes from 1 on have, in arguments.
const LENGTHS: [u8; 12] = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

/// How many times its size a program may get: each function has a sequence of its own.
const GROWTH: usize = 16;

/// What a program's head says of its instructions.
struct Head {
    default_is_stmt: bool,
    line_base: i8,
    line_range: u8,
    opcode_base: u8,
}

/// The registers of the state machine (DWARF 5, 6.2.2) that are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Registers {
    address: u64,
    file: u64,
    line: u64,
    column: u64,
    is_stmt: bool,
    isa: u64,
    discriminator: u64,
    basic_block: bool,
    prologue_end: bool,
    epilogue_begin: bool,
}

impl Registers {
    fn new(is_stmt: bool) -> Registers {
        Registers {
            address: 0,
            file: 1,
            line: 1,
            column: 0,
            is_stmt,
            isa: 0,
            discriminator: 0,
            basic_block: false,
            prologue_end: false,
            epilogue_begin: false,
        }
    }

    /// After a row.
    fn row_is_over(&mut self) {
        self.discriminator = 0;
        (self.basic_block, self.prologue_end, self.epilogue_begin) = (false, false, false);
    }
}

/// Translates all programs, one after the other, to the end of `out`. The result says where each of them was and is.
pub fn translate(
    section: &[u8],
    places: &Places,
    strings: Strings,
    counts: &mut Counts,
    out: &mut Vec<u8>,
) -> BTreeMap<u64, u64> {
    let mut programs = BTreeMap::new();
    let mut reader = EndianSlice::new(section, LittleEndian);
    while !reader.is_empty() {
        let old = section.len().saturating_sub(reader.len()) as u64;
        let new = out.len();
        let program =
            reader.read_initial_length().and_then(|(length, format)| Ok((reader.split(length)?, format)));
        let Ok((program, format)) = program else {
            counts.add(What::LineProgram, Left::Malformed);
            break;
        };
        match one(program, format, places, strings, counts, out) {
            Ok(()) => {
                programs.insert(old, new as u64);
            }
            Err(why) => {
                out.truncate(new);
                counts.add(What::LineProgram, why);
            }
        }
    }
    programs
}

/// Translates what follows a program's length.
fn one(
    program: Bytes,
    format: Format,
    places: &Places,
    strings: Strings,
    counts: &mut Counts,
    out: &mut Vec<u8>,
) -> Translated<()> {
    let word = usize::from(format.word_size());
    if format == Format::Dwarf64 {
        push(out, 4, u32::MAX.into())?;
    }
    let length_at = out.len();
    push(out, word, 0)?;
    let start = out.len();
    let mut reader = program;
    let version = reader.read_u16()?;
    if !(2..=5).contains(&version) {
        return Err(Left::Form);
    }
    if version >= 5 && (!matches!(reader.read_u8()?, 4 | 8) || reader.read_u8()? != 0) {
        return Err(Left::Form);
    }
    let rest = reader.read_length(format)?;
    let mut head = reader.split(rest)?;
    let instructions = reader;
    // Both lie in one piece.
    let size = program.len().saturating_sub(instructions.len());
    out.extend_from_slice(program.slice().get(..size).ok_or(Left::Malformed)?);
    let read = read_head(&mut head, version)?;
    if version >= 5 {
        let at = |reader: &Bytes| {
            start
                .saturating_add(program.len())
                .saturating_sub(instructions.len())
                .saturating_sub(reader.len())
        };
        entries(&mut head, format, strings, &at, out)?;
        entries(&mut head, format, strings, &at, out)?;
    }
    let rows = out.len();
    let most = rows.saturating_add(instructions.len().saturating_mul(GROWTH)).saturating_add(64);
    let written =
        Writer { head: &read, places, out, most, counts, last: None, address_size: 4 }.run(instructions);
    if let Err(why) = written {
        out.truncate(rows);
        counts.add(What::LineSequence, why);
    }
    let size = out.len().saturating_sub(start) as u64;
    patch(out, length_at, word, size)
}

fn read_head(reader: &mut Bytes, version: u16) -> Translated<Head> {
    let min_length = reader.read_u8()?;
    let most_operations = if version >= 4 { reader.read_u8()? } else { 1 };
    let default_is_stmt = reader.read_u8()? != 0;
    let line_base = reader.read_i8()?;
    let line_range = reader.read_u8()?;
    let opcode_base = reader.read_u8()?;
    let lengths = reader.split(usize::from(opcode_base.checked_sub(1).ok_or(Left::Malformed)?))?;
    // WebAssembly's addresses are those of bytes. Before version 3 there were nine standard opcodes.
    let known = lengths.slice().get(..LENGTHS.len().min(lengths.len()))
        == LENGTHS.get(..lengths.len().min(LENGTHS.len()));
    if (min_length, most_operations) != (1, 1)
        || line_range == 0
        || opcode_base < 10
        || !known
        || lengths.len() > 12
    {
        return Err(Left::Form);
    }
    Ok(Head { default_is_stmt, line_base, line_range, opcode_base })
}

/// A table of directories or of files (version 5): the strings that it refers to have moved.
fn entries(
    reader: &mut Bytes,
    format: Format,
    strings: Strings,
    at: &impl Fn(&Bytes) -> usize,
    out: &mut [u8],
) -> Translated<()> {
    let mut forms = Vec::new();
    for _ in 0..reader.read_u8()? {
        reader.read_uleb128()?;
        forms.push(DwForm(reader.read_uleb128_u16()?));
    }
    let count = reader.read_uleb128()?;
    if forms.is_empty() {
        return if count == 0 { Ok(()) } else { Err(Left::Malformed) };
    }
    let word = format.word_size();
    // Each form takes a byte at least, so that the reader is at its end before long.
    for _ in 0..count {
        for form in &forms {
            let place = at(reader);
            match *form {
                DW_FORM_strp => {
                    let offset = reader.read_offset(format)? as u64;
                    patch(out, place, word.into(), offset.checked_add(strings.str).ok_or(Left::Malformed)?)?;
                }
                DW_FORM_line_strp => {
                    let offset = reader.read_offset(format)? as u64;
                    patch(
                        out,
                        place,
                        word.into(),
                        offset.checked_add(strings.line_str).ok_or(Left::Malformed)?,
                    )?;
                }
                DW_FORM_string => drop(reader.read_null_terminated_slice()?),
                DW_FORM_udata => drop(reader.read_uleb128()?),
                DW_FORM_data1 => reader.skip(1)?,
                DW_FORM_data2 => reader.skip(2)?,
                DW_FORM_data4 => reader.skip(4)?,
                DW_FORM_data8 => reader.skip(8)?,
                DW_FORM_data16 => reader.skip(16)?,
                DW_FORM_block => {
                    let length = length(reader)?;
                    reader.skip(length)?;
                }
                _ => return Err(Left::Form),
            }
        }
    }
    Ok(())
}

/// The sequence that is being written.
#[derive(Clone, Copy)]
struct Open {
    function: Nth,
    /// As the last row has left them.
    written: Registers,
}

struct Writer<'w, 'p> {
    head: &'w Head,
    places: &'w Places<'p>,
    out: &'w mut Vec<u8>,
    /// How long it may get.
    most: usize,
    counts: &'w mut Counts,
    last: Option<Open>,
    address_size: u8,
}

impl Writer<'_, '_> {
    /// Runs the program, and writes what its rows are.
    fn run(&mut self, mut reader: Bytes) -> Translated<()> {
        let Head { default_is_stmt, line_base, line_range, opcode_base } = *self.head;
        let mut now = Registers::new(default_is_stmt);
        let advance = |now: &mut Registers, by: u64| now.address = now.address.wrapping_add(by);
        while !reader.is_empty() {
            if self.out.len() > self.most {
                return Err(Left::Budget);
            }
            let opcode = reader.read_u8()?;
            if opcode >= opcode_base {
                let adjusted = opcode.wrapping_sub(opcode_base);
                advance(&mut now, (adjusted / line_range).into());
                let line = i64::from(line_base).wrapping_add((adjusted % line_range).into());
                now.line = now.line.wrapping_add(line.cast_unsigned());
                self.row(&mut now)?;
                continue;
            }
            match DwLns(opcode) {
                DwLns(0) => {
                    let length = length(&mut reader)?;
                    let whole = reader.split(length)?;
                    self.extended(whole, &mut now)?;
                }
                DW_LNS_copy => self.row(&mut now)?,
                DW_LNS_advance_pc => advance(&mut now, reader.read_uleb128()?),
                DW_LNS_advance_line => {
                    now.line = now.line.wrapping_add(reader.read_sleb128()?.cast_unsigned())
                }
                DW_LNS_set_file => now.file = reader.read_uleb128()?,
                DW_LNS_set_column => now.column = reader.read_uleb128()?,
                DW_LNS_negate_stmt => now.is_stmt = !now.is_stmt,
                DW_LNS_set_basic_block => now.basic_block = true,
                DW_LNS_const_add_pc => {
                    advance(&mut now, (255u8.wrapping_sub(opcode_base) / line_range).into());
                }
                DW_LNS_fixed_advance_pc => advance(&mut now, reader.read_u16()?.into()),
                DW_LNS_set_prologue_end => now.prologue_end = true,
                DW_LNS_set_epilogue_begin => now.epilogue_begin = true,
                DW_LNS_set_isa => now.isa = reader.read_uleb128()?,
                _ => return Err(Left::Form),
            }
        }
        // A sequence that does not end says nothing of its last row.
        match self.last {
            Some(_) => Err(Left::Malformed),
            None => Ok(()),
        }
    }

    fn extended(&mut self, whole: Bytes, now: &mut Registers) -> Translated<()> {
        let mut reader = whole;
        match DwLne(reader.read_u8()?) {
            DW_LNE_end_sequence => {
                self.end(now.address)?;
                *now = Registers::new(self.head.default_is_stmt);
            }
            DW_LNE_set_address => {
                self.address_size = u8::try_from(reader.len()).map_err(|_| Left::Malformed)?;
                if !matches!(self.address_size, 4 | 8) {
                    return Err(Left::Malformed);
                }
                now.address = reader.read_address(self.address_size)?;
            }
            DW_LNE_define_file => self.extension(whole.slice()),
            DW_LNE_set_discriminator => now.discriminator = reader.read_uleb128()?,
            _ => return Err(Left::Form),
        }
        Ok(())
    }

    /// A row of the old program, and perhaps one of the new.
    fn row(&mut self, now: &mut Registers) -> Translated<()> {
        let function = self.places.function(now.address);
        if self.last.is_some_and(|open| Some(open.function) != function) {
            // What comes before lasts to the end of its function.
            self.end(now.address)?;
        }
        if let Some(function) = function {
            match self.places.in_function(function, now.address) {
                Place::At(address) if self.last.is_none_or(|open| open.written.address <= address) => {
                    self.write(function, Registers { address, ..*now })?;
                }
                Place::At(_) | Place::Changed => {
                    self.counts.add(What::LineSequence, Left::Changed);
                    self.close(None)?;
                }
                Place::Gone | Place::Outside => {}
            }
        }
        now.row_is_over();
        Ok(())
    }

    fn write(&mut self, function: Nth, now: Registers) -> Translated<()> {
        let mut written = match self.last {
            Some(Open { written, .. }) => written,
            None => {
                let mut set = vec![DW_LNE_set_address.0];
                push(&mut set, self.address_size.into(), now.address)?;
                self.extension(&set);
                Registers { address: now.address, ..Registers::new(self.head.default_is_stmt) }
            }
        };
        if now.file != written.file {
            self.standard(DW_LNS_set_file, now.file);
        }
        if now.column != written.column {
            self.standard(DW_LNS_set_column, now.column);
        }
        if now.is_stmt != written.is_stmt {
            self.out.push(DW_LNS_negate_stmt.0);
        }
        if now.basic_block {
            self.out.push(DW_LNS_set_basic_block.0);
        }
        if now.isa != written.isa {
            self.standard(DW_LNS_set_isa, now.isa);
        }
        if now.prologue_end {
            self.out.push(DW_LNS_set_prologue_end.0);
        }
        if now.epilogue_begin {
            self.out.push(DW_LNS_set_epilogue_begin.0);
        }
        if now.discriminator != 0 {
            let mut set = vec![DW_LNE_set_discriminator.0];
            push_uleb(&mut set, now.discriminator);
            self.extension(&set);
        }
        let lines = now.line.wrapping_sub(written.line).cast_signed();
        let bytes = now.address.wrapping_sub(written.address);
        match self.special(lines, bytes) {
            Some(opcode) => self.out.push(opcode),
            None => {
                if bytes != 0 {
                    self.standard(DW_LNS_advance_pc, bytes);
                }
                match self.special(lines, 0) {
                    Some(opcode) => self.out.push(opcode),
                    None => {
                        self.out.push(DW_LNS_advance_line.0);
                        push_sleb(self.out, lines);
                        self.out.push(DW_LNS_copy.0);
                    }
                }
            }
        }
        written = now;
        written.row_is_over();
        self.last = Some(Open { function, written });
        Ok(())
    }

    /// The one opcode for a row that is so many lines and bytes further.
    fn special(&self, lines: i64, bytes: u64) -> Option<u8> {
        let Head { line_base, line_range, opcode_base, .. } = *self.head;
        let line = u64::try_from(lines.checked_sub(line_base.into())?).ok()?;
        if line >= line_range.into() {
            return None;
        }
        let opcode =
            bytes.checked_mul(line_range.into())?.checked_add(line)?.checked_add(opcode_base.into())?;
        u8::try_from(opcode).ok()
    }

    /// The sequence ends at an address of the old code, or before it where its function does.
    fn end(&mut self, address: u64) -> Translated<()> {
        let Some(Open { function, written }) = self.last else { return Ok(()) };
        let end = match self.places.end(function) {
            Some((old, new)) if address >= old => Some(new),
            Some(_) => match self.places.in_function(function, address) {
                Place::At(new) if new >= written.address => Some(new),
                _ => {
                    self.counts.add(What::LineSequence, Left::Changed);
                    None
                }
            },
            None => None,
        };
        self.close(end)
    }

    /// Ends the sequence; without a place, so that its last row covers nothing.
    fn close(&mut self, end: Option<u64>) -> Translated<()> {
        let Some(Open { written, .. }) = self.last.take() else { return Ok(()) };
        match end.and_then(|end| end.checked_sub(written.address)) {
            None | Some(0) => {}
            Some(bytes) => self.standard(DW_LNS_advance_pc, bytes),
        }
        self.extension(&[DW_LNE_end_sequence.0]);
        Ok(())
    }

    fn standard(&mut self, opcode: DwLns, argument: u64) {
        self.out.push(opcode.0);
        push_uleb(self.out, argument);
    }

    fn extension(&mut self, contents: &[u8]) {
        self.out.push(0);
        push_uleb(self.out, contents.len() as u64);
        self.out.extend_from_slice(contents);
    }
}
