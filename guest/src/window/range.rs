//! How large numbers can be. In: an instruction, and how large its operands can be. Out: how large its result can be.
//! Not its job: which value is where (`known`).

use wasmparser::Operator;

/// What an i32 is at most, without a sign. Of anything else, nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub most: u32,
    /// It is never less.
    exact: bool,
}

impl Default for Range {
    fn default() -> Range {
        Range::up_to(u32::MAX)
    }
}

impl Range {
    fn up_to(most: u32) -> Range {
        Range { most, exact: false }
    }

    /// What is larger wraps.
    fn unless_wrapped(most: Option<u64>) -> Range {
        most.and_then(|most| u32::try_from(most).ok()).map_or(Range::default(), Range::up_to)
    }

    /// By how many bits this number shifts.
    fn shift(self) -> Option<u32> {
        self.exact.then_some(self.most % 32)
    }
}

/// How large the one result of an instruction can be. `of`: how large the operand below so many others can be.
pub fn result(operator: &Operator, of: impl Fn(usize) -> Range) -> Range {
    use Operator::*;
    let (above, below) = (of(0), of(1));
    let wide = |range: Range| u64::from(range.most);
    match operator {
        I32Const { value } => Range { most: value.cast_unsigned(), exact: true },
        I32Load8U { .. } => Range::up_to(u8::MAX.into()),
        I32Load16U { .. } => Range::up_to(u16::MAX.into()),
        I32Eqz | I32Eq | I32Ne | I32LtU | I32LtS | I32GtU | I32GtS | I32LeU | I32LeS | I32GeU | I32GeS => {
            Range::up_to(1)
        }
        I32And => Range::up_to(above.most.min(below.most)),
        // No bit above the highest of both.
        I32Or | I32Xor => {
            let bits = (above.most | below.most).leading_zeros();
            Range::up_to(u32::MAX.checked_shr(bits).unwrap_or_default())
        }
        I32Add => Range::unless_wrapped(wide(above).checked_add(wide(below))),
        I32Mul => Range::unless_wrapped(wide(above).checked_mul(wide(below))),
        I32Shl => Range::unless_wrapped(above.shift().and_then(|bits| wide(below).checked_shl(bits))),
        I32ShrU => Range::up_to(above.shift().map_or(below.most, |bits| below.most >> bits)),
        I32DivU => Range::up_to(below.most),
        // By zero it traps.
        I32RemU => Range::up_to(below.most.min(above.most.saturating_sub(1))),
        Select => Range::up_to(below.most.max(of(2).most)),
        _ => Range::default(),
    }
}
