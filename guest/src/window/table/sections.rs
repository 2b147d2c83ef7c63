//! The table and element sections. In: the module as it was, and the parts. Out: the sections. Not its job: code.

use super::super::module::number;
use super::super::survey::{Survey, invalid};
use super::layout::{OUTSIDE, Tables};
use crate::error::{Error, Result};
use wasm_encoder::reencode::{self, Reencode, RoundtripReencoder};
use wasm_encoder::{ConstExpr, ElementMode, ElementSection, ElementSegment, TableSection};
use wasmparser::{ElementItems, ElementKind, TableInit};

/// The tables with parts in them, and behind them those that stay.
pub fn tables(survey: &Survey, tables: &Tables) -> Result<TableSection> {
    let mut section = TableSection::new();
    for ty in &tables.joined {
        section.table(*ty);
    }
    let all = survey.tables.iter().zip(&tables.types).zip(&tables.parts);
    for ((table, ty), part) in all {
        if part.stays.is_none() {
            continue;
        }
        match &table.init {
            TableInit::RefNull => section.table(*ty),
            TableInit::Expr(expr) => section.table_with_init(*ty, &constant(expr)?),
        };
    }
    Ok(section)
}

/// Active segments at their places. One that lies outside of its part traps, in its turn, as it did: it gets a
/// place that is in no table.
pub fn elements(survey: &Survey, tables: &Tables) -> Result<ElementSection> {
    let mut section = ElementSection::new();
    for segment in &survey.elements {
        let offset;
        let mode = match &segment.kind {
            ElementKind::Passive => ElementMode::Passive,
            ElementKind::Declared => ElementMode::Declared,
            ElementKind::Active { table_index, offset_expr } => {
                let part = tables.get(table_index.unwrap_or(0))?;
                offset = match part.stays {
                    Some(_) => constant(offset_expr)?,
                    None => {
                        let offset = number(offset_expr)?;
                        let end = offset.saturating_add(items(&segment.items));
                        let inside = end <= part.initial;
                        let place = if inside { part.base.saturating_add(offset) } else { OUTSIDE };
                        ConstExpr::i32_const((place as u32).cast_signed())
                    }
                };
                ElementMode::Active { table: (part.table != 0).then_some(part.table), offset: &offset }
            }
        };
        let elements = RoundtripReencoder.element_items(segment.items.clone()).map_err(not_copied)?;
        section.segment(ElementSegment { mode, elements });
    }
    Ok(section)
}

/// How many items a segment has.
fn items(items: &ElementItems) -> u64 {
    u64::from(match items {
        ElementItems::Functions(items) => items.count(),
        ElementItems::Expressions(_, items) => items.count(),
    })
}

fn constant(expr: &wasmparser::ConstExpr) -> Result<ConstExpr> {
    RoundtripReencoder.const_expr(expr.clone()).map_err(not_copied)
}

fn not_copied(error: reencode::Error) -> Error {
    match error {
        reencode::Error::ParseError(error) => invalid(error),
        error => Error::internal(format!("what is around the tables cannot be copied: {error}")),
    }
}
