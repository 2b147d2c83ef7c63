//! Where a guest's memory is. In: an exported memory, and what the boundary says of it. Out: its bytes by its
//! own addresses. Not its job: what they mean.

use meld_fuser::assemble::boundary::{MemorySize, PlacedMemory};
use std::ops::Range;
use wasmtime::{AsContext, AsContextMut, Extern, Func, Memory, MemoryType, Result, Val, bail};

/// A memory, or the part of one that the boundary says.
#[derive(Clone, Copy)]
pub struct Place {
    memory: Memory,
    base: u64,
    size: Size,
}

#[derive(Clone, Copy)]
enum Size {
    Bytes(u64),
    Func(Func),
    Rest,
}

impl Place {
    /// The memory that is exported under this name; `memories` is what the boundary says.
    pub fn of(
        name: &str,
        memories: &[PlacedMemory],
        export: &mut impl FnMut(&str) -> Option<Extern>,
    ) -> Option<Place> {
        let memory = export(name)?.into_memory()?;
        let Some(placed) = memories.iter().find(|placed| placed.export == name) else {
            return Some(Place { memory, base: 0, size: Size::Rest });
        };
        let size = match &placed.size {
            MemorySize::Bytes(bytes) => Size::Bytes(*bytes),
            MemorySize::Func(name) => Size::Func(export(name)?.into_func()?),
            MemorySize::Rest => Size::Rest,
        };
        Some(Place { memory, base: placed.base, size })
    }

    /// Where its address 0 is in the module's memory, and where it ends.
    pub fn range(&self, store: impl AsContextMut) -> Range<usize> {
        let base = self.base as usize;
        base..base + self.data_size(store)
    }

    pub fn ty(&self, store: impl AsContext) -> MemoryType {
        self.memory.ty(store)
    }

    /// How many bytes it has.
    pub fn data_size(&self, mut store: impl AsContextMut) -> usize {
        match self.size {
            Size::Bytes(bytes) => bytes as usize,
            Size::Func(func) => {
                let mut size = [Val::I32(0)];
                func.call(&mut store, &[], &mut size).expect("it only tells");
                match size[0] {
                    Val::I64(size) => size as usize,
                    ref size => size.unwrap_i32().cast_unsigned() as usize,
                }
            }
            Size::Rest => self.memory.data_size(&store) - self.base as usize,
        }
    }

    pub fn read(&self, mut store: impl AsContextMut, at: usize, bytes: &mut [u8]) -> Result<()> {
        self.check(&mut store, at, bytes.len())?;
        Ok(self.memory.read(&store, self.base as usize + at, bytes)?)
    }

    pub fn write(&self, mut store: impl AsContextMut, at: usize, bytes: &[u8]) -> Result<()> {
        self.check(&mut store, at, bytes.len())?;
        Ok(self.memory.write(&mut store, self.base as usize + at, bytes)?)
    }

    fn check(&self, store: impl AsContextMut, at: usize, size: usize) -> Result<()> {
        if at.saturating_add(size) > self.data_size(store) {
            bail!("the host goes past the end of the guest's memory");
        }
        Ok(())
    }
}
