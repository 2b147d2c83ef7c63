//! What an instruction does with a memory. In: an instruction. Out: how it uses one. Not its job: changing it.

use wasm_encoder::ValType;
use wasmparser::{MemArg, Operator};

/// How an instruction uses memories, named by their indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// At an address, which lies below these operands.
    At {
        memarg: MemArg,
        operands: &'static [ValType],
    },
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
    Discard(u32),
}

impl Access {
    /// None: it uses none.
    pub fn of(operator: &Operator) -> Option<Access> {
        Some(match operator {
            Operator::MemorySize { mem } => Access::Size(*mem),
            Operator::MemoryGrow { mem } => Access::Grow(*mem),
            Operator::MemoryFill { mem } => Access::Fill(*mem),
            Operator::MemoryCopy { dst_mem, src_mem } => Access::Copy { to: *dst_mem, from: *src_mem },
            Operator::MemoryInit { data_index, mem } => Access::Init { to: *mem, segment: *data_index },
            Operator::MemoryDiscard { mem } => Access::Discard(*mem),
            operator => Access::At { memarg: memarg(operator)?, operands: operands(operator) },
        })
    }
}

/// How many bytes an access with this argument reads or writes: natural alignment is the size of what is
/// accessed, in every instruction.
pub fn bytes(memarg: &MemArg) -> u64 {
    1u64.checked_shl(memarg.max_align.into()).unwrap_or(u64::MAX)
}

/// The memory argument of an instruction that has one.
fn memarg(operator: &Operator) -> Option<MemArg> {
    // Each argument is given twice: to be looked at, and to be used.
    macro_rules! memarg {
        (memarg $memarg:ident $($other:ident)*) => {
            Some(*$memarg)
        };
        ($($other:ident)*) => {
            None
        };
    }
    macro_rules! all {
        ($(@$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
            #[expect(unused_variables, reason = "arguments of instructions that have no memory argument")]
            match operator {
                $( Operator::$op $({ $($arg),* })? => memarg!($($($arg $arg)*)?), )*
                _ => None,
            }
        };
    }
    wasmparser::for_each_operator!(all)
}

/// The operands above the address.
fn operands(operator: &Operator) -> &'static [ValType] {
    use Operator::*;
    match operator {
        I32Store { .. } | I32Store8 { .. } | I32Store16 { .. } => &[ValType::I32],
        I64Store { .. } | I64Store8 { .. } | I64Store16 { .. } | I64Store32 { .. } => &[ValType::I64],
        F32Store { .. } => &[ValType::F32],
        F64Store { .. } => &[ValType::F64],
        V128Store { .. }
        | V128Load8Lane { .. }
        | V128Load16Lane { .. }
        | V128Load32Lane { .. }
        | V128Load64Lane { .. }
        | V128Store8Lane { .. }
        | V128Store16Lane { .. }
        | V128Store32Lane { .. }
        | V128Store64Lane { .. } => &[ValType::V128],
        I32AtomicStore { .. }
        | I32AtomicStore8 { .. }
        | I32AtomicStore16 { .. }
        | I32AtomicRmwAdd { .. }
        | I32AtomicRmw8AddU { .. }
        | I32AtomicRmw16AddU { .. }
        | I32AtomicRmwSub { .. }
        | I32AtomicRmw8SubU { .. }
        | I32AtomicRmw16SubU { .. }
        | I32AtomicRmwAnd { .. }
        | I32AtomicRmw8AndU { .. }
        | I32AtomicRmw16AndU { .. }
        | I32AtomicRmwOr { .. }
        | I32AtomicRmw8OrU { .. }
        | I32AtomicRmw16OrU { .. }
        | I32AtomicRmwXor { .. }
        | I32AtomicRmw8XorU { .. }
        | I32AtomicRmw16XorU { .. }
        | I32AtomicRmwXchg { .. }
        | I32AtomicRmw8XchgU { .. }
        | I32AtomicRmw16XchgU { .. }
        | MemoryAtomicNotify { .. } => &[ValType::I32],
        I64AtomicStore { .. }
        | I64AtomicStore8 { .. }
        | I64AtomicStore16 { .. }
        | I64AtomicStore32 { .. }
        | I64AtomicRmwAdd { .. }
        | I64AtomicRmw8AddU { .. }
        | I64AtomicRmw16AddU { .. }
        | I64AtomicRmw32AddU { .. }
        | I64AtomicRmwSub { .. }
        | I64AtomicRmw8SubU { .. }
        | I64AtomicRmw16SubU { .. }
        | I64AtomicRmw32SubU { .. }
        | I64AtomicRmwAnd { .. }
        | I64AtomicRmw8AndU { .. }
        | I64AtomicRmw16AndU { .. }
        | I64AtomicRmw32AndU { .. }
        | I64AtomicRmwOr { .. }
        | I64AtomicRmw8OrU { .. }
        | I64AtomicRmw16OrU { .. }
        | I64AtomicRmw32OrU { .. }
        | I64AtomicRmwXor { .. }
        | I64AtomicRmw8XorU { .. }
        | I64AtomicRmw16XorU { .. }
        | I64AtomicRmw32XorU { .. }
        | I64AtomicRmwXchg { .. }
        | I64AtomicRmw8XchgU { .. }
        | I64AtomicRmw16XchgU { .. }
        | I64AtomicRmw32XchgU { .. } => &[ValType::I64],
        I32AtomicRmwCmpxchg { .. } | I32AtomicRmw8CmpxchgU { .. } | I32AtomicRmw16CmpxchgU { .. } => {
            &[ValType::I32, ValType::I32]
        }
        I64AtomicRmwCmpxchg { .. }
        | I64AtomicRmw8CmpxchgU { .. }
        | I64AtomicRmw16CmpxchgU { .. }
        | I64AtomicRmw32CmpxchgU { .. } => &[ValType::I64, ValType::I64],
        MemoryAtomicWait32 { .. } => &[ValType::I32, ValType::I64],
        MemoryAtomicWait64 { .. } => &[ValType::I64, ValType::I64],
        _ => &[],
    }
}
