//! How deep component types nest in a type section. In: the section. Out: an error where they nest
//! deeper than `limits::COMPONENT_DEPTH`. wasmparser reads nested types by recursion, so that a
//! few kilobytes of input could exhaust the stack; this walk goes first and does not recurse. Not
//! its job: anything else about types.

use super::limits;
use super::module::malformed;
use crate::error::{Error, Result};
use wasmparser::{
    BinaryReader, ComponentAlias, ComponentExternName, ComponentImport, ComponentType, ComponentTypeRef,
    CoreType,
};

const COMPONENT_TYPE: u8 = 0x41;
const INSTANCE_TYPE: u8 = 0x42;

/// `section` is the contents of a component's type section (Binary.md, "Type Definitions"), which
/// starts at `offset` of the input.
pub(super) fn check(section: &[u8], offset: usize) -> Result<()> {
    let mut walk = NestingWalk { section, offset, position: 0, open: Vec::new() };
    let count = walk.count()?;
    for _ in 0..count {
        walk.ty()?;
        while let Some(left) = walk.open.pop() {
            if let Some(left) = left.checked_sub(1) {
                walk.open.push(left);
                walk.declaration()?;
            }
        }
    }
    Ok(())
}

struct NestingWalk<'a> {
    section: &'a [u8],
    offset: usize,
    position: usize,
    /// For each component or instance type that is open, how many declarations are left.
    open: Vec<u32>,
}

impl<'a> NestingWalk<'a> {
    /// Reads with wasmparser, from the current position on.
    fn read<T>(&mut self, read: impl FnOnce(&mut BinaryReader<'a>) -> wasmparser::Result<T>) -> Result<T> {
        let rest = self.section.get(self.position..).unwrap_or_default();
        let start = self.offset.saturating_add(self.position);
        let mut reader = BinaryReader::new(rest, start as u64);
        let value = read(&mut reader).map_err(malformed)?;
        self.position = self.position.saturating_add(reader.current_position());
        Ok(value)
    }

    fn count(&mut self) -> Result<u32> {
        self.read(|r| r.read_var_u32())
    }

    fn ty(&mut self) -> Result<()> {
        match self.section.get(self.position) {
            Some(&(COMPONENT_TYPE | INSTANCE_TYPE)) => {
                self.position = self.position.saturating_add(1);
                let declarations = self.count()?;
                self.open.push(declarations);
                if self.open.len() > limits::COMPONENT_DEPTH {
                    let limit = limits::COMPONENT_DEPTH as u64;
                    let at = self.offset.saturating_add(self.position);
                    return Err(Error::limit("depth of nested component types", limit).at(at));
                }
                Ok(())
            }
            _ => self.read(|r| r.read::<ComponentType<'a>>()).map(drop),
        }
    }

    fn declaration(&mut self) -> Result<()> {
        match self.read(|r| r.read_u8())? {
            0x00 => self.read(|r| r.read::<CoreType<'a>>()).map(drop),
            0x01 => self.ty(),
            0x02 => self.read(|r| r.read::<ComponentAlias<'a>>()).map(drop),
            0x03 => self.read(|r| r.read::<ComponentImport<'a>>()).map(drop),
            // An export; any other byte is for wasmparser to refuse.
            _ => {
                self.read(|r| r.read::<ComponentExternName<'a>>())?;
                self.read(|r| r.read::<ComponentTypeRef>()).map(drop)
            }
        }
    }
}
