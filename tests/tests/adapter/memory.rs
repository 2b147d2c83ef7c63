//! Values in memory: layout, checks, allocation, and the bytes that must not leak.

use crate::probe::{HEAP, LOG, Probe, Shape};

/// A list of one side: its address and length, then, at `HEAP + 16`, `bytes`.
fn list(address: u64, length: u64, bytes: &[u8], pointer: &str) -> Vec<u8> {
    let mut raw = Vec::new();
    for n in [address, length] {
        match pointer {
            "i32" => raw.extend((n as u32).to_le_bytes()),
            _ => raw.extend(n.to_le_bytes()),
        }
    }
    raw.resize(16, 0);
    raw.extend(bytes);
    raw
}

const DATA: u64 = HEAP as u64 + 16;

/// Passes a list of elements with these bytes, as a parameter and as a result: the bytes of the
/// elements that arrive, or none for a trap.
fn elements(probe: &Probe, length: usize, bytes: &[u8]) -> Option<Vec<u8>> {
    let [caller, callee] = probe.addresses;
    let raw = list(DATA, length as u64, bytes, caller);
    let param = probe.run(Shape::List, &raw).map(|memory| memory[HEAP - LOG..].to_vec());
    let raw = list(DATA, length as u64, bytes, callee);
    let result = probe.run(Shape::ListResult, &raw).map(|memory| {
        // In the caller's memory: what came from the host, and the result area.
        let mut at = HEAP - LOG + raw.len().next_multiple_of(8) + 256;
        at = at.min(memory.len());
        memory[at..].to_vec()
    });
    assert_eq!(param.is_some(), result.is_some());
    if let (Some(param), Some(result)) = (&param, &result) {
        assert!(result.ends_with(param) || param == result, "{param:x?} {result:x?}");
    }
    param
}

#[test]
fn plain_elements_are_copied() {
    let bytes: Vec<u8> = (0..=255).collect();
    for (ty, size) in [("u8", 1), ("s16", 2), ("u32", 4), ("s64", 8), ("f32", 4), ("f64", 8)] {
        assert_eq!(elements(&Probe::new(ty), 256 / size, &bytes).as_deref(), Some(&bytes[..]), "{ty}");
    }
    let probe = Probe::new("(tuple u32 f32 (list u16 4))");
    assert_eq!(elements(&probe, 16, &bytes).as_deref(), Some(&bytes[..]));
    assert_eq!(elements(&probe, 0, &[]).as_deref(), Some(&[][..]));
}

#[test]
fn padding_does_not_leak() {
    let bytes: Vec<u8> = (1..=24).collect();
    let probe = Probe::new("(tuple u8 u32 u16)");
    let mut expected = bytes.clone();
    for hole in [1, 2, 3, 10, 11, 13, 14, 15, 22, 23] {
        expected[hole] = 0;
    }
    assert_eq!(elements(&probe, 2, &bytes), Some(expected));
}

#[test]
fn elements_are_normalised_and_checked() {
    let bools = Probe::new("bool");
    assert_eq!(elements(&bools, 4, &[0, 1, 2, 0xff]), Some(vec![0, 1, 1, 1]));
    let chars = Probe::new("char");
    for (char, valid) in [(0x10_ffffu32, true), (0x11_0000, false), (0xd800, false), (0xe000, true)] {
        let bytes = char.to_le_bytes();
        assert_eq!(elements(&chars, 1, &bytes), valid.then(|| bytes.to_vec()));
    }
    let types = [("t", r#"(flags "a" "b" "c" "d" "e" "f" "g" "h" "i")"#)];
    let flags = Probe::new("$t").types(&types);
    assert_eq!(elements(&flags, 2, &[0xff, 0xff, 0, 0x80]), Some(vec![0xff, 1, 0, 0]));
    let types = [("t", r#"(enum "a" "b")"#)];
    let enums = Probe::new("$t").types(&types);
    assert_eq!(elements(&enums, 2, &[0, 1]), Some(vec![0, 1]));
    assert_eq!(elements(&enums, 2, &[0, 2]), None);
}

#[test]
fn variants() {
    let types = [("t", r#"(variant (case "a" u8) (case "b" (tuple bool u32)) (case "c") (case "d" u8))"#)];
    let probe = Probe::new("$t").types(&types);
    let mut bytes = vec![9; 48];
    for (case, at) in [(0, 0), (1, 12), (2, 24), (3, 36)] {
        bytes[at] = case;
    }
    let mut expected = vec![0; 48];
    expected[4] = 9;
    expected[12] = 1;
    expected[16] = 1;
    expected[20..24].fill(9);
    expected[24] = 2;
    expected[36] = 3;
    expected[40] = 9;
    assert_eq!(elements(&probe, 4, &bytes), Some(expected));
    bytes[24] = 4;
    assert_eq!(elements(&probe, 4, &bytes), None);
}

#[test]
fn wide_discriminants() {
    let labels: String = (0..300).map(|i| format!("\"l{i}\" ")).collect();
    let types = [("t", format!("(enum {labels})"))];
    let types = [("t", types[0].1.as_str())];
    let probe = Probe::new("$t").types(&types);
    assert_eq!(elements(&probe, 2, &[43, 1, 0, 0]), Some(vec![43, 1, 0, 0]));
    assert_eq!(elements(&probe, 1, &[44, 1]), None);
}

#[test]
fn long_fixed_lists() {
    let probe = Probe::new("(list bool 40)");
    let bytes: Vec<u8> = (0..80).collect();
    let mut expected = vec![1; 80];
    expected[0] = 0;
    assert_eq!(elements(&probe, 2, &bytes), Some(expected));
}

#[test]
fn lists_in_lists() {
    let probe = Probe::new("(list bool)");
    let mut bytes = Vec::new();
    for (address, length) in [(HEAP + 40, 3u32), (HEAP + 43, 0), (HEAP + 42, 2)] {
        bytes.extend((address as u32).to_le_bytes());
        bytes.extend(length.to_le_bytes());
    }
    bytes.extend([2, 0, 7]);
    let memory = probe.run(Shape::List, &list(DATA, 3, &bytes, "i32")).unwrap();
    // Allocated: the outer list, then each inner one, the empty one too.
    let log: Vec<u64> =
        memory[..128].chunks_exact(8).map(|n| u64::from_le_bytes(n.try_into().unwrap())).collect();
    assert_eq!(log, [0, 0, 4, 24, 0, 0, 1, 3, 0, 0, 1, 0, 0, 0, 1, 2]);
    assert_eq!(memory[HEAP - LOG + 24..], [1, 0, 1, 1, 0]);
    let memory = probe.run(Shape::ListResult, &list(DATA, 3, &bytes, "i32")).unwrap();
    assert!(memory.ends_with(&[1, 0, 1, 1, 0]));
}

#[test]
fn ranges_are_checked() {
    const END: u64 = 2 << 16;
    let probe = Probe::new("u32");
    for (address, length, valid) in [
        (END, 0, true),
        (END + 4, 0, false),
        (END - 4, 1, true),
        (END - 4, 2, false),
        (DATA + 1, 1, false),
        (DATA + 2, 0, false),
        (0, 1 << 14, true),
        (0, (1 << 26) - 1, false),
        (0, 1 << 30, false),
        (0xffff_fffc, 1, false),
        (0xffff_fffc, 0xffff_ffff, false),
    ] {
        let raw = list(address, length, &[0; 8], "i32");
        for shape in [Shape::List, Shape::ListResult] {
            assert_eq!(probe.run(shape, &raw).is_some(), valid, "{address:#x} {length:#x}");
        }
    }
}

#[test]
fn many_parameters() {
    let probe = Probe::new("(tuple u8 bool u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u8 u64)");
    let mut raw = vec![7; 24];
    let memory = probe.run(Shape::Area, &raw).unwrap();
    raw[1] = 1;
    assert_eq!(memory[HEAP - LOG..], raw);
    let memory = probe.run(Shape::AreaResult, &raw).unwrap();
    // After what came from the host.
    assert_eq!(memory[HEAP - LOG + 24..][..24], raw);
    assert_eq!(memory[32..64], [0, 0, 8, 256].map(|n: u64| n.to_le_bytes()).concat());
}

#[test]
fn wide_addresses() {
    let bytes: Vec<u8> = (0..64).collect();
    for addresses in [["i64", "i32"], ["i32", "i64"], ["i64", "i64"]] {
        let plain = Probe::new("u64").addresses(addresses);
        assert_eq!(elements(&plain, 8, &bytes).as_deref(), Some(&bytes[..]));
        let bools = Probe::new("(tuple bool u32)").addresses(addresses);
        assert_eq!(elements(&bools, 1, &[5, 9, 9, 9, 1, 2, 3, 4]), Some(vec![1, 0, 0, 0, 1, 2, 3, 4]));
        for (address, length) in [(1 << 32, 1), (u64::MAX - 7, 1), (DATA, 1 << 40), (DATA, u64::MAX / 8 + 1)]
        {
            if addresses[0] == "i64" {
                assert_eq!(plain.run(Shape::List, &list(address, length, &bytes, "i64")), None);
            }
            if addresses[1] == "i64" {
                assert_eq!(plain.run(Shape::ListResult, &list(address, length, &bytes, "i64")), None);
            }
        }
        // Elements of different sizes on the two sides.
        let nested = Probe::new("(list bool)").addresses(addresses);
        let (size, align) = if addresses[1] == "i64" { (16, 8) } else { (8, 4) };
        let mut raw = list(DATA + 16, 3, &[2, 0, 7, 0, 0, 0, 0, 0], addresses[0]);
        raw.truncate(16);
        let inner = raw.clone();
        let mut raw = list(HEAP as u64 + 16, 1, &inner, addresses[0]);
        raw.extend([2, 0, 7]);
        let memory = nested.run(Shape::List, &raw).unwrap();
        assert_eq!(memory[..32], [0, 0, align, size].map(|n: u64| n.to_le_bytes()).concat());
        assert!(memory.ends_with(&[1, 0, 1]));
    }
}

#[test]
fn maps() {
    let probe = Probe::new("(map u8 bool)");
    let mut bytes = Vec::new();
    for n in [HEAP as u32 + 24, 2] {
        bytes.extend(n.to_le_bytes());
    }
    bytes.extend([3, 3, 4, 0]);
    let memory = probe.run(Shape::List, &list(DATA, 1, &bytes, "i32")).unwrap();
    assert!(memory.ends_with(&[3, 1, 4, 0]));
}
