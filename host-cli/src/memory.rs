//! Counts the bytes that this program has in use. In: each allocation, and what the fuser's memories grow by.
//! Out: two sums. Not its job: saying how much is too much (`limits`).

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

static HEAP: AtomicUsize = AtomicUsize::new(0);
static FUSERS: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static COUNTED: Counted = Counted;

/// Bytes on the program's heap.
pub fn heap() -> usize {
    HEAP.load(Ordering::Relaxed)
}

/// Bytes in the memories and tables of every fuser that lives.
pub fn fusers() -> usize {
    FUSERS.load(Ordering::Relaxed)
}

/// A fuser's memory or table has grown.
pub fn grew(bytes: usize) {
    FUSERS.fetch_add(bytes, Ordering::Relaxed);
}

/// A fuser has ended whose memories and tables grew by so many bytes.
pub fn ended(bytes: usize) {
    FUSERS.fetch_sub(bytes, Ordering::Relaxed);
}

/// The system's allocator, with its bytes counted.
struct Counted;

// SAFETY: the system's allocator does all that is asked for; what is added does not allocate.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        counted(layout, unsafe { System.alloc(layout) })
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        counted(layout, unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) };
        HEAP.fetch_sub(layout.size(), Ordering::Relaxed);
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let moved = unsafe { System.realloc(memory, layout, size) };
        if !moved.is_null() {
            HEAP.fetch_add(size, Ordering::Relaxed);
            HEAP.fetch_sub(layout.size(), Ordering::Relaxed);
        }
        moved
    }
}

fn counted(layout: Layout, memory: *mut u8) -> *mut u8 {
    if !memory.is_null() {
        HEAP.fetch_add(layout.size(), Ordering::Relaxed);
    }
    memory
}
