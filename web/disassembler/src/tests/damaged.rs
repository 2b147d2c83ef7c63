//! Bytes that are no valid binary: told, and never a panic, which is a trap in the page.

use super::{NESTED, binary, listing};
use crate::outline;

#[test]
fn what_comes_before_a_mistake_is_shown() {
    let bytes = binary("(module (func $first nop nop) (func $second))");
    let place = bytes.windows(2).position(|pair| pair == [1, 1]).expect("two nops");
    let mut damaged = bytes.clone();
    // No opcode.
    damaged[place + 1] = 0xff;
    let listing = listing(&damaged);
    let stopped = listing.stopped().expect("damaged");
    assert!(stopped.contains("illegal opcode") && stopped.contains(&format!("{:x}", place + 1)), "{stopped}");
    let text = listing.text(0, usize::MAX);
    assert!(text.contains("$first") && text.ends_with("nop") && !text.contains("$second"), "{text}");
    assert_eq!(listing.places().functions.len(), 1);
}

#[test]
fn what_is_no_binary_has_no_lines() {
    for bytes in [&b""[..], b"(module)", b"\0asm\x0b\0\0\0"] {
        let listing = listing(bytes);
        assert!(listing.stopped().is_some_and(|message| !message.is_empty()));
        assert_eq!((listing.lines(), listing.text(0, 10)), (0, String::new()));
    }
}

#[test]
fn a_binary_that_ends_early_is_told() {
    let bytes = binary(NESTED);
    let mut whole = Vec::new();
    for end in 0..bytes.len() {
        let listing = listing(&bytes[..end]);
        assert_eq!(listing.stopped().is_none(), outline(&bytes[..end]).is_ok(), "{end} of {}", bytes.len());
        if listing.stopped().is_none() {
            whole.push(end);
        }
    }
    // Before each section of the root it is a component, only a shorter one.
    assert_eq!((whole.len(), whole.first()), (3, Some(&8)), "{whole:?}");
}

#[test]
fn no_byte_can_stop_it() {
    let bytes = binary(NESTED);
    for place in 0..bytes.len() {
        for change in [0u8, 1, 2, 3, 4, 5, 6, 7, 10, 11, 0x3f, 0x40, 0x60, 0x7f, 0x80, 0xfc, 0xff] {
            let mut damaged = bytes.clone();
            damaged[place] = change;
            let listing = listing(&damaged);
            assert!(listing.places().functions.iter().all(|place| place.3 < listing.lines()));
            let _ = (listing.text(0, 1000), listing.search("func", 0, false, true), outline(&damaged));
        }
    }
}
