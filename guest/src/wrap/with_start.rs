//! A start function for a core module that has lost its own. In: the module. Out: one whose start function
//! does nothing. Not its job: moving a start function to where the wrapping calls it (`shim`).
//!
//! An optimiser drops a start function in which nothing is left to do, and the wrapping counts on one.

use super::shim::malformed;
use crate::error::{Error, Result};
use wasm_encoder::{Encode, Module, RawSection, SectionId};
use wasmparser::types::TypesRef;
use wasmparser::{BinaryReader, Parser};

/// A section that gets one more item, or is made for it.
struct Addition {
    id: SectionId,
    item: Vec<u8>,
}

/// `core`, valid and without a start function, with one that does nothing. `types`: the validator's, of `core`.
pub(super) fn with_start(core: &[u8], types: TypesRef<'_>) -> Result<Vec<u8>> {
    let number = |number: u32| {
        let mut bytes = Vec::new();
        number.encode(&mut bytes);
        bytes
    };
    // In the order of their sections: a type without parameters and results, a function of that type, the
    // section that names it, and its body, which is `end`.
    let mut additions = vec![
        Addition { id: SectionId::Type, item: vec![0x60, 0, 0] },
        Addition { id: SectionId::Function, item: number(types.core_type_count_in_module()) },
        Addition { id: SectionId::Start, item: number(types.function_count()) },
        Addition { id: SectionId::Code, item: vec![2, 0, 0x0b] },
    ]
    .into_iter()
    .peekable();
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(core) {
        let payload = payload.map_err(malformed)?;
        let Some((id, range)) = payload.as_section() else { continue };
        let data = core.get(range.start as usize..range.end as usize);
        let data = data.ok_or_else(|| Error::internal("a section out of bounds"))?;
        while let Some(addition) =
            additions.next_if(|addition| id != CUSTOM && rank(addition.id.into()) < rank(id))
        {
            module.section(&RawSection { id: addition.id.into(), data: &addition.alone() });
        }
        match additions.next_if(|addition| u8::from(addition.id) == id) {
            Some(addition) => {
                let more = addition.added_to(data).map_err(malformed)?;
                module.section(&RawSection { id, data: &more });
            }
            None => {
                module.section(&RawSection { id, data });
            }
        }
    }
    for addition in additions {
        module.section(&RawSection { id: addition.id.into(), data: &addition.alone() });
    }
    Ok(module.finish())
}

const CUSTOM: u8 = 0;

impl Addition {
    /// The contents of a section with nothing else.
    fn alone(&self) -> Vec<u8> {
        match self.id {
            SectionId::Start => self.item.clone(),
            _ => [&[1], self.item.as_slice()].concat(),
        }
    }

    /// The contents of a section that has had these.
    fn added_to(&self, data: &[u8]) -> wasmparser::Result<Vec<u8>> {
        let mut reader = BinaryReader::new(data, 0);
        let count = reader.read_var_u32()?;
        let rest = data.get(reader.current_position()..).unwrap_or_default();
        let mut more = Vec::with_capacity(data.len().saturating_add(8));
        // The validator has a limit far below.
        count.saturating_add(1).encode(&mut more);
        more.extend_from_slice(rest);
        more.extend_from_slice(&self.item);
        Ok(more)
    }
}

/// The place of a section among the others (core specification, "Modules", binary format).
fn rank(id: u8) -> usize {
    use SectionId as S;
    const ORDER: [SectionId; 13] = [
        S::Type,
        S::Import,
        S::Function,
        S::Table,
        S::Memory,
        S::Tag,
        S::Global,
        S::Export,
        S::Start,
        S::Element,
        S::DataCount,
        S::Code,
        S::Data,
    ];
    ORDER.iter().position(|section| u8::from(*section) == id).unwrap_or(ORDER.len())
}
