//! Several tables to one, as their memories are. In: the tables of a module, and the instructions that use them.
//! Out: a part of one table for each, and what these instructions become. Not its job: memories, and writing the
//! module (`super`).
//!
//! Tables of one element type become one, each a part of it at a constant place. An index is compared with the
//! part's size, and one that lies outside becomes one that no table has, so that the engine traps for the reason
//! for which it trapped (docs/decisions/parts-of-tables.md).
//!
//! - `access`: what an instruction does with a table
//! - [`layout`]: which part lies where, and which tables stay
//! - `body`: what an instruction becomes; `helper`: the functions that are called for some
//! - `sections`: tables, and element segments

pub mod access;
mod body;
pub mod helper;
pub mod layout;
pub mod sections;
#[cfg(test)]
mod tests;
