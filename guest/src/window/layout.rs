//! Which window lies where. In: the memories, and how much code uses each. Out: windows, without a gap
//! between them but what alignment takes. Not its job: code.

use super::address::Address;
use super::survey::{Survey, Uses};
use super::{Owner, Request};
use crate::error::{Code, Error, Result, shown};
use wasmparser::MemoryType;

/// The size of the one memory's pages, and what windows are aligned to, in bytes. No access that was aligned
/// becomes one that is not.
pub const PAGE: u64 = 1 << 16;

/// Below this all windows end but the last, in bytes: engines have to have what is reserved for them from the start.
const BEFORE_LAST: u64 = 1 << 32;

/// Up to how many bytes behind an address engines that guard memory by pages leave out their check, as wasmtime comes.
/// In what lies further behind, an address costs less by being larger than by the offset of the instruction.
pub const GUARDED: u64 = 32 << 20;

/// Without a declared maximum and without a wish, a memory that can grow may become so many times as large as
/// it is at first, or as large as its owner says if that is more.
const TIMES: u64 = 4;

/// The part of the one memory that is one of the memories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Whose memory it is, for people.
    pub label: String,
    /// Where it begins, in bytes: a multiple of `PAGE`.
    pub base: u64,
    /// How many bytes the memory has at first.
    pub initial: u64,
    /// How many it can have. Of an open window, how many the memory's type allows it.
    pub most: u64,
    /// The memory's own addresses; those of an open window are the one memory's.
    pub address: Address,
    /// The size of the memory's own pages, as a power of two.
    pub page_bits: u32,
    /// Nothing lies behind it.
    pub open: bool,
    /// Accesses in guests' code: each of them has a check, unless the window is open.
    pub accesses: u64,
}

impl Window {
    /// Whether its size is always the same.
    pub fn is_fixed(&self) -> bool {
        !self.open && self.most == self.initial
    }

    /// Whether engines that guard memory check each access that only has an offset.
    pub fn is_far(&self) -> bool {
        self.base >= GUARDED
    }

    /// What it takes of the one memory, in bytes.
    fn reserved(&self) -> u64 {
        self.most.next_multiple_of(PAGE)
    }
}

/// Gives each memory its window: one for each, in the order of the memories. The open one has the highest base.
/// Errors: as for `window::lower`.
pub fn place(survey: &Survey, request: &Request) -> Result<Vec<Window>> {
    let mut windows = Vec::new();
    for ((memory, uses), owner) in survey.memories.iter().zip(&survey.uses).zip(request.owners) {
        windows.push(window(memory, uses, owner)?);
    }
    let open = open(&windows, survey, request.first_at_zero);
    let mut base = 0u64;
    // The small ones come first: small offsets are short.
    let mut order: Vec<usize> = (0..windows.len()).filter(|at| Some(*at) != open).collect();
    order.sort_by_key(|at| {
        let first = request.first_at_zero && *at == 0;
        (!first, windows.get(*at).map_or(0, Window::reserved))
    });
    for at in order {
        let Some(window) = windows.get_mut(at) else { continue };
        window.base = base;
        base = base.checked_add(window.reserved()).filter(|base| *base < BEFORE_LAST).ok_or_else(|| {
            // Of memories with 32-bit addresses, all have to.
            let but = if survey.address() == Address::I64 { " but the last" } else { "" };
            too_large(&format!("bytes of all memories in one{but}"), BEFORE_LAST)
        })?;
    }
    if let Some(window) = open.and_then(|at| windows.get_mut(at)) {
        window.open = true;
        window.base = base;
        let all = survey.address().all();
        let end = base.checked_add(window.initial).filter(|end| *end < all);
        end.ok_or_else(|| too_large("bytes of all memories in one", all))?;
        let declared = open.and_then(|at| survey.memories.get(at)).and_then(|memory| memory.maximum);
        let room = all.saturating_sub(base);
        window.most = declared.map_or(room, |pages| pages.saturating_mul(PAGE).min(room));
    }
    Ok(windows)
}

fn too_large(what: &str, limit: u64) -> Error {
    Error::limit(what, limit).hint("`--reserve INSTANCE=SIZE` says how large one of them may grow")
}

/// The window of one memory, not yet anywhere.
fn window(memory: &MemoryType, uses: &Uses, owner: &Owner) -> Result<Window> {
    let page_bits = memory.page_size_log2.unwrap_or(16);
    let address = Address::new(memory.memory64);
    let all = address.all();
    let bytes = |pages: u64| pages.checked_shl(page_bits).filter(|bytes| bytes >> page_bits == pages);
    let initial = bytes(memory.initial).filter(|bytes| *bytes <= all);
    let initial = initial.ok_or_else(|| too_large("bytes of all memories in one", all))?;
    let declared = memory.maximum.map_or(all, |pages| bytes(pages).unwrap_or(all).min(all));
    let most = match owner.reserve {
        _ if !uses.grows => initial,
        Some(wish) if wish < initial => {
            let label = shown(&owner.label);
            let message =
                format!("{wish} bytes are reserved for {label}, whose memory has {initial} at first");
            return Err(Error::new(Code::InvalidOption, message));
        }
        Some(wish) => wish.min(declared),
        None if memory.maximum.is_some() => declared,
        None => initial.saturating_mul(TIMES).max(owner.at_least).min(all),
    };
    Ok(Window {
        label: owner.label.clone(),
        base: 0,
        initial,
        // Whole pages of its own.
        most: most >> page_bits << page_bits,
        address,
        page_bits,
        open: false,
        accesses: uses.accesses,
    })
}

/// Which memory comes last: that which most of the guests' code uses. Only one with pages of the usual size and with
/// the one memory's addresses can. Of several with as much code, the first.
fn open(windows: &[Window], survey: &Survey, first_at_zero: bool) -> Option<usize> {
    let candidates = windows.iter().enumerate().skip(usize::from(first_at_zero));
    let candidates =
        candidates.filter(|(_, window)| window.page_bits == 16 && window.address == survey.address());
    let most = candidates.rev().max_by_key(|(at, window)| {
        let grows = survey.uses.get(*at).is_some_and(|uses| uses.grows);
        (window.accesses, grows)
    });
    most.map(|(at, _)| at)
}
