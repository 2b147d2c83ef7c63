//! Which part of which table each table becomes. In: the tables, and how code uses each. Out: parts, without a
//! gap between them, and the tables that they are in. Not its job: code.

use super::super::survey::Survey;
use super::access::Use;
use crate::error::{Error, Result};
use std::collections::HashSet;
use wasm_encoder::TableType;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasmparser::{ExternalKind, Operator, RefType, Table, TableInit};

/// The most elements that engines let a table begin with ("Implementation Limitations" of the JavaScript API).
const ALL: u64 = 10_000_000;

/// A table that can grow may become so many times as large as it is at first, or have so many elements if that
/// is more; no more than its declared maximum.
const TIMES: u64 = 4;
const AT_LEAST: u64 = 1024;

/// The most elements of a table that parts are in: one fewer than there could be, so that even nothing at the
/// place `OUTSIDE` is out of bounds.
const MOST: u64 = OUTSIDE - 1;

/// The index that no table has.
pub const OUTSIDE: u64 = u32::MAX as u64;

/// How code uses a table.
#[derive(Debug, Clone, Copy, Default)]
pub struct Uses {
    /// Instructions that use it.
    pub count: u64,
    /// Whether anything grows it.
    pub grows: bool,
    /// Whether anything uses it atomically.
    pub atomic: bool,
}

impl Uses {
    /// Counts an instruction, for each table that it uses.
    pub fn count(all: &mut [Uses], operator: &Operator) {
        let Some(found) = Use::of(operator) else { return };
        for table in found.tables() {
            let Some(uses) = all.get_mut(table as usize) else { continue };
            uses.count = uses.count.saturating_add(1);
            uses.grows |= matches!(found, Use::Grow(_));
            uses.atomic |= matches!(found, Use::Atomic(_));
        }
    }
}

/// Why a table stays a table of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stays {
    Exported,
    Wide,
    Shared,
    NotNullable,
    Initialised,
    /// No other one can be put together with it.
    Alone,
    TooLarge,
}

impl Stays {
    /// In words.
    pub fn why(self) -> &'static str {
        match self {
            Stays::Exported => "it is exported",
            Stays::Wide => "its indices have 64 bits",
            Stays::Shared => "it is shared, or something uses one atomically",
            Stays::NotNullable => "its elements cannot be null",
            Stays::Initialised => "an expression says what is in it at first",
            Stays::Alone => "there is no other one for it to be put together with",
            Stays::TooLarge => "one table would be larger than engines take",
        }
    }
}

/// What one of the tables becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Whose table it is, for people.
    pub label: String,
    /// The table that it is in, or is.
    pub table: u32,
    /// The index there of its element 0.
    pub base: u64,
    /// How many elements it has at first.
    pub initial: u64,
    /// How many it can have.
    pub most: u64,
    /// Nothing lies behind it, and it can grow.
    pub open: bool,
    /// Instructions that use it.
    pub uses: u64,
    /// Set: it is all of that table, as it was.
    pub stays: Option<Stays>,
}

impl Part {
    /// Whether its size is always the same.
    pub fn is_fixed(&self) -> bool {
        !self.open && self.most == self.initial
    }

    /// Whether a global has its size.
    pub fn has_global(&self) -> bool {
        self.stays.is_none() && !self.open && !self.is_fixed()
    }
}

/// What the tables of a module become.
#[derive(Debug, Default)]
pub struct Tables {
    /// For each table.
    pub parts: Vec<Part>,
    /// The tables with parts in them, which come first; those that stay come behind. None: nothing changes.
    pub joined: Vec<TableType>,
    /// The types of the tables as they were.
    pub types: Vec<TableType>,
}

impl Tables {
    pub fn get(&self, table: u32) -> Result<&Part> {
        let part = self.parts.get(table as usize);
        part.ok_or_else(|| Error::internal("an instruction uses a table that is not there"))
    }

    /// The type of a table as it was.
    pub fn ty(&self, table: u32) -> Result<TableType> {
        let ty = self.types.get(table as usize).copied();
        ty.ok_or_else(|| Error::internal("an instruction uses a table that is not there"))
    }
}

/// Gives each table its part. `labels`: whose each is. Errors: `internal` for what is not valid.
pub fn place(survey: &Survey, labels: &[String]) -> Result<Tables> {
    let exported = survey.exports.iter().filter(|export| export.kind == ExternalKind::Table);
    let exported: HashSet<u32> = exported.map(|export| export.index).collect();
    let atomic = survey.table_uses.iter().any(|uses| uses.atomic);
    let mut tables = Tables::default();
    let all = (0u32..).zip(survey.tables.iter().zip(&survey.table_uses).zip(labels));
    for (index, ((table, uses), label)) in all {
        let stays = stays(table, atomic, exported.contains(&index));
        tables.parts.push(part(table, uses, label, stays));
        tables.types.push(
            RoundtripReencoder
                .table_type(table.ty)
                .map_err(|e| Error::internal(format!("the merged module is not valid: {e}")))?,
        );
    }
    for members in groups(survey, &tables.parts) {
        join(&members, survey, &mut tables);
    }
    let mut next = tables.joined.len() as u32;
    for part in tables.parts.iter_mut().filter(|part| part.stays.is_some()) {
        part.table = next;
        // Merging keeps the number of tables small.
        next = next.saturating_add(1);
    }
    Ok(tables)
}

/// Why a table cannot be a part, if it cannot. `atomic`: something uses a table atomically, and then all stay.
fn stays(table: &Table, atomic: bool, exported: bool) -> Option<Stays> {
    let ty = &table.ty;
    let reasons = [
        (exported, Stays::Exported),
        (ty.table64, Stays::Wide),
        (ty.shared || atomic, Stays::Shared),
        (!ty.element_type.is_nullable(), Stays::NotNullable),
        (!matches!(table.init, TableInit::RefNull), Stays::Initialised),
    ];
    reasons.into_iter().find(|(found, _)| *found).map(|(_, why)| why)
}

/// The part of one table, not yet anywhere.
fn part(table: &Table, uses: &Uses, label: &str, stays: Option<Stays>) -> Part {
    let initial = table.ty.initial;
    let declared = table.ty.maximum.unwrap_or(MOST);
    let room = initial.saturating_mul(TIMES).max(AT_LEAST);
    Part {
        label: label.to_string(),
        table: 0,
        base: 0,
        initial,
        most: if uses.grows { declared.min(room) } else { initial },
        open: false,
        uses: uses.count,
        stays,
    }
}

/// The tables that may be put together: those that can be parts, by the types of their elements.
fn groups(survey: &Survey, parts: &[Part]) -> Vec<Vec<usize>> {
    let mut groups: Vec<(RefType, Vec<usize>)> = Vec::new();
    for (at, (table, part)) in survey.tables.iter().zip(parts).enumerate() {
        if part.stays.is_some() {
            continue;
        }
        let ty = table.ty.element_type;
        match groups.iter_mut().find(|(of, _)| *of == ty) {
            Some((_, members)) => members.push(at),
            None => groups.push((ty, vec![at])),
        }
    }
    groups.into_iter().map(|(_, members)| members).collect()
}

/// Puts tables of one element type together, as far as they fit into one.
fn join(members: &[usize], survey: &Survey, tables: &mut Tables) {
    let mut order = members.to_vec();
    let key = |at: usize| {
        let grows = survey.table_uses.get(at).is_some_and(|uses| uses.grows);
        (grows, tables.parts.get(at).map_or(0, |part| part.uses))
    };
    // One that grows comes last, if there is one: that which most code uses.
    let open = order.iter().copied().rev().max_by_key(|at| key(*at)).filter(|at| key(*at).0);
    order.retain(|at| Some(*at) != open);
    // Of the others, the first needs no sum: it is that which most code uses.
    order.sort_by_key(|at| std::cmp::Reverse(key(*at).1));
    let mut base = 0u64;
    let mut placed = Vec::new();
    for at in order.iter().copied().chain(open) {
        let Some(part) = tables.parts.get_mut(at) else { continue };
        let open = Some(at) == open;
        let taken = if open { part.initial } else { part.most };
        match base.checked_add(taken).filter(|end| *end <= ALL) {
            Some(end) => {
                (part.base, part.open) = (base, open);
                base = end;
                placed.push(at);
            }
            None => part.stays = Some(Stays::TooLarge),
        }
    }
    if let [alone] = *placed {
        if let Some(part) = tables.parts.get_mut(alone) {
            (part.open, part.base, part.stays) = (false, 0, Some(Stays::Alone));
        }
        return;
    }
    // There are no more tables than merging allows.
    let table = tables.joined.len() as u32;
    let mut maximum = Some(base);
    for at in &placed {
        let Some(part) = tables.parts.get_mut(*at) else { continue };
        part.table = table;
        if part.open {
            let declared = survey.tables.get(*at).and_then(|table| table.ty.maximum);
            let room = MOST.saturating_sub(part.base);
            part.most = declared.map_or(room, |declared| declared.min(room));
            maximum = Some(part.base.saturating_add(part.most));
        }
    }
    if let Some(ty) = placed.first().and_then(|at| tables.types.get(*at)) {
        tables.joined.push(TableType { minimum: base, maximum, ..*ty });
    }
}
