//! DWARF expressions. In: one of an instance's. Out: the same for the result, of as many bytes; or why there is
//! none. Not its job: where it holds (`lists`).
//!
//! Locals keep their numbers, so that what is in them stays as it is. Globals have other ones. What is in memory is
//! found by debuggers in the first memory of a module, and from its address 0 on: an expression that reads any
//! other, or says where in it something is, would show something else.

use super::bytes::{patch, patch_uleb};
use super::left::{Left, Translated};
use gimli::{Encoding, EndianSlice, Expression, LittleEndian, Operation};

/// Expressions in expressions: more than toolchains make.
const DEPTH: usize = 4;

/// What an expression means in the result.
pub struct Context<'c> {
    pub encoding: Encoding,
    /// What globals have become.
    pub globals: &'c [Option<u32>],
    /// Whether memory is where debuggers look.
    pub memory: bool,
    /// Whether it says where something is, and not what.
    pub is_location: bool,
}

/// Translates one expression. `slot` is told of each index into `.debug_addr` that means no code.
pub fn translate(
    bytes: &[u8],
    context: &Context,
    slot: &mut impl FnMut(u64) -> Translated<()>,
) -> Translated<Vec<u8>> {
    let mut out = bytes.to_vec();
    part(&mut out, bytes, 0, context, slot, DEPTH)?;
    Ok(out)
}

/// Whether what an expression has made up to here can be used.
#[derive(Default)]
struct Made {
    operations: usize,
    /// The last operation says that the value itself is on the stack.
    is_value: bool,
    /// The last one names a local, a global or an operand.
    is_named: bool,
}

impl Made {
    /// It says where in memory something is, unless it is a value, or a name alone.
    fn end(self, context: &Context) -> Translated<()> {
        match context.memory
            || !context.is_location
            || self.operations == 0
            || self.is_value
            || self.is_named && self.operations == 1
        {
            true => Ok(()),
            false => Err(Left::OtherMemory),
        }
    }
}

fn part(
    out: &mut [u8],
    bytes: &[u8],
    start: usize,
    context: &Context,
    slot: &mut impl FnMut(u64) -> Translated<()>,
    depth: usize,
) -> Translated<()> {
    let expression = Expression(EndianSlice::new(bytes, LittleEndian));
    let mut operations = expression.operations(context.encoding);
    let mut made = Made::default();
    loop {
        let at = operations.offset_from(&expression);
        let Some(operation) = operations.next().map_err(|_| Left::Expression)? else { break };
        let end = operations.offset_from(&expression);
        made.operations = made.operations.saturating_add(1);
        let before = (made.is_value, made.is_named);
        (made.is_value, made.is_named) = (false, false);
        match operation {
            Operation::WasmLocal { .. } | Operation::WasmStack { .. } => made.is_named = true,
            Operation::WasmGlobal { index } => {
                let new = context.globals.get(index as usize).copied().flatten().ok_or(Left::Expression)?;
                let number = start.saturating_add(at).saturating_add(2);
                let size = end.saturating_sub(at).saturating_sub(2);
                // The second byte says whether the number is written with four bytes, or as LEB128.
                let written = match bytes.get(at.saturating_add(1)) {
                    Some(3) => patch(out, number, size, new.into()),
                    _ => patch_uleb(out, number, size, new.into()),
                };
                written.map_err(|_| Left::Expression)?;
                made.is_named = true;
            }
            Operation::StackValue | Operation::ImplicitValue { .. } => made.is_value = true,
            Operation::Piece { .. } => {
                // It ends what came before it.
                made.operations = made.operations.saturating_sub(1);
                (made.is_value, made.is_named) = before;
                std::mem::take(&mut made).end(context)?;
            }
            Operation::EntryValue { expression } => {
                let inner = expression.slice();
                let at = start.saturating_add(end).saturating_sub(inner.len());
                part(out, inner, at, context, slot, depth.checked_sub(1).ok_or(Left::Expression)?)?;
            }
            Operation::Deref { .. } if !context.memory => return Err(Left::OtherMemory),
            Operation::AddressIndex { index } | Operation::ConstantIndex { index } => slot(index.0 as u64)?,
            Operation::Call { .. }
            | Operation::ImplicitPointer { .. }
            | Operation::VariableValue { .. }
            | Operation::Register { .. }
            | Operation::RegisterOffset { .. }
            | Operation::CallFrameCFA
            | Operation::ParameterRef { .. }
            | Operation::TLS => return Err(Left::Expression),
            _ => {}
        }
    }
    made.end(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gimli::Format;

    /// Global 0 is global 5 in the result, global 1 is not in it.
    fn translated(bytes: &[u8], memory: bool, is_location: bool) -> Translated<Vec<u8>> {
        let encoding = Encoding { address_size: 4, format: Format::Dwarf32, version: 4 };
        let context = Context { encoding, globals: &[Some(5), None, Some(300)], memory, is_location };
        translate(bytes, &context, &mut |_| Ok(()))
    }

    #[test]
    fn globals_have_other_numbers_and_locals_do_not() {
        // DW_OP_WASM_location 0 is a local, 1 and 3 are globals; DW_OP_stack_value.
        assert_eq!(translated(&[0xed, 0, 7, 0x9f], true, true), Ok(vec![0xed, 0, 7, 0x9f]));
        assert_eq!(translated(&[0xed, 1, 0], true, true), Ok(vec![0xed, 1, 5]));
        assert_eq!(translated(&[0xed, 1, 0x80, 0], true, true), Ok(vec![0xed, 1, 0x85, 0]));
        assert_eq!(translated(&[0xed, 3, 2, 0, 0, 0], true, true), Ok(vec![0xed, 3, 0x2c, 1, 0, 0]));
        assert_eq!(translated(&[0xed, 1, 1], true, true), Err(Left::Expression));
        assert_eq!(translated(&[0xed, 1, 9], true, true), Err(Left::Expression));
        // Number 300 has no room.
        assert_eq!(translated(&[0xed, 1, 2], true, true), Err(Left::Expression));
    }

    #[test]
    fn what_is_in_another_memory_is_left_out() {
        let local = [0xed, 0, 1];
        let value = [&local[..], &[0x9f]].concat();
        let frame = [0x91, 4];
        let address = [0x03, 0, 1, 0, 0];
        let read = [&local[..], &[0x06, 0x9f]].concat();
        for expression in [&local[..], &value, &frame, &address, &read, &[0x23, 8]] {
            assert_eq!(translated(expression, true, true), Ok(expression.to_vec()));
        }
        assert_eq!(translated(&local, false, true), Ok(local.to_vec()));
        assert_eq!(translated(&value, false, true), Ok(value.clone()));
        for expression in [&frame[..], &address, &read, &[0x23, 8]] {
            assert_eq!(translated(expression, false, true), Err(Left::OtherMemory), "{expression:x?}");
        }
        // A member's offset says nothing of memory.
        assert_eq!(translated(&[0x23, 8], false, false), Ok(vec![0x23, 8]));
        // Of two pieces, one is in memory.
        let pieces = |second: &[u8]| [&value, &[0x93, 4][..], second, &[0x93, 4]].concat();
        assert_eq!(translated(&pieces(&local), false, true), Ok(pieces(&local)));
        assert_eq!(translated(&pieces(&[]), false, true), Ok(pieces(&[])));
        assert_eq!(translated(&pieces(&frame), false, true), Err(Left::OtherMemory));
    }

    #[test]
    fn what_does_not_parse_is_left_out() {
        for expression in [&[0xed][..], &[0xed, 1], &[0xed, 9, 0], &[0x03, 0], &[0xa3, 9, 0], &[0xff, 1]] {
            assert_eq!(translated(expression, true, true), Err(Left::Expression), "{expression:x?}");
        }
        // Entry values in entry values.
        let mut nested = vec![0xed, 0, 0];
        for _ in 0..20 {
            nested = [&[0xa3, nested.len() as u8][..], &nested].concat();
        }
        assert_eq!(translated(&nested, true, true), Err(Left::Expression));
    }
}
