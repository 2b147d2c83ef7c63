//! The handle table that a host keeps for a core module (CanonicalABI.md, "Table State" and
//! "Resource State"). In: handles. Out: representations. Not its job: destructors.

use crate::reason::failed;
use meld_fuser::runtime::Trap as Check;
use wasmtime::Result;

pub struct Handles {
    /// Entry 0 stays empty.
    entries: Vec<Option<Handle>>,
    /// Taken last in, first out.
    free: Vec<u32>,
    /// Borrowed handles that the running call of an export has yet to drop.
    borrows: u32,
}

#[derive(Clone, Copy)]
struct Handle {
    ty: u32,
    rep: u32,
    own: bool,
    /// Calls of the host that have borrowed it.
    lends: u32,
}

impl Handles {
    pub fn new() -> Handles {
        Handles { entries: vec![None], free: Vec::new(), borrows: 0 }
    }

    fn add(&mut self, handle: Handle) -> u32 {
        if let Some(index) = self.free.pop() {
            self.entries[index as usize] = Some(handle);
            return index;
        }
        self.entries.push(Some(handle));
        self.entries.len() as u32 - 1
    }

    fn get(&self, ty: u32, index: u32) -> Result<Handle> {
        match self.entries.get(index as usize).copied().flatten() {
            Some(handle) if handle.ty == ty => Ok(handle),
            Some(_) => Err(failed(Check::OtherResourceType)),
            None => Err(failed(Check::UnknownHandle)),
        }
    }

    fn remove(&mut self, ty: u32, index: u32) -> Result<Handle> {
        let handle = self.get(ty, index)?;
        if handle.lends != 0 {
            return Err(failed(Check::HandleIsLent));
        }
        self.entries[index as usize] = None;
        self.free.push(index);
        Ok(handle)
    }

    pub fn add_own(&mut self, ty: u32, rep: u32) -> u32 {
        self.add(Handle { ty, rep, own: true, lends: 0 })
    }

    /// A borrowed handle for the running call of an export.
    pub fn add_borrow(&mut self, ty: u32, rep: u32) -> u32 {
        self.borrows += 1;
        self.add(Handle { ty, rep, own: false, lends: 0 })
    }

    pub fn take_own(&mut self, ty: u32, index: u32) -> Result<u32> {
        let handle = self.remove(ty, index)?;
        match handle.own {
            true => Ok(handle.rep),
            false => Err(failed(Check::HandleIsBorrowed)),
        }
    }

    /// Lends a handle to the host until `give_back`.
    pub fn lend(&mut self, ty: u32, index: u32) -> Result<u32> {
        let handle = self.get(ty, index)?;
        self.entries[index as usize] = Some(Handle { lends: handle.lends + 1, ..handle });
        Ok(handle.rep)
    }

    pub fn give_back(&mut self, index: u32) {
        if let Some(handle) = &mut self.entries[index as usize] {
            handle.lends -= 1;
        }
    }

    pub fn rep(&self, ty: u32, index: u32) -> Result<u32> {
        Ok(self.get(ty, index)?.rep)
    }

    /// Drops a handle; the representation if it was the owner.
    pub fn drop(&mut self, ty: u32, index: u32) -> Result<Option<u32>> {
        let handle = self.remove(ty, index)?;
        if !handle.own {
            self.borrows -= 1;
        }
        Ok(handle.own.then_some(handle.rep))
    }

    /// A call of an export returns.
    pub fn end_of_call(&self) -> Result<()> {
        match self.borrows {
            0 => Ok(()),
            _ => Err(failed(Check::BorrowsRemain)),
        }
    }
}
