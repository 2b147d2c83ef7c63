//! Checks that can still become checks of more. In: where the number of a check stands in the code, and the
//! instructions behind it. Out: the check of an earlier access made one of a later access too. Not its job: which
//! accesses need a check (`known`).
//!
//! Between the two nothing happens that anybody could see, and nothing traps for another reason: it makes no
//! difference which of the two accesses traps.

use std::ops::Range;
use wasm_encoder::{Encode, Instruction};
use wasmparser::Operator;

/// How many bytes of code may lie between the two, and how many checks are looked at: each instruction takes the same
/// time.
const DISTANCE: usize = 256;
const MOST: usize = 8;

/// A check of a local whose value is still the same.
#[derive(Debug)]
struct Check {
    memory: u32,
    local: u32,
    /// Up to how many bytes behind the address.
    end: u64,
    /// Where its number is pushed.
    number: Range<usize>,
}

/// The checks behind which nothing has happened yet.
#[derive(Debug, Default)]
pub struct Pending {
    checks: Vec<Check>,
}

impl Pending {
    pub fn clear(&mut self) {
        self.checks.clear();
    }

    /// A check of a local has been made, with its number here.
    pub fn checked(&mut self, memory: u32, local: u32, end: u64, number: Range<usize>) {
        self.checks.retain(|check| (check.memory, check.local) != (memory, local));
        if self.checks.len() >= MOST {
            self.checks.remove(0);
        }
        self.checks.push(Check { memory, local, end, number });
    }

    /// Makes the check of this local one up to `end`, with this number. False: there is none.
    pub fn widen(
        &mut self,
        (memory, local, end): (u32, u32, u64),
        number: &Instruction,
        code: &mut Vec<u8>,
    ) -> bool {
        let near = |check: &&mut Check| code.len().saturating_sub(check.number.end) <= DISTANCE;
        let of = |check: &&mut Check| (check.memory, check.local) == (memory, local);
        let Some(check) = self.checks.iter_mut().filter(of).find(near) else { return false };
        if check.end >= end {
            return true;
        }
        check.end = end;
        let place = check.number.clone();
        let mut bytes = Vec::new();
        number.encode(&mut bytes);
        let moved = |at: usize| match at >= place.end {
            true => at.saturating_sub(place.len()).saturating_add(bytes.len()),
            false => at,
        };
        for check in &mut self.checks {
            check.number = moved(check.number.start)..moved(check.number.end);
        }
        code.splice(place, bytes);
        true
    }

    /// An instruction has been executed.
    pub fn step(&mut self, operator: &Operator) {
        match operator {
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                self.checks.retain(|check| check.local != *local_index);
            }
            operator if is_silent(operator) => {}
            _ => self.clear(),
        }
    }
}

/// Whether an instruction does nothing that anybody could see, and does not trap but where a load is out of bounds.
/// What is not in this list is taken to do so.
fn is_silent(operator: &Operator) -> bool {
    use Operator::*;
    matches!(
        operator,
        Nop | Drop
            | Select
            | LocalGet { .. }
            | GlobalGet { .. }
            | I32Const { .. }
            | I64Const { .. }
            | F32Const { .. }
            | F64Const { .. }
            | I32Load { .. }
            | I64Load { .. }
            | F32Load { .. }
            | F64Load { .. }
            | I32Load8S { .. }
            | I32Load8U { .. }
            | I32Load16S { .. }
            | I32Load16U { .. }
            | I64Load8S { .. }
            | I64Load8U { .. }
            | I64Load16S { .. }
            | I64Load16U { .. }
            | I64Load32S { .. }
            | I64Load32U { .. }
            | I32Eqz
            | I32Eq
            | I32Ne
            | I32LtS
            | I32LtU
            | I32GtS
            | I32GtU
            | I32LeS
            | I32LeU
            | I32GeS
            | I32GeU
            | I32Clz
            | I32Ctz
            | I32Popcnt
            | I32Add
            | I32Sub
            | I32Mul
            | I32And
            | I32Or
            | I32Xor
            | I32Shl
            | I32ShrS
            | I32ShrU
            | I32Rotl
            | I32Rotr
            | I32WrapI64
            | I32Extend8S
            | I32Extend16S
            | I64Eqz
            | I64Eq
            | I64Ne
            | I64LtS
            | I64LtU
            | I64GtS
            | I64GtU
            | I64LeS
            | I64LeU
            | I64GeS
            | I64GeU
            | I64Clz
            | I64Ctz
            | I64Popcnt
            | I64Add
            | I64Sub
            | I64Mul
            | I64And
            | I64Or
            | I64Xor
            | I64Shl
            | I64ShrS
            | I64ShrU
            | I64Rotl
            | I64Rotr
            | I64ExtendI32S
            | I64ExtendI32U
            | I64Extend8S
            | I64Extend16S
            | I64Extend32S
            | F32Add
            | F32Sub
            | F32Mul
            | F32Div
            | F64Add
            | F64Sub
            | F64Mul
            | F64Div
    )
}
