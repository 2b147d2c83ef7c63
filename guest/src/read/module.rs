//! One core module, taken apart. In: validated bytes. Out: its sections as wasmparser's own items,
//! borrowed from the input. Not its job: what the items mean, and validation but for function bodies.

use super::bodies::Bodies;
use super::sites::Sites;
use crate::error::{Code, Error, Result};
use wasmparser::{
    Data, Element, Export, ExternalKind, FunctionBody, Global, Import, MemoryType, Parser, Payload, RecGroup,
    Table, TagType, TypeRef, ValidPayload, Validator, WasmFeatures,
};

/// The custom section that meld puts into core modules of its own making (docs/BOUNDARY.md).
pub const BOUNDARY_SECTION: &str = "meld:boundary";

/// A core module's sections, each in the order of the binary. Indices inside are those of the
/// module's own index spaces, in which imports come first.
#[derive(Clone, Default)]
pub struct Module<'a> {
    /// The whole module.
    pub bytes: &'a [u8],
    /// Where the module starts, in bytes from the start of the input; 0 for a generated module.
    pub offset: usize,
    pub types: Vec<RecGroup>,
    pub imports: Vec<Import<'a>>,
    /// The type index of each defined function.
    pub functions: Vec<u32>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub tags: Vec<TagType>,
    pub exports: Vec<Export<'a>>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    /// One for each defined function.
    pub bodies: Vec<FunctionBody<'a>>,
    /// Where the contents of the code section start, in bytes from the start of the input: debug information counts
    /// from there. 0 without one.
    pub code: u64,
    /// Where in them the instructions with indices are.
    pub sites: Sites,
    /// Custom sections: name, contents.
    pub customs: Vec<(&'a str, &'a [u8])>,
}

impl<'a> Module<'a> {
    /// Takes apart a module of meld's own making, which is validated like one from outside: its
    /// bodies are decoded anyway, and a fault in what generates them shows here. Errors: `Internal`.
    pub fn parse(bytes: &'a [u8], offset: usize) -> Result<Module<'a>> {
        let invalid = |error: wasmparser::Error| {
            Error::internal(format!("a generated module is not valid: {}", error.message()))
        };
        Module::taken_apart(bytes, offset, invalid, invalid)
    }

    /// Takes apart a core module that is the whole input. Errors: `Malformed` and `Invalid`, with the offset.
    pub fn input(bytes: &'a [u8]) -> Result<Module<'a>> {
        Module::taken_apart(bytes, 0, malformed, invalid)
    }

    fn taken_apart(
        bytes: &'a [u8],
        offset: usize,
        malformed: impl Fn(wasmparser::Error) -> Error,
        invalid: impl Fn(wasmparser::Error) -> Error,
    ) -> Result<Module<'a>> {
        let mut module = Module { bytes, offset, ..Module::default() };
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut bodies = Bodies::default();
        for payload in Parser::new(offset as u64).parse_all(bytes) {
            let payload = payload.map_err(&malformed)?;
            module.add(&payload).map_err(&malformed)?;
            if let ValidPayload::Func(function, body) = validator.payload(&payload).map_err(&invalid)? {
                bodies.push(function, body);
            }
        }
        bodies.validate(&mut module.sites).map_err(&invalid)?;
        Ok(module)
    }

    /// Takes one section, or one function body. Payloads of other kinds change nothing.
    pub(super) fn add(&mut self, payload: &Payload<'a>) -> wasmparser::Result<()> {
        match payload {
            Payload::TypeSection(s) => collect(&mut self.types, s.clone())?,
            Payload::ImportSection(s) => collect(&mut self.imports, s.clone().into_imports())?,
            Payload::FunctionSection(s) => collect(&mut self.functions, s.clone())?,
            Payload::TableSection(s) => collect(&mut self.tables, s.clone())?,
            Payload::MemorySection(s) => collect(&mut self.memories, s.clone())?,
            Payload::GlobalSection(s) => collect(&mut self.globals, s.clone())?,
            Payload::TagSection(s) => collect(&mut self.tags, s.clone())?,
            Payload::ExportSection(s) => collect(&mut self.exports, s.clone())?,
            Payload::StartSection { func, .. } => self.start = Some(*func),
            Payload::ElementSection(s) => collect(&mut self.elements, s.clone())?,
            Payload::DataSection(s) => collect(&mut self.data, s.clone())?,
            Payload::CodeSectionStart { range, .. } => self.code = range.start,
            Payload::CodeSectionEntry(body) => self.bodies.push(body.clone()),
            Payload::CustomSection(s) => self.customs.push((s.name(), s.data())),
            _ => {}
        }
        Ok(())
    }
}

fn collect<T>(
    into: &mut Vec<T>,
    from: impl IntoIterator<Item = wasmparser::Result<T>>,
) -> wasmparser::Result<()> {
    for item in from {
        into.push(item?);
    }
    Ok(())
}

/// wasmparser's error, as one of validation.
pub(super) fn invalid(error: wasmparser::BinaryReaderError) -> Error {
    // The validator puts each context of a mismatch on a line of its own.
    let message = without_debug_forms(&error.message().replace('\n', ": "));
    Error::new(Code::Invalid, message).at(error.offset() as usize)
}

/// What the validator says, without what only its own developers can read.
pub fn without_debug_forms(message: &str) -> String {
    message.split(" (ResourceId").next().unwrap_or_default().to_string()
}

/// wasmparser's error, as one that the bytes themselves make: no validator was asked.
pub(super) fn malformed(error: wasmparser::BinaryReaderError) -> Error {
    Error::new(Code::Malformed, error.message().to_string()).at(error.offset() as usize)
}

/// The sort of a core item (Binary.md, `core:sort`, the ones that an instance can export).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CoreSort {
    Func,
    Table,
    Memory,
    Global,
    Tag,
}

impl From<TypeRef> for CoreSort {
    /// The sort of what an import asks for.
    fn from(ty: TypeRef) -> CoreSort {
        match ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => CoreSort::Func,
            TypeRef::Table(_) => CoreSort::Table,
            TypeRef::Memory(_) => CoreSort::Memory,
            TypeRef::Global(_) => CoreSort::Global,
            TypeRef::Tag(_) => CoreSort::Tag,
        }
    }
}

impl From<ExternalKind> for CoreSort {
    fn from(kind: ExternalKind) -> CoreSort {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => CoreSort::Func,
            ExternalKind::Table => CoreSort::Table,
            ExternalKind::Memory => CoreSort::Memory,
            ExternalKind::Global => CoreSort::Global,
            ExternalKind::Tag => CoreSort::Tag,
        }
    }
}

impl std::fmt::Debug for Module<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module").field("offset", &self.offset).field("len", &self.bytes.len()).finish()
    }
}
