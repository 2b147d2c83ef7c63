//! The globals that the module in the making defines: all mutable, and private but for those that
//! transcoders need, and bases. In: nothing, this is the list of them. Out: their types and first values. Not its
//! job: what sets them (`guard`, `storage`, `handle`, `translate`, `call`).

use crate::abi::side::MemoryRef;
use crate::adapter::spec::StorageSlot;
use crate::ids::InstanceId;
use indexmap::IndexSet;
use wasm_encoder::{ConstExpr, GlobalSection, GlobalType, ValType};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Global {
    /// 1 while the instance may call out: `may_leave`.
    MayLeave(InstanceId),
    /// 1 while the instance can be entered: `may_enter`.
    MayEnter(InstanceId),
    /// 1 while the module takes an owner back from the host, whose `resource.drop` then must not
    /// run the destructor.
    HoldDestructor,
    /// The number of the `realloc` that `Function::OneOfReallocs` calls. Set before the values of a call
    /// are taken to the side that has it; nothing that runs until they are there takes any others.
    Realloc,
    /// The slot's value in the task of its instance that runs.
    Storage(StorageSlot),
    /// The n-th result of a function with more than one, until the next instruction of its caller.
    Result(u32, ValType),
    /// The n-th core result of a call of the host's, until its post-return (`Function::KeptPostReturn`).
    Kept(u32, ValType),
    /// Where a memory begins: 0, or where it is in the one memory of the module (`window`). Nothing sets it.
    Base(MemoryRef),
}

impl Global {
    fn ty(self) -> ValType {
        match self {
            Global::Result(_, ty) | Global::Kept(_, ty) => ty,
            Global::Storage(slot) => slot.val_type(),
            Global::Base(memory) if memory.memory64() => ValType::I64,
            _ => ValType::I32,
        }
    }

    fn initial(self) -> ConstExpr {
        if matches!(self, Global::MayLeave(_) | Global::MayEnter(_)) {
            return ConstExpr::i32_const(1);
        }
        match self.ty() {
            ValType::F32 => ConstExpr::f32_const(0.0.into()),
            ValType::F64 => ConstExpr::f64_const(0.0.into()),
            ValType::I64 => ConstExpr::i64_const(0),
            _ => ConstExpr::i32_const(0),
        }
    }
}

/// The global section. A global's index among those that the module defines is that in `globals`.
pub fn section(globals: &IndexSet<Global>) -> GlobalSection {
    let mut section = GlobalSection::new();
    for global in globals {
        let ty = GlobalType { val_type: global.ty(), mutable: true, shared: false };
        section.global(ty, &global.initial());
    }
    section
}
