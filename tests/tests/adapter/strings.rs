//! Strings: that adapters hand them to the right transcoder, and the result on. What transcoders do
//! is tested in `runtime`.

use crate::probe::{HEAP, LOG, Probe, Shape};

const TAG: u32 = 1 << 31;

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A text in an encoding: the bytes and the tagged length.
fn encode(text: &str, encoding: &str) -> (Vec<u8>, u32) {
    let latin1: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    match (encoding, latin1) {
        ("utf8", _) => (text.into(), text.len() as u32),
        ("latin1+utf16", Some(bytes)) => (bytes, text.chars().count() as u32),
        ("utf16", _) => (utf16(text), text.encode_utf16().count() as u32),
        _ => (utf16(text), text.encode_utf16().count() as u32 | TAG),
    }
}

const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

fn option(encoding: &str) -> &'static str {
    match encoding {
        "utf8" => "string-encoding=utf8",
        "utf16" => "string-encoding=utf16",
        _ => "string-encoding=latin1+utf16",
    }
}

#[test]
fn every_encoding_to_every_other() {
    for text in ["", "plain", "h\u{e9}llo", "5 \u{20ac} \u{1f980}"] {
        for from in ENCODINGS {
            for to in ENCODINGS {
                let mut probe = Probe::new("string");
                probe.options = [option(from), option(to)];
                let (bytes, length) = encode(text, from);
                let mut raw = Vec::new();
                // A list of one, the string, its bytes.
                for n in [HEAP as u32 + 8, 1, HEAP as u32 + 16, length] {
                    raw.extend(n.to_le_bytes());
                }
                raw.extend(bytes);
                let memory = probe.run(Shape::List, &raw).unwrap();
                let word = |at: usize| u32::from_le_bytes(memory[at - LOG..][..4].try_into().unwrap());
                let (expected, length) = encode(text, to);
                assert_eq!(word(HEAP + 4), length, "{text:?} from {from} to {to}");
                let at = word(HEAP) as usize - LOG;
                assert_eq!(memory[at..][..expected.len()], expected, "{text:?} from {from} to {to}");
            }
        }
    }
}

#[test]
fn flat_and_wide() {
    for addresses in [["i32", "i32"], ["i64", "i32"], ["i32", "i64"], ["i64", "i64"]] {
        let flats = addresses.map(|address| [address, address]);
        let mut probe = Probe::new("string").addresses(addresses);
        probe.flat = [&flats[0], &flats[1]];
        let text = u64::from_le_bytes(*b"flatland");
        let at = HEAP as u64 + 16;
        assert_eq!(probe.flats(&[at, 8, text]), Some(vec![HEAP as u64, 8]), "{addresses:?}");
        // Not UTF-8, and out of bounds.
        assert_eq!(probe.flats(&[at, 8, 0xff]), None);
        assert_eq!(probe.flats(&[(2 << 16) - 7, 8]), None);
    }
    let probe = Probe::new("(option string)").flat(&["i32", "i32", "i32"]);
    assert_eq!(probe.flats(&[1, HEAP as u64 + 24, 2, 0x4142]), Some(vec![1, HEAP as u64, 2]));
    assert_eq!(probe.flats(&[0, HEAP as u64 + 24, 2, 0x4142]), Some(vec![0, 0, 0]));
}
