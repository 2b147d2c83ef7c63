//! What an instruction does with a table. In: an instruction. Out: how it uses one. Not its job: changing it.

use wasmparser::Operator;

/// How an instruction uses tables, named by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    Call {
        table: u32,
        ty: u32,
    },
    ReturnCall {
        table: u32,
        ty: u32,
    },
    Get(u32),
    Set(u32),
    Size(u32),
    Grow(u32),
    Fill(u32),
    Copy {
        to: u32,
        from: u32,
    },
    Init {
        to: u32,
        segment: u32,
    },
    /// In a way that only a table of its own can serve.
    Atomic(u32),
}

impl Use {
    /// None: it uses none.
    pub fn of(operator: &Operator) -> Option<Use> {
        Some(match *operator {
            Operator::CallIndirect { type_index: ty, table_index: table } => Use::Call { table, ty },
            Operator::ReturnCallIndirect { type_index: ty, table_index: table } => {
                Use::ReturnCall { table, ty }
            }
            Operator::TableGet { table } => Use::Get(table),
            Operator::TableSet { table } => Use::Set(table),
            Operator::TableSize { table } => Use::Size(table),
            Operator::TableGrow { table } => Use::Grow(table),
            Operator::TableFill { table } => Use::Fill(table),
            Operator::TableCopy { dst_table: to, src_table: from } => Use::Copy { to, from },
            Operator::TableInit { elem_index: segment, table: to } => Use::Init { to, segment },
            Operator::TableAtomicGet { table_index, .. }
            | Operator::TableAtomicSet { table_index, .. }
            | Operator::TableAtomicRmwXchg { table_index, .. }
            | Operator::TableAtomicRmwCmpxchg { table_index, .. } => Use::Atomic(table_index),
            _ => return None,
        })
    }

    /// The tables that it uses: one, or two.
    pub fn tables(self) -> impl Iterator<Item = u32> {
        let (one, other) = match self {
            Use::Call { table, .. } | Use::ReturnCall { table, .. } => (table, None),
            Use::Get(table) | Use::Set(table) | Use::Size(table) | Use::Grow(table) | Use::Fill(table) => {
                (table, None)
            }
            Use::Copy { to, from } => (to, Some(from)),
            Use::Init { to, .. } => (to, None),
            Use::Atomic(table) => (table, None),
        };
        std::iter::once(one).chain(other)
    }
}
