//! The module with one memory and one table, written. In: the module as it was, the windows and the parts. Out:
//! the bytes. Not its job: function bodies (`body`), where windows and parts lie (`layout`, `table`).

use super::address::Address;
use super::body::Changer;
use super::helper::{self, Helper, Helpers, Signature, Windows};
use super::layout::{PAGE, Window};
use super::survey::{Survey, invalid};
use super::table::layout::{Part, Tables};
use super::table::sections;
use super::{Placed, Request, Size};
use crate::debug::Moves;
use crate::error::{Error, Result};
use indexmap::IndexSet;
use std::collections::HashSet;
use wasm_encoder::{
    DataSection, DataSegment, DataSegmentMode, Encode, ExportKind, ExportSection, GlobalSection, GlobalType,
    MemorySection, MemoryType, NameMap, NameSection, Section, SectionId, TypeSection, ValType,
};
use wasmparser::{BinaryReader, Export, ExternalKind, KnownCustom, Operator, Validator, WasmFeatures};

/// The globals that hold the sizes of memories, in bytes, and of tables, in elements.
pub struct Globals {
    memories: Vec<Option<u32>>,
    tables: Vec<Option<u32>>,
}

impl Globals {
    /// One behind the module's own for each window and each part that can grow within what is reserved.
    fn new(windows: &[Window], parts: &[Part], first: u32) -> Globals {
        let mut next = first;
        let mut global = |grows: bool| {
            grows.then(|| {
                let index = next;
                next = next.saturating_add(1);
                index
            })
        };
        Globals {
            memories: windows.iter().map(|window| global(!window.open && !window.is_fixed())).collect(),
            tables: parts.iter().map(|part| global(part.has_global())).collect(),
        }
    }

    /// The global with the size of a memory. None: it is open, or its size is always the same.
    pub fn size(&self, memory: u32) -> Option<u32> {
        self.memories.get(memory as usize).copied().flatten()
    }

    /// The global with the size of a table. None: likewise, or it stays.
    pub fn elements(&self, table: u32) -> Option<u32> {
        self.tables.get(table as usize).copied().flatten()
    }
}

/// Writes it, and validates it.
pub fn write(
    request: &Request,
    survey: &Survey,
    windows: &[Window],
    tables: &Tables,
) -> Result<(Vec<u8>, Vec<Placed>, Moves)> {
    let globals = Globals::new(windows, &tables.parts, survey.globals);
    let windows = Windows { all: windows, address: survey.address(), tables, globals: &globals };
    let moves = request.keep_moves.then(Moves::default);
    let mut changer = Changer::new(windows, &survey.arity, request, moves);
    let code = code(request, survey, &mut changer)?;
    let helpers = changer.helpers.iter().map(|(_, helper)| helper.signature(windows));
    let helpers: Vec<Signature> = helpers.collect::<Result<_>>()?;
    let types: IndexSet<Signature> = helpers.iter().cloned().collect();
    let of_helpers = helpers.iter().filter_map(|helper| types.get_index_of(helper)).collect();
    let writer = Writer { request, survey, windows, helpers: &changer.helpers, types, of_helpers, code };
    let (bytes, placed) = writer.module()?;
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    validator.validate_all(&bytes).map_err(|e| Error::of_what_was_made("fused module", e.message()))?;
    Ok((bytes, placed, changer.moves.unwrap_or_default()))
}

/// The contents of the code section.
fn code(request: &Request, survey: &Survey, changer: &mut Changer) -> Result<Vec<u8>> {
    let mut bodies = Vec::with_capacity(request.module.len());
    for ((nth, body), trusted) in survey.bodies.iter().enumerate().zip(request.trusted) {
        changer.body(nth, body, *trusted, &mut bodies)?;
    }
    for export in survey.exports.iter().filter(|export| export.kind == ExternalKind::Memory) {
        if changer.windows.globals.size(export.index).is_some() {
            changer.helpers.index(Helper::Size(export.index));
        }
    }
    // What helpers call comes behind them.
    let mut nth = 0;
    while let Some(helper) = changer.helpers.get(nth) {
        helper::function(helper, &mut changer.helpers, changer.windows)?.encode(&mut bodies);
        nth = nth.saturating_add(1);
    }
    let mut contents = Vec::new();
    survey.bodies.len().saturating_add(nth).encode(&mut contents);
    contents.extend(bodies);
    Ok(contents)
}

struct Writer<'w> {
    request: &'w Request<'w>,
    survey: &'w Survey<'w>,
    windows: Windows<'w>,
    helpers: &'w Helpers,
    /// The types of the helpers; and of each, which it is.
    types: IndexSet<Signature>,
    of_helpers: Vec<usize>,
    code: Vec<u8>,
}

/// In this order they come; custom sections may be anywhere.
const ORDER: [SectionId; 13] = [
    SectionId::Type,
    SectionId::Import,
    SectionId::Function,
    SectionId::Table,
    SectionId::Memory,
    SectionId::Tag,
    SectionId::Global,
    SectionId::Export,
    SectionId::Start,
    SectionId::Element,
    SectionId::DataCount,
    SectionId::Code,
    SectionId::Data,
];

impl Writer<'_> {
    fn module(&self) -> Result<(Vec<u8>, Vec<Placed>)> {
        let mut placed = Vec::new();
        let mut out = wasm_encoder::Module::HEADER.to_vec();
        let has_windows = !self.windows.all.is_empty();
        let tables = Some(self.windows.tables).filter(|tables| !tables.joined.is_empty());
        for id in ORDER {
            let old = self.survey.sections.iter().find(|(found, _)| *found == id as u8);
            let old = old.and_then(|(_, range)| self.request.module.get(range.clone()));
            match id {
                SectionId::Type => self.types(old, &mut out)?,
                SectionId::Function => self.functions(old, &mut out)?,
                SectionId::Table if let Some(tables) = tables => {
                    sections::tables(self.survey, tables)?.append_to(&mut out)
                }
                SectionId::Element
                    if let Some(tables) = tables
                        && old.is_some() =>
                {
                    sections::elements(self.survey, tables)?.append_to(&mut out)
                }
                SectionId::Memory if has_windows => self.memory().append_to(&mut out),
                SectionId::Global => self.globals(old, &mut out)?,
                SectionId::Code => raw(id, &self.code, &mut out),
                SectionId::Data if has_windows => self.data(&mut out)?,
                SectionId::Export => placed = self.exports(&mut out)?,
                _ => old.into_iter().for_each(|old| raw(id, old, &mut out)),
            }
        }
        self.customs(&mut out)?;
        Ok((out, placed))
    }

    fn types(&self, old: Option<&[u8]>, out: &mut Vec<u8>) -> Result<()> {
        let mut more = TypeSection::new();
        for (params, results) in &self.types {
            more.ty().function(params.iter().copied(), results.iter().copied());
        }
        longer(SectionId::Type, old, more.len(), &contents(&more)?, out)
    }

    fn functions(&self, old: Option<&[u8]>, out: &mut Vec<u8>) -> Result<()> {
        // The budgets of merging keep both numbers far below 2^32.
        let first = self.survey.arity.types() as u32;
        let mut more = Vec::new();
        let mut count = 0u32;
        for ty in &self.of_helpers {
            first.saturating_add(*ty as u32).encode(&mut more);
            count = count.saturating_add(1);
        }
        longer(SectionId::Function, old, count, &more, out)
    }

    fn memory(&self) -> MemorySection {
        let end = |window: &Window| window.base.saturating_add(window.initial).div_ceil(PAGE);
        let open = self.windows.all.iter().find(|window| window.open);
        // Those that are not open take all that is reserved for them.
        let closed = self.windows.all.iter().filter(|window| !window.open);
        let closed = closed.map(|window| window.base.saturating_add(window.most).div_ceil(PAGE)).max();
        let minimum = open.map_or(closed.unwrap_or_default(), end);
        let maximum = match open {
            Some(window) => window.base.saturating_add(window.most) / PAGE,
            None => minimum,
        };
        let mut section = MemorySection::new();
        section.memory(MemoryType {
            minimum,
            // Without a maximum where there was none.
            maximum: Some(maximum).filter(|pages| *pages < self.windows.address.all() / PAGE),
            memory64: self.windows.address == Address::I64,
            shared: false,
            page_size_log2: None,
        });
        section
    }

    fn globals(&self, old: Option<&[u8]>, out: &mut Vec<u8>) -> Result<()> {
        let mut more = GlobalSection::new();
        for (memory, window) in (0u32..).zip(self.windows.all) {
            if self.windows.globals.size(memory).is_some() {
                let ty = GlobalType { val_type: window.address.val_type(), mutable: true, shared: false };
                more.global(ty, &window.address.constant(window.initial));
            }
        }
        for (table, part) in (0u32..).zip(&self.windows.tables.parts) {
            if self.windows.globals.elements(table).is_some() {
                let ty = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
                more.global(ty, &Address::I32.constant(part.initial));
            }
        }
        longer(SectionId::Global, old, more.len(), &contents(&more)?, out)
    }

    /// The exports, and with each memory's the function that tells its size.
    fn exports(&self, out: &mut Vec<u8>) -> Result<Vec<Placed>> {
        let mut section = ExportSection::new();
        let mut names: HashSet<String> =
            self.survey.exports.iter().map(|export| export.name.to_string()).collect();
        let mut placed = Vec::new();
        let has_windows = !self.windows.all.is_empty();
        let parts = &self.windows.tables.parts;
        for Export { name, kind, index } in &self.survey.exports {
            match ExportKind::from(*kind) {
                ExportKind::Memory if has_windows => section.export(name, ExportKind::Memory, 0),
                ExportKind::Table if let Some(part) = parts.get(*index as usize) => {
                    section.export(name, ExportKind::Table, part.table)
                }
                kind => section.export(name, kind, *index),
            };
        }
        let memories = self.survey.exports.iter().filter(|export| export.kind == ExternalKind::Memory);
        let memories = memories.filter(|_| has_windows);
        for Export { name, index, .. } in memories {
            let window = self.windows.get(*index)?;
            let size = match self.windows.globals.size(*index) {
                _ if window.open => Size::Rest,
                None => Size::Constant(window.initial),
                Some(_) => {
                    let function = self.helpers.find(Helper::Size(*index));
                    let function = function.ok_or_else(|| Error::internal("a helper is missing"))?;
                    let mut size = format!("{name}.size");
                    while !names.insert(size.clone()) {
                        size.push('_');
                    }
                    section.export(&size, ExportKind::Func, function);
                    Size::Func(size)
                }
            };
            placed.push(Placed { export: name.to_string(), base: window.base, size });
        }
        if !section.is_empty() {
            section.append_to(out);
        }
        Ok(placed)
    }

    /// Active segments at their places in the one memory. One that lies outside of its window traps, in its
    /// turn, as it did: it gets a place where no memory is.
    fn data(&self, out: &mut Vec<u8>) -> Result<()> {
        let mut section = DataSection::new();
        for segment in &self.survey.segments {
            let data = segment.data.iter().copied();
            let Some((memory, offset)) = &segment.active else {
                section.segment(DataSegment { mode: DataSegmentMode::Passive, data });
                continue;
            };
            let window = self.windows.get(*memory)?;
            let offset = number(offset)?;
            let end = offset.saturating_add(segment.data.len() as u64);
            let place = match end <= window.initial {
                true => window.base.saturating_add(offset),
                false => self.windows.address.last(),
            };
            let offset = self.windows.address.constant(place);
            section.segment(DataSegment {
                mode: DataSegmentMode::Active { memory_index: 0, offset: &offset },
                data,
            });
        }
        if !section.is_empty() {
            section.append_to(out);
        }
        Ok(())
    }

    /// The name section gets the helpers' names; all others stay as they are.
    fn customs(&self, out: &mut Vec<u8>) -> Result<()> {
        let mut named = false;
        for (id, range) in &self.survey.sections {
            let Some(contents) = self.request.module.get(range.clone()).filter(|_| *id == 0) else {
                continue;
            };
            let reader =
                wasmparser::CustomSectionReader::new(BinaryReader::new(contents, range.start as u64))
                    .map_err(invalid)?;
            match reader.as_known() {
                KnownCustom::Name(names) => {
                    self.names(Some(names), out)?;
                    named = true;
                }
                _ => raw(SectionId::Custom, contents, out),
            }
        }
        if !named {
            self.names(None, out)?;
        }
        Ok(())
    }

    fn names(&self, old: Option<wasmparser::NameSectionReader>, out: &mut Vec<u8>) -> Result<()> {
        let mut functions = NameMap::new();
        let mut section = NameSection::new();
        let mut rest = Vec::new();
        for subsection in old.into_iter().flatten() {
            match subsection.map_err(invalid)? {
                wasmparser::Name::Function(map) => {
                    for naming in map {
                        let naming = naming.map_err(invalid)?;
                        functions.append(naming.index, naming.name);
                    }
                }
                wasmparser::Name::Local(map) => {
                    let mut locals = wasm_encoder::IndirectNameMap::new();
                    for function in map {
                        let function = function.map_err(invalid)?;
                        let mut names = NameMap::new();
                        for naming in function.names {
                            let naming = naming.map_err(invalid)?;
                            names.append(naming.index, naming.name);
                        }
                        locals.append(function.index, &names);
                    }
                    rest.push(locals);
                }
                _ => return Err(Error::internal("the merged module names what it does not name")),
            }
        }
        for (index, helper) in self.helpers.iter() {
            functions.append(index, &helper.name(self.windows));
        }
        section.functions(&functions);
        for locals in &rest {
            section.locals(locals);
        }
        section.append_to(out);
        Ok(())
    }
}

/// The offset of a segment, which merging has made a number.
pub fn number(offset: &wasmparser::ConstExpr) -> Result<u64> {
    match offset.get_operators_reader().read().map_err(invalid)? {
        Operator::I32Const { value } => Ok(value.cast_unsigned().into()),
        Operator::I64Const { value } => Ok(value.cast_unsigned()),
        _ => Err(Error::internal("a segment whose offset is no number")),
    }
}

/// A section with these contents.
fn raw(id: SectionId, contents: &[u8], out: &mut Vec<u8>) {
    out.push(id.into());
    contents.len().encode(out);
    out.extend_from_slice(contents);
}

/// What a section of `wasm-encoder`'s has behind its count.
fn contents(section: &impl Section) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    section.encode(&mut bytes);
    let mut reader = BinaryReader::new(&bytes, 0);
    let mut skip = || {
        reader.read_var_u32()?;
        reader.read_var_u32()?;
        reader.read_bytes(reader.bytes_remaining())
    };
    Ok(skip().map_err(invalid)?.to_vec())
}

/// A section with more items behind those that it has.
fn longer(id: SectionId, old: Option<&[u8]>, count: u32, more: &[u8], out: &mut Vec<u8>) -> Result<()> {
    let mut reader = BinaryReader::new(old.unwrap_or(&[0]), 0);
    let all = reader.read_var_u32().map_err(invalid)?.saturating_add(count);
    let old = reader.read_bytes(reader.bytes_remaining()).map_err(invalid)?;
    if all == 0 {
        return Ok(());
    }
    let mut contents = Vec::new();
    all.encode(&mut contents);
    contents.extend_from_slice(old);
    contents.extend_from_slice(more);
    raw(id, &contents, out);
    Ok(())
}
