//! Several memories to one, and several tables. In: a core module, who owns what in it, and where its memories
//! may lie. Out: a module that does the same with one memory and one table, and where each of them is in it. Not
//! its job: what the host makes of the places (`assemble`), and which module this is about (`merge`).
//!
//! Each memory gets a window: a part of the one memory, at a constant place. An access inside a window that
//! something else lies behind is preceded by a check; the last window is open at its end, and the engine's
//! own check is its check (docs/decisions/windows.md).
//!
//! In reading order:
//!
//! - [`layout`]: which window lies where; `address`: of how many bits addresses are
//! - [`access`]: what an instruction does with a memory
//! - `survey`: what is in the module, and how much code uses which memory and table
//! - [`table`]: the same with tables
//! - `ahead`: what lies ahead in a body; `known`: which addresses are known to lie inside of a window; `range`: how
//!   large numbers can be; `pending`: checks that can become checks of more; `sizes`: which sizes are at hand
//! - `body`: function bodies; `check`: accesses in them; `helper`: the functions that they call
//! - `module`: all the rest

mod access;
mod address;
mod ahead;
mod body;
mod check;
mod helper;
mod known;
mod layout;
mod module;
mod pending;
mod range;
mod sizes;
mod survey;
pub mod table;
#[cfg(test)]
mod tests;

pub use layout::Window;
pub use table::layout::Part;

use crate::debug::Moves;
use crate::error::Result;
use table::layout::Tables;

/// What is known of one memory of the module.
#[derive(Debug, Clone, Default)]
pub struct Owner {
    /// Whose it is, for people.
    pub label: String,
    /// Whether it is part of what meld generates. A guest's has addresses as wide as those of the other guests.
    pub generated: bool,
    /// How many bytes it may take at most, where the user says so.
    pub reserve: Option<u64>,
    /// How many bytes it may take at least where nobody says anything, and it can grow.
    pub at_least: u64,
}

/// A module to be changed.
#[derive(Debug)]
pub struct Request<'r> {
    /// Valid, and without imported memories.
    pub module: &'r [u8],
    /// For each function body: whether its accesses are in bounds by construction.
    pub trusted: &'r [bool],
    /// For each memory.
    pub owners: &'r [Owner],
    /// For each table, whose it is, for people.
    pub tables: &'r [String],
    /// Globals in whose place comes where a memory begins: the global, the memory.
    pub bases: &'r [(u32, u32)],
    /// Memory 0 has to be at address 0.
    pub first_at_zero: bool,
    /// Whether checks are left out that an earlier one covers.
    pub elide_checks: bool,
    /// Whether to tell where the bytes of bodies go: `Lowered::moves`.
    pub keep_moves: bool,
}

/// What a module has become.
#[derive(Debug)]
pub struct Lowered {
    /// None: there is nothing to do.
    pub module: Option<Vec<u8>>,
    /// For each memory; none where the module has one at most, which stays as it is.
    pub windows: Vec<Window>,
    /// For each table, where the module has several.
    pub parts: Vec<Part>,
    /// For each export of a memory that has become a window.
    pub exported: Vec<Placed>,
    /// For each body of the module as it was, on request.
    pub moves: Moves,
}

/// An exported memory.
#[derive(Debug)]
pub struct Placed {
    /// The name of the export.
    pub export: String,
    /// Where its address 0 is.
    pub base: u64,
    pub size: Size,
}

/// How many bytes a memory has.
#[derive(Debug)]
pub enum Size {
    Constant(u64),
    /// As the exported function of this name says, `() -> (i32)`, or `() -> (i64)` where addresses have 64 bits.
    Func(String),
    /// All that the one memory has from its base on.
    Rest,
}

/// Puts all memories into one, and tables as far as they can be put together.
///
/// Errors: `unsupported` for memories that cannot lie in one, `invalid-option` for a reservation that does
/// not fit, `limit-exceeded` where the windows do not fit into 4 GiB, of which the last may end behind them where
/// addresses have 64 bits, and for a function that would be longer or have more locals than engines take.
pub fn lower(request: &Request) -> Result<Lowered> {
    let survey = survey::survey(request)?;
    let windows = match survey.has_memories() {
        true => layout::place(&survey, request)?,
        false => Vec::new(),
    };
    let tables = match survey.has_tables() {
        true => table::layout::place(&survey, request.tables)?,
        false => Tables::default(),
    };
    if windows.is_empty() && tables.joined.is_empty() {
        let moves = Moves::default();
        return Ok(Lowered { module: None, windows, parts: tables.parts, exported: Vec::new(), moves });
    }
    let (module, exported, moves) = module::write(request, &survey, &windows, &tables)?;
    Ok(Lowered { module: Some(module), windows, parts: tables.parts, exported, moves })
}
