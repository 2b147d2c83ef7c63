//! Numbers in bytes. In: bytes and a number. Out: the number in their place, or behind them. Not its job: reading,
//! which gimli does but for one kind.

use super::left::{Left, Translated};
use gimli::{EndianSlice, LittleEndian, Reader};

/// Writes a number in the place of one of so many bytes.
pub fn patch(out: &mut [u8], at: usize, size: usize, number: u64) -> Translated<()> {
    let bytes = number.to_le_bytes();
    let (fits, rest) = bytes.split_at_checked(size).ok_or(Left::Malformed)?;
    if rest.iter().any(|byte| *byte != 0) {
        return Err(Left::Malformed);
    }
    let place = out.get_mut(at..at.saturating_add(size)).ok_or(Left::Malformed)?;
    place.copy_from_slice(fits);
    Ok(())
}

/// Writes an unsigned LEB128 number in the place of one that has so many bytes.
pub fn patch_uleb(out: &mut [u8], at: usize, size: usize, mut number: u64) -> Translated<()> {
    let place = out.get_mut(at..at.saturating_add(size)).ok_or(Left::Malformed)?;
    let last = place.len().saturating_sub(1);
    for (nth, byte) in place.iter_mut().enumerate() {
        *byte = (number & 0x7f) as u8 | if nth < last { 0x80 } else { 0 };
        number >>= 7;
    }
    if number == 0 { Ok(()) } else { Err(Left::Malformed) }
}

/// Appends a number of so many bytes.
pub fn push(out: &mut Vec<u8>, size: usize, number: u64) -> Translated<()> {
    let at = out.len();
    out.resize(at.saturating_add(size), 0);
    patch(out, at, size, number)
}

/// Appends an unsigned LEB128 number.
pub fn push_uleb(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a signed LEB128 number.
pub fn push_sleb(out: &mut Vec<u8>, mut number: i64) {
    loop {
        let byte = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 && byte & 0x40 == 0 || number == -1 && byte & 0x40 != 0 {
            return out.push(byte);
        }
        out.push(byte | 0x80);
    }
}

/// Reads a length: an unsigned LEB128 number of bytes.
pub fn length(reader: &mut EndianSlice<'_, LittleEndian>) -> Translated<usize> {
    usize::try_from(reader.read_uleb128()?).map_err(|_| Left::Malformed)
}
