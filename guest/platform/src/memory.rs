//! The platform's memory. In: sizes. Out: blocks, of a power of two each, that are used again when they are
//! given back. Not its job: knowing what lies in them.

use core::arch::wasm32;
use core::ptr;

const PAGE: usize = 65536;
/// What every block is aligned to, and the smallest one's size. No type here asks for more.
const SMALLEST: usize = 16;

static mut STATE: State = State { free: [ptr::null_mut(); 32], next: 0 };

struct State {
    /// For each power of two, a list of free blocks: each begins with the address of the next.
    free: [*mut u8; 32],
    /// Where nothing has been given out yet; 0 at first.
    next: usize,
}

unsafe extern "C" {
    /// Where the linker's data and stack end.
    static __heap_base: u8;
}

/// A block of at least `size` bytes, aligned to `SMALLEST`. Traps where there is no memory left.
pub fn take(size: usize) -> *mut u8 {
    let class = class(size);
    // SAFETY: there is one thread, and nothing keeps a reference.
    let state = unsafe { &mut *(&raw mut STATE) };
    let free = &mut state.free[class];
    if !free.is_null() {
        let block = *free;
        // SAFETY: a free block begins with the address of the next.
        *free = unsafe { block.cast::<*mut u8>().read() };
        return block;
    }
    if state.next == 0 {
        state.next = ((&raw const __heap_base) as usize).next_multiple_of(SMALLEST);
    }
    let begin = state.next;
    let Some(end) = begin.checked_add(1 << class) else { wasm32::unreachable() };
    let have = wasm32::memory_size(0);
    let need = end.div_ceil(PAGE);
    if need > have && wasm32::memory_grow(0, need - have) == usize::MAX {
        wasm32::unreachable();
    }
    state.next = end;
    begin as *mut u8
}

/// Gives a block back that was taken with that size.
pub fn give_back(block: *mut u8, size: usize) {
    // SAFETY: as in `take`; nobody uses the block any more.
    unsafe {
        let free = &mut (*(&raw mut STATE)).free[class(size)];
        block.cast::<*mut u8>().write(*free);
        *free = block;
    }
}

/// The power of two that `size` fits into.
fn class(size: usize) -> usize {
    match size {
        0..=SMALLEST => 4,
        _ if size > 1 << 31 => wasm32::unreachable(),
        _ => (usize::BITS - (size - 1).leading_zeros()) as usize & 31,
    }
}

/// A value in a block of its own.
pub fn keep<T>(value: T) -> *mut T {
    let block = take(size_of::<T>()).cast::<T>();
    // SAFETY: the block is large enough and aligned.
    unsafe { block.write(value) };
    block
}

/// Gives back what `keep` has made.
pub fn forget<T>(block: *mut T) {
    give_back(block.cast(), size_of::<T>());
}

static mut LENT: (*mut u8, usize) = (ptr::null_mut(), 0);

/// A block for what a function returns. It is there until the next call of `lend`, so that no function needs
/// a post-return: what is returned has been copied by then.
pub fn lend(size: usize) -> *mut u8 {
    // SAFETY: as in `take`.
    let lent = unsafe { &mut *(&raw mut LENT) };
    if !lent.0.is_null() {
        give_back(lent.0, lent.1);
    }
    *lent = (take(size), size);
    lent.0
}

/// Canonical ABI: room for parameters. Whoever is called gives it back.
#[unsafe(no_mangle)]
extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    if new_size == 0 {
        return align as *mut u8;
    }
    let new = take(new_size);
    if old_size != 0 {
        // SAFETY: both blocks have at least that many bytes.
        unsafe { ptr::copy_nonoverlapping(old, new, old_size.min(new_size)) };
        give_back(old, old_size);
    }
    new
}
