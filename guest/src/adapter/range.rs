//! Addresses: checks and allocation. In: locals with addresses and lengths. Out: code that traps
//! where the Canonical ABI says `trap_if`. Not its job: what lies there.

use super::body::{Body, Local, Memory, TempLocal};
use super::guard::without_leaving;
use super::module::{Global, Module};
use super::operand::{Operand, Place, Scalar};
use super::translate::{Translator, memory};
use crate::abi::layout::{Layout, Pointer};
use crate::abi::side::{MemoryRef, Reallocator, Side};
use crate::error::{Error, Result};
use crate::runtime::Trap;
use wasm_encoder::{Instruction, ValType};

/// What an address is of: why to trap where it is wrong.
#[derive(Debug, Clone, Copy)]
pub struct Checked {
    not_aligned: Trap,
    out_of_bounds: Trap,
}

impl Checked {
    /// Parameters or a result.
    pub const VALUE: Checked =
        Checked { not_aligned: Trap::PointerNotAligned, out_of_bounds: Trap::PointerOutOfBounds };
    /// The elements of a list.
    pub const LIST: Checked =
        Checked { not_aligned: Trap::ListNotAligned, out_of_bounds: Trap::ListOutOfBounds };
    pub const STRING: Checked =
        Checked { not_aligned: Trap::StringNotAligned, out_of_bounds: Trap::StringOutOfBounds };
    /// What `realloc` has returned.
    const REALLOC: Checked =
        Checked { not_aligned: Trap::ReallocNotAligned, out_of_bounds: Trap::ReallocOutOfBounds };
}

impl Body {
    /// `trap_if(ptr != align_to(ptr, align))`
    pub fn check_aligned(&mut self, ptr: Local, align: u32, checked: Checked) {
        if align > 1 {
            self.get(ptr);
            if ptr.ty == ValType::I64 {
                self.emit(Instruction::I32WrapI64);
            }
            self.i32(align.saturating_sub(1));
            self.emit(Instruction::I32And);
            self.trap_if(checked.not_aligned);
        }
    }

    /// `trap_if(ptr + byte_length > len(memory))`; `bytes` is an i64 of at most 2^32. With a 32-bit
    /// address the sum cannot wrap; with a 64-bit address it could, so that `bytes` is subtracted from
    /// the length instead.
    pub fn check_in_bounds(&mut self, memory: Memory, ptr: Local, bytes: Local, checked: Checked) {
        match memory.pointer {
            Pointer::I32 => {
                self.get(ptr);
                self.emit(Instruction::I64ExtendI32U);
                self.get(bytes);
                self.emit(Instruction::I64Add);
                self.memory_bytes(memory);
                self.emit(Instruction::I64GtU);
                self.trap_if(checked.out_of_bounds);
            }
            Pointer::I64 => {
                self.memory_bytes(memory);
                let size = self.temp(ValType::I64);
                self.tee(*size);
                self.get(bytes);
                self.emit(Instruction::I64LtU);
                self.trap_if(checked.out_of_bounds);
                self.get(ptr);
                self.get(*size);
                self.get(bytes);
                self.emit(Instruction::I64Sub);
                self.emit(Instruction::I64GtU);
                self.trap_if(checked.out_of_bounds);
                self.release([size]);
            }
        }
    }

    /// Pushes `len(memory)` as an i64.
    fn memory_bytes(&mut self, memory: Memory) {
        self.emit(Instruction::MemorySize(memory.index));
        if memory.pointer == Pointer::I32 {
            self.emit(Instruction::I64ExtendI32U);
        }
        if memory.page_bits > 0 {
            self.i64(memory.page_bits.into());
            self.emit(Instruction::I64Shl);
        }
    }

    /// `local += bytes`
    pub fn advance(&mut self, local: Local, bytes: u32) {
        self.get(local);
        match local.ty {
            ValType::I64 => {
                self.i64(bytes.into());
                self.emit(Instruction::I64Add);
            }
            _ => {
                self.i32(bytes);
                self.emit(Instruction::I32Add);
            }
        }
        self.set(local);
    }
}

/// Checks an address that a side gave for a value with this layout (`lift_flat_values`,
/// `lower_flat_values`).
pub fn check_place(
    module: &mut Module,
    body: &mut Body,
    side: Side,
    ptr: Local,
    layout: Layout,
) -> Result<Place> {
    let memory = memory(module, side)?;
    body.check_aligned(ptr, layout.align, Checked::VALUE);
    body.i64(layout.size.into());
    let bytes = body.save(ValType::I64);
    body.check_in_bounds(memory, ptr, *bytes, Checked::VALUE);
    body.release([bytes]);
    Ok(Place { memory, base: ptr, offset: 0 })
}

/// Allocates room for a value with this layout, and checks it. The address stays to the end of the
/// function.
pub fn allocate_place(module: &mut Module, body: &mut Body, side: Side, layout: Layout) -> Result<Place> {
    body.i64(layout.size.into());
    let bytes = body.save(ValType::I64);
    let base = allocate(module, body, side, layout.align, *bytes)?;
    body.release([bytes]);
    Ok(Place { memory: memory(module, side)?, base: body.keep(base), offset: 0 })
}

/// Calls the side's `realloc` and checks the address that it gives, as the specification does wherever
/// it allocates: the address. `bytes` is an i64 of at most `REALLOC_I32_MAX`.
pub fn allocate(
    module: &mut Module,
    body: &mut Body,
    side: Side,
    align: u32,
    bytes: Local,
) -> Result<TempLocal> {
    let pointer = side.pointer();
    body.pointer(pointer, 0);
    body.pointer(pointer, 0);
    body.pointer(pointer, align);
    body.get(bytes);
    body.coerce(ValType::I64, pointer.val_type())?;
    let (realloc, instance) = module.realloc(side)?;
    without_leaving(module, body, instance, |body| body.call(realloc));
    let ptr = body.save(pointer.val_type());
    body.check_aligned(*ptr, align, Checked::REALLOC);
    let memory = memory(module, side)?;
    body.check_in_bounds(memory, *ptr, bytes, Checked::REALLOC);
    Ok(ptr)
}

/// An address of a memory becomes that in the one memory of the module: both as wide as the memory's addresses.
pub fn add_base(module: &mut Module, body: &mut Body, memory: MemoryRef) {
    let base = module.global(Global::Base(memory));
    body.global_get(base);
    body.emit(match Pointer::new(memory.memory64()) {
        Pointer::I32 => Instruction::I32Add,
        Pointer::I64 => Instruction::I64Add,
    });
}

impl Translator<'_, '_> {
    /// Whether what has no addresses and no handles in it stays where it is.
    pub fn stays(&self) -> bool {
        self.to.realloc == Some(Reallocator::InPlace)
    }

    /// The address at which the destination finds what stays.
    pub fn in_place(&mut self, ptr: Local) -> Result<TempLocal> {
        let memory = self.from.memory.ok_or_else(|| Error::internal("a side without a memory"))?;
        let pointer = self.to.pointer().val_type();
        self.body.get(ptr);
        add_base(self.module, self.body, memory);
        self.body.coerce(ptr.ty, pointer)?;
        Ok(self.body.save(pointer))
    }

    /// The address and the length of a string or list in the source, and their type.
    pub fn src_pair<'l>(&self, src: Operand<'l>) -> Result<(Operand<'l>, Operand<'l>, Scalar)> {
        pair(src, self.from.pointer())
    }

    /// The same in the destination.
    pub fn dst_pair<'l>(&self, dst: Operand<'l>) -> Result<(Operand<'l>, Operand<'l>, Scalar)> {
        pair(dst, self.to.pointer())
    }

    /// Passes the address and the length of a string or list as they are.
    pub fn pass_pair(&mut self, src: Operand, dst: Operand) -> Result<()> {
        let (src_ptr, src_length, scalar) = self.src_pair(src)?;
        let (dst_ptr, dst_length, _) = self.dst_pair(dst)?;
        self.move_scalar(scalar, src_ptr, dst_ptr, |_| {})?;
        self.move_scalar(scalar, src_length, dst_length, |_| {})
    }
}

fn pair<'l>(operand: Operand<'l>, pointer: Pointer) -> Result<(Operand<'l>, Operand<'l>, Scalar)> {
    Ok((operand.part(0, 0)?, operand.part(1, pointer.size())?, Scalar::pointer(pointer)))
}
