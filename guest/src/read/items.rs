//! Sections as sections of one item each. In: a section of a component. Out: each item of it, as the payload
//! that the validator takes, with its offset. Not its job: what is checked of an item.

use super::module::malformed;
use crate::error::Result;
use wasmparser::{BinaryReader, FromReader, Payload, SectionLimited};

/// A payload around what has been read of a section.
type Wrap = for<'x> fn(BinaryReader<'x>) -> wasmparser::Result<Payload<'x>>;

/// The items of a section.
pub(super) struct Items {
    wrap: Wrap,
    /// Where each begins, in bytes of the input, and where the last ends.
    bounds: Vec<usize>,
}

impl Items {
    /// None: the payload is no section whose items name types of components.
    pub fn of(payload: &Payload<'_>) -> Result<Option<Items>> {
        Ok(Some(match payload {
            Payload::ComponentTypeSection(section) => {
                Items::new(section, |r| Ok(Payload::ComponentTypeSection(SectionLimited::new(r)?)))?
            }
            Payload::ComponentImportSection(section) => {
                Items::new(section, |r| Ok(Payload::ComponentImportSection(SectionLimited::new(r)?)))?
            }
            Payload::ComponentExportSection(section) => {
                Items::new(section, |r| Ok(Payload::ComponentExportSection(SectionLimited::new(r)?)))?
            }
            Payload::ComponentInstanceSection(section) => {
                Items::new(section, |r| Ok(Payload::ComponentInstanceSection(SectionLimited::new(r)?)))?
            }
            _ => return Ok(None),
        }))
    }

    fn new<'a, T: FromReader<'a>>(section: &SectionLimited<'a, T>, wrap: Wrap) -> Result<Items> {
        let mut bounds = Vec::new();
        for item in section.clone().into_iter_with_offsets() {
            bounds.push(item.map_err(malformed)?.0 as usize);
        }
        bounds.push(section.range().end as usize);
        Ok(Items { wrap, bounds })
    }

    /// Calls `visit` with each item and its offset in `bytes`, the input.
    pub fn each(&self, bytes: &[u8], mut visit: impl FnMut(usize, &Payload<'_>) -> Result<()>) -> Result<()> {
        let mut one = Vec::new();
        for bounds in self.bounds.windows(2) {
            let &[start, end] = bounds else { continue };
            one.clear();
            one.push(1);
            one.extend_from_slice(bytes.get(start..end).unwrap_or_default());
            // The count lies before the item.
            let reader = BinaryReader::new(&one, start.saturating_sub(1) as u64);
            visit(start, &(self.wrap)(reader).map_err(malformed)?)?;
        }
        Ok(())
    }
}
