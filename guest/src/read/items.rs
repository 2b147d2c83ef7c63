//! Sections as sections of one item each. In: a section of a component. Out: each item of it, as the payload
//! that the validator takes. Not its job: where the items are, and what is checked of one.

use super::module::malformed;
use crate::error::Result;
use std::ops::Range;
use wasmparser::{BinaryReader, Payload, SectionLimited};

/// A payload around what has been read of a section.
type Wrap = for<'x> fn(BinaryReader<'x>) -> wasmparser::Result<Payload<'x>>;

/// A section whose items name types of components.
pub(super) struct Items {
    wrap: Wrap,
    /// Where the last item ends, in bytes of the input.
    pub end: usize,
}

impl Items {
    /// None: the payload is no such section.
    pub fn of(payload: &Payload<'_>) -> Option<Items> {
        let items = |range: Range<u64>, wrap: Wrap| Some(Items { wrap, end: range.end as usize });
        match payload {
            Payload::ComponentTypeSection(section) => {
                items(section.range(), |r| Ok(Payload::ComponentTypeSection(SectionLimited::new(r)?)))
            }
            Payload::ComponentImportSection(section) => {
                items(section.range(), |r| Ok(Payload::ComponentImportSection(SectionLimited::new(r)?)))
            }
            Payload::ComponentExportSection(section) => {
                items(section.range(), |r| Ok(Payload::ComponentExportSection(SectionLimited::new(r)?)))
            }
            Payload::ComponentInstanceSection(section) => {
                items(section.range(), |r| Ok(Payload::ComponentInstanceSection(SectionLimited::new(r)?)))
            }
            _ => None,
        }
    }

    /// The item that is at `place` in `bytes`, the input. `buffer` is what the payload borrows from.
    pub fn one<'x>(&self, bytes: &[u8], place: Range<usize>, buffer: &'x mut Vec<u8>) -> Result<Payload<'x>> {
        // The count lies before the item.
        let start = place.start.saturating_sub(1) as u64;
        buffer.clear();
        buffer.push(1);
        buffer.extend_from_slice(bytes.get(place).unwrap_or_default());
        (self.wrap)(BinaryReader::new(buffer, start)).map_err(malformed)
    }
}
