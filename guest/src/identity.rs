//! Which build of meld.wasm this is. In: nothing. Out: its SHA-256. Not its job: finding that out, which is done when
//! the component is there (`host-cli/stamp`).

use std::hint::black_box;

const MARK: usize = 49;
const DIGITS: usize = 64;

/// The digits are those of the component's SHA-256 once it is stamped; calculated with zeros in their place.
static STAMP: [u8; MARK + DIGITS] = *b"meld.wasm, but for these digits, has the SHA-256 \
    0000000000000000000000000000000000000000000000000000000000000000";

/// The SHA-256 of meld.wasm, with zeros in the place where it has this number itself. None: this is no component, or
/// one that nobody has stamped.
pub fn sha256() -> Option<&'static str> {
    // Read as it is when it runs: the compiler knows the zeros.
    let digits = black_box(&STAMP).get(MARK..)?;
    let digits = std::str::from_utf8(digits).ok()?;
    digits.bytes().any(|digit| digit != b'0').then_some(digits)
}
