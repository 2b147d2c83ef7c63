//! The merged module's sections. In: items that have got an index. Out: the sections, which grow as
//! more items get one, and in the end the module. Not its job: which items are needed, and code.

use super::code::{self, Code};
use super::layout::{Maps, exact_imports, module_of};
use super::numbers::{Numbers, Space};
use super::reencoder::{Mapper, State, convert};
use super::resolve::{BySort, to_index};
use super::segments::Waiting;
use super::start::{self, Start};
use super::{Frame, Settings, names};
use crate::error::{Error, Result};
use crate::ids::LinkId;
use crate::read::{CoreSort, Module};
use std::collections::BTreeSet;
use wasm_encoder::reencode::{Reencode, utils};
use wasm_encoder::{
    CustomSection, DataCountSection, ElementMode, ElementSection, ElementSegment, Elements, Encode,
    EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection, ImportSection, MemorySection,
    MemoryType, Section, SectionId, StartSection, TableSection, TagSection,
};
use wasmparser::{DataKind, Element, ElementItems, ElementKind, Table, TableInit};

/// The sections in the making. Each has the items that have an index, in its order, up to some
/// point.
#[derive(Default)]
pub struct Sections {
    tables: TableSection,
    tags: TagSection,
    globals: GlobalSection,
    elements: ElementSection,
    /// Of each data segment that is active, its memory and offset; their bytes come last.
    data: Vec<Option<(u32, wasm_encoder::ConstExpr)>>,
    pub code: Code,
}

impl Sections {
    pub fn new(code: Code) -> Sections {
        Sections { code, ..Sections::default() }
    }

    /// Writes the items that have got an index and are not written, and those that they refer to.
    pub fn items(&mut self, frame: &Frame, state: &mut State) -> Result<()> {
        while self.tables(frame, state)?
            || self.tags(frame, state)?
            || self.globals(frame, state)?
            || self.elements(frame, state)?
            || self.data(frame, state)?
        {}
        state.numbers.check_limits()
    }

    /// Writes the next table. False: there is none. So do the others.
    fn tables(&mut self, frame: &Frame, state: &mut State) -> Result<bool> {
        let spot = Spot::item(frame, state, CoreSort::Table, self.tables.len());
        let Some(Spot { module, maps, waiting, nth, .. }) = spot? else { return Ok(false) };
        let mut mapper = Mapper { maps, constants: &frame.constants, state };
        let table = module.tables.get(nth as usize).ok_or_else(missing)?;
        self.table(table, waiting.tables.contains(&nth), &mut mapper).map_err(|e| e.at(module.offset))?;
        Ok(true)
    }

    fn table(&mut self, table: &Table, waits: bool, mapper: &mut Mapper) -> Result<()> {
        let ty = mapper.table_type(table.ty).map_err(convert)?;
        match &table.init {
            TableInit::Expr(expr) if waits => {
                if !table.ty.element_type.is_nullable() {
                    let what =
                        "a table of non-null references to an object that another module's global holds";
                    let offset = expr.get_binary_reader().original_position() as usize;
                    return Err(Error::unsupported(what).at(offset));
                }
                // The start function says it again: here it is for what it refers to.
                mapper.constant(expr)?;
                self.tables.table(ty)
            }
            TableInit::Expr(expr) => self.tables.table_with_init(ty, &mapper.constant(expr)?),
            TableInit::RefNull => self.tables.table(ty),
        };
        Ok(())
    }

    fn tags(&mut self, frame: &Frame, state: &mut State) -> Result<bool> {
        let spot = Spot::item(frame, state, CoreSort::Tag, self.tags.len());
        let Some(Spot { module, maps, nth, .. }) = spot? else { return Ok(false) };
        let mut mapper = Mapper { maps, constants: &frame.constants, state };
        let tag = module.tags.get(nth as usize).ok_or_else(missing)?;
        self.tags.tag(mapper.tag_type(*tag).map_err(convert)?);
        Ok(true)
    }

    fn globals(&mut self, frame: &Frame, state: &mut State) -> Result<bool> {
        let spot = Spot::item(frame, state, CoreSort::Global, self.globals.len());
        let Some(Spot { module, maps, nth, .. }) = spot? else { return Ok(false) };
        let mut mapper = Mapper { maps, constants: &frame.constants, state };
        let global = module.globals.get(nth as usize).ok_or_else(missing)?;
        let ty = mapper.global_type(global.ty).map_err(convert)?;
        let value = mapper.constant(&global.init_expr).map_err(|e| e.at(module.offset))?;
        self.globals.global(ty, &value);
        Ok(true)
    }

    fn elements(&mut self, frame: &Frame, state: &mut State) -> Result<bool> {
        let spot = Spot::element(frame, state, self.elements.len());
        let Some(Spot { module, maps, waiting, nth, .. }) = spot? else { return Ok(false) };
        let mut mapper = Mapper { maps, constants: &frame.constants, state };
        let element = module.elements.get(nth as usize).ok_or_else(missing)?;
        self.element(element, waiting.elements.contains(&nth), &mut mapper)
            .map_err(|e| e.at(module.offset))?;
        Ok(true)
    }

    fn element(&mut self, element: &Element, waits: bool, mapper: &mut Mapper) -> Result<()> {
        let elements = element_items(mapper, &element.items)?;
        let offset;
        let mode = match &element.kind {
            ElementKind::Declared => ElementMode::Declared,
            ElementKind::Active { table_index, offset_expr } if !waits => {
                let table = mapper.table_index(table_index.unwrap_or(0)).map_err(convert)?;
                offset = mapper.constant(offset_expr)?;
                ElementMode::Active { table: (table != 0).then_some(table), offset: &offset }
            }
            ElementKind::Active { .. } | ElementKind::Passive => ElementMode::Passive,
        };
        self.elements.segment(ElementSegment { mode, elements });
        Ok(())
    }

    fn data(&mut self, frame: &Frame, state: &mut State) -> Result<bool> {
        let spot = Spot::data(frame, state, to_index(self.data.len())?);
        let Some(Spot { module, maps, waiting, nth, .. }) = spot? else { return Ok(false) };
        let mut mapper = Mapper { maps, constants: &frame.constants, state };
        let data = module.data.get(nth as usize).ok_or_else(missing)?;
        self.data.push(match &data.kind {
            DataKind::Active { memory_index, offset_expr } if !waiting.data.contains(&nth) => {
                let memory = mapper.memory_index(*memory_index).map_err(convert)?;
                Some((memory, mapper.constant(offset_expr).map_err(|e| e.at(module.offset))?))
            }
            DataKind::Active { .. } | DataKind::Passive => None,
        });
        Ok(true)
    }

    /// Writes the module.
    pub fn write(mut self, frame: &Frame, mut state: State, settings: Settings) -> Result<Vec<u8>> {
        let start = self.start(frame, &mut state)?;
        let generated = start == Some(to_index(state.numbers.items.funcs.len())?);
        let imports = imports(frame, &mut state)?;
        let functions = functions(frame, &mut state, generated)?;
        let memories = memories(frame, &mut state)?;
        let exports = exports(frame, &mut state)?;
        let undeclared = state.references.undeclared(&state.numbers.items.funcs);
        if !undeclared.is_empty() {
            self.elements.declared(Elements::Functions(undeclared.into()));
        }
        state.types.check_limits()?;

        let mut module = wasm_encoder::Module::new();
        let types = state.types.section();
        add(&mut module, types.is_empty(), types);
        add(&mut module, imports.is_empty(), &imports);
        add(&mut module, functions.is_empty(), &functions);
        add(&mut module, self.tables.is_empty(), &self.tables);
        add(&mut module, memories.is_empty(), &memories);
        add(&mut module, self.tags.is_empty(), &self.tags);
        add(&mut module, self.globals.is_empty(), &self.globals);
        add(&mut module, exports.is_empty(), &exports);
        if let Some(function_index) = start {
            module.section(&StartSection { function_index });
        }
        add(&mut module, self.elements.is_empty(), &self.elements);
        if state.references.data {
            module.section(&DataCountSection { count: to_index(self.data.len())? });
        }
        let mut module = std::mem::take(&mut self.code).behind(module.finish())?;
        self.data_section(frame, &state, &mut module)?;
        if let Some(section) = names::section(frame, &state, start.filter(|_| generated), settings.names)? {
            section.append_to(&mut module);
        }
        for (name, data) in &frame.assembly.customs {
            // Checked because wasm-encoder counts on it.
            to_index(data.len())?;
            let section = CustomSection { name: name.as_str().into(), data: data.as_slice().into() };
            section.append_to(&mut module);
        }
        Ok(module)
    }

    /// The index of the start function. It is generated if need be: then it is the last function and
    /// its body the last body.
    fn start(&mut self, frame: &Frame, state: &mut State) -> Result<Option<u32>> {
        let waiting = needed(frame, state);
        match Start::new(&waiting) {
            Start::None => Ok(None),
            Start::Direct(start) => Ok(Some(start::index(state, start)?)),
            Start::Generated => {
                let before = counts(state);
                self.code.function(&start::function(frame, state, &waiting)?);
                if counts(state) != before {
                    return Err(Error::internal("the start function refers to what nothing else does"));
                }
                Ok(Some(to_index(state.numbers.items.funcs.len())?))
            }
        }
    }

    /// Appends the data section, if there are segments: from the input straight to where they stay.
    fn data_section(&self, frame: &Frame, state: &State, module: &mut Vec<u8>) -> Result<()> {
        if self.data.is_empty() {
            return Ok(());
        }
        module.push(SectionId::Data.into());
        code::sized(module, |out| {
            to_index(self.data.len())?;
            self.data.len().encode(out);
            for (number, active) in (0u32..).zip(&self.data) {
                let Spot { module, nth, .. } = Spot::data(frame, state, number)?.ok_or_else(missing)?;
                match active {
                    Some((0, offset)) => {
                        out.push(0x00);
                        offset.encode(out);
                    }
                    Some((memory, offset)) => {
                        out.push(0x02);
                        memory.encode(out);
                        offset.encode(out);
                    }
                    None => out.push(0x01),
                }
                let bytes = module.data.get(nth as usize).ok_or_else(missing)?.data;
                to_index(bytes.len())?;
                bytes.encode(out);
            }
            Ok(())
        })?;
        Ok(())
    }
}

/// An item, or a segment, with what is around it.
pub struct Spot<'f, 'a> {
    pub module: &'f Module<'a>,
    pub maps: &'f Maps,
    pub waiting: &'f Waiting,
    /// Its number among those of its kind that the instance defines.
    pub nth: u32,
}

impl<'f, 'a> Spot<'f, 'a> {
    /// The item that has this index. None: no item has it.
    pub fn item(
        frame: &'f Frame<'a>,
        state: &State,
        sort: CoreSort,
        index: u32,
    ) -> Result<Option<Spot<'f, 'a>>> {
        let place = state.numbers.items.get(sort).order().get(index as usize);
        place.map(|place| Spot::new(frame, frame.layout.owner(sort, *place))).transpose()
    }

    fn element(frame: &'f Frame<'a>, state: &State, index: u32) -> Result<Option<Spot<'f, 'a>>> {
        let place = state.numbers.elements.order().get(index as usize);
        place.map(|place| Spot::new(frame, frame.layout.element_owner(*place))).transpose()
    }

    fn data(frame: &'f Frame<'a>, state: &State, index: u32) -> Result<Option<Spot<'f, 'a>>> {
        let place = state.numbers.data.order().get(index as usize);
        place.map(|place| Spot::new(frame, frame.layout.data_owner(*place))).transpose()
    }

    fn new(frame: &'f Frame<'a>, owner: Option<(LinkId, u32)>) -> Result<Spot<'f, 'a>> {
        let (id, nth) = owner.ok_or_else(missing)?;
        let instance = frame.assembly.instances.get(id).ok_or_else(missing)?;
        let module = module_of(&frame.assembly, instance)?;
        let maps = frame.layout.maps.get(id).ok_or_else(missing)?;
        let waiting = frame.waiting.get(crate::ids::Id::index(id)).ok_or_else(missing)?;
        Ok(Spot { module, maps, waiting, nth })
    }
}

/// What waits, and is needed.
fn needed(frame: &Frame, state: &State) -> Vec<Waiting> {
    let numbers = &state.numbers;
    let needed = |((id, maps), waiting): ((LinkId, &Maps), &Waiting)| {
        let table = |nth: &u32| frame.layout.place_of(CoreSort::Table, id, *nth);
        let tables = waiting.tables.iter().copied();
        let elements = waiting.elements.iter().copied();
        let data = waiting.data.iter().copied();
        Waiting {
            tables: tables
                .filter(|nth| table(nth).and_then(|p| numbers.items.tables.get(p)).is_some())
                .collect(),
            elements: elements
                .filter(|nth| numbers.elements.get(maps.first_element.saturating_add(*nth)).is_some())
                .collect(),
            data: data
                .filter(|nth| numbers.data.get(maps.first_data.saturating_add(*nth)).is_some())
                .collect(),
            start: waiting.start,
        }
    };
    frame.layout.maps.iter().zip(&frame.waiting).map(needed).collect()
}

/// How many items have an index.
fn counts(state: &State) -> [usize; 7] {
    let Numbers { items, elements, data, .. } = &state.numbers;
    let BySort { funcs, tables, memories, globals, tags } = items;
    [funcs, tables, memories, globals, tags, elements, data].map(Space::len)
}

fn imports(frame: &Frame, state: &mut State) -> Result<ImportSection> {
    let mut section = ImportSection::new();
    for (host, exact) in frame.assembly.imports.iter().zip(exact_imports(&frame.assembly, &frame.layout)?) {
        let ty = state.types.add_function(&host.params, &host.results);
        let ty = if exact { EntityType::FunctionExact(ty) } else { EntityType::Function(ty) };
        section.import(&host.module, &host.name, ty);
    }
    Ok(section)
}

fn functions(frame: &Frame, state: &mut State, generated_start: bool) -> Result<FunctionSection> {
    let mut section = FunctionSection::new();
    for index in to_index(frame.assembly.imports.len())?..to_index(state.numbers.items.funcs.len())? {
        let Spot { module, maps, nth, .. } =
            Spot::item(frame, state, CoreSort::Func, index)?.ok_or_else(missing)?;
        let ty = *module.functions.get(nth as usize).ok_or_else(missing)?;
        section.function(state.types.index(maps.module, ty).map_err(convert)?);
    }
    if generated_start {
        section.function(state.types.add_function(&[], &[]));
    }
    Ok(section)
}

/// A memory refers to nothing, so all can wait until the end. Where number 0 was kept for one that
/// nothing reaches, an empty one has it.
fn memories(frame: &Frame, state: &mut State) -> Result<MemorySection> {
    let mut section = MemorySection::new();
    for index in 0..to_index(state.numbers.items.memories.len())? {
        let Spot { module, maps, nth, .. } =
            Spot::item(frame, state, CoreSort::Memory, index)?.ok_or_else(missing)?;
        let place = state.numbers.items.memories.order().get(index as usize);
        if place.and_then(|place| state.numbers.items.memories.get(*place)).is_none() {
            let (minimum, maximum) = (0, Some(0));
            section.memory(MemoryType {
                minimum,
                maximum,
                memory64: false,
                shared: false,
                page_size_log2: None,
            });
            continue;
        }
        let mut mapper = Mapper { maps, constants: &frame.constants, state };
        let memory = module.memories.get(nth as usize).ok_or_else(missing)?;
        section.memory(mapper.memory_type(*memory).map_err(convert)?);
    }
    Ok(section)
}

fn exports(frame: &Frame, state: &mut State) -> Result<ExportSection> {
    let mut section = ExportSection::new();
    let mut seen = BTreeSet::new();
    for (export, &(sort, place)) in frame.assembly.exports.iter().zip(&frame.layout.exports) {
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
            state.references.declare(place);
        }
        let index = state.numbers.items.get(sort).get(place).ok_or_else(missing)?;
        section.export(&export.name, kind, index);
    }
    Ok(section)
}

fn add(module: &mut wasm_encoder::Module, empty: bool, section: &impl Section) {
    if !empty {
        module.section(section);
    }
}

pub fn missing() -> Error {
    Error::internal("an item has no place in the merged module")
}

fn element_items(mapper: &mut Mapper, items: &ElementItems) -> Result<Elements<'static>> {
    match items {
        ElementItems::Functions(functions) => {
            let mut mapped = Vec::new();
            for function in functions.clone() {
                let function = function.map_err(|e| convert(e.into()))?;
                mapped.push(mapper.declared(function).map_err(convert)?);
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
