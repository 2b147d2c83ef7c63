//! Copies function bodies fast. In: a valid body of one instance. Out: the same body with new
//! indices. Most instructions hold no index: their bytes are copied as they are, in runs. What
//! this table of immediates does not know goes through `Reencode`, instruction by instruction. Not
//! its job: which index becomes which, and validation.

use super::reencoder::{Mapped, Mapper, Unmapped};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, Encode};
use wasmparser::{BinaryReader, FunctionBody, OperatorsReader, OperatorsReaderAllocations, WasmFeatures};

/// What follows an opcode (core specification, binary format, "Instructions").
#[derive(Clone, Copy)]
enum Immediates {
    None,
    /// One LEB128 number that is no index, or one of a local or a label.
    Number,
    Bytes(usize),
    BlockType,
    Labels,
    /// Alignment, perhaps a memory, and an offset.
    MemoryArgument,
    Function,
    /// A type and a table.
    TypeAndTable,
    Global,
    Tag,
    Memory,
    /// Anything else.
    Other,
}

fn immediates(opcode: u8) -> Immediates {
    match opcode {
        // unreachable, nop; else; throw_ref; end; return; catch_all, drop, select; comparisons,
        // arithmetic, conversions.
        0x00 | 0x01 | 0x05 | 0x0a | 0x0b | 0x0f | 0x19 | 0x1a | 0x1b | 0x45..=0xc4 => Immediates::None,
        // block, loop, if; try.
        0x02..=0x04 | 0x06 => Immediates::BlockType,
        // catch, throw.
        0x07 | 0x08 => Immediates::Tag,
        // rethrow; br, br_if; delegate; local.get, local.set, local.tee; i32.const, i64.const.
        0x09 | 0x0c | 0x0d | 0x18 | 0x20..=0x22 | 0x41 | 0x42 => Immediates::Number,
        0x0e => Immediates::Labels,
        // call, return_call.
        0x10 | 0x12 => Immediates::Function,
        // call_indirect, return_call_indirect.
        0x11 | 0x13 => Immediates::TypeAndTable,
        0x23 | 0x24 => Immediates::Global,
        0x28..=0x3e => Immediates::MemoryArgument,
        0x3f | 0x40 => Immediates::Memory,
        0x43 => Immediates::Bytes(4),
        0x44 => Immediates::Bytes(8),
        _ => Immediates::Other,
    }
}

/// The bit of a memory argument's alignment that says that a memory index follows.
const HAS_MEMORY: u32 = 0x40;

/// Buffers that are used again for each body.
#[derive(Default)]
pub struct Buffers {
    body: Vec<u8>,
    operators: OperatorsReaderAllocations,
}

/// Copies one body to the end of `code`; the result is its size there, in bytes.
pub fn copy(
    mapper: &mut Mapper<'_, '_>,
    buffers: &mut Buffers,
    code: &mut CodeSection,
    body: &FunctionBody,
) -> Mapped<usize> {
    buffers.body.clear();
    let mut locals = body.get_locals_reader()?;
    locals.get_count().encode(&mut buffers.body);
    for _ in 0..locals.get_count() {
        let (count, ty) = locals.read()?;
        count.encode(&mut buffers.body);
        mapper.val_type(ty)?.encode(&mut buffers.body);
    }
    let operators = locals.get_binary_reader();
    let offset = operators.original_position();
    let start = body.as_bytes().len().saturating_sub(operators.bytes_remaining());
    let bytes = body.as_bytes().get(start..).unwrap_or_default();
    let mut copier = Copier { mapper, buffers, bytes, offset, at: 0, copied: 0 };
    while copier.at < bytes.len() {
        copier.instruction()?;
    }
    if copier.at > bytes.len() {
        return Err(copier.end());
    }
    copier.flush(bytes.len());
    code.raw(&buffers.body);
    Ok(buffers.body.len())
}

struct Copier<'c, 'm, 's, 'a> {
    mapper: &'c mut Mapper<'m, 's>,
    buffers: &'c mut Buffers,
    /// The body's instructions.
    bytes: &'a [u8],
    /// Where they start in the input.
    offset: u64,
    /// The next byte to read.
    at: usize,
    /// Everything before this byte is written.
    copied: usize,
}

impl Copier<'_, '_, '_, '_> {
    fn instruction(&mut self) -> Mapped<()> {
        let start = self.at;
        match immediates(self.byte()?) {
            Immediates::None => {}
            Immediates::Number => self.skip_number()?,
            Immediates::Bytes(count) => self.at = self.at.saturating_add(count),
            Immediates::Labels => {
                // The targets, and the default target.
                for _ in 0..self.number()? {
                    self.skip_number()?;
                }
                self.skip_number()?;
            }
            Immediates::BlockType => match self.byte()? {
                // Empty, or a type without an index: i32, i64, f32, f64, v128, funcref, externref.
                0x40 | 0x7b..=0x7f | 0x70 | 0x6f => {}
                _ => self.reencode(start)?,
            },
            Immediates::MemoryArgument => self.memory_argument()?,
            Immediates::Function => self.index(|mapper, index| mapper.function_index(index))?,
            Immediates::Global => self.index(|mapper, index| mapper.global_index(index))?,
            Immediates::Tag => self.index(|mapper, index| mapper.tag_index(index))?,
            Immediates::Memory => self.index(|mapper, index| mapper.memory_index(index))?,
            Immediates::TypeAndTable => {
                self.index(|mapper, index| mapper.type_index(index))?;
                self.index(|mapper, index| mapper.table_index(index))?;
            }
            Immediates::Other => self.reencode(start)?,
        }
        Ok(())
    }

    /// Copies what has been read up to `end` and not been written.
    fn flush(&mut self, end: usize) {
        self.buffers.body.extend_from_slice(self.bytes.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    /// Reads an index and writes what it becomes.
    fn index(&mut self, map: impl FnOnce(&mut Mapper, u32) -> Mapped) -> Mapped<()> {
        let start = self.at;
        let old = self.number()?;
        let new = map(self.mapper, old)?;
        if new != old {
            self.flush(start);
            new.encode(&mut self.buffers.body);
            self.copied = self.at;
        }
        Ok(())
    }

    fn memory_argument(&mut self) -> Mapped<()> {
        let start = self.at;
        let flags = self.number()?;
        let old = if flags & HAS_MEMORY == 0 { 0 } else { self.number()? };
        let new = self.mapper.memory_index(old)?;
        if new != old {
            self.flush(start);
            let alignment = flags & !HAS_MEMORY;
            if new == 0 {
                alignment.encode(&mut self.buffers.body);
            } else {
                (alignment | HAS_MEMORY).encode(&mut self.buffers.body);
                new.encode(&mut self.buffers.body);
            }
            self.copied = self.at;
        }
        // The offset, of 32 or 64 bits.
        self.skip_number()
    }

    /// One instruction, read by the parser and written by the encoder.
    fn reencode(&mut self, start: usize) -> Mapped<()> {
        self.flush(start);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let reader =
            BinaryReader::new_features(rest, self.offset.saturating_add(start as u64), WasmFeatures::all());
        let allocations = std::mem::take(&mut self.buffers.operators);
        let mut operators = OperatorsReader::new_with_allocs(reader, allocations);
        self.mapper.parse_instruction(&mut operators)?.encode(&mut self.buffers.body);
        let left = operators.get_binary_reader().bytes_remaining();
        self.buffers.operators = operators.into_allocations();
        self.at = self.bytes.len().saturating_sub(left);
        self.copied = self.at;
        Ok(())
    }

    fn byte(&mut self) -> Mapped<u8> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.end())?;
        self.at += 1;
        Ok(byte)
    }

    fn skip_number(&mut self) -> Mapped<()> {
        while self.byte()? >= 0x80 {}
        Ok(())
    }

    /// An unsigned LEB128 number of 32 bits.
    fn number(&mut self) -> Mapped {
        let mut number = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.end())
    }

    /// The body ends inside an instruction, which validation has ruled out.
    fn end(&self) -> reencode::Error<Unmapped> {
        let index = u32::try_from(self.at).unwrap_or(u32::MAX);
        reencode::Error::UserError(Unmapped { what: "the end of a body at byte", index })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{IdVec, ModuleId};
    use crate::merge::constant::Constants;
    use crate::merge::layout::Maps;
    use crate::merge::numbers::{Consequences, Numbers};
    use crate::merge::reencoder::{References, State};
    use crate::merge::resolve::BySort;
    use crate::merge::types::Types;
    use crate::read::Module;
    use std::rc::Rc;
    use wasm_encoder::ValType;

    /// Indices that grow by `shift` times another number for each sort.
    struct Shifted<'a> {
        maps: Maps,
        state: State<'a>,
    }

    /// The parameters of a function type that no other number has.
    fn distinct(number: u32) -> Vec<ValType> {
        (0..12).map(|bit| if number >> bit & 1 == 0 { ValType::I32 } else { ValType::F64 }).collect()
    }

    impl Shifted<'_> {
        fn by(shift: u32, module: &Rc<Module<'static>>) -> Shifted<'static> {
            let map = |n: u32| (0..200).map(|i| i + shift * n).collect::<Vec<u32>>();
            let items =
                BySort { funcs: map(1), tables: map(2), memories: map(3), globals: map(4), tags: map(5) };
            let mut modules = IdVec::new();
            let id: ModuleId = modules.push(Rc::clone(module));
            let mut types = Types::new(&modules);
            for number in 0..shift * 6 {
                types.add_function(&distinct(200 + number), &[]);
            }
            types.add_module(id).unwrap();
            let places = 200 + shift * 8;
            let all =
                BySort { funcs: places, tables: places, memories: places, globals: places, tags: places };
            let mut numbers = Numbers::new(&all, places, places, Consequences::default());
            numbers.all();
            Shifted {
                maps: Maps { module: id, items, first_element: shift * 7, first_data: shift * 8 },
                state: State { numbers, references: References::new(places), types },
            }
        }

        /// Copies a body, by this module or by the parser and the encoder alone.
        fn copied(&mut self, bytes: &[u8], fast: bool) -> Option<Vec<u8>> {
            let constants = Constants::default();
            let mut mapper = Mapper { maps: &self.maps, constants: &constants, state: &mut self.state };
            let body = FunctionBody::new(BinaryReader::new_features(bytes, 0, WasmFeatures::all()));
            let mut code = CodeSection::new();
            if fast {
                copy(&mut mapper, &mut Buffers::default(), &mut code, &body).ok()?;
            } else {
                mapper.parse_function_body(&mut code, body).ok()?;
            }
            let mut bytes = Vec::new();
            code.encode(&mut bytes);
            Some(bytes)
        }
    }

    /// By 0, 1 and 100.
    fn shifts() -> [Shifted<'static>; 3] {
        let mut types = wasm_encoder::TypeSection::new();
        for number in 0..200 {
            types.ty().function(distinct(number), []);
        }
        let mut module = wasm_encoder::Module::new();
        module.section(&types);
        let bytes: &'static [u8] = module.finish().leak();
        let module = Rc::new(Module::parse(bytes, 0).unwrap());
        [0, 1, 100].map(|shift| Shifted::by(shift, &module))
    }

    /// Every opcode, behind every prefix, with several immediates: both ways give the same bytes.
    #[test]
    fn every_opcode() {
        let plain = (0..=0xff).map(|opcode| vec![opcode]);
        let prefixed = [0xfb, 0xfc, 0xfd, 0xfe].into_iter().flat_map(|prefix| {
            (0..0x180u32).map(move |opcode| {
                let mut bytes = vec![prefix];
                opcode.encode(&mut bytes);
                bytes
            })
        });
        let mut shifts = shifts();
        let mut compared = 0;
        for opcode in plain.chain(prefixed) {
            // What is left of the filling is `nop`, `local.get`, `i32.const`, or a `block`.
            for filling in [&[0x01][..], &[0x00, 0x01], &[0x20], &[0x41], &[0x02, 0x7f], &[0x81, 0x01, 0x01]]
            {
                for shifted in &mut shifts {
                    // One group of locals: two of type (ref null 1).
                    let mut body = vec![1, 2, 0x63, 1];
                    body.extend(&opcode);
                    body.extend(filling.iter().cycle().take(240));
                    let Some(slow) = shifted.copied(&body, false) else { continue };
                    let by = shifted.maps.first_data / 8;
                    assert_eq!(shifted.copied(&body, true), Some(slow), "{opcode:x?} {filling:x?} {by}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 2000, "{compared}");
    }

    #[test]
    fn legacy_exceptions() {
        // try; catch 1; rethrow 0; catch_all; try; delegate 0; end; end
        let body = [0, 0x06, 0x40, 0x07, 1, 0x09, 0, 0x19, 0x06, 0x40, 0x18, 0, 0x0b, 0x0b];
        let [_, _, mut shifted] = shifts();
        let slow = shifted.copied(&body, false);
        assert!(slow.is_some());
        assert_eq!(shifted.copied(&body, true), slow);
    }

    #[test]
    fn a_body_that_ends_too_early_is_an_error() {
        for body in
            [&[0, 0x41][..], &[0, 0x41, 0x80], &[0, 0x44, 0, 0], &[0, 0x28, 1], &[0, 0x02], &[0, 0xfd]]
        {
            let [mut shifted, ..] = shifts();
            assert_eq!(shifted.copied(body, true), None, "{body:x?}");
        }
    }
}
