//! `load_string_from_range` and `store_string_into_range` of the specification, in Rust. In: two
//! memories and what `realloc` does. Out: the string's new place, or a trap. Not its job: wasm.

use meld_fuser::link::StringEncoding::{self, Latin1Utf16, Utf8, Utf16};
use meld_fuser::runtime::Trap;
use std::hash::{DefaultHasher, Hash, Hasher};

pub const MAX_STRING_BYTE_LENGTH: u64 = (1 << 28) - 1;

/// A `trap_if` of the specification.
fn trap_if(condition: bool, reason: Trap) -> Result<(), Trap> {
    if condition { Err(reason) } else { Ok(()) }
}

/// The bit that marks UTF-16 in latin1+utf16.
pub fn tag(is_64: bool) -> u64 {
    if is_64 { 1 << 63 } else { 1 << 31 }
}

/// What the one call of `realloc` gives that does not behave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// The address, but odd.
    Odd,
    /// An address so that the block ends this many bytes after the memory's end.
    PastEnd(u64),
    Address(u64),
}

/// A `realloc` that gives a new place each time.
#[derive(Debug, Clone, PartialEq)]
pub enum Realloc {
    /// One after the other, except that one call, by its number, goes wrong; keeps the calls.
    Traced { next: u64, fault: Option<(usize, Fault)>, calls: Vec<Call> },
    /// All at the end of the memory.
    AtEnd,
    /// All at 0x100.
    Constant,
}

/// Arguments, and a hash of the whole memory at the time.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub arguments: [u64; 4],
    pub memory: u64,
}

impl Realloc {
    pub fn traced(fault: Option<(usize, Fault)>) -> Realloc {
        Realloc::Traced { next: 0x101, fault, calls: Vec::new() }
    }

    pub fn calls(&self) -> &[Call] {
        match self {
            Realloc::Traced { calls, .. } => calls,
            _ => &[],
        }
    }

    pub fn call(&mut self, memory: &mut [u8], arguments: [u64; 4]) -> u64 {
        let [old, old_size, alignment, new_size] = arguments;
        let size = memory.len() as u64;
        let new = match self {
            Realloc::Constant => 0x100,
            Realloc::AtEnd => (size - new_size) / alignment * alignment,
            Realloc::Traced { next, fault, calls } => {
                let mut hasher = DefaultHasher::new();
                memory.hash(&mut hasher);
                let here = next.next_multiple_of(alignment);
                *next = here + new_size + 3;
                let number = calls.len();
                calls.push(Call { arguments, memory: hasher.finish() });
                match fault {
                    Some((at, fault)) if *at == number => match *fault {
                        Fault::Odd => here | 1,
                        Fault::PastEnd(by) => (size + by).wrapping_sub(new_size),
                        Fault::Address(address) => address,
                    },
                    _ => here,
                }
            }
        };
        let kept = old_size.min(new_size);
        if kept > 0 && new.checked_add(kept).is_some_and(|end| end <= size) {
            memory.copy_within(old as usize..(old + kept) as usize, new as usize);
        }
        new
    }
}

/// A string in memory.
#[derive(Clone)]
pub struct Source {
    pub encoding: StringEncoding,
    pub is_64: bool,
    pub memory: Vec<u8>,
    pub ptr: u64,
    pub tagged_code_units: u64,
}

/// Where it goes.
pub struct Destination {
    pub encoding: StringEncoding,
    pub is_64: bool,
    pub memory: Vec<u8>,
    pub realloc: Realloc,
}

/// The encoding of one string.
#[derive(PartialEq)]
enum Simple {
    Utf8,
    Utf16,
    Latin1,
}

/// The new address and tagged code units.
pub fn transcode(source: &Source, destination: &mut Destination) -> Result<(u64, u64), Trap> {
    let (text, encoding, code_units) = load_string_from_range(source)?;
    destination.store(&text, source.encoding, encoding, code_units)
}

fn load_string_from_range(source: &Source) -> Result<(String, Simple, u64), Trap> {
    let units = source.tagged_code_units;
    let tag = tag(source.is_64);
    let (alignment, unit, encoding, units) = match source.encoding {
        Utf8 => (1, 1, Simple::Utf8, units),
        Utf16 => (2, 2, Simple::Utf16, units),
        Latin1Utf16 if units & tag != 0 => (2, 2, Simple::Utf16, units ^ tag),
        Latin1Utf16 => (2, 1, Simple::Latin1, units),
    };
    let length = u128::from(units) * unit;
    trap_if(length > u128::from(MAX_STRING_BYTE_LENGTH), Trap::StringTooLong)?;
    trap_if(!source.ptr.is_multiple_of(alignment), Trap::StringNotAligned)?;
    let end = u128::from(source.ptr) + length;
    trap_if(end > source.memory.len() as u128, Trap::StringOutOfBounds)?;
    let bytes = &source.memory[source.ptr as usize..][..length as usize];
    let text = match encoding {
        Simple::Utf8 => String::from_utf8(bytes.to_vec()).map_err(|_| Trap::NotUtf8)?,
        Simple::Latin1 => bytes.iter().copied().map(char::from).collect(),
        Simple::Utf16 => {
            let units: Vec<_> = bytes.chunks(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
            String::from_utf16(&units).map_err(|_| Trap::NotUtf16)?
        }
    };
    Ok((text, encoding, units))
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn is_latin1(c: char) -> bool {
    u32::from(c) < 0x100
}

impl Destination {
    fn store(
        &mut self,
        text: &str,
        source: StringEncoding,
        simple: Simple,
        units: u64,
    ) -> Result<(u64, u64), Trap> {
        match (self.encoding, simple) {
            (Utf8, Simple::Utf8) => self.copy(text.as_bytes(), units, 1, 1),
            (Utf8, Simple::Utf16) => self.store_to_utf8(text, units, 3 * units),
            (Utf8, Simple::Latin1) => self.store_to_utf8(text, units, 2 * units),
            (Utf16, Simple::Utf8) => self.utf8_to_utf16(text, units),
            (Utf16, _) => self.copy(&utf16(text), units, 2, 2),
            (Latin1Utf16, simple) if source == Latin1Utf16 => match simple {
                Simple::Latin1 => {
                    let bytes: Vec<u8> = text.chars().map(|c| c as u8).collect();
                    self.copy(&bytes, units, 1, 2)
                }
                _ => self.probably_utf16_to_latin1_or_utf16(text, units),
            },
            (Latin1Utf16, _) => self.store_to_latin1_or_utf16(text, units),
        }
    }

    fn reallocate(&mut self, old: u64, old_size: u64, alignment: u64, new_size: u64) -> Result<u64, Trap> {
        let ptr = self.realloc.call(&mut self.memory, [old, old_size, alignment, new_size]);
        trap_if(!ptr.is_multiple_of(alignment), Trap::ReallocNotAligned)?;
        let end = u128::from(ptr) + u128::from(new_size);
        trap_if(end > self.memory.len() as u128, Trap::ReallocOutOfBounds)?;
        Ok(ptr)
    }

    fn write(&mut self, ptr: u64, bytes: &[u8]) {
        self.memory[ptr as usize..][..bytes.len()].copy_from_slice(bytes);
    }

    fn copy(&mut self, bytes: &[u8], units: u64, unit: u64, alignment: u64) -> Result<(u64, u64), Trap> {
        let ptr = self.reallocate(0, 0, alignment, unit * units)?;
        self.write(ptr, bytes);
        Ok((ptr, units))
    }

    fn store_to_utf8(&mut self, text: &str, units: u64, worst: u64) -> Result<(u64, u64), Trap> {
        let mut ptr = self.reallocate(0, 0, 1, units)?;
        let ascii = text.bytes().take_while(u8::is_ascii).count();
        self.write(ptr, &text.as_bytes()[..ascii]);
        if ascii == text.len() {
            return Ok((ptr, units));
        }
        ptr = self.reallocate(ptr, units, 1, worst)?;
        self.write(ptr + ascii as u64, &text.as_bytes()[ascii..]);
        let size = text.len() as u64;
        if worst > size {
            ptr = self.reallocate(ptr, worst, 1, size)?;
        }
        Ok((ptr, size))
    }

    fn utf8_to_utf16(&mut self, text: &str, units: u64) -> Result<(u64, u64), Trap> {
        let mut ptr = self.reallocate(0, 0, 2, 2 * units)?;
        let encoded = utf16(text);
        self.write(ptr, &encoded);
        let size = encoded.len() as u64;
        if size < 2 * units {
            ptr = self.reallocate(ptr, 2 * units, 2, size)?;
        }
        Ok((ptr, size / 2))
    }

    fn store_to_latin1_or_utf16(&mut self, text: &str, units: u64) -> Result<(u64, u64), Trap> {
        let mut ptr = self.reallocate(0, 0, 2, units)?;
        let latin1: Vec<u8> = text.chars().take_while(|c| is_latin1(*c)).map(|c| c as u8).collect();
        self.write(ptr, &latin1);
        if text.chars().all(is_latin1) {
            let size = latin1.len() as u64;
            if size < units {
                ptr = self.reallocate(ptr, units, 2, size)?;
            }
            return Ok((ptr, size));
        }
        ptr = self.reallocate(ptr, units, 2, 2 * units)?;
        let encoded = utf16(text);
        self.write(ptr, &encoded);
        let size = encoded.len() as u64;
        if 2 * units > size {
            ptr = self.reallocate(ptr, 2 * units, 2, size)?;
        }
        Ok((ptr, (size / 2) | tag(self.is_64)))
    }

    fn probably_utf16_to_latin1_or_utf16(&mut self, text: &str, units: u64) -> Result<(u64, u64), Trap> {
        let mut ptr = self.reallocate(0, 0, 2, 2 * units)?;
        self.write(ptr, &utf16(text));
        if !text.chars().all(is_latin1) {
            return Ok((ptr, units | tag(self.is_64)));
        }
        let latin1: Vec<u8> = text.chars().map(|c| c as u8).collect();
        self.write(ptr, &latin1);
        ptr = self.reallocate(ptr, 2 * units, 1, units)?;
        Ok((ptr, units))
    }
}
