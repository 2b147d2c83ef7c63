//! Where objects lie. In: sizes. Out: addresses, at multiples of 16, of blocks of so many bytes: of a multiple of 16 up
//! to 512, and of 2^k above. Not its job: what is in them. A block that is given back is used again for the same size.

use crate::outside::trap;
use core::arch::wasm32::{memory_grow, memory_size};
use core::ptr::null_mut;

const PAGE: usize = 0x10000;

/// A free block.
struct Free {
    next: *mut Free,
}

const UNIT: usize = 16;
/// The largest of the small blocks, of which there is one of each size: many tasks have a frame of some bytes.
const SMALL: usize = 512;
/// How many sizes of small blocks there are.
const UNITS: usize = SMALL / UNIT;
/// 2^k above that, up to 2^30.
const LARGEST: u32 = 30;
const LISTS: usize = UNITS + (LARGEST - SMALL.ilog2()) as usize;

static mut FREE: [*mut Free; LISTS] = [null_mut(); LISTS];
/// What was never used: from here up to the memory's end. 0 as long as nothing is in use.
static mut FRESH: usize = 0;

/// Which list has blocks of at least `size` bytes, and how many they have. `LISTS` where that is too many.
fn class(size: usize) -> (usize, usize) {
    let size = size.max(1);
    if size <= SMALL {
        let units = (size - 1) / UNIT + 1;
        return (units - 1, units * UNIT);
    }
    let k = usize::BITS - (size - 1).leading_zeros();
    if k > LARGEST {
        return (LISTS, 0);
    }
    (UNITS + (k - SMALL.ilog2() - 1) as usize, 1 << k)
}

/// The blocks of a list that are free.
unsafe fn free(list: usize) -> *mut *mut Free {
    (&raw mut FREE).cast::<*mut Free>().wrapping_add(list)
}

/// A block of at least `size` bytes. What is in it is undefined.
pub fn take(size: usize) -> *mut u8 {
    let (list, bytes) = class(size);
    unsafe {
        if list >= LISTS {
            trap::out_of_memory()
        }
        let list = free(list);
        let block = *list;
        if block.is_null() {
            return fresh(bytes);
        }
        *list = (*block).next;
        block.cast()
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
        let list = free(class(size).0);
        let block = block.cast::<Free>();
        (*block).next = *list;
        *list = block;
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
