//! One function body. In: the body, and the validator that has seen everything before it. Out: what
//! the validator says, and where in the body the instructions with indices are (`sites`): all that
//! decoding it has to find out, in one pass. Not its job: what valid is, which wasmparser knows.

use super::sites::Sites;
use wasmparser::{
    BlockType, FrameStack, FuncValidator, FunctionBody, MemArg, VisitOperator, WasmModuleResources,
};

/// Validates as `FuncValidator::validate` does, and adds the body to `sites`.
pub(super) fn validate<T: WasmModuleResources>(
    validator: &mut FuncValidator<T>,
    body: &FunctionBody<'_>,
    sites: &mut Sites,
) -> wasmparser::Result<()> {
    let bytes = body.as_bytes();
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    reader.set_features(*validator.features());
    while !reader.eof() {
        let at = reader.current_position();
        let mut visitor = validator.visitor(reader.original_position());
        match visit_common(&mut visitor, bytes, at) {
            Some((len, outcome)) => {
                outcome?;
                reader.read_bytes(len)?;
            }
            None => reader.visit_operator(&mut visitor)??,
        }
        drop(visitor);
        sites.instruction(bytes, at);
    }
    reader.finish_expression(&validator.visitor(reader.original_position()))?;
    sites.end();
    Ok(())
}

/// Visits the instruction at `at` as `BinaryReader::visit_operator` would, if it is one of those that
/// most of all code consists of, and its immediates are a byte each: the result is its length, and
/// the visitor's. The parser's own function knows every instruction, and has much to set up.
#[inline(always)]
fn visit_common<'a, V: VisitOperator<'a> + FrameStack>(
    visitor: &mut V,
    bytes: &[u8],
    at: usize,
) -> Option<(usize, V::Output)> {
    // Without a frame the body has ended already.
    visitor.current_frame()?;
    let instruction = bytes.get(at..)?;
    let short = |nth: usize| instruction.get(nth).copied().filter(|byte| *byte < 0x80);
    let index = || short(1).map(u32::from);
    let empty = || instruction.get(1).filter(|ty| **ty == 0x40).map(|_| BlockType::Empty);
    // Flags are the alignment's exponent, unless they say that a memory index follows.
    let memory = |max_align: u8| {
        let align = short(1).filter(|flags| *flags < 0x40)?;
        Some(MemArg { align, max_align, offset: short(2)?.into(), memory: 0 })
    };
    Some(match instruction.first()? {
        0x02 => (2, visitor.visit_block(empty()?)),
        0x03 => (2, visitor.visit_loop(empty()?)),
        0x04 => (2, visitor.visit_if(empty()?)),
        0x0b => (1, visitor.visit_end()),
        0x0c => (2, visitor.visit_br(index()?)),
        0x0d => (2, visitor.visit_br_if(index()?)),
        0x10 => (2, visitor.visit_call(index()?)),
        0x20 => (2, visitor.visit_local_get(index()?)),
        0x21 => (2, visitor.visit_local_set(index()?)),
        0x22 => (2, visitor.visit_local_tee(index()?)),
        0x23 => (2, visitor.visit_global_get(index()?)),
        0x24 => (2, visitor.visit_global_set(index()?)),
        0x28 => (3, visitor.visit_i32_load(memory(2)?)),
        0x29 => (3, visitor.visit_i64_load(memory(3)?)),
        0x2d => (3, visitor.visit_i32_load8_u(memory(0)?)),
        0x36 => (3, visitor.visit_i32_store(memory(2)?)),
        0x37 => (3, visitor.visit_i64_store(memory(3)?)),
        0x3a => (3, visitor.visit_i32_store8(memory(0)?)),
        // Bit 6 is the sign.
        0x41 => (2, visitor.visit_i32_const(i32::from((short(1)? << 1).cast_signed() >> 1))),
        0x45 => (1, visitor.visit_i32_eqz()),
        0x6a => (1, visitor.visit_i32_add()),
        0x6b => (1, visitor.visit_i32_sub()),
        0x71 => (1, visitor.visit_i32_and()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmparser::{FuncToValidate, Parser, ValidPayload, Validator, ValidatorResources, WasmFeatures};

    /// A module with something for each kind of index, and one more function, of this body.
    fn module(body: &[u8]) -> Vec<u8> {
        let text = r#"(module
            (type (func (param i32 i32) (result i32))) (type (func))
            (func (type 1))
            (table 1 funcref) (memory 1) (memory i64 1)
            (global (mut i32) (i32.const 0)) (global i64 (i64.const 0))
            (tag (type 1)) (elem func 0) (data "x") (func (type 0) unreachable))"#;
        let bytes = wat::parse_str(text).unwrap();
        let mut module = wasm_encoder::Module::new();
        for payload in Parser::new(0).parse_all(&bytes) {
            match payload.unwrap() {
                wasmparser::Payload::CodeSectionStart { .. } => {
                    let mut code = wasm_encoder::CodeSection::new();
                    code.raw(&[0, 0x0b]).raw(body);
                    module.section(&code);
                }
                payload => {
                    if let Some((id, range)) = payload.as_section() {
                        let data = &bytes[range.start as usize..range.end as usize];
                        module.section(&wasm_encoder::RawSection { id, data });
                    }
                }
            }
        }
        module.finish()
    }

    type Outcome = Result<(), (String, u64)>;

    /// What `validate` says of the last body.
    fn outcome(
        module: &[u8],
        validate: fn(FuncToValidate<ValidatorResources>, &FunctionBody<'_>) -> wasmparser::Result<()>,
    ) -> Outcome {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let mut last = Ok(());
        for payload in Parser::new(0).parse_all(module) {
            if let ValidPayload::Func(function, body) = validator.payload(&payload.unwrap()).unwrap() {
                last = validate(function, &body).map_err(|e| (e.message().to_string(), e.offset()));
            }
        }
        last
    }

    /// Every opcode, with several operands and immediates: valid where wasmparser says so, and the same
    /// errors otherwise.
    #[test]
    fn every_opcode_as_wasmparser_has_it() {
        let (mut valid, mut compared) = (0, 0);
        for opcode in 0..=0xffu8 {
            // Anything at all; two numbers; one, in a block.
            for before in [&[0x00][..], &[0x20, 0, 0x20, 1], &[0x02, 0x7f, 0x20, 0]] {
                for immediates in [
                    &[0x00, 0x00][..],
                    &[0x01, 0x01],
                    &[0x02, 0x7f],
                    &[0x03, 0x00],
                    &[0x04, 0x00],
                    &[0x40],
                    &[0x40, 0x0b],
                    &[0x42, 0x01, 0x00],
                    &[0x7f],
                    &[0x80, 0x00, 0x00],
                    &[0x05, 0x00],
                    &[],
                ] {
                    for after in
                        [&[0x0b][..], &[0x0b, 0x0b], &[0x1a, 0x20, 0, 0x0b], &[0x00, 0x0b, 0x0b], &[]]
                    {
                        let body = [&[0], before, &[opcode], immediates, after].concat();
                        let module = module(&body);
                        let expected = outcome(&module, |function, body| {
                            function.into_validator(Default::default()).validate(body)
                        });
                        let found = outcome(&module, |function, body| {
                            let mut validator = function.into_validator(Default::default());
                            validate(&mut validator, body, &mut Sites::default())
                        });
                        assert_eq!(found, expected, "{body:x?}");
                        valid += usize::from(expected.is_ok());
                        compared += 1;
                    }
                }
            }
        }
        assert!(valid > 500, "{valid} of {compared} are valid");
    }
}
