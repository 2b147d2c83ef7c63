//! Which build a component is. In: the bytes of `meld.wasm` as the linker made it. Out: the same with its own SHA-256 in
//! the place that it has for that. Not its job: what the component makes of it (`guest/src/identity.rs`).

use sha2::{Digest, Sha256};

/// What stands before the place, and nowhere else.
const MARK: &[u8] = b"meld.wasm, but for these digits, has the SHA-256 ";

/// Hexadecimal digits.
const DIGITS: usize = 64;

/// Writes the SHA-256 of `component`, with `0` for each of the digits, in the place of these digits.
///
/// Errors: there is not exactly one such place.
pub fn stamp(component: &mut [u8]) -> Result<(), String> {
    let mut places = component.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    let place = places.next().map(|(start, _)| start + MARK.len());
    let more = places.next().is_some();
    let digits = place.map(|start| start..start + DIGITS).filter(|digits| digits.end <= component.len());
    let Some(digits) = digits.filter(|_| !more) else {
        return Err("this is not meld.wasm: it has no one place for its SHA-256".to_string());
    };
    component[digits.clone()].fill(b'0');
    let sha256 = format!("{:x}", Sha256::digest(&*component));
    component[digits].copy_from_slice(sha256.as_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn component() -> Vec<u8> {
        [b"before ".as_slice(), MARK, &[b'0'; DIGITS], b" behind"].concat()
    }

    #[test]
    fn a_stamp_is_the_digest_of_what_it_stands_in() {
        let mut stamped = component();
        stamp(&mut stamped).unwrap();
        let digits = format!("{:x}", Sha256::digest(component()));
        assert_eq!(stamped, [b"before ".as_slice(), MARK, digits.as_bytes(), b" behind"].concat());
        let once = stamped.clone();
        stamp(&mut stamped).unwrap();
        assert_eq!(stamped, once, "a second time changes nothing");
    }

    #[test]
    fn there_has_to_be_one_place() {
        let twice = [component(), component()].concat();
        let short = component()[..component().len() - 20].to_vec();
        for mut wrong in [b"no place".to_vec(), twice, short] {
            let before = wrong.clone();
            assert!(stamp(&mut wrong).is_err());
            assert_eq!(wrong, before);
        }
    }
}
