//! What is in a module, and how much code uses which memory and which table. In: the module. Out: its sections as
//! far as windows have to do with them, and counts. Not its job: deciding anything.

use super::access::Access;
use super::address::Address;
use super::table;
use super::{Owner, Request};
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::ops::Range;
use wasm_encoder::BlockType;
use wasmparser::{
    CompositeInnerType, ConstExpr, DataKind, Element, Export, ExternalKind, FunctionBody, MemoryType,
    ModuleArity, Parser, Payload, SubType, Table, TypeRef,
};

/// How code uses a memory.
#[derive(Debug, Clone, Copy, Default)]
pub struct Uses {
    /// Accesses in guests' code.
    pub accesses: u64,
    /// Whether anything grows it.
    pub grows: bool,
}

/// A data segment.
#[derive(Debug)]
pub struct Segment<'m> {
    /// The memory and the offset of an active one.
    pub active: Option<(u32, ConstExpr<'m>)>,
    pub data: &'m [u8],
}

/// What is in the module.
#[derive(Default)]
pub struct Survey<'m> {
    /// Sections by their ids, and custom sections, as they stand: where their contents are.
    pub sections: Vec<(u8, Range<usize>)>,
    pub memories: Vec<MemoryType>,
    pub uses: Vec<Uses>,
    pub tables: Vec<Table<'m>>,
    pub table_uses: Vec<table::layout::Uses>,
    pub elements: Vec<Element<'m>>,
    pub exports: Vec<Export<'m>>,
    pub segments: Vec<Segment<'m>>,
    pub bodies: Vec<FunctionBody<'m>>,
    pub arity: Arity,
    /// How many globals there are.
    pub globals: u32,
}

/// How many operands instructions take and leave, as far as that depends on the module.
#[derive(Debug, Default)]
pub struct Arity {
    types: Vec<SubType>,
    /// The type of each function.
    functions: Vec<u32>,
    tags: Vec<u32>,
    /// How many of the functions are imported.
    pub imported: usize,
}

impl Arity {
    /// How many functions and types there are.
    pub fn functions(&self) -> usize {
        self.functions.len()
    }

    pub fn types(&self) -> usize {
        self.types.len()
    }

    /// The type of a function of this module.
    fn of_body(&self, body: usize) -> Option<&SubType> {
        let ty = self.functions.get(self.imported.checked_add(body)?)?;
        self.types.get(*ty as usize)
    }

    /// How many parameters a function of this module has.
    pub fn params(&self, body: usize) -> Option<u32> {
        self.sub_type_arity(self.of_body(body)?).map(|(params, _)| params)
    }

    /// The type of a block that is all of a function of this module. None: it has several results, or a reference.
    pub fn result(&self, body: usize) -> Option<BlockType> {
        let CompositeInnerType::Func(ty) = &self.of_body(body)?.composite_type.inner else { return None };
        match ty.results() {
            [] => Some(BlockType::Empty),
            [ty] if !ty.is_reference_type() => Some(BlockType::Result((*ty).try_into().ok()?)),
            _ => None,
        }
    }
}

/// Blocks are not asked for: what is known ends with them.
impl ModuleArity for Arity {
    fn sub_type_at(&self, index: u32) -> Option<&SubType> {
        self.types.get(index as usize)
    }

    fn tag_type_arity(&self, at: u32) -> Option<(u32, u32)> {
        self.sub_type_arity(self.types.get(*self.tags.get(at as usize)? as usize)?)
    }

    fn type_index_of_function(&self, function: u32) -> Option<u32> {
        self.functions.get(function as usize).copied()
    }

    fn func_type_of_cont_type(&self, _: &wasmparser::ContType) -> Option<&wasmparser::FuncType> {
        None
    }

    fn sub_type_of_ref_type(&self, _: &wasmparser::RefType) -> Option<&SubType> {
        None
    }

    fn control_stack_height(&self) -> u32 {
        0
    }

    fn label_block(&self, _: u32) -> Option<(wasmparser::BlockType, wasmparser::FrameKind)> {
        None
    }
}

/// Looks at a module. Errors: `internal` where it is not valid, or not as the request says; `unsupported` for
/// memories that cannot be put into one.
pub fn survey<'m>(request: &Request<'m>) -> Result<Survey<'m>> {
    let mut survey = Survey::default();
    for payload in Parser::new(0).parse_all(request.module) {
        survey.payload(payload.map_err(invalid)?)?;
    }
    if !survey.has_memories() && !survey.has_tables() {
        return Ok(survey);
    }
    let counts = [
        (survey.memories.len(), request.owners.len()),
        (survey.tables.len(), request.tables.len()),
        (survey.bodies.len(), request.trusted.len()),
    ];
    if counts.iter().any(|(found, said)| found != said) {
        return Err(Error::internal("the merged module is not what its merger says"));
    }
    if survey.has_memories() {
        survey.can_become_one(request)?;
    }
    survey.count(request.trusted)?;
    Ok(survey)
}

pub fn invalid(error: wasmparser::BinaryReaderError) -> Error {
    Error::internal(format!("the merged module is not valid: {}", error.message()))
}

impl<'m> Survey<'m> {
    /// Whether there are memories to be put into one.
    pub fn has_memories(&self) -> bool {
        self.memories.len() > 1
    }

    /// Whether there are tables to be put together.
    pub fn has_tables(&self) -> bool {
        self.tables.len() > 1
    }

    /// The addresses of the one memory: as wide as the widest.
    pub fn address(&self) -> Address {
        Address::new(self.memories.iter().any(|memory| memory.memory64))
    }

    /// Errors: `unsupported` for a shared memory; for guests' memories of which some have 64-bit addresses, and others
    /// not; and for an exported one whose addresses the one memory does not have.
    fn can_become_one(&self, request: &Request) -> Result<()> {
        let shown = |owner: &Owner| crate::error::shown(&owner.label);
        let memories = || self.memories.iter().zip(request.owners);
        if let Some((_, owner)) = memories().find(|(memory, _)| memory.shared) {
            let what = format!("a shared memory, that of {}, among those that become one", shown(owner));
            return Err(Error::unsupported(what));
        }
        let Some((_, wide)) = memories().find(|(memory, _)| memory.memory64) else { return Ok(()) };
        let exports = self.exports.iter().filter(|export| export.kind == ExternalKind::Memory);
        let exported: HashSet<u32> = exports.map(|export| export.index).collect();
        let refused = |why: &str| {
            let wide = shown(wide);
            let what = format!(
                "a memory with 64-bit addresses, that of {wide}, among those that become one, {why},"
            );
            Err(Error::unsupported(what))
        };
        for (index, (_, owner)) in (0u32..).zip(memories()).filter(|(_, (memory, _))| !memory.memory64) {
            if !owner.generated {
                return refused(&format!("of which that of {} has 32-bit addresses", shown(owner)));
            }
            // Whoever reads it takes pointers to be as wide as the one memory's addresses.
            if exported.contains(&index) {
                return refused("where values from and to the host pass through one with 32-bit addresses");
            }
        }
        Ok(())
    }

    fn payload(&mut self, payload: Payload<'m>) -> Result<()> {
        if let Some((id, range)) = payload.as_section() {
            self.sections.push((id, range.start as usize..range.end as usize));
        }
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    self.arity.types.extend(group.map_err(invalid)?.into_types());
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    match import.map_err(invalid)?.ty {
                        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => self.arity.functions.push(ty),
                        _ => return Err(Error::internal("the merged module imports what is no function")),
                    }
                }
                self.arity.imported = self.arity.functions.len();
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.arity.functions.push(ty.map_err(invalid)?);
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    self.arity.tags.push(tag.map_err(invalid)?.func_type_idx);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table.map_err(invalid)?);
                }
            }
            Payload::ElementSection(section) => {
                for element in section {
                    self.elements.push(element.map_err(invalid)?);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(memory.map_err(invalid)?);
                }
            }
            Payload::GlobalSection(section) => self.globals = section.count(),
            Payload::ExportSection(section) => {
                for export in section {
                    self.exports.push(export.map_err(invalid)?);
                }
            }
            Payload::DataSection(section) => {
                for segment in section {
                    let segment = segment.map_err(invalid)?;
                    let active = match segment.kind {
                        DataKind::Active { memory_index, offset_expr } => Some((memory_index, offset_expr)),
                        DataKind::Passive => None,
                    };
                    self.segments.push(Segment { active, data: segment.data });
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, trusted: &[bool]) -> Result<()> {
        let mut uses = vec![Uses::default(); self.memories.len()];
        let mut table_uses = vec![table::layout::Uses::default(); self.tables.len()];
        for (body, trusted) in self.bodies.iter().zip(trusted) {
            let mut operators = body.get_operators_reader().map_err(invalid)?;
            while !operators.eof() {
                let operator = operators.read().map_err(invalid)?;
                table::layout::Uses::count(&mut table_uses, &operator);
                match Access::of(&operator) {
                    Some(Access::At { memarg, .. }) if !trusted => {
                        if let Some(uses) = uses.get_mut(memarg.memory as usize) {
                            uses.accesses = uses.accesses.saturating_add(1);
                        }
                    }
                    Some(Access::Grow(memory)) => {
                        if let Some(uses) = uses.get_mut(memory as usize) {
                            uses.grows = true;
                        }
                    }
                    _ => {}
                }
            }
        }
        self.uses = uses;
        self.table_uses = table_uses;
        Ok(())
    }
}
