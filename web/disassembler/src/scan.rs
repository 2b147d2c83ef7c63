//! One walk over a binary. In: bytes. Out: sizes of the sections, the core modules, and where their
//! functions and memories begin; of malformed bytes what comes before the mistake. Not its job:
//! anything inside of functions.

use crate::contents::{Memory, Sizes};
use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{
    BinaryReaderError, CustomSectionReader, Encoding, ExternalKind, KnownCustom, Name, Parser, Payload,
    TypeRef,
};

#[derive(Default)]
pub struct Scan {
    /// Of the whole. None where the bytes are neither.
    pub encoding: Option<Encoding>,
    /// Without the sections that hold a component or module: those count by what is in them.
    pub sizes: Sizes,
    pub components: usize,
    pub modules: Vec<Module>,
    pub malformed: Option<String>,
}

/// Offsets are those at which wasmprinter begins a line.
pub struct Module {
    pub offset: u64,
    pub bytes: u64,
    pub name: Option<String>,
    pub memories: Vec<(u64, Memory)>,
    /// The defined ones.
    pub functions: Vec<Function>,
    pub imported_functions: u32,
}

pub struct Function {
    pub offset: u64,
    pub bytes: u64,
    /// From the name section, else the first export.
    pub name: Option<String>,
}

pub fn scan(bytes: &[u8]) -> Scan {
    let mut walk = Walk { scan: Scan::default(), open: Vec::new(), next: 0..bytes.len() as u64 };
    for payload in Parser::new(0).parse_all(bytes) {
        if let Err(error) = payload.map_err(told).and_then(|payload| walk.take(payload)) {
            walk.scan.malformed = Some(error);
            break;
        }
    }
    while let Some(level) = walk.open.pop() {
        walk.scan.close(level);
    }
    walk.scan
}

struct Walk<'a> {
    scan: Scan,
    /// Outermost first.
    open: Vec<Level<'a>>,
    /// Where the component or module lies that comes next.
    next: Range<u64>,
}

/// A component or module that the walk is inside of.
struct Level<'a> {
    encoding: Encoding,
    end: u64,
    /// In `Scan::modules`.
    module: Option<usize>,
    exported: HashMap<u32, &'a str>,
    named: HashMap<u32, &'a str>,
}

impl<'a> Walk<'a> {
    fn take(&mut self, payload: Payload<'a>) -> Result<(), String> {
        self.count(&payload);
        match payload {
            Payload::Version { encoding, .. } => self.start(encoding),
            Payload::ModuleSection { unchecked_range, .. }
            | Payload::ComponentSection { unchecked_range, .. } => {
                // The parser does not check this.
                let end = self.open.last().map_or(self.next.end, |level| level.end);
                if unchecked_range.end > end {
                    return Err(format!(
                        "what is nested ends behind what it is nested in (at offset {:#x})",
                        unchecked_range.start
                    ));
                }
                self.next = unchecked_range;
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports_with_offsets() {
                    let (offset, import) = import.map_err(told)?;
                    let Some(module) = self.module() else { break };
                    match import.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => {
                            module.imported_functions = module.imported_functions.saturating_add(1);
                        }
                        TypeRef::Memory(ty) => module.memories.push((offset, Memory::new(&ty, true))),
                        _ => {}
                    }
                }
            }
            Payload::MemorySection(section) => {
                for defined in section.into_iter_with_offsets() {
                    let (offset, ty) = defined.map_err(told)?;
                    let Some(module) = self.module() else { break };
                    module.memories.push((offset, Memory::new(&ty, false)));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export.map_err(told)?;
                    if let (ExternalKind::Func, Some(level)) = (export.kind, self.open.last_mut()) {
                        level.exported.entry(export.index).or_insert(export.name);
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let Range { start, end } = body.range();
                if let Some(module) = self.module() {
                    module.functions.push(Function { offset: start, bytes: end - start, name: None });
                }
            }
            Payload::CustomSection(section) => self.names(&section),
            Payload::End(_) => {
                if let Some(level) = self.open.pop() {
                    self.scan.close(level);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn start(&mut self, encoding: Encoding) {
        self.scan.encoding.get_or_insert(encoding);
        let module = (encoding == Encoding::Module).then_some(self.scan.modules.len());
        if module.is_some() {
            self.scan.modules.push(Module {
                offset: self.next.start,
                bytes: self.next.end - self.next.start,
                name: None,
                memories: Vec::new(),
                functions: Vec::new(),
                imported_functions: 0,
            });
        } else if !self.open.is_empty() {
            self.scan.components += 1;
        }
        self.open.push(Level {
            encoding,
            end: self.next.end,
            module,
            exported: HashMap::new(),
            named: HashMap::new(),
        });
    }

    /// The module whose contents come now.
    fn module(&mut self) -> Option<&mut Module> {
        self.scan.modules.get_mut(self.open.last()?.module?)
    }

    fn count(&mut self, payload: &Payload<'a>) {
        let (Some((id, range)), Some(level)) = (payload.as_section(), self.open.last()) else { return };
        let custom = match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => return,
            Payload::CustomSection(section) => Some(section.name()),
            _ => None,
        };
        self.scan.sizes.add(level.encoding, id, custom, range.end - range.start);
    }

    /// Of a malformed name section, the names before the mistake: names are no part of what a module means.
    fn names(&mut self, section: &CustomSectionReader<'a>) {
        let KnownCustom::Name(names) = section.as_known() else { return };
        for name in names.into_iter().map_while(Result::ok) {
            match name {
                Name::Module { name, .. } => {
                    if let Some(module) = self.module() {
                        module.name = Some(name.to_string());
                    }
                }
                Name::Function(functions) => {
                    let Some(level) = self.open.last_mut() else { return };
                    for naming in functions.into_iter().map_while(Result::ok) {
                        level.named.insert(naming.index, naming.name);
                    }
                }
                _ => {}
            }
        }
    }
}

impl Scan {
    fn close(&mut self, level: Level<'_>) {
        let Some(module) = level.module.and_then(|module| self.modules.get_mut(module)) else { return };
        for (index, function) in (module.imported_functions..).zip(&mut module.functions) {
            let name = level.named.get(&index).or_else(|| level.exported.get(&index));
            function.name = name.map(|name| name.to_string());
        }
    }
}

fn told(error: BinaryReaderError) -> String {
    error.to_string()
}
