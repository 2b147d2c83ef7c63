//! The merged module's sections, in the binary's order. In: the layout, and the code that is
//! already copied. Out: the module. Not its job: code, and where things go.

use super::assembly::Assembly;
use super::constant::Constants;
use super::layout::{Layout, module_of};
use super::names;
use super::reencoder::{Mapper, References, convert};
use super::resolve::to_index;
use super::segments::Waiting;
use super::start::{self, Start};
use crate::error::{Error, Result};
use crate::ids::LinkId;
use crate::read::{CoreSort, Module};
use std::collections::BTreeSet;
use wasm_encoder::reencode::{Reencode, utils};
use wasm_encoder::{
    CodeSection, CustomSection, DataCountSection, DataSection, ElementMode, ElementSection, ElementSegment,
    Elements, EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection, ImportSection,
    MemorySection, Section, StartSection, TableSection, TagSection,
};
use wasmparser::{DataKind, ElementItems, ElementKind, TableInit};

/// Everything that the module is written from.
pub struct Parts<'p, 'a> {
    pub assembly: &'p Assembly<'a>,
    pub layout: Layout,
    pub constants: Constants,
    pub waiting: Vec<Waiting>,
    pub references: References,
    pub code: CodeSection,
    pub names: bool,
}

impl<'p, 'a> Parts<'p, 'a> {
    /// Writes the module. Large sections are built, appended and dropped one after the other.
    pub fn write(mut self) -> Result<Vec<u8>> {
        let start = self.start()?;
        let functions = self.functions(start)?;
        let tables = self.tables()?;
        let memories = self.memories()?;
        let tags = self.tags()?;
        let globals = self.globals()?;
        let exports = self.exports()?;
        let elements = self.elements()?;
        let data_count = (self.references.data).then_some(DataCountSection { count: self.layout.data });

        let mut module = wasm_encoder::Module::new();
        let imports = self.imports();
        let types = self.layout.types.section();
        add(&mut module, types.is_empty(), types);
        add(&mut module, imports.is_empty(), &imports);
        add(&mut module, functions.is_empty(), &functions);
        add(&mut module, tables.is_empty(), &tables);
        add(&mut module, memories.is_empty(), &memories);
        add(&mut module, tags.is_empty(), &tags);
        add(&mut module, globals.is_empty(), &globals);
        add(&mut module, exports.is_empty(), &exports);
        if let Some(function_index) = start {
            module.section(&StartSection { function_index });
        }
        add(&mut module, elements.is_empty(), &elements);
        if let Some(section) = data_count {
            module.section(&section);
        }
        let code = std::mem::take(&mut self.code);
        add(&mut module, code.is_empty(), &code);
        drop(code);
        if self.layout.data > 0 {
            module.section(&self.data()?);
        }
        self.customs(&mut module, start)?;
        Ok(module.finish())
    }

    /// The start function, generated if need be: then it is the last function and its body the
    /// last body.
    fn start(&mut self) -> Result<Option<u32>> {
        match Start::new(&self.waiting) {
            Start::None => Ok(None),
            Start::Direct(func) => Ok(Some(func)),
            Start::Generated => {
                let Parts { assembly, layout, constants, waiting, references, code, .. } = self;
                code.function(&start::function(assembly, layout, constants, references, waiting)?);
                Ok(Some(layout.functions))
            }
        }
    }

    fn imports(&self) -> ImportSection {
        let mut section = ImportSection::new();
        for (host, &(ty, exact)) in self.assembly.imports.iter().zip(&self.layout.imports) {
            let ty = if exact { EntityType::FunctionExact(ty) } else { EntityType::Function(ty) };
            section.import(&host.module, &host.name, ty);
        }
        section
    }

    fn functions(&mut self, start: Option<u32>) -> Result<FunctionSection> {
        let mut section = FunctionSection::new();
        self.each(|module, mapper, _| {
            for &ty in &module.functions {
                section.function(mapper.type_index(ty).map_err(convert)?);
            }
            Ok(())
        })?;
        if start == Some(self.layout.functions) {
            section.function(self.layout.types.add_function(&[], &[])?);
        }
        Ok(section)
    }

    fn tables(&mut self) -> Result<TableSection> {
        let mut section = TableSection::new();
        self.each(|module, mapper, waiting| {
            for (nth, table) in (0u32..).zip(&module.tables) {
                let ty = mapper.table_type(table.ty).map_err(convert)?;
                match &table.init {
                    TableInit::Expr(expr) if !waiting.tables.contains(&nth) => {
                        section.table_with_init(ty, &mapper.constant(expr)?)
                    }
                    TableInit::Expr(expr) if !table.ty.element_type.is_nullable() => {
                        let what =
                            "a table of non-null references to an object that another module's global holds";
                        let offset = expr.get_binary_reader().original_position() as usize;
                        return Err(Error::unsupported(what).at(offset));
                    }
                    _ => section.table(ty),
                };
            }
            Ok(())
        })?;
        Ok(section)
    }

    fn memories(&mut self) -> Result<MemorySection> {
        let mut section = MemorySection::new();
        self.each(|module, mapper, _| {
            for &memory in &module.memories {
                section.memory(mapper.memory_type(memory).map_err(convert)?);
            }
            Ok(())
        })?;
        Ok(section)
    }

    fn tags(&mut self) -> Result<TagSection> {
        let mut section = TagSection::new();
        self.each(|module, mapper, _| {
            for &tag in &module.tags {
                section.tag(mapper.tag_type(tag).map_err(convert)?);
            }
            Ok(())
        })?;
        Ok(section)
    }

    fn globals(&mut self) -> Result<GlobalSection> {
        let mut section = GlobalSection::new();
        for &(id, nth) in self.constants.order() {
            let (module, maps) = find(self.assembly, &self.layout, id)?;
            let global = module.globals.get(nth as usize).ok_or_else(missing)?;
            let mut mapper = Mapper { maps, constants: &self.constants, references: &mut self.references };
            let ty = mapper.global_type(global.ty).map_err(convert)?;
            section.global(ty, &mapper.constant(&global.init_expr)?);
        }
        Ok(section)
    }

    fn exports(&mut self) -> Result<ExportSection> {
        let mut section = ExportSection::new();
        let mut seen = BTreeSet::new();
        for (export, &(sort, index)) in self.assembly.exports.iter().zip(&self.layout.exports) {
            if !seen.insert(export.name.as_str()) {
                return Err(Error::internal(format!("two exports are named `{}`", export.name)));
            }
            let kind = match sort {
                CoreSort::Func => ExportKind::Func,
                CoreSort::Table => ExportKind::Table,
                CoreSort::Memory => ExportKind::Memory,
                CoreSort::Global => ExportKind::Global,
                CoreSort::Tag => ExportKind::Tag,
            };
            if sort == CoreSort::Func {
                self.references.declare(index);
            }
            section.export(&export.name, kind, index);
        }
        Ok(section)
    }

    /// All element segments, and one more that declares functions whose references are taken in
    /// bodies, where it was an export of the input that did so. Comes after everything else that
    /// may declare functions.
    fn elements(&mut self) -> Result<ElementSection> {
        let mut section = ElementSection::new();
        self.each(|module, mapper, waiting| {
            for (nth, element) in (0u32..).zip(&module.elements) {
                let elements = element_items(mapper, &element.items)?;
                let offset;
                let mode = match &element.kind {
                    ElementKind::Declared => ElementMode::Declared,
                    ElementKind::Active { table_index, offset_expr } if !waiting.elements.contains(&nth) => {
                        let table = mapper.table_index(table_index.unwrap_or(0)).map_err(convert)?;
                        offset = mapper.constant(offset_expr)?;
                        ElementMode::Active { table: (table != 0).then_some(table), offset: &offset }
                    }
                    ElementKind::Active { .. } | ElementKind::Passive => ElementMode::Passive,
                };
                section.segment(ElementSegment { mode, elements });
            }
            Ok(())
        })?;
        let undeclared = self.references.undeclared();
        if !undeclared.is_empty() {
            section.declared(Elements::Functions(undeclared.into()));
        }
        Ok(section)
    }

    fn data(&mut self) -> Result<DataSection> {
        let mut section = DataSection::new();
        self.each(|module, mapper, waiting| {
            for (nth, data) in (0u32..).zip(&module.data) {
                let bytes = data.data.iter().copied();
                match &data.kind {
                    DataKind::Active { memory_index, offset_expr } if !waiting.data.contains(&nth) => {
                        let memory = mapper.memory_index(*memory_index).map_err(convert)?;
                        section.active(memory, &mapper.constant(offset_expr)?, bytes)
                    }
                    DataKind::Active { .. } | DataKind::Passive => section.passive(bytes),
                };
            }
            Ok(())
        })?;
        Ok(section)
    }

    fn customs(&self, module: &mut wasm_encoder::Module, start: Option<u32>) -> Result<()> {
        if self.names {
            let generated = start.filter(|&func| func == self.layout.functions);
            module.section(&names::section(self.assembly, &self.layout, generated)?);
        }
        for (name, data) in &self.assembly.customs {
            // Checked because wasm-encoder counts on it.
            to_index(data.len())?;
            module.section(&CustomSection { name: name.as_str().into(), data: data.as_slice().into() });
        }
        Ok(())
    }

    /// Calls `f` for each instance in order; errors without a place get the module's.
    fn each(&mut self, mut f: impl FnMut(&Module<'a>, &mut Mapper, &Waiting) -> Result<()>) -> Result<()> {
        for (id, waiting) in self.assembly.instances.ids().zip(&self.waiting) {
            let (module, maps) = find(self.assembly, &self.layout, id)?;
            let mut mapper = Mapper { maps, constants: &self.constants, references: &mut self.references };
            f(module, &mut mapper, waiting).map_err(|e| e.at(module.offset))?;
        }
        Ok(())
    }
}

fn add(module: &mut wasm_encoder::Module, empty: bool, section: &impl Section) {
    if !empty {
        module.section(section);
    }
}

fn find<'r, 'a>(
    assembly: &'r Assembly<'a>,
    layout: &'r Layout,
    id: LinkId,
) -> Result<(&'r Module<'a>, &'r super::layout::Maps)> {
    let module = module_of(assembly, assembly.instances.get(id).ok_or_else(missing)?)?;
    Ok((module, layout.maps.get(id).ok_or_else(missing)?))
}

fn missing() -> Error {
    Error::internal("an item has no place in the merged module")
}

fn element_items(mapper: &mut Mapper, items: &ElementItems) -> Result<Elements<'static>> {
    match items {
        ElementItems::Functions(functions) => {
            let mut mapped = Vec::new();
            for function in functions.clone() {
                let function =
                    mapper.function_index(function.map_err(|e| convert(e.into()))?).map_err(convert)?;
                mapper.references.declare(function);
                mapped.push(function);
            }
            Ok(Elements::Functions(mapped.into()))
        }
        ElementItems::Expressions(ty, expressions) => {
            let mut mapped = Vec::new();
            for expression in expressions.clone() {
                let expression = expression.map_err(|e| convert(e.into()))?;
                mapped.push(mapper.constant(&expression)?);
            }
            let ty = utils::ref_type(mapper, *ty).map_err(convert)?;
            Ok(Elements::Expressions(ty, mapped.into()))
        }
    }
}
