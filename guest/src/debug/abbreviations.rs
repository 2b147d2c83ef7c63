//! The abbreviations of a unit. In: a table of `.debug_abbrev`. Out: for each code, what a reader of entries has
//! to stop at, and how much it skips in between. Not its job: what the attributes become (`info`).

// As DWARF has the names.
#![allow(non_upper_case_globals)]

use super::left::{Left, Translated};
use gimli::{DwAt, DwForm, Encoding, EndianSlice, LittleEndian, Reader, constants::*};

/// One thing to do in an entry.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Attributes that stay as they are, of so many bytes.
    Skip(u32),
    /// An attribute that may change, or that says how long it is.
    Take(DwAt, DwForm),
}

/// The abbreviations of one table.
pub struct Abbreviations {
    /// The codes, ascending, with the first and the last of their steps.
    codes: Vec<(u64, u32, u32)>,
    steps: Vec<Step>,
    /// Strings are told by their index in `.debug_str_offsets`.
    pub has_indexed_strings: bool,
}

impl Abbreviations {
    /// Reads the table at the start of `section`; with how many bytes it has.
    pub fn parse(section: &[u8], encoding: Encoding) -> Translated<(Abbreviations, usize)> {
        let mut reader = EndianSlice::new(section, LittleEndian);
        let mut table = Abbreviations { codes: Vec::new(), steps: Vec::new(), has_indexed_strings: false };
        loop {
            let code = reader.read_uleb128()?;
            if code == 0 {
                break;
            }
            reader.read_uleb128()?;
            reader.read_u8()?;
            let first = table.steps.len() as u32;
            loop {
                let (name, form) = (reader.read_uleb128_u16()?, reader.read_uleb128_u16()?);
                if (name, form) == (0, 0) {
                    break;
                }
                let (name, form) = (DwAt(name), DwForm(form));
                if form == DW_FORM_implicit_const {
                    reader.read_sleb128()?;
                }
                table.attribute(name, form, encoding, first as usize)?;
            }
            table.codes.push((code, first, table.steps.len() as u32));
        }
        if !table.codes.is_sorted_by_key(|(code, ..)| *code) {
            table.codes.sort_unstable();
        }
        if table.codes.windows(2).any(|two| matches!(two, [(a, ..), (b, ..)] if a == b)) {
            return Err(Left::Malformed);
        }
        Ok((table, section.len().saturating_sub(reader.len())))
    }

    /// The steps of a code.
    pub fn get(&self, code: u64) -> Option<&[Step]> {
        // Mostly the codes are 1, 2, 3 and so on.
        let guess =
            self.codes.get(usize::try_from(code).ok()?.checked_sub(1)?).filter(|found| found.0 == code);
        let found = match guess {
            Some(found) => found,
            None => self.codes.get(self.codes.binary_search_by_key(&code, |found| found.0).ok()?)?,
        };
        self.steps.get(found.1 as usize..found.2 as usize)
    }

    fn attribute(&mut self, name: DwAt, form: DwForm, encoding: Encoding, first: usize) -> Translated<()> {
        self.has_indexed_strings |=
            matches!(form, DW_FORM_strx | DW_FORM_strx1 | DW_FORM_strx2 | DW_FORM_strx3 | DW_FORM_strx4);
        match fixed(name, form, encoding)? {
            Some(0) => {}
            Some(more) => match self.steps.get_mut(first..).unwrap_or_default().last_mut() {
                Some(Step::Skip(bytes)) => *bytes = bytes.checked_add(more).ok_or(Left::Malformed)?,
                _ => self.steps.push(Step::Skip(more)),
            },
            None => self.steps.push(Step::Take(name, form)),
        }
        Ok(())
    }
}

/// Whether an attribute of this name is an address, or a number that counts from one, where its form is that of a
/// number.
pub fn counts_addresses(name: DwAt) -> bool {
    matches!(name, DW_AT_high_pc | DW_AT_low_pc | DW_AT_entry_pc | DW_AT_start_scope)
}

/// Whether an attribute of this name says where another section is to be read, where its form does not say so
/// (before version 4).
pub fn is_pointer(name: DwAt) -> bool {
    is_location(name) || matches!(name, DW_AT_stmt_list | DW_AT_ranges | DW_AT_macro_info | DW_AT_start_scope)
}

/// Whether an attribute of this name has a location list, where its form is that of an offset.
pub fn is_location(name: DwAt) -> bool {
    matches!(
        name,
        DW_AT_location
            | DW_AT_string_length
            | DW_AT_return_addr
            | DW_AT_data_member_location
            | DW_AT_frame_base
            | DW_AT_segment
            | DW_AT_static_link
            | DW_AT_use_location
            | DW_AT_vtable_elem_location
    )
}

/// How many bytes an attribute has that always stays as it is. None: it may change, or says itself how long it is.
fn fixed(name: DwAt, form: DwForm, encoding: Encoding) -> Translated<Option<u32>> {
    let special = counts_addresses(name) || matches!(name, DW_AT_dwo_name | DW_AT_GNU_dwo_name);
    let pointer = encoding.version < 4 && is_pointer(name);
    Ok(match form {
        DW_FORM_implicit_const | DW_FORM_flag_present if special => return Err(Left::Form),
        DW_FORM_implicit_const | DW_FORM_flag_present => Some(0),
        DW_FORM_data4 | DW_FORM_data8 if pointer => None,
        _ if special => None,
        DW_FORM_data1 | DW_FORM_ref1 | DW_FORM_flag | DW_FORM_strx1 => Some(1),
        DW_FORM_data2 | DW_FORM_ref2 | DW_FORM_strx2 => Some(2),
        DW_FORM_strx3 => Some(3),
        DW_FORM_data4 | DW_FORM_ref4 | DW_FORM_strx4 => Some(4),
        DW_FORM_data8 | DW_FORM_ref8 | DW_FORM_ref_sig8 => Some(8),
        DW_FORM_data16 => Some(16),
        DW_FORM_addr | DW_FORM_addrx | DW_FORM_addrx1 | DW_FORM_addrx2 | DW_FORM_addrx3 | DW_FORM_addrx4
        | DW_FORM_strp | DW_FORM_line_strp | DW_FORM_sec_offset | DW_FORM_ref_addr | DW_FORM_exprloc
        | DW_FORM_loclistx | DW_FORM_rnglistx | DW_FORM_block1 | DW_FORM_block2 | DW_FORM_block4
        | DW_FORM_block | DW_FORM_udata | DW_FORM_sdata | DW_FORM_ref_udata | DW_FORM_strx
        | DW_FORM_string => None,
        _ => return Err(Left::Form),
    })
}

/// The abbreviations, of which one table is at hand.
pub struct Tables<'a> {
    pub section: &'a [u8],
    /// Bytes that have been read.
    pub read: usize,
    pub last: Option<(usize, Encoding, Abbreviations)>,
}

impl Tables<'_> {
    /// Reads the table at an offset, unless it is at hand.
    pub fn load(&mut self, offset: usize, encoding: Encoding) -> Translated<()> {
        if self.last.as_ref().is_some_and(|(at, for_, _)| (*at, *for_) == (offset, encoding)) {
            return Ok(());
        }
        // Each is read once or twice by those that share it; a table of everybody's is read again and again.
        if self.read > self.section.len().saturating_mul(8) {
            return Err(Left::Budget);
        }
        let (table, bytes) =
            Abbreviations::parse(self.section.get(offset..).ok_or(Left::Malformed)?, encoding)?;
        self.read = self.read.saturating_add(bytes);
        self.last = Some((offset, encoding, table));
        Ok(())
    }
}
