//! Attributes. In: one in an entry, by its name and form. Out: what is in it, and where that is. Not its job: what
//! becomes of it (`info`).

// As DWARF has the names.
#![allow(non_upper_case_globals)]

use super::abbreviations::is_pointer;
use super::bytes::length;
use super::left::{Left, Translated};
use super::lists::From;
use gimli::{DwAt, DwForm, EndianSlice, LittleEndian, Reader, constants::*};

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// A value of an entry that is taken, at a place of the old section.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    Address(u64),
    /// Into `.debug_addr`.
    Index(u64),
    /// An offset into another section.
    Offset(u64),
    Str(u64),
    LineStr(u64),
    /// To another unit, perhaps.
    Reference(u64),
    Expression(&'a [u8]),
    /// Into a table of lists.
    List(u64),
    Number(u64),
    Other,
}

pub struct Taken<'a> {
    pub value: Value<'a>,
    pub form: DwForm,
    pub at: usize,
    pub size: usize,
}

/// Reads a value, and says what it is.
pub fn take<'a>(
    name: DwAt,
    form: DwForm,
    from: From,
    reader: &mut Bytes<'a>,
    at: &impl Fn(&Bytes<'a>) -> usize,
) -> Translated<Taken<'a>> {
    let gimli::Encoding { format, version, address_size } = from.encoding;
    let mut start = at(reader);
    let offset = |reader: &mut Bytes<'a>| reader.read_offset(format).map(|offset| offset as u64);
    if matches!(name, DW_AT_dwo_name | DW_AT_GNU_dwo_name) {
        return Err(Left::Split);
    }
    let value = match form {
        DW_FORM_addr => Value::Address(reader.read_address(address_size)?),
        DW_FORM_addrx => Value::Index(reader.read_uleb128()?),
        DW_FORM_addrx1 => Value::Index(reader.read_u8()?.into()),
        DW_FORM_addrx2 => Value::Index(reader.read_u16()?.into()),
        DW_FORM_addrx3 => Value::Index(reader.read_uint(3)?),
        DW_FORM_addrx4 => Value::Index(reader.read_u32()?.into()),
        DW_FORM_strp => Value::Str(offset(reader)?),
        DW_FORM_line_strp => Value::LineStr(offset(reader)?),
        DW_FORM_sec_offset => Value::Offset(offset(reader)?),
        DW_FORM_ref_addr if version == 2 => Value::Reference(reader.read_address(address_size)?),
        DW_FORM_ref_addr => Value::Reference(offset(reader)?),
        DW_FORM_loclistx | DW_FORM_rnglistx => Value::List(reader.read_uleb128()?),
        DW_FORM_exprloc | DW_FORM_block | DW_FORM_block1 | DW_FORM_block2 | DW_FORM_block4 => {
            let length = match form {
                DW_FORM_block1 => reader.read_u8()?.into(),
                DW_FORM_block2 => reader.read_u16()?.into(),
                DW_FORM_block4 => reader.read_u32()? as usize,
                _ => length(reader)?,
            };
            start = at(reader);
            let bytes = reader.split(length)?.slice();
            // Before version 4 expressions are blocks like others.
            let is_data = matches!(name, DW_AT_const_value | DW_AT_discr_list);
            match form == DW_FORM_exprloc || version < 4 && !is_data {
                true => Value::Expression(bytes),
                false => Value::Other,
            }
        }
        DW_FORM_data4 if version < 4 && is_pointer(name) => Value::Offset(reader.read_u32()?.into()),
        DW_FORM_data8 if version < 4 && is_pointer(name) => Value::Offset(reader.read_u64()?),
        DW_FORM_data1 => Value::Number(reader.read_u8()?.into()),
        DW_FORM_data2 => Value::Number(reader.read_u16()?.into()),
        DW_FORM_data4 => Value::Number(reader.read_u32()?.into()),
        DW_FORM_data8 => Value::Number(reader.read_u64()?),
        DW_FORM_udata => Value::Number(reader.read_uleb128()?),
        DW_FORM_sdata => Value::Number(reader.read_sleb128()?.cast_unsigned()),
        DW_FORM_ref_udata | DW_FORM_strx => {
            reader.skip_leb128()?;
            Value::Other
        }
        DW_FORM_string => {
            reader.read_null_terminated_slice()?;
            Value::Other
        }
        _ => return Err(Left::Form),
    };
    let size = at(reader).saturating_sub(start);
    Ok(Taken { value, form, at: start, size })
}
