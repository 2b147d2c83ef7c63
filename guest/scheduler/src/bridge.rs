//! Streams and futures of which the host has an end. In: ends that leave and come, copies at the ones that stay. Out:
//! the host's built-ins, on the end that the host keeps in the component's own table; what they say is what happens
//! to the end that stays. Not its job: copies between two ends inside (`channel`).
//!
//! A stream is inside from the start. When its readable end leaves, the host makes another one: the host reads of
//! that, and what is written inside is written to it. One that comes from the host has its index; if it leaves again,
//! it is the host's own.

use crate::channel::{CopyResult, End, Shared};
use crate::memory::{self, Array};
use crate::outside::{blocks, code, host, tables, trap};
use crate::pending;
use crate::waitable::BLOCKED;
use core::ptr::null_mut;

/// What an end has for the host.
pub struct Bridge {
    /// The number of the host's built-in that copies.
    site: u32,
    /// The number of what carries elements from the end's buffer to one in the runtime's memory, or back; `DIRECT`
    /// where the host reads and writes the buffer itself.
    carry: u32,
    /// The size of an element there, in bytes, times 2; and 1 if there are handles in it.
    carried: u32,
    /// That buffer, and the blocks that it consists of.
    buffer: u32,
    chain: u32,
    /// The handles in it, which are the component's until the host has read them.
    reserved: Array<Reserved>,
    /// The host has not said how the copy has ended.
    pub in_progress: bool,
}

/// A handle in an element that the host may read.
#[derive(Clone, Copy)]
struct Reserved {
    element: u32,
    table: u32,
    meta: u32,
    handle: u32,
    /// What the host has been offered.
    offered: Offered,
}

#[derive(Clone, Copy)]
enum Offered {
    /// A resource of the host's.
    OfHost,
    /// A handle of the host's for a resource that is defined inside, and the function that takes it back.
    Resource { handle: u32, back: u32 },
    /// A readable end that the host has given.
    End,
    /// The ends of a new stream or future, and how the host writes of that type.
    Ends { ty: u32, site: u32, reader: u32, writer: u32 },
}

const DIRECT: u32 = u32::MAX;

/// The end whose elements are being carried, and which of them it is.
static mut CARRIED: (*mut End, u32) = (null_mut(), 0);

impl Bridge {
    pub const NONE: Bridge = Bridge {
        site: 0,
        carry: DIRECT,
        carried: 0,
        buffer: 0,
        chain: 0,
        reserved: Array::new(),
        in_progress: false,
    };

    /// The next copy.
    pub fn is_to(&mut self, site: u32, carry: u32, carried: u32) {
        self.site = site;
        self.carry = carry;
        self.carried = carried;
    }
}

/// "canon stream.read" and so on, with the buffer in the end.
pub unsafe fn copy(end: *mut End) {
    unsafe {
        let host = (*(*end).shared).host;
        let length = (*end).remain();
        let site = (*end).bridge.site;
        let status = match (*end).bridge.carry {
            DIRECT => code::host_copy(site, host, (*end).address, length),
            _ => {
                carry_out(end, length);
                code::host_copy(site, host, (*end).bridge.buffer.into(), length)
            }
        };
        if status == BLOCKED {
            (*end).bridge.in_progress = true;
            pending::begins(host, end.cast(), false);
        } else {
            ends(end, status);
        }
    }
}

/// Makes a buffer that the host reads or writes, with the elements in it that are written.
unsafe fn carry_out(end: *mut End, length: u32) {
    unsafe {
        let (carry, carried) = ((*end).bridge.carry, (*end).bridge.carried);
        let size = carried >> 1;
        let mark = blocks::mark();
        let Some(bytes) = length.checked_mul(size) else { trap::out_of_memory() };
        let buffer = blocks::alloc(bytes);
        if (*end).writes && carried & 1 == 0 {
            code::copy(carry, (*end).address, buffer.into(), length);
        } else if (*end).writes {
            // One by one: of which element each handle is has to be known.
            for element in 0..length {
                CARRIED = (end, element);
                let at = |size: u32| u64::from(element) * u64::from(size);
                code::copy(carry, (*end).address + at((*end).size), u64::from(buffer) + at(size), 1);
            }
        }
        (*end).bridge.buffer = buffer;
        (*end).bridge.chain = blocks::detach(mark);
    }
}

unsafe fn note(table: u32, meta: u32, handle: u32, offered: Offered) {
    unsafe {
        let (end, element) = CARRIED;
        (*end).bridge.reserved.push(Reserved { element, table, meta, handle, offered });
    }
}

/// `lift_own` in an element that the host may read: the representation.
#[unsafe(export_name = "reserve")]
extern "C" fn reserve(table: u32, meta: u32, handle: u32) -> u32 {
    unsafe {
        let rep = tables::reserve(table, meta, handle);
        note(table, meta, handle, Offered::OfHost);
        rep
    }
}

/// What has just been reserved has become a handle of the host's, which `back` takes back: the handle.
#[unsafe(export_name = "offer")]
extern "C" fn offer(handle: u32, back: u32) -> u32 {
    unsafe {
        let (end, _) = CARRIED;
        if let Some(last) = (*end).bridge.reserved.last() {
            last.offered = Offered::Resource { handle, back };
        }
        handle
    }
}

/// `lift_async_value` in an element that the host may read, of type `ty`: the host's index of a readable end. `site` is
/// how the host writes, for a future.
#[unsafe(export_name = "channel.reserve")]
extern "C" fn reserve_end(ty: u32, site: u32, table: u32, meta: u32, handle: u32) -> u32 {
    unsafe {
        let end = tables::rep(table, meta & !3, handle) as *mut End;
        End::check_lift(end);
        (*end).reserve();
        let host = (*(*end).shared).host;
        if host != 0 {
            host::join(host, 0);
            note(table, meta, handle, Offered::End);
            return host;
        }
        let ends = code::host_new(ty);
        let (reader, writer) = (ends as u32, (ends >> 32) as u32);
        note(table, meta, handle, Offered::Ends { ty, site, reader, writer });
        reader
    }
}

impl Reserved {
    /// The host has read it.
    unsafe fn is_taken(self) {
        unsafe {
            let Reserved { table, meta, handle, .. } = self;
            match self.offered {
                Offered::OfHost | Offered::Resource { .. } => {
                    tables::give_back(table, handle);
                    tables::take(table, meta, handle);
                }
                Offered::End => {
                    let end = tables::take(table, meta, handle) as *mut End;
                    memory::delete((*end).shared);
                    memory::delete(end);
                }
                Offered::Ends { ty, writer, .. } => {
                    let end = tables::take(table, meta, handle) as *mut End;
                    leaves((*end).shared, ty, writer);
                    memory::delete(end);
                }
            }
        }
    }

    /// The host has not.
    unsafe fn is_left(self) {
        unsafe {
            let Reserved { table, meta, handle, .. } = self;
            match self.offered {
                Offered::OfHost => tables::give_back(table, handle),
                Offered::Resource { handle: offered, back } => {
                    tables::give_back(table, handle);
                    code::take_back(back, offered);
                }
                Offered::End => (*(tables::rep(table, meta & !3, handle) as *mut End)).is_left(),
                Offered::Ends { ty, site, reader, writer } => {
                    let end = tables::rep(table, meta & !3, handle) as *mut End;
                    (*end).is_left();
                    code::host_drop(ty << 1, reader);
                    if (*(*end).shared).future {
                        // One has to be written before it is dropped; nobody reads.
                        code::host_copy(site, writer, VOID, 1);
                    }
                    code::host_drop(ty << 1 | 1, writer);
                }
            }
        }
    }
}

/// An address in the runtime's memory.
const VOID: u64 = 16;

/// The host tells how a copy has ended that was pending.
pub unsafe fn copied(end: *mut End, status: u32) {
    unsafe {
        (*end).bridge.in_progress = false;
        ends(end, status);
    }
}

/// How a copy has ended: `status` as the host's built-ins and its events say it.
unsafe fn ends(end: *mut End, status: u32) {
    unsafe {
        let result = match status & 0xf {
            0 => CopyResult::Completed,
            1 => CopyResult::Dropped,
            _ => CopyResult::Cancelled,
        };
        let progress = match (*(*end).shared).future {
            true => u32::from(result == CopyResult::Completed),
            false => status >> 4,
        };
        if (*end).bridge.carry != DIRECT {
            carry_in(end, progress);
        }
        (*end).progress += progress;
        End::copy_done(end, result);
    }
}

/// The end of the buffer that the host has read or written: of so many elements.
unsafe fn carry_in(end: *mut End, progress: u32) {
    unsafe {
        if !(*end).writes && progress > 0 {
            code::copy((*end).bridge.carry, (*end).bridge.buffer.into(), (*end).address, progress);
        }
        let mut reserved = core::mem::replace(&mut (*end).bridge.reserved, Array::new());
        reserved.drain(|reserved| match reserved.element < progress {
            true => reserved.is_taken(),
            false => reserved.is_left(),
        });
        reserved.free();
        blocks::free_chain((*end).bridge.chain);
        (*end).bridge.chain = 0;
    }
}

/// Cancels the host's copy. True: the host will tell how it has ended.
pub unsafe fn cancel(end: *mut End, asynchronous: bool) -> bool {
    unsafe {
        let Shared { host, ty, .. } = *(*end).shared;
        if !asynchronous {
            host::join(host, 0);
        }
        let function = ty << 2 | u32::from((*end).writes) << 1 | u32::from(asynchronous);
        let status = code::host_cancel(function, host);
        if status == BLOCKED {
            return true;
        }
        pending::ends(host);
        copied(end, status);
        false
    }
}

/// An end is dropped.
pub unsafe fn drop(shared: *mut Shared, writes: bool) {
    unsafe { code::host_drop((*shared).ty << 1 | u32::from(writes), (*shared).host) }
}

/// `lower_stream`, `lower_future` to the host, of type `ty`: the host's index of the readable end.
#[unsafe(export_name = "channel.to-host")]
extern "C" fn to_host(ty: u32, shared: *mut Shared) -> u32 {
    unsafe {
        let host = (*shared).host;
        if host != 0 {
            // It is in a set no longer, as far as anybody here knows.
            host::join(host, 0);
            memory::delete(shared);
            return host;
        }
        let ends = code::host_new(ty);
        leaves(shared, ty, (ends >> 32) as u32);
        ends as u32
    }
}

/// The readable end has left for the host, which has another one, whose writable end this is.
unsafe fn leaves(shared: *mut Shared, ty: u32, writer: u32) {
    unsafe {
        (*shared).host = writer;
        (*shared).ty = ty;
        (*shared).ends -= 1;
        if (*shared).ends == 0 {
            drop(shared, true);
            memory::delete(shared);
        } else {
            let writer = (*shared).pending;
            (*shared).pending = null_mut();
            // What has been read of the buffer until now is what its event will say.
            if !writer.is_null() && !(*writer).waitable.has_pending_event() {
                copy(writer);
            }
        }
    }
}

/// `lift_async_value` from the host, of type `ty`.
#[unsafe(export_name = "channel.from-host")]
extern "C" fn from_host(ty: u32, future: u32, host: u32) -> *mut Shared {
    memory::new(Shared {
        future: future != 0,
        local: false,
        dropped: false,
        ends: 1,
        pending: null_mut(),
        host,
        ty,
    })
}
