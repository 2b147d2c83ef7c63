//! Streams and futures. In: ends, and definitions on them. Out: reads and writes with the checks of their buffers, the
//! copy of elements from one buffer to another, and ends on their way from table to table. Not its job: the state
//! of streams and futures (the scheduler).

use super::body::{Body, Local};
use super::borrows::Frame;
use super::guard::check_may_leave;
use super::module::Module;
use super::operand::{Operand, Scalar};
use super::range::{Checked, add_base};
use super::scheduled::push;
use super::spec::{Bridge, Catches, ChannelEnd, Leading, Ref};
use super::translate::{Translator, memory};
use crate::abi::layout::Pointer;
use crate::abi::side::{Domain, MemoryRef, Side};
use crate::error::{Error, Result};
use crate::ids::{Id, InstanceId, TypeId};
use crate::link::{End, Type};
use crate::runtime::{SchedulerFunction, Trap};
use wasm_encoder::{Instruction, ValType};

/// `Buffer.MAX_LENGTH`
const MAX_LENGTH: u32 = (1 << 28) - 1;

/// Where the types of ends begin, as numbers of resource types: as in the scheduler.
const ENDS: u32 = 0x2000_0000;

/// The type of a handle of an end.
pub fn meta(ty: TypeId, end: End) -> u32 {
    // Budgets keep the number of types far below 2^28.
    let number = ENDS.saturating_add((ty.index() as u32).saturating_mul(2));
    (number.saturating_add(u32::from(end == End::Writable)) << 2) | 1
}

/// What passes through a stream or future; none where nothing does.
pub fn element(ty: &Type) -> Option<TypeId> {
    match ty {
        Type::Stream(element) | Type::Future(element) => *element,
        _ => None,
    }
}

/// The number types of `none_or_number_type`.
pub fn is_number(ty: &Type) -> bool {
    use Type::{F32, F64, S8, S16, S32, S64, U8, U16, U32, U64};
    matches!(ty, S8 | U8 | S16 | U16 | S32 | U32 | S64 | U64 | F32 | F64)
}

/// Writes function `index`: a read or write.
pub fn write_copy(
    module: &mut Module,
    index: u32,
    check: Option<InstanceId>,
    ChannelEnd { ty, end, side }: ChannelEnd,
    (async_, site, bridge): (bool, u32, Option<Bridge>),
) -> Result<()> {
    let Domain::Instance(instance) = side.domain else {
        return Err(Error::internal("the host copies through a built-in"));
    };
    let types = module.types;
    let future = matches!(types[ty], Type::Future(_));
    let mut body = Body::new(if future { &[ValType::I32; 2] } else { &[ValType::I32; 3] });
    if let Some(instance) = check {
        check_may_leave(module, &mut body, instance);
    }
    let params = body.params();
    let missing = || Error::internal("a copy without a buffer");
    let handle = *params.first().ok_or_else(missing)?;
    let ptr = *params.get(1).ok_or_else(missing)?;
    let length = match params.get(2) {
        Some(length) => *length,
        None => {
            body.i32(1);
            body.save_for_good(ValType::I32)
        }
    };
    push(module, &mut body, Leading::Table(instance))?;
    push(module, &mut body, Leading::End(ty, end))?;
    body.i32(async_.into());
    body.get(handle);
    let checked = module.scheduler(SchedulerFunction::ChannelEnd);
    body.call(checked);
    let end = body.save_for_good(ValType::I32);
    let size = check_buffer(module, &mut body, side, element(&types[ty]), ptr, length)?;
    body.get(end);
    body.i32(async_.into());
    body.i32(site);
    body.i32(size);
    for number in Bridge::numbers(bridge) {
        body.i32(number);
    }
    body.get(ptr);
    body.emit(Instruction::I64ExtendI32U);
    body.get(length);
    let copy = module.scheduler(SchedulerFunction::ChannelCopy);
    body.call(copy);
    module.define(index, &[ValType::I32], body)
}

/// Writes function `index`: the host's read or write, of whatever type: `(end, address: i64, length) -> (status)`.
pub fn write_host_copy(
    module: &mut Module,
    index: u32,
    function: Ref,
    (future, memory64, within): (bool, bool, Option<MemoryRef>),
) -> Result<()> {
    let pointer = Pointer::new(memory64).val_type();
    let mut body = Body::new(&[ValType::I32, ValType::I64, ValType::I32]);
    let params = body.params();
    let [end, address, length] = params.as_slice() else {
        return Err(Error::internal("a copy without its parameters"));
    };
    let mut types = vec![ValType::I32, pointer];
    body.get(*end);
    body.get(*address);
    body.coerce(ValType::I64, pointer)?;
    if let Some(memory) = within {
        add_base(module, &mut body, memory);
    }
    if !future {
        types.push(ValType::I32);
        body.get(*length);
    }
    let function = module.function(function, &types, &[ValType::I32]);
    body.call(function);
    module.define(index, &[ValType::I32], body)
}

/// The checks of `Buffer`: the size of an element, in bytes, 0 if there is none.
fn check_buffer(
    module: &mut Module,
    body: &mut Body,
    side: Side,
    element: Option<TypeId>,
    ptr: Local,
    length: Local,
) -> Result<u32> {
    body.get(length);
    body.i32(MAX_LENGTH);
    body.emit(Instruction::I32GtU);
    body.trap_if(Trap::BufferTooLong);
    let Some(element) = element else { return Ok(0) };
    let layout = module.layouts(side.pointer()).layout(element)?;
    let memory = memory(module, side)?;
    body.get(length);
    body.if_();
    body.check_aligned(ptr, layout.align, Checked::VALUE);
    body.get(ptr);
    body.coerce(ValType::I32, side.pointer().val_type())?;
    let address = body.save(side.pointer().val_type());
    body.get(length);
    body.emit(Instruction::I64ExtendI32U);
    body.i64(layout.size.into());
    body.emit(Instruction::I64Mul);
    let bytes = body.save(ValType::I64);
    body.check_in_bounds(memory, *address, *bytes, Checked::VALUE);
    body.release([address, bytes]);
    body.end();
    Ok(layout.size)
}

/// Writes function `index`: the copy of elements.
pub fn write_elements(
    module: &mut Module,
    index: u32,
    element: TypeId,
    (from, to): (Side, Side),
    trap_on_throw: Option<Catches>,
) -> Result<()> {
    let mut body = Body::new(&[ValType::I64, ValType::I64, ValType::I32]);
    if let Some(catches) = trap_on_throw {
        body.begin_trap_on_throw(catches);
    }
    let params = body.params();
    let [src, dst, count] = params.as_slice() else {
        return Err(Error::internal("a copy without its parameters"));
    };
    let size = module.layouts(to.pointer()).layout(element)?.size;
    let [src, dst] = [(src, from), (dst, to)].map(|(address, side)| {
        body.get(*address);
        body.coerce(ValType::I64, side.pointer().val_type())
            .map(|()| body.save_for_good(side.pointer().val_type()))
    });
    body.get(*count);
    body.emit(Instruction::I64ExtendI32U);
    body.i64(size.into());
    body.emit(Instruction::I64Mul);
    let bytes = body.save_for_good(ValType::I64);
    let bulk = is_number(&module.types[element]);
    let frame = (to.domain == Domain::Host).then_some(Frame::Copy);
    let mut translator = Translator { module, body: &mut body, from, to, frame };
    match bulk {
        // Both buffers can be in one memory, and overlap.
        true => translator.copy_bytes(src?, dst?, bytes)?,
        false => translator.elements(element, src?, dst?, *count, bytes)?,
    }
    if let Some(catches) = trap_on_throw {
        body.end_trap_on_throw(catches);
    }
    module.define(index, &[], body)
}

impl Translator<'_, '_> {
    /// `lift_async_value`, and `lower_stream` or `lower_future`.
    pub fn channel(&mut self, ty: TypeId, src: Operand, dst: Operand) -> Result<()> {
        if self.from.domain == Domain::Host && self.to.domain == Domain::Host {
            return self.move_scalar(Scalar::I32, src, dst, |_| {});
        }
        dst.begin_store(self.body);
        if let (Some(Frame::Copy), Domain::Instance(instance)) = (self.frame, self.from.domain) {
            let (number, write) = self.module.of_host(ty)?;
            self.body.i32(number);
            self.body.i32(write);
            self.push_end(instance, ty)?;
            src.load(self.body, Scalar::I32)?;
            let reserve = self.module.scheduler(SchedulerFunction::ChannelReserve);
            self.body.call(reserve);
            return dst.finish_store(self.body, Scalar::I32);
        }
        // The arguments of what lowers, then of what lifts, but for the last one.
        match self.to.domain {
            Domain::Instance(instance) => self.push_end(instance, ty)?,
            Domain::Host => self.body.i32(self.module.of_host(ty)?.0),
            Domain::Transit => {}
        }
        match self.from.domain {
            Domain::Instance(instance) => self.push_end(instance, ty)?,
            Domain::Host => {
                self.body.i32(self.module.of_host(ty)?.0);
                self.body.i32(matches!(self.module.types[ty], Type::Future(_)).into());
            }
            Domain::Transit => {}
        }
        src.load(self.body, Scalar::I32)?;
        let lift = match self.from.domain {
            Domain::Instance(_) => Some(SchedulerFunction::ChannelLift),
            Domain::Host => Some(SchedulerFunction::ChannelFromHost),
            Domain::Transit => None,
        };
        let lower = match self.to.domain {
            Domain::Instance(_) => Some(SchedulerFunction::ChannelLower),
            Domain::Host => Some(SchedulerFunction::ChannelToHost),
            Domain::Transit => None,
        };
        for function in [lift, lower].into_iter().flatten() {
            let function = self.module.scheduler(function);
            self.body.call(function);
        }
        dst.finish_store(self.body, Scalar::I32)
    }

    fn push_end(&mut self, instance: InstanceId, ty: TypeId) -> Result<()> {
        push(self.module, self.body, Leading::Table(instance))?;
        push(self.module, self.body, Leading::End(ty, End::Readable))
    }
}
