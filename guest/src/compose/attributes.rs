//! Attributes of imports and exports: `implements`, `external-id`, `versionsuffix`. In: items, and a
//! component that is to have others. Out: their attributes, and that component. Not its job: whose
//! attributes a composition has (`encode`), and types, which have none (Explainer.md, "Type Checking").

use crate::error::{Error, Result};
use std::ops::Range;
use wasm_encoder::{ComponentSection as _, ComponentSectionId, Encode, RawSection};
use wasmparser::component_types::ComponentItem;
use wasmparser::names::{ComponentName, ComponentNameKind};
use wasmparser::{BinaryReader, ComponentExternName, FromReader, Parser, Payload, SectionLimited};

/// The attributes of one import or export (Explainer.md, "Import and Export Definitions").
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    pub implements: Option<String>,
    pub external_id: Option<String>,
    pub version_suffix: Option<String>,
}

impl Attributes {
    pub fn of(item: &ComponentItem) -> Attributes {
        Attributes {
            implements: item.implements.clone(),
            external_id: item.external_id.clone(),
            version_suffix: item.version_suffix.clone(),
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Attributes::default()
    }

    fn read(name: &ComponentExternName<'_>) -> Attributes {
        Attributes {
            implements: name.implements.map(str::to_string),
            external_id: name.external_id.map(str::to_string),
            version_suffix: name.version_suffix.map(str::to_string),
        }
    }

    fn name<'n>(&'n self, name: &'n str) -> wasm_encoder::ComponentExternName<'n> {
        wasm_encoder::ComponentExternName {
            name: name.into(),
            implements: self.implements.as_deref().map(Into::into),
            version_suffix: self.version_suffix.as_deref().map(Into::into),
            external_id: self.external_id.as_deref().map(Into::into),
        }
    }

    /// How the two differ in what tells a host which thing is meant; a `versionsuffix` is for messages.
    /// A clause about an import of each.
    pub fn difference(&self, other: &Attributes) -> Option<String> {
        let words = |what: &str, one: &Option<String>, other: &Option<String>| {
            let said = |value: &Option<String>| value.as_ref().map_or("none".into(), |v| format!("`{v}`"));
            (one != other).then(|| format!("{what} {} there and {} here", said(one), said(other)))
        };
        words("the interface that it implements is", &self.implements, &other.implements)
            .or_else(|| words("its external-id is", &self.external_id, &other.external_id))
    }
}

/// Whether a name is that of no interface.
pub fn is_label(name: &str) -> bool {
    matches!(ComponentName::new(name, 0).as_ref().map(ComponentName::kind), Ok(ComponentNameKind::Label(_)))
}

/// What the import or export of a name shall have; none: what it has.
pub type Lookup<'l> = &'l dyn Fn(&str) -> Option<Attributes>;

/// Copies the component, with other attributes for the root's imports and exports.
pub fn rewrite(bytes: Vec<u8>, import: Lookup<'_>, export: Lookup<'_>) -> Result<Vec<u8>> {
    let mut out = bytes.get(..HEADER).unwrap_or_default().to_vec();
    let mut end = HEADER;
    let unreadable = |e| Error::internal(format!("composition: {e}"));
    for payload in Parser::new(0).parse_all(&bytes) {
        let payload = payload.map_err(unreadable)?;
        let Some((_, range)) = payload.as_section() else { continue };
        let range = range.start as usize..range.end as usize;
        if range.start < end {
            continue; // Inside an input.
        }
        let renamed = match &payload {
            Payload::ComponentImportSection(section) => {
                Some((ComponentSectionId::Import, entries(&bytes, section, &range, import)?))
            }
            Payload::ComponentExportSection(section) => {
                Some((ComponentSectionId::Export, entries(&bytes, section, &range, export)?))
            }
            _ => None,
        };
        match renamed {
            Some((id, data)) => RawSection { id: id.into(), data: &data }.append_to_component(&mut out),
            None => out.extend_from_slice(bytes.get(end..range.end).unwrap_or_default()),
        }
        end = range.end;
    }
    Ok(out)
}

/// The preamble of a component: magic number, version and layer.
const HEADER: usize = 8;

/// The entries of a section of imports or exports: a name with attributes comes first in each.
fn entries<'b, T: FromReader<'b>>(
    bytes: &'b [u8],
    section: &SectionLimited<'b, T>,
    range: &Range<usize>,
    lookup: Lookup<'_>,
) -> Result<Vec<u8>> {
    let unreadable = |e| Error::internal(format!("composition: {e}"));
    let mut starts = Vec::new();
    for entry in section.clone().into_iter_with_offsets() {
        starts.push(entry.map_err(unreadable)?.0 as usize);
    }
    let ends = starts.iter().skip(1).copied().chain([range.end]);
    let mut out = Vec::new();
    section.count().encode(&mut out);
    for (start, end) in starts.iter().copied().zip(ends) {
        let entry = bytes.get(start..end).unwrap_or_default();
        let mut reader = BinaryReader::new(entry, 0);
        let name: ComponentExternName<'_> = reader.read().map_err(unreadable)?;
        match lookup(name.name) {
            Some(attributes) if attributes != Attributes::read(&name) => {
                attributes.name(name.name).encode(&mut out);
                out.extend_from_slice(entry.get(reader.original_position() as usize..).unwrap_or_default());
            }
            _ => out.extend_from_slice(entry),
        }
    }
    Ok(out)
}
