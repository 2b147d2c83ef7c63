//! Where objects lie. In: sizes. Out: addresses, of blocks of 2^k bytes at multiples of 16. Not its job: what
//! is in them. A block that is given back is used again for the same k.

use crate::outside::trap;
use core::arch::wasm32::{memory_grow, memory_size};
use core::ptr::null_mut;

const PAGE: usize = 0x10000;

/// A free block.
struct Free {
    next: *mut Free,
}

static mut FREE: [*mut Free; 32] = [null_mut(); 32];
/// What was never used: from here up to the memory's end. 0 as long as nothing is in use.
static mut FRESH: usize = 0;

/// The least k from 4 on with `size` <= 2^k.
fn class(size: usize) -> usize {
    (usize::BITS - size.saturating_sub(1).leading_zeros()).max(4) as usize
}

/// A block of at least `size` bytes. What is in it is undefined.
pub fn take(size: usize) -> *mut u8 {
    let class = class(size);
    unsafe {
        let Some(list) = (&raw mut FREE).cast::<*mut Free>().wrapping_add(class).as_mut() else {
            trap::out_of_memory()
        };
        if class >= 31 {
            trap::out_of_memory()
        }
        if let Some(free) = list.as_mut() {
            let block = *list;
            *list = free.next;
            return block.cast();
        }
        fresh(1 << class)
    }
}

unsafe fn fresh(size: usize) -> *mut u8 {
    unsafe {
        if FRESH == 0 {
            FRESH = memory_size(0).saturating_mul(PAGE);
        }
        let (block, end) = (FRESH, FRESH.wrapping_add(size));
        if end < block {
            trap::out_of_memory()
        }
        let pages = (end - 1) / PAGE + 1;
        let there = memory_size(0);
        if pages > there && memory_grow(0, pages - there) == usize::MAX {
            trap::out_of_memory()
        }
        FRESH = end;
        block as *mut u8
    }
}

/// Gives a block back that was taken for `size` bytes.
pub unsafe fn give(block: *mut u8, size: usize) {
    unsafe {
        let list = (&raw mut FREE).cast::<*mut Free>().wrapping_add(class(size));
        let free = block.cast::<Free>();
        (*free).next = *list;
        *list = free;
    }
}

/// A block with `value` in it.
pub fn new<T>(value: T) -> *mut T {
    let block = take(size_of::<T>()).cast::<T>();
    unsafe { block.write(value) };
    block
}

/// Gives back what `new` gave.
pub unsafe fn delete<T>(object: *mut T) {
    unsafe { give(object.cast(), size_of::<T>()) }
}

/// Values one after the other, with room for more.
pub struct Array<T> {
    first: *mut T,
    count: u32,
    room: u32,
}

impl<T: Copy> Array<T> {
    pub const fn new() -> Array<T> {
        Array { first: null_mut(), count: 0, room: 0 }
    }

    pub fn push(&mut self, value: T) {
        if self.count == self.room {
            let more = if self.room == 0 { 4 } else { self.room * 2 };
            let values = take(more as usize * size_of::<T>()).cast::<T>();
            unsafe { values.copy_from_nonoverlapping(self.first, self.count as usize) };
            self.free();
            self.first = values;
            self.room = more;
        }
        unsafe { self.first.wrapping_add(self.count as usize).write(value) };
        self.count += 1;
    }

    pub fn last(&mut self) -> Option<&mut T> {
        let last = self.count.checked_sub(1)?;
        unsafe { self.first.wrapping_add(last as usize).as_mut() }
    }

    /// Takes all of them out, in order.
    pub fn drain(&mut self, mut each: impl FnMut(T)) {
        for n in 0..self.count as usize {
            each(unsafe { *self.first.wrapping_add(n) });
        }
        self.count = 0;
    }

    /// Gives the room back.
    pub fn free(&mut self) {
        if self.room > 0 {
            unsafe { give(self.first.cast(), self.room as usize * size_of::<T>()) };
            self.room = 0;
            self.first = null_mut();
        }
    }
}
