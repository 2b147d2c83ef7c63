//! Where the instructions with indices are. In: the instructions of function bodies, one after the
//! other. Out: the places of those that refer to something of the module. Most instructions refer to
//! nothing but locals and labels, so that whoever copies bodies takes the bytes between the places as
//! they are, and each body is decoded just once, where it is validated (`body`). Not its job: what the
//! indices become (`merge`).

/// The places in some bodies.
#[derive(Clone, Default)]
pub struct Sites {
    /// For each place the bytes since the one before or, for the first, since the body's start, as
    /// LEB128, with one bit below for `Site::plain`.
    gaps: Vec<u8>,
    /// For each body, where its places end in `gaps`.
    ends: Vec<usize>,
    /// The last place in the body that has not ended.
    last: usize,
}

/// An instruction that refers to something of the module, such as a function, by an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// Of the opcode, in bytes from the start of the body.
    pub at: usize,
    /// It is a load or a store in memory 0, whose index is not written out: if memory 0 stays memory 0,
    /// there is nothing to change.
    pub plain: bool,
}

impl Sites {
    /// Takes the instruction at `at` of the body `bytes`, which does not end before it.
    #[inline]
    pub fn instruction(&mut self, bytes: &[u8], at: usize) {
        if let Some(plain) = refers(bytes, at) {
            let mut number = (at.saturating_sub(self.last) as u64) << 1 | u64::from(plain);
            while number >= 0x80 {
                self.gaps.push(number as u8 | 0x80);
                number >>= 7;
            }
            self.gaps.push(number as u8);
            self.last = at;
        }
    }

    /// A body has ended, and the next begins.
    pub fn end(&mut self) {
        self.ends.push(self.gaps.len());
        self.last = 0;
    }

    /// Adds the bodies of `others` behind these.
    pub fn append(&mut self, others: Sites) {
        let before = self.gaps.len();
        self.gaps.extend(others.gaps);
        self.ends.extend(others.ends.into_iter().map(|end| before.saturating_add(end)));
    }

    /// The places in a body, in order; nothing for a body that has not been taken.
    pub fn of(&self, body: usize) -> Option<impl Iterator<Item = Site> + use<'_>> {
        let end = *self.ends.get(body)?;
        let start = match body.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let mut gaps = self.gaps.get(start..end)?.iter();
        let mut at = 0usize;
        Some(std::iter::from_fn(move || {
            let number = number(&mut gaps)?;
            at = at.checked_add(usize::try_from(number >> 1).ok()?)?;
            Some(Site { at, plain: number & 1 != 0 })
        }))
    }
}

/// What the immediates of an opcode refer to (core specification, binary format, "Instructions").
#[derive(Clone, Copy)]
enum References {
    Nothing,
    /// The block's type, unless it is written in one byte.
    Type,
    /// A memory.
    Memory,
    /// That depends on the number that follows the prefix.
    Prefixed,
    /// Anything else, as far as is known here; and `try`, so that legacy exceptions are easy to find.
    Something,
}

const REFERENCES: [References; 256] = {
    let mut references = [References::Something; 256];
    let mut opcode = 0;
    while opcode < references.len() {
        references[opcode] = match opcode {
            // unreachable, nop; else; rethrow, throw_ref, end, br, br_if, br_table, return; delegate,
            // catch_all, drop, select.
            0x00 | 0x01 | 0x05 | 0x09..=0x0f | 0x18..=0x1b => References::Nothing,
            // local.get, local.set, local.tee; constants, comparisons, arithmetic, conversions.
            0x20..=0x22 | 0x41..=0xc4 => References::Nothing,
            // block, loop, if.
            0x02..=0x04 => References::Type,
            // Loads and stores.
            0x28..=0x3e => References::Memory,
            0xfc | 0xfd => References::Prefixed,
            _ => References::Something,
        };
        opcode += 1;
    }
    references
};

/// Whether the instruction at `at` refers to something, and then `Site::plain`.
#[inline]
fn refers(bytes: &[u8], at: usize) -> Option<bool> {
    let opcode = *bytes.get(at)?;
    let immediates = bytes.get(at.saturating_add(1)..).unwrap_or_default();
    match REFERENCES.get(usize::from(opcode)).copied().unwrap_or(References::Something) {
        References::Nothing => None,
        References::Something => Some(false),
        References::Type => (!immediates.first().is_some_and(|byte| is_short_type(*byte))).then_some(false),
        // The flags, of which bit 6 says that a memory index follows, in one byte.
        References::Memory => Some(immediates.first().is_some_and(|flags| *flags < 0x40)),
        References::Prefixed => match (opcode, number(&mut immediates.iter())) {
            // Conversions.
            (0xfc, Some(0..=7)) => None,
            // Loads and stores of vectors.
            (0xfd, Some(0x00..=0x0b | 0x54..=0x5d)) => Some(false),
            // Everything else that there is of vectors.
            (0xfd, Some(_)) => None,
            _ => Some(false),
        },
    }
}

/// A block's type without an index: none, i32, i64, f32, f64, v128, funcref or externref.
fn is_short_type(byte: u8) -> bool {
    matches!(byte, 0x40 | 0x7b..=0x7f | 0x70 | 0x6f)
}

/// An unsigned LEB128 number.
#[inline(always)]
fn number<'b>(bytes: &mut impl Iterator<Item = &'b u8>) -> Option<u64> {
    let mut byte = *bytes.next()?;
    let mut number = u64::from(byte & 0x7f);
    let mut shift = 0u32;
    while byte >= 0x80 {
        byte = *bytes.next()?;
        shift = shift.saturating_add(7);
        number |= u64::from(byte & 0x7f).checked_shl(shift)?;
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back() {
        let mut sites = Sites::default();
        // Bodies of calls with any number of `nop`s before each.
        let bodies = [vec![], vec![0], vec![1, 63, 64, 65, 100], vec![8191, 8192, 8193, 2_000_000]];
        for gaps in &bodies {
            let mut bytes = Vec::new();
            for gap in gaps {
                bytes.extend(std::iter::repeat_n(0x01, *gap));
                bytes.push(0x10);
            }
            (0..bytes.len()).for_each(|at| sites.instruction(&bytes, at));
            sites.end();
        }
        for (body, gaps) in bodies.iter().enumerate() {
            let mut next = 0;
            let expected = gaps.iter().map(|gap| {
                let at = next + gap;
                next = at + 1;
                Site { at, plain: false }
            });
            let found: Vec<_> = sites.of(body).unwrap().collect();
            assert_eq!(found, expected.collect::<Vec<_>>());
        }
        assert!(sites.of(bodies.len()).is_none());
    }

    #[test]
    fn loads_in_memory_0_are_plain() {
        let mut sites = Sites::default();
        // i32.load with its natural alignment; of memory 1; with the flags written in two bytes.
        for bytes in [&[0x28, 0x02, 0x00][..], &[0x28, 0x42, 0x01, 0x00], &[0x28, 0x82, 0x00, 0x00]] {
            sites.instruction(bytes, 0);
            sites.end();
        }
        let plain = |body| sites.of(body).unwrap().map(|site| site.plain).collect::<Vec<_>>();
        assert_eq!([plain(0), plain(1), plain(2)], [[true], [false], [false]]);
    }
}
