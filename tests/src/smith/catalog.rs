//! What core modules export. In: modules, each under the name by which it is imported from. Out: one
//! type section for all of them, and for each export its type in there. Not its job: choosing among
//! them.

use anyhow::{Context, Result};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{EntityType, ImportSection, Module, TypeSection, ValType};
use wasmparser::{ExternalKind, Parser, Payload, TypeRef};

/// One export.
pub struct Item {
    pub module: String,
    pub name: String,
    pub ty: EntityType,
    /// Of a function: parameters and results.
    pub func: Option<Signature>,
    /// Whether it is a function that can be lifted as it is: of a type that stands for itself.
    pub plain: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    pub params: Vec<ValType>,
    pub results: Vec<ValType>,
}

#[derive(Default)]
pub struct Catalog {
    pub types: TypeSection,
    /// How many types there are: a recursive group counts once in the section.
    pub type_count: u32,
    pub items: Vec<Item>,
}

impl Catalog {
    pub fn add(&mut self, module: &str, bytes: &[u8]) -> Result<()> {
        let mut shape = Shape::read(bytes)?;
        let mut moved = Moved(self.type_count);
        for group in std::mem::take(&mut shape.groups) {
            self.type_count += group.types().len() as u32;
            moved.parse_recursive_type_group(self.types.ty(), group)?;
        }
        for (name, kind, index) in &shape.exports {
            let ty = *shape.space(*kind).get(*index as usize).context("an export of nothing")?;
            let (func, plain) = match ty {
                TypeRef::Func(index) => {
                    let (ty, plain) = shape.types.get(index as usize).context("a function without a type")?;
                    (Some(moved.signature(ty.unwrap_func())?), *plain)
                }
                _ => (None, false),
            };
            let ty = moved.entity_type(ty)?;
            self.items.push(Item { module: module.to_string(), name: name.clone(), ty, func, plain });
        }
        Ok(())
    }

    /// A module that imports all of it.
    pub fn importer(&self) -> Vec<u8> {
        let mut imports = ImportSection::new();
        for item in &self.items {
            imports.import(&item.module, &item.name, item.ty);
        }
        let mut module = Module::new();
        module.section(&self.types).section(&imports);
        module.finish()
    }
}

/// The modules from which this one imports.
pub fn imported_modules(bytes: &[u8]) -> Result<Vec<String>> {
    let mut modules: Vec<String> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                modules.push(import?.module.to_string());
            }
        }
    }
    modules.sort();
    modules.dedup();
    Ok(modules)
}

/// Types take their place behind those that are there already.
struct Moved(u32);

impl Reencode for Moved {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, reencode::Error<Self::Error>> {
        Ok(self.0 + index)
    }
}

impl Moved {
    fn signature(&mut self, ty: &wasmparser::FuncType) -> Result<Signature> {
        let mut types = |types: &[wasmparser::ValType]| {
            types.iter().map(|ty| Ok(self.val_type(*ty)?)).collect::<Result<Vec<_>>>()
        };
        Ok(Signature { params: types(ty.params())?, results: types(ty.results())? })
    }
}

/// The index spaces of one module.
#[derive(Default)]
struct Shape {
    groups: Vec<wasmparser::RecGroup>,
    /// With whether the type stands for itself: final, in no group and under no other type.
    types: Vec<(wasmparser::SubType, bool)>,
    funcs: Vec<TypeRef>,
    tables: Vec<TypeRef>,
    memories: Vec<TypeRef>,
    globals: Vec<TypeRef>,
    tags: Vec<TypeRef>,
    exports: Vec<(String, ExternalKind, u32)>,
}

impl Shape {
    fn read(bytes: &[u8]) -> Result<Shape> {
        let mut shape = Shape::default();
        for payload in Parser::new(0).parse_all(bytes) {
            shape.section(payload?)?;
        }
        Ok(shape)
    }

    fn section(&mut self, payload: Payload<'_>) -> Result<()> {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    let group = group?;
                    let alone = group.types().len() == 1;
                    self.types.extend(
                        group
                            .types()
                            .map(|ty| (ty.clone(), alone && ty.is_final && ty.supertype_idx.is_none())),
                    );
                    self.groups.push(group);
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let ty = import?.ty;
                    self.space_of(ty).push(ty);
                }
            }
            Payload::FunctionSection(section) => {
                for index in section {
                    self.funcs.push(TypeRef::Func(index?));
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(TypeRef::Table(table?.ty));
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(TypeRef::Memory(memory?));
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    self.tags.push(TypeRef::Tag(tag?));
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(TypeRef::Global(global?.ty));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    self.exports.push((export.name.to_string(), export.kind, export.index));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn space_of(&mut self, ty: TypeRef) -> &mut Vec<TypeRef> {
        match ty {
            TypeRef::Func(_) | TypeRef::FuncExact(_) => &mut self.funcs,
            TypeRef::Table(_) => &mut self.tables,
            TypeRef::Memory(_) => &mut self.memories,
            TypeRef::Global(_) => &mut self.globals,
            TypeRef::Tag(_) => &mut self.tags,
        }
    }

    fn space(&self, kind: ExternalKind) -> &[TypeRef] {
        match kind {
            ExternalKind::Func | ExternalKind::FuncExact => &self.funcs,
            ExternalKind::Table => &self.tables,
            ExternalKind::Memory => &self.memories,
            ExternalKind::Global => &self.globals,
            ExternalKind::Tag => &self.tags,
        }
    }
}
