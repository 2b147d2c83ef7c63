//! Lifting and lowering (CanonicalABI.md, from "Loading" to "Lifting and Lowering Values"). In:
//! values, types, a guest's memory. Out: values on the other side. Not its job: calls.
//!
//! A flat value is 64 bits here, whatever its core type: an i32 or an f32 is in the lower half, and
//! so the coercions of variants come about by themselves.

use super::Core;
use super::layout::{self, align, align_to, cases, fields, flat_count, size};
use super::parts::{element, from_case, from_fields, pair, to_case, to_fields};
use super::place::Place;
use crate::reason::failed;
use crate::value::{Resource, Type, Value};
use meld_fuser::assemble::boundary::{self as b, CoreValType, StringEncoding};
use meld_fuser::runtime::Trap as Check;
use std::sync::Arc;
use wasmtime::{Extern, Func, Result, StoreContextMut, Val, ValType, bail};

const MAX_FLAT_PARAMS: usize = 16;
pub const MAX_FLAT_RESULTS: usize = 1;
/// Of a list or a string.
const MAX_BYTES: u64 = (1 << 28) - 1;

pub fn val_type(ty: CoreValType) -> ValType {
    match ty {
        CoreValType::I32 => ValType::I32,
        CoreValType::I64 => ValType::I64,
        CoreValType::F32 => ValType::F32,
        CoreValType::F64 => ValType::F64,
    }
}

pub fn flat(bits: u64, ty: CoreValType) -> Val {
    match ty {
        CoreValType::I32 => Val::I32((bits as u32).cast_signed()),
        CoreValType::I64 => Val::I64(bits.cast_signed()),
        CoreValType::F32 => Val::F32(bits as u32),
        CoreValType::F64 => Val::F64(bits),
    }
}

pub fn bits(val: &Val) -> u64 {
    match val {
        Val::I32(v) => u64::from(v.cast_unsigned()),
        Val::I64(v) => v.cast_unsigned(),
        Val::F32(v) => u64::from(*v),
        Val::F64(v) => *v,
        other => panic!("{other:?} is no flat value"),
    }
}

/// Canonical options, resolved.
pub struct Options {
    encoding: StringEncoding,
    memory: Option<Place>,
    realloc: Option<Func>,
}

impl Options {
    pub fn of(
        options: &b::Options,
        memories: &[b::PlacedMemory],
        mut export: impl FnMut(&str) -> Option<Extern>,
    ) -> Options {
        let memory = options.memory.as_ref();
        let memory = memory.and_then(|name| Place::of(name, memories, &mut export));
        let mut find = |name: &Option<String>| name.as_ref().and_then(|name| export(name));
        Options {
            encoding: options.string_encoding,
            memory,
            realloc: find(&options.realloc).and_then(Extern::into_func),
        }
    }
}

/// What fails where parameters or a result lie.
const VALUE: [Check; 2] = [Check::PointerNotAligned, Check::PointerOutOfBounds];

/// One call.
pub struct Cx<'a> {
    pub store: StoreContextMut<'a, Core>,
    pub options: &'a Options,
    /// Handles that the guest has lent for the call.
    pub lent: Vec<u32>,
}

impl Cx<'_> {
    fn memory(&self) -> Result<Place> {
        match self.options.memory {
            Some(memory) => Ok(memory),
            None => bail!("there is no memory"),
        }
    }

    /// Bytes of an address.
    fn ptr(&self) -> u64 {
        match self.options.memory {
            Some(memory) if memory.ty(&self.store).is_64() => 8,
            _ => 4,
        }
    }

    /// Calls a function of the guest from which it may not call out.
    pub fn call_guest(&mut self, func: &Func, args: &[Val], results: &mut [Val]) -> Result<()> {
        self.store.data_mut().may_leave = false;
        func.call(&mut self.store, args, results)?;
        self.store.data_mut().may_leave = true;
        Ok(())
    }

    fn allocate(&mut self, align: u64, size: u64) -> Result<u64> {
        self.reallocate(0, 0, align, size)
    }

    fn reallocate(&mut self, old: u64, old_size: u64, align: u64, size: u64) -> Result<u64> {
        let Some(realloc) = self.options.realloc else { bail!("there is no realloc") };
        let ty = if self.ptr() == 8 { CoreValType::I64 } else { CoreValType::I32 };
        let args = [flat(old, ty), flat(old_size, ty), flat(align, ty), flat(size, ty)];
        let mut result = [flat(0, ty)];
        self.call_guest(&realloc, &args, &mut result)?;
        let ptr = bits(&result[0]);
        self.check(ptr, align, size, [Check::ReallocNotAligned, Check::ReallocOutOfBounds])?;
        Ok(ptr)
    }

    /// `checks` are those that fail: of the alignment, and of the bounds.
    fn check(&mut self, ptr: u64, align: u64, size: u64, checks: [Check; 2]) -> Result<()> {
        let [not_aligned, out_of_bounds] = checks;
        let len = self.memory()?.data_size(&mut self.store) as u64;
        if !ptr.is_multiple_of(align) {
            return Err(failed(not_aligned));
        }
        match ptr.checked_add(size) {
            Some(end) if end <= len => Ok(()),
            _ => Err(failed(out_of_bounds)),
        }
    }

    fn load_int(&mut self, ptr: u64, size: u64) -> Result<u64> {
        let mut bytes = [0; 8];
        self.memory()?.read(&mut self.store, ptr as usize, &mut bytes[..size as usize])?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn store_int(&mut self, ptr: u64, size: u64, value: u64) -> Result<()> {
        let memory = self.memory()?;
        memory.write(&mut self.store, ptr as usize, &value.to_le_bytes()[..size as usize])
    }

    // Lifting

    pub fn lift_args(&mut self, types: &[Arc<Type>], bits: Vec<u64>) -> Result<Vec<Value>> {
        if types.iter().map(|ty| flat_count(ty)).sum::<usize>() > MAX_FLAT_PARAMS {
            let Value::Tuple(values) = self.load_checked(bits[0], &Type::Tuple(types.to_vec()))? else {
                bail!("a tuple is a tuple")
            };
            return Ok(values);
        }
        let mut flat = bits.into_iter();
        types.iter().map(|ty| self.lift_flat(&mut flat, ty)).collect()
    }

    pub fn lift_result(&mut self, ty: &Type, results: &[Val]) -> Result<Value> {
        let mut flat = results.iter().map(bits);
        match flat_count(ty) > MAX_FLAT_RESULTS {
            true => self.load_checked(flat.next().unwrap_or_default(), ty),
            false => self.lift_flat(&mut flat, ty),
        }
    }

    fn load_checked(&mut self, ptr: u64, ty: &Type) -> Result<Value> {
        self.check(ptr, align(ty, self.ptr()), size(ty, self.ptr()), VALUE)?;
        self.load(ptr, ty)
    }

    fn lift_flat(&mut self, flat: &mut dyn Iterator<Item = u64>, ty: &Type) -> Result<Value> {
        let mut next = || flat.next().expect("as many flat values as the type has");
        if let Some(fields) = fields(ty) {
            let values = fields.iter().map(|ty| self.lift_flat(flat, ty)).collect::<Result<_>>()?;
            return Ok(from_fields(ty, values));
        }
        if let Some(cases) = cases(ty) {
            let case = next() as u32 as usize;
            let mut rest: Vec<u64> = (1..flat_count(ty)).map(|_| next()).collect();
            let payload = cases.get(case).ok_or_else(|| failed(Check::InvalidDiscriminant))?;
            let value = match payload {
                Some(ty) => Some(self.lift_flat(&mut rest.drain(..), ty)?),
                None => None,
            };
            return Ok(from_case(ty, case, value));
        }
        match ty {
            Type::String | Type::List(_) | Type::Map(..) => {
                // A variant may have joined them with something wider.
                let address = if self.ptr() == 4 { u64::from(u32::MAX) } else { u64::MAX };
                let (ptr, length) = (next() & address, next() & address);
                match ty {
                    Type::String => self.load_string(ptr, length),
                    _ => self.load_list(ptr, length, ty),
                }
            }
            _ => self.lift_scalar(next(), ty),
        }
    }

    /// `bits` may be wider than the type: what is too much does not count.
    fn lift_scalar(&mut self, bits: u64, ty: &Type) -> Result<Value> {
        let core = self.store.data_mut();
        Ok(match ty {
            Type::Bool => Value::Bool(bits as u32 != 0),
            Type::S8 => Value::S8(bits as i8),
            Type::U8 => Value::U8(bits as u8),
            Type::S16 => Value::S16(bits as i16),
            Type::U16 => Value::U16(bits as u16),
            Type::S32 => Value::S32(bits as i32),
            Type::U32 => Value::U32(bits as u32),
            Type::S64 => Value::S64(bits.cast_signed()),
            Type::U64 => Value::U64(bits),
            Type::F32 => Value::F32(f32::from_bits(bits as u32)),
            Type::F64 => Value::F64(f64::from_bits(bits)),
            Type::Char => match char::from_u32(bits as u32) {
                Some(c) => Value::Char(c),
                None => return Err(failed(Check::NotAChar)),
            },
            Type::Flags(labels) => {
                let set = labels.iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1);
                Value::Flags(set.map(|(_, label)| label.clone()).collect())
            }
            Type::Own(ty) => Value::Own(core.own(ty, bits as u32)?),
            Type::Borrow(ty) => {
                let rep = core.handles.lend(ty.index, bits as u32)?;
                self.lent.push(bits as u32);
                Value::Borrow(Resource::Host(rep))
            }
            other => bail!("{other:?} is not a scalar"),
        })
    }

    fn load(&mut self, ptr: u64, ty: &Type) -> Result<Value> {
        let word = self.ptr();
        if let Some(fields) = fields(ty) {
            let mut values = Vec::new();
            let mut at = ptr;
            for ty in fields {
                at = align_to(at, align(ty, word));
                values.push(self.load(at, ty)?);
                at += size(ty, word);
            }
            return Ok(from_fields(ty, values));
        }
        if let Some(cases) = cases(ty) {
            let case = self.load_int(ptr, layout::discriminant_size(cases.len()))? as usize;
            let payload = cases.get(case).ok_or_else(|| failed(Check::InvalidDiscriminant))?;
            let at = ptr + layout::payload_offset(&cases, word);
            let value = payload.map(|ty| self.load(at, ty)).transpose()?;
            return Ok(from_case(ty, case, value));
        }
        match ty {
            Type::String => {
                let (ptr, length) = (self.load_int(ptr, word)?, self.load_int(ptr + word, word)?);
                self.load_string(ptr, length)
            }
            Type::List(_) | Type::Map(..) => {
                let (ptr, length) = (self.load_int(ptr, word)?, self.load_int(ptr + word, word)?);
                self.load_list(ptr, length, ty)
            }
            _ => {
                let int = self.load_int(ptr, size(ty, word))?;
                self.lift_scalar(int, ty)
            }
        }
    }

    fn load_list(&mut self, ptr: u64, length: u64, ty: &Type) -> Result<Value> {
        let element = element(ty);
        let (align, size) = (align(&element, self.ptr()), size(&element, self.ptr()));
        let Some(bytes) = length.checked_mul(size).filter(|bytes| *bytes <= MAX_BYTES) else {
            return Err(failed(Check::ListTooLong));
        };
        self.check(ptr, align, bytes, [Check::ListNotAligned, Check::ListOutOfBounds])?;
        let values: Vec<Value> =
            (0..length).map(|n| self.load(ptr + n * size, &element)).collect::<Result<_>>()?;
        Ok(match ty {
            Type::Map(..) => Value::Map(values.into_iter().filter_map(pair).collect()),
            _ => Value::List(values),
        })
    }

    fn load_string(&mut self, ptr: u64, length: u64) -> Result<Value> {
        let tag = 1 << (self.ptr() * 8 - 1);
        let (align, utf16, units) = match self.options.encoding {
            StringEncoding::Utf8 => (1, false, length),
            StringEncoding::Utf16 => (2, true, length),
            StringEncoding::Latin1Utf16 => (2, length & tag != 0, length & !tag),
        };
        let Some(size) = units.checked_mul(1 + u64::from(utf16)).filter(|size| *size <= MAX_BYTES) else {
            return Err(failed(Check::StringTooLong));
        };
        self.check(ptr, align, size, [Check::StringNotAligned, Check::StringOutOfBounds])?;
        let mut bytes = vec![0; size as usize];
        self.memory()?.read(&mut self.store, ptr as usize, &mut bytes)?;
        let units = || bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        let string = match self.options.encoding {
            StringEncoding::Utf8 => String::from_utf8(bytes).map_err(|_| failed(Check::NotUtf8))?,
            _ if utf16 => {
                String::from_utf16(&units().collect::<Vec<_>>()).map_err(|_| failed(Check::NotUtf16))?
            }
            _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
        };
        Ok(Value::String(string))
    }

    // Lowering

    pub fn lower_args(&mut self, types: &[Arc<Type>], args: &[Value]) -> Result<Vec<u64>> {
        let mut flat = Vec::new();
        if types.iter().map(|ty| flat_count(ty)).sum::<usize>() > MAX_FLAT_PARAMS {
            let ty = Type::Tuple(types.to_vec());
            let ptr = self.allocate(align(&ty, self.ptr()), size(&ty, self.ptr()))?;
            self.store(ptr, &ty, &Value::Tuple(args.to_vec()))?;
            flat.push(ptr);
        } else {
            for (ty, arg) in types.iter().zip(args) {
                self.lower_flat(&mut flat, ty, arg)?;
            }
        }
        Ok(flat)
    }

    /// `out`: where the result goes, if it does not fit.
    pub fn lower_result(&mut self, ty: &Type, value: &Value, out: Option<u64>) -> Result<Vec<u64>> {
        let mut flat = Vec::new();
        match out {
            Some(ptr) => {
                self.check(ptr, align(ty, self.ptr()), size(ty, self.ptr()), VALUE)?;
                self.store(ptr, ty, value)?;
            }
            None => self.lower_flat(&mut flat, ty, value)?,
        }
        Ok(flat)
    }

    fn lower_flat(&mut self, flat: &mut Vec<u64>, ty: &Type, value: &Value) -> Result<()> {
        if let Some(fields) = fields(ty) {
            for (ty, value) in fields.into_iter().zip(to_fields(value)) {
                self.lower_flat(flat, ty, value)?;
            }
            return Ok(());
        }
        if let Some(cases) = cases(ty) {
            let (case, payload) = to_case(ty, value);
            let end = flat.len() + flat_count(ty);
            flat.push(case as u64);
            if let (Some(ty), Some(value)) = (cases[case], payload) {
                self.lower_flat(flat, ty, value)?;
            }
            flat.resize(end, 0);
            return Ok(());
        }
        match value {
            Value::String(string) => flat.extend(self.store_string(string)?),
            Value::List(_) | Value::Map(_) => flat.extend(self.store_list(ty, value)?),
            _ => flat.push(self.lower_scalar(ty, value)?),
        }
        Ok(())
    }

    fn lower_scalar(&mut self, ty: &Type, value: &Value) -> Result<u64> {
        let core = self.store.data_mut();
        Ok(match (value, ty) {
            (Value::Bool(v), _) => u64::from(*v),
            (Value::S8(v), _) => u64::from(i32::from(*v).cast_unsigned()),
            (Value::U8(v), _) => u64::from(*v),
            (Value::S16(v), _) => u64::from(i32::from(*v).cast_unsigned()),
            (Value::U16(v), _) => u64::from(*v),
            (Value::S32(v), _) => u64::from(v.cast_unsigned()),
            (Value::U32(v), _) => u64::from(*v),
            (Value::S64(v), _) => v.cast_unsigned(),
            (Value::U64(v), _) => *v,
            (Value::F32(v), _) => u64::from(v.to_bits()),
            (Value::F64(v), _) => v.to_bits(),
            (Value::Char(v), _) => u64::from(u32::from(*v)),
            (Value::Flags(set), Type::Flags(labels)) => {
                let bit = |(n, label): (usize, &String)| u64::from(set.contains(label)) << n;
                labels.iter().enumerate().map(bit).sum()
            }
            (Value::Own(resource), Type::Own(ty)) => {
                let rep = match resource {
                    Resource::Host(rep) => *rep,
                    Resource::Guest(number) => core.owned.take(*number).1,
                };
                core.handles.add_own(ty.index, rep).into()
            }
            // A component that defines a resource type sees its representation.
            (Value::Borrow(Resource::Guest(number)), _) => core.owned.get(*number).into(),
            (Value::Borrow(Resource::Host(rep)), Type::Borrow(ty)) => {
                core.handles.add_borrow(ty.index, *rep).into()
            }
            (value, ty) => bail!("{value} is not of type {ty:?}"),
        })
    }

    fn store(&mut self, ptr: u64, ty: &Type, value: &Value) -> Result<()> {
        let word = self.ptr();
        if let Some(fields) = fields(ty) {
            let mut at = ptr;
            for (ty, value) in fields.into_iter().zip(to_fields(value)) {
                at = align_to(at, align(ty, word));
                self.store(at, ty, value)?;
                at += size(ty, word);
            }
            return Ok(());
        }
        if let Some(cases) = cases(ty) {
            let (case, payload) = to_case(ty, value);
            self.store_int(ptr, layout::discriminant_size(cases.len()), case as u64)?;
            return match (cases[case], payload) {
                (Some(ty), Some(value)) => self.store(ptr + layout::payload_offset(&cases, word), ty, value),
                _ => Ok(()),
            };
        }
        let pair = match value {
            Value::String(string) => self.store_string(string)?,
            Value::List(_) | Value::Map(_) => self.store_list(ty, value)?,
            _ => {
                let bits = self.lower_scalar(ty, value)?;
                return self.store_int(ptr, size(ty, word), bits);
            }
        };
        self.store_int(ptr, word, pair[0])?;
        self.store_int(ptr + word, word, pair[1])
    }

    fn store_list(&mut self, ty: &Type, value: &Value) -> Result<[u64; 2]> {
        let element = element(ty);
        let values: Vec<Value> = match value {
            Value::List(values) => values.clone(),
            Value::Map(pairs) => {
                pairs.iter().map(|(k, v)| Value::Tuple(vec![k.clone(), v.clone()])).collect()
            }
            other => bail!("{other} is not a list"),
        };
        let (align, size) = (align(&element, self.ptr()), size(&element, self.ptr()));
        let ptr = self.allocate(align, size * values.len() as u64)?;
        for (n, value) in (0..).zip(&values) {
            self.store(ptr + n * size, &element, value)?;
        }
        Ok([ptr, values.len() as u64])
    }

    /// As from a string in UTF-8: "store_utf8_to_utf16" and "store_string_to_latin1_or_utf16".
    fn store_string(&mut self, string: &str) -> Result<[u64; 2]> {
        let length = string.len() as u64;
        if self.options.encoding == StringEncoding::Utf8 {
            let ptr = self.allocate(1, length)?;
            self.memory()?.write(&mut self.store, ptr as usize, string.as_bytes())?;
            return Ok([ptr, length]);
        }
        let mut allocated = if self.options.encoding == StringEncoding::Utf16 { 2 * length } else { length };
        let mut ptr = self.allocate(2, allocated)?;
        let memory = self.memory()?;
        let mut bytes: Vec<u8> = string.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut units = bytes.len() as u64 / 2;
        if self.options.encoding == StringEncoding::Latin1Utf16 {
            let latin1 = string.chars().map_while(|c| u8::try_from(u32::from(c)).ok()).collect::<Vec<u8>>();
            memory.write(&mut self.store, ptr as usize, &latin1)?;
            if latin1.len() == string.chars().count() {
                bytes = latin1;
                units = bytes.len() as u64;
            } else {
                ptr = self.reallocate(ptr, allocated, 2, 2 * length)?;
                allocated = 2 * length;
                units |= 1 << (self.ptr() * 8 - 1);
            }
        }
        memory.write(&mut self.store, ptr as usize, &bytes)?;
        let used = bytes.len() as u64;
        if used < allocated {
            ptr = self.reallocate(ptr, allocated, 2, used)?;
        }
        Ok([ptr, units])
    }
}
