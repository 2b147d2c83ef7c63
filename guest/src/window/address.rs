//! The addresses of a memory: 32 or 64 bits. In: which. Out: their type, and the instructions that compute with
//! them. Not its job: what is computed (`check`, `helper`).

use wasm_encoder::{ConstExpr, Instruction, ValType};

/// The type of a memory's addresses, which is that of its size in pages too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Address {
    #[default]
    I32,
    I64,
}

/// Defines instructions that both types have.
macro_rules! instructions {
    ($($name:ident: $narrow:ident, $wide:ident;)*) => {
        $(
            pub fn $name(self) -> Instruction<'static> {
                match self {
                    Address::I32 => Instruction::$narrow,
                    Address::I64 => Instruction::$wide,
                }
            }
        )*
    };
}

impl Address {
    pub fn new(memory64: bool) -> Address {
        if memory64 { Address::I64 } else { Address::I32 }
    }

    pub fn val_type(self) -> ValType {
        match self {
            Address::I32 => ValType::I32,
            Address::I64 => ValType::I64,
        }
    }

    /// The most bytes of a memory. No module begins with so many: some address has to be that of no byte (`module`).
    /// With 64 bits it is half of what the specification allows: no machine has it, and a sum of two does not wrap.
    pub fn all(self) -> u64 {
        match self {
            Address::I32 => 1 << 32,
            Address::I64 => 1 << 63,
        }
    }

    /// The largest address.
    pub fn last(self) -> u64 {
        match self {
            Address::I32 => u32::MAX.into(),
            Address::I64 => u64::MAX,
        }
    }

    /// Pushes a number, which is no larger than the largest address.
    pub fn number(self, number: u64) -> Instruction<'static> {
        match self {
            Address::I32 => Instruction::I32Const((number as u32).cast_signed()),
            Address::I64 => Instruction::I64Const(number.cast_signed()),
        }
    }

    /// The same as a constant expression.
    pub fn constant(self, number: u64) -> ConstExpr {
        match self {
            Address::I32 => ConstExpr::i32_const((number as u32).cast_signed()),
            Address::I64 => ConstExpr::i64_const(number.cast_signed()),
        }
    }

    /// What makes an address or a size of this type one of the other; none, where it is the other.
    pub fn to(self, other: Address) -> Option<Instruction<'static>> {
        match (self, other) {
            (Address::I32, Address::I64) => Some(Instruction::I64ExtendI32U),
            (Address::I64, Address::I32) => Some(Instruction::I32WrapI64),
            _ => None,
        }
    }

    /// The type of a length in both: that of the shorter addresses.
    pub fn shorter(self, other: Address) -> Address {
        if self == Address::I64 { other } else { self }
    }

    instructions! {
        add: I32Add, I64Add;
        sub: I32Sub, I64Sub;
        shr_u: I32ShrU, I64ShrU;
        eq: I32Eq, I64Eq;
        gt_u: I32GtU, I64GtU;
        ge_u: I32GeU, I64GeU;
        lt_u: I32LtU, I64LtU;
    }
}
