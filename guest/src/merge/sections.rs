//! The sections of what refers to other things. In: what has become live. Out: tables, tags, globals
//! and segments, each in the order of its index, and the worklists drained: what they refer to becomes
//! live. Not its job: function bodies (`body`), and the rest of the module (`module`).

use super::code::Code;
use super::linked::{Linked, Located};
use super::mapped::convert;
use super::reencoder::{Found, Mapper, Where};
use crate::error::{Error, Result};
use crate::ids::{ElementId, TableId};
use wasm_encoder::reencode::{Reencode, utils};
use wasm_encoder::{
    ConstExpr, ElementMode, ElementSection, ElementSegment, Elements, GlobalSection, TableSection, TagSection,
};
use wasmparser::{DataKind, ElementItems, ElementKind, TableInit};

/// The sections in the making. Each has what is live of its sort, by index, up to some point.
#[derive(Default)]
pub struct Sections {
    pub tables: TableSection,
    pub tags: TagSection,
    pub globals: GlobalSection,
    pub elements: ElementSection,
    /// Of each data segment that is active, its memory and offset; their bytes come last.
    pub data: Vec<Option<(u32, ConstExpr)>>,
    pub code: Code,
}

impl Sections {
    pub fn new(code: Code) -> Sections {
        Sections { code, ..Sections::default() }
    }

    /// Drains the worklists of everything but functions.
    pub fn drain(&mut self, linked: &Linked, found: &mut Found) -> Result<()> {
        while self.table(linked, found)?
            || self.tag(linked, found)?
            || self.global(linked, found)?
            || self.element(linked, found)?
            || self.data(linked, found)?
        {}
        found.live.check_limits()
    }

    /// Writes the next table. False: there is none. So do the others.
    fn table(&mut self, linked: &Linked, found: &mut Found) -> Result<bool> {
        let Some(id) = found.live.tables.take() else { return Ok(false) };
        let at = linked.locate(id)?;
        self.write_table(&at, &mut at.mapper(found)).map_err(|e| e.at(at.module.offset))?;
        Ok(true)
    }

    fn write_table(&mut self, at: &Located<'_, '_, TableId>, mapper: &mut Mapper) -> Result<()> {
        let table = at.definition;
        let ty = mapper.table_type(table.ty).map_err(convert)?;
        match &table.init {
            TableInit::Expr(expr) if at.deferred.tables.contains(&at.nth) => {
                if !table.ty.element_type.is_nullable() {
                    let what =
                        "a table of non-null references to an object that another module's global holds";
                    let offset = expr.get_binary_reader().original_position() as usize;
                    return Err(Error::unsupported(what).at(offset));
                }
                // The start function writes it: here it makes live what it refers to.
                mapper.expression(expr, Where::Body)?;
                self.tables.table(ty)
            }
            TableInit::Expr(expr) => self.tables.table_with_init(ty, &mapper.constant(expr)?),
            TableInit::RefNull => self.tables.table(ty),
        };
        Ok(())
    }

    fn tag(&mut self, linked: &Linked, found: &mut Found) -> Result<bool> {
        let Some(id) = found.live.tags.take() else { return Ok(false) };
        let at = linked.locate(id)?;
        self.tags.tag(at.mapper(found).tag_type(*at.definition).map_err(convert)?);
        Ok(true)
    }

    fn global(&mut self, linked: &Linked, found: &mut Found) -> Result<bool> {
        let Some(id) = found.live.globals.take() else { return Ok(false) };
        let at = linked.locate(id)?;
        let mut mapper = at.mapper(found);
        let ty = mapper.global_type(at.definition.ty).map_err(convert)?;
        let value = mapper.constant(&at.definition.init_expr).map_err(|e| e.at(at.module.offset))?;
        self.globals.global(ty, &value);
        Ok(true)
    }

    fn element(&mut self, linked: &Linked, found: &mut Found) -> Result<bool> {
        let Some(id) = found.live.elements.take() else { return Ok(false) };
        let at = linked.locate(id)?;
        self.write_element(&at, &mut at.mapper(found)).map_err(|e| e.at(at.module.offset))?;
        Ok(true)
    }

    fn write_element(&mut self, at: &Located<'_, '_, ElementId>, mapper: &mut Mapper) -> Result<()> {
        let elements = element_items(mapper, &at.definition.items)?;
        let offset;
        let mode = match &at.definition.kind {
            ElementKind::Declared => ElementMode::Declared,
            ElementKind::Active { table_index, offset_expr } if !at.deferred.elements.contains(&at.nth) => {
                let table = mapper.table_index(table_index.unwrap_or(0)).map_err(convert)?;
                offset = mapper.constant(offset_expr)?;
                ElementMode::Active { table: (table != 0).then_some(table), offset: &offset }
            }
            ElementKind::Active { .. } | ElementKind::Passive => ElementMode::Passive,
        };
        self.elements.segment(ElementSegment { mode, elements });
        Ok(())
    }

    fn data(&mut self, linked: &Linked, found: &mut Found) -> Result<bool> {
        let Some(id) = found.live.data.take() else { return Ok(false) };
        let at = linked.locate(id)?;
        let mut mapper = at.mapper(found);
        self.data.push(match &at.definition.kind {
            DataKind::Active { memory_index, offset_expr } if !at.deferred.data.contains(&at.nth) => {
                let memory = mapper.memory_index(*memory_index).map_err(convert)?;
                Some((memory, mapper.constant(offset_expr).map_err(|e| e.at(at.module.offset))?))
            }
            DataKind::Active { .. } | DataKind::Passive => None,
        });
        Ok(true)
    }
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
