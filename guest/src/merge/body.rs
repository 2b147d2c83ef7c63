//! Copies function bodies fast. In: a valid body of one instance, and where in it the instructions
//! with indices are. Out: the same body with new indices. What is between those instructions is
//! copied in runs, as it is; those with the most common kinds of index are changed here, all others
//! go through `Reencode`. Not its job: which index becomes which, and validation.

use super::accessors::Access;
use super::code::Code;
use super::mapped::{Mapped, Unmapped};
use super::reencoder::Mapper;
use crate::debug::Moves;
use crate::read::Site;
use wasm_encoder::Encode;
use wasm_encoder::reencode::{self, Reencode};
use wasmparser::{
    BinaryReader, FunctionBody, OperatorsReader, OperatorsReaderAllocations, ValType, WasmFeatures,
};

const CALL: u8 = 0x10;
const RETURN_CALL: u8 = 0x12;
const RETURN: u8 = 0x0f;
const GLOBAL_GET: u8 = 0x23;
const GLOBAL_SET: u8 = 0x24;

/// The bit of a memory argument's alignment that says that a memory index follows.
const HAS_MEMORY: u32 = 0x40;

/// Buffers that are used again for each body.
#[derive(Default)]
pub struct Buffers {
    /// Neighbours of one type are declared together.
    locals: Vec<(u32, ValType)>,
    operators: OperatorsReaderAllocations,
}

/// Copies one body to the end of `code`, and notes what goes where in `moves`, if there are any; the result is
/// its size there, in bytes.
pub fn copy(
    mapper: &mut Mapper<'_, '_>,
    buffers: &mut Buffers,
    code: &mut Code,
    body: &FunctionBody,
    sites: impl Iterator<Item = Site>,
    moves: Option<&mut Moves>,
) -> Mapped<usize> {
    code.body(|out| {
        let begin = out.len();
        let mut locals = body.get_locals_reader()?;
        buffers.locals.clear();
        for _ in 0..locals.get_count() {
            let (count, ty) = locals.read()?;
            match buffers.locals.last_mut() {
                // Validation allows no more than fit.
                Some((all, last)) if *last == ty => *all = all.saturating_add(count),
                _ => buffers.locals.push((count, ty)),
            }
        }
        buffers.locals.len().encode(out);
        for (count, ty) in &buffers.locals {
            count.encode(out);
            mapper.val_type(*ty)?.encode(out);
        }
        let bytes = body.as_bytes();
        let start = bytes.len().saturating_sub(locals.get_binary_reader().bytes_remaining());
        let offset = body.range().start;
        let mut copier = Copier {
            mapper,
            buffers,
            out,
            begin,
            bytes,
            offset,
            at: start,
            copied: start,
            memory: None,
            moves,
        };
        for site in sites {
            copier.site(site)?;
        }
        copier.flush(bytes.len());
        Ok(())
    })
}

struct Copier<'c, 'm, 's, 'a> {
    mapper: &'c mut Mapper<'m, 's>,
    buffers: &'c mut Buffers,
    out: &'c mut Vec<u8>,
    /// Where the body starts in `out`.
    begin: usize,
    bytes: &'a [u8],
    /// Where the body starts in the input.
    offset: u64,
    /// The next byte to read.
    at: usize,
    /// Everything before this byte is written.
    copied: usize,
    /// What memory 0 becomes, once that is known: nearly all instructions that name one name this.
    memory: Option<u32>,
    moves: Option<&'c mut Moves>,
}

impl Copier<'_, '_, '_, '_> {
    /// An instruction that names something.
    fn site(&mut self, site: Site) -> Mapped<()> {
        if site.plain && self.memory == Some(0) {
            return Ok(());
        }
        self.at = site.at;
        match self.byte()? {
            // catch, throw.
            0x07 | 0x08 => self.index(|mapper, index| mapper.tag_index(index)),
            // call, return_call.
            opcode @ (CALL | RETURN_CALL) => self.call(site.at, opcode),
            // call_indirect, return_call_indirect.
            0x11 | 0x13 => {
                self.index(|mapper, index| mapper.type_index(index))?;
                self.index(|mapper, index| mapper.table_index(index))
            }
            // global.get, global.set.
            GLOBAL_GET | GLOBAL_SET => self.index(|mapper, index| mapper.global_index(index)),
            // Loads and stores.
            0x28..=0x3e => self.memory_argument(),
            // memory.size, memory.grow.
            0x3f | 0x40 => self.index(|mapper, index| mapper.memory_index(index)),
            _ => self.reencode(site.at),
        }
    }

    /// Copies what is before `end` and has not been written.
    fn flush(&mut self, end: usize) {
        if let Some(moves) = &mut self.moves {
            let to = self.out.len().saturating_sub(self.begin);
            moves.copied(self.copied, to, end.saturating_sub(self.copied));
        }
        self.out.extend_from_slice(self.bytes.get(self.copied..end).unwrap_or_default());
        self.copied = end;
    }

    /// Reads an index and writes what it becomes.
    fn index(&mut self, map: impl FnOnce(&mut Mapper, u32) -> Mapped) -> Mapped<()> {
        let start = self.at;
        let old = self.number()?;
        let new = map(self.mapper, old)?;
        if new != old {
            self.flush(start);
            new.encode(self.out);
            self.copied = self.at;
        }
        Ok(())
    }

    /// A call, or what it does where that is one instruction. `start` is where it begins.
    fn call(&mut self, start: usize, opcode: u8) -> Mapped<()> {
        let index = self.at;
        let old = self.number()?;
        let Some((access, global)) = self.mapper.access(old)? else {
            self.at = index;
            return self.index(|mapper, index| mapper.function_index(index));
        };
        self.flush(start);
        self.out.push(match access {
            Access::Get => GLOBAL_GET,
            Access::Set => GLOBAL_SET,
        });
        global.encode(self.out);
        if opcode == RETURN_CALL {
            self.out.push(RETURN);
        }
        self.copied = self.at;
        Ok(())
    }

    /// Alignment, perhaps a memory; the offset that follows stays.
    fn memory_argument(&mut self) -> Mapped<()> {
        let start = self.at;
        let flags = self.number()?;
        let old = if flags & HAS_MEMORY == 0 { 0 } else { self.number()? };
        let new = match (old, self.memory) {
            (0, Some(new)) => new,
            (0, None) => *self.memory.insert(self.mapper.memory_index(0)?),
            _ => self.mapper.memory_index(old)?,
        };
        if new != old {
            self.flush(start);
            let alignment = flags & !HAS_MEMORY;
            if new == 0 {
                alignment.encode(self.out);
            } else {
                (alignment | HAS_MEMORY).encode(self.out);
                new.encode(self.out);
            }
            self.copied = self.at;
        }
        Ok(())
    }

    /// One instruction, read by the parser and written by the encoder.
    fn reencode(&mut self, start: usize) -> Mapped<()> {
        self.flush(start);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let reader =
            BinaryReader::new_features(rest, self.offset.saturating_add(start as u64), WasmFeatures::all());
        let allocations = std::mem::take(&mut self.buffers.operators);
        let mut operators = OperatorsReader::new_with_allocs(reader, allocations);
        self.mapper.parse_instruction(&mut operators)?.encode(self.out);
        let left = operators.get_binary_reader().bytes_remaining();
        self.buffers.operators = operators.into_allocations();
        self.copied = self.bytes.len().saturating_sub(left);
        Ok(())
    }

    fn byte(&mut self) -> Mapped<u8> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.end())?;
        self.at = self.at.saturating_add(1);
        Ok(byte)
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
    use crate::ids::{DataId, ElementId, Id, IdVec, ModuleId};
    use crate::merge::accessors::Accessors;
    use crate::merge::constant::Constants;
    use crate::merge::entity::BySort;
    use crate::merge::live::{Implied, Live};
    use crate::merge::reencoder::{Found, References};
    use crate::merge::spaces::IndexSpaces;
    use crate::merge::types::Types;
    use crate::read::{Module, Sites};
    use std::rc::Rc;
    use wasm_encoder::{CodeSection, Section, ValType as Written};

    /// Indices that grow by `shift` times another number for each sort.
    struct Shifted<'a> {
        spaces: IndexSpaces,
        found: Found<'a>,
    }

    /// The parameters of a function type that no other number has.
    fn distinct(number: u32) -> Vec<Written> {
        (0..12).map(|bit| if number >> bit & 1 == 0 { Written::I32 } else { Written::F64 }).collect()
    }

    fn shifted<I: Id>(by: u32) -> Vec<I> {
        (0..200).map(|index| I::from_index((index + by) as usize)).collect()
    }

    impl Shifted<'_> {
        fn by(shift: u32, module: &Rc<Module<'static>>) -> Shifted<'static> {
            let mut modules = IdVec::new();
            let id: ModuleId = modules.push(Rc::clone(module));
            let mut types = Types::new(&modules);
            for number in 0..shift * 6 {
                types.add_function(&distinct(200 + number), &[]);
            }
            types.add_module(id).unwrap();
            let count = 200 + shift * 8;
            let counts = BySort {
                funcs: count,
                tables: count,
                memories: count,
                globals: count,
                tags: count,
                elements: count,
                data: count,
            };
            let mut live = Live::new(&counts, Implied::default());
            live.mark_all();
            let spaces = IndexSpaces {
                module: id,
                funcs: shifted(shift),
                tables: shifted(shift * 2),
                memories: shifted(shift * 3),
                globals: shifted(shift * 4),
                tags: shifted(shift * 5),
                first_element: ElementId::from_index(shift as usize * 7),
                first_data: DataId::from_index(shift as usize * 8),
            };
            Shifted { spaces, found: Found { live, references: References::new(count), types } }
        }

        /// Copies a body, by this module or by the parser and the encoder alone.
        fn copied(&mut self, bytes: &[u8], fast: bool) -> Option<Vec<u8>> {
            let constants = Constants::default();
            let accessors = Accessors::default();
            let (spaces, found) = (&self.spaces, &mut self.found);
            let mut mapper = Mapper { spaces, constants: &constants, accessors: &accessors, found };
            let body = FunctionBody::new(BinaryReader::new_features(bytes, 0, WasmFeatures::all()));
            if fast {
                let sites = sites(&body)?;
                let mut code = Code::default();
                copy(&mut mapper, &mut Buffers::default(), &mut code, &body, sites.of(0)?, None).ok()?;
                code.behind(Vec::new()).ok()
            } else {
                let mut code = CodeSection::new();
                mapper.parse_function_body(&mut code, body).ok()?;
                let mut section = Vec::new();
                code.append_to(&mut section);
                Some(section)
            }
        }
    }

    /// What the parser takes for instructions.
    fn sites(body: &FunctionBody) -> Option<Sites> {
        let mut sites = Sites::default();
        let mut operators = body.get_operators_reader().ok()?;
        while !operators.eof() {
            let at = operators.original_position() - body.range().start;
            operators.read().ok()?;
            sites.instruction(body.as_bytes(), at as usize);
        }
        sites.end();
        Some(sites)
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
                    let by = shifted.spaces.first_data.index() / 8;
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
    fn an_instruction_that_ends_too_early_is_an_error() {
        for bytes in [&[0, 0x10][..], &[0, 0x10, 0x80], &[0, 0x28], &[0, 0x28, 0x42], &[0, 0x02], &[0, 0xfd]]
        {
            let mut sites = Sites::default();
            sites.instruction(bytes, 1);
            sites.end();
            let [Shifted { spaces, mut found }, ..] = shifts();
            let constants = Constants::default();
            let accessors = Accessors::default();
            let (spaces, found) = (&spaces, &mut found);
            let mut mapper = Mapper { spaces, constants: &constants, accessors: &accessors, found };
            let body = FunctionBody::new(BinaryReader::new_features(bytes, 0, WasmFeatures::all()));
            let (mut buffers, mut code) = (Buffers::default(), Code::default());
            let copied = copy(&mut mapper, &mut buffers, &mut code, &body, sites.of(0).unwrap(), None);
            assert!(copied.is_err(), "{bytes:x?}");
        }
    }
}
