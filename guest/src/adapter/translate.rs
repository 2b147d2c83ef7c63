//! One value from one side to the other, lifted and lowered in one go. In: its type, where it is
//! and where it goes. Out: code. Not its job: each kind of type, which has its own file, and calls
//! (`call`).

use super::body::{Body, FunctionRef, Local, Memory};
use super::borrows::{Frame, FrameKind};
use super::cost::INLINE_COST;
use super::helper::Helper;
use super::module::{Global, Module};
use super::operand::{Operand, Place};
use crate::abi::layout::{self, Layouts};
use crate::abi::side::{Domain, MemoryRef, Side};
use crate::error::{Error, Result};
use crate::ids::TypeId;
use crate::link::Type;
use crate::runtime::{RuntimeFunction, Scopes};
use std::rc::Rc;
use wasm_encoder::{Instruction, ValType};

/// Writes the code that takes values from `from` to `to`.
pub struct Translator<'m, 'a> {
    pub module: &'m mut Module<'a>,
    pub body: &'m mut Body,
    pub from: Side,
    pub to: Side,
    /// The call's frame, where it has one (`borrows`).
    pub frame: Option<Frame>,
}

impl<'a> Translator<'_, 'a> {
    /// Translates a value: as bytes, by a helper if that is much code, or here.
    pub fn translate(&mut self, ty: TypeId, src: Operand, dst: Operand) -> Result<()> {
        if let (Operand::Memory(src), Operand::Memory(dst)) = (src, dst)
            && self.module.plain.copied(ty)?
        {
            return self.copy(ty, src, dst);
        }
        if self.module.costs.of(ty) > INLINE_COST {
            return self.call_helper(ty, src, dst);
        }
        self.translate_here(ty, src, dst)
    }

    /// Translates a value here.
    fn translate_here(&mut self, ty: TypeId, src: Operand, dst: Operand) -> Result<()> {
        let types = self.module.types;
        let id = ty;
        let ty = &types[id];
        match ty {
            Type::String => self.string(src, dst),
            Type::List(element) => self.list(*element, src, dst),
            Type::Map(key, value) => {
                let pair = self.module.pair(*key, *value)?;
                self.list(pair, src, dst)
            }
            Type::FixedList(element, length) => self.fixed_list(*element, *length, src, dst),
            Type::Enum(labels) => self.enumeration(labels.len(), src, dst),
            Type::Own(resource) => self.own(*resource, src, dst),
            Type::Borrow(resource) => self.borrow(*resource, src, dst),
            Type::Stream(_) | Type::Future(_) => self.channel(id, src, dst),
            _ => {
                if let Some(fields) = layout::fields(ty) {
                    self.record(&fields, src, dst)
                } else if let Some(cases) = layout::cases(ty) {
                    self.variant(&cases, src, dst)
                } else {
                    self.scalar(ty, src, dst)
                }
            }
        }
    }

    /// `load_record` and `store_record`, or their flat forms; also a function's parameters.
    pub fn record(&mut self, fields: &[TypeId], src: Operand, dst: Operand) -> Result<()> {
        let from = self.src_layouts().record(fields)?.offsets;
        let to = self.dst_layouts().record(fields)?.offsets;
        let mut flat = 0usize;
        for (field, (from, to)) in fields.iter().zip(from.into_iter().zip(to)) {
            self.translate(*field, src.part(flat, from)?, dst.part(flat, to)?)?;
            if src.is_flat() || dst.is_flat() {
                flat = flat.saturating_add(self.src_flat(*field)?.len());
            }
        }
        Ok(())
    }

    /// Copies a plain value's bytes.
    fn copy(&mut self, ty: TypeId, src: Place, dst: Place) -> Result<()> {
        let size = self.src_layouts().layout(ty)?.size;
        dst.push(self.body);
        src.push(self.body);
        let narrow = self.copy_length_type(dst.memory, src.memory);
        self.body.pointer(narrow, size);
        self.body.emit(Instruction::MemoryCopy { src_mem: src.memory.index, dst_mem: dst.memory.index });
        Ok(())
    }

    /// Calls the function that translates values of `ty`.
    fn call_helper(&mut self, ty: TypeId, src: Operand, dst: Operand) -> Result<()> {
        let facts = self.module.facts.of(ty);
        let frame = self.frame.filter(|frame| frame.matters(facts));
        let flat = (src.is_flat(), dst.is_flat());
        let helper = Helper::new(ty, facts, (self.from, self.to), flat, frame.map(Frame::kind));
        let function = FunctionRef::Own(self.module.helper(helper));
        match src {
            Operand::Memory(place) => place.push(self.body),
            Operand::Flat(slots) => {
                for (slot, natural) in slots.iter().zip(self.src_flat(ty)?.iter()) {
                    self.body.get(*slot);
                    self.body.coerce(slot.ty, *natural)?;
                }
            }
        }
        if let Operand::Memory(place) = dst {
            place.push(self.body);
        }
        if let Some(word) = frame.and_then(Frame::local) {
            self.body.get(word);
        }
        self.body.call(function);
        if let Operand::Flat(slots) = dst {
            for (n, (slot, natural)) in (0..).zip(slots.iter().zip(self.dst_flat(ty)?.iter())) {
                let global = self.module.global(Global::Result(n, *natural));
                self.body.global_get(global);
                self.body.coerce(*natural, slot.ty)?;
                self.body.set(*slot);
            }
        }
        Ok(())
    }

    /// Whether what the host has lowered lies in blocks that are given back when it has been lifted: where calls are
    /// async, nobody else does.
    pub fn frees_lifted(&self) -> bool {
        self.from.domain == Domain::Host
            && self.from.memory == Some(MemoryRef::Runtime)
            && self.module.tables.scopes == Scopes::FramesAndCells
    }

    /// Gives back the block that begins at this address, an i32, if that is so.
    pub fn free_lifted(&mut self, address: Local) {
        if self.frees_lifted() {
            let free = self.module.runtime(RuntimeFunction::Free);
            self.body.get(address);
            self.body.call(free);
        }
    }

    pub fn src_layouts(&self) -> &Layouts<'a> {
        self.module.layouts(self.from.pointer())
    }

    pub fn dst_layouts(&self) -> &Layouts<'a> {
        self.module.layouts(self.to.pointer())
    }

    /// The flat form of a type on the source's side. Errors: an internal one if it has none.
    pub fn src_flat(&self, ty: TypeId) -> Result<Rc<[ValType]>> {
        self.src_layouts().flat(ty)?.ok_or_else(not_flat)
    }

    /// The same on the destination's side.
    pub fn dst_flat(&self, ty: TypeId) -> Result<Rc<[ValType]>> {
        self.dst_layouts().flat(ty)?.ok_or_else(not_flat)
    }

    pub fn src_memory(&mut self) -> Result<Memory> {
        memory(self.module, self.from)
    }

    pub fn dst_memory(&mut self) -> Result<Memory> {
        memory(self.module, self.to)
    }
}

/// A side's memory, imported. Errors: an internal one if it has none.
pub fn memory(module: &mut Module, side: Side) -> Result<Memory> {
    let memory = side.memory.ok_or_else(|| Error::internal("an adapter for a side without a memory"))?;
    Ok(module.memory(memory))
}

fn not_flat() -> Error {
    Error::internal("a type that has no flat form is passed in flat form")
}

/// Writes function `index`: a helper.
pub fn write_helper(module: &mut Module, index: u32, helper: Helper) -> Result<()> {
    let Helper { ty, from, to, flat: (from_flat, to_flat), frame } = helper;
    let [src_layouts, dst_layouts] = [from, to].map(|side| module.layouts(side.pointer()));
    let mut params = match from_flat {
        true => src_layouts.flat(ty)?.ok_or_else(not_flat)?.to_vec(),
        false => vec![from.pointer().val_type()],
    };
    let mut results = None;
    match to_flat {
        true => results = Some(dst_layouts.flat(ty)?.ok_or_else(not_flat)?),
        false => params.push(to.pointer().val_type()),
    }
    if frame.is_some_and(|frame| frame != FrameKind::Copy) {
        params.push(ValType::I32);
    }
    let mut body = Body::new(&params);
    let mut locals = body.params();
    let frame = frame.and_then(|kind| Frame::of(kind, &mut locals));
    let dst = if to_flat { None } else { locals.pop() };
    let mut translator = Translator { module, body: &mut body, from, to, frame };
    let values = translator.body.locals(results.as_deref().unwrap_or_default());
    let src = match from_flat {
        true => Operand::Flat(&locals),
        false => Operand::Memory(place(translator.src_memory()?, locals.first().copied())?),
    };
    let dst = match to_flat {
        true => Operand::Flat(&values),
        false => Operand::Memory(place(translator.dst_memory()?, dst)?),
    };
    translator.translate_here(ty, src, dst)?;
    for (n, value) in (0..).zip(&values) {
        let global = translator.module.global(Global::Result(n, value.ty));
        translator.body.get(*value);
        translator.body.global_set(global);
    }
    module.define(index, &[], body)
}

fn place(memory: Memory, base: Option<Local>) -> Result<Place> {
    let base = base.ok_or_else(|| Error::internal("a helper in memory without an address"))?;
    Ok(Place { memory, base, offset: 0 })
}
