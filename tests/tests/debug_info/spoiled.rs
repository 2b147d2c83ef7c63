//! Debug information that is wrong on purpose. In: guests, spoiled; sections made by hand. Out: nothing.

use super::guests::{Built, built};
use super::lines::without_customs;
use meld_fuser::{Input, Options};
use meld_tests::random::Random;
use wasmparser::{Parser, Payload};

/// Debug information can be anything: what is spoiled is left out, the program is the same, and no section grows
/// past what its bytes can ask for.
#[test]
fn spoiled_debug_information_is_left_out() {
    for how in [Built::Optimised, Built::Version5] {
        let leaf = built(how, "leaf");
        let places: Vec<_> =
            debug_ranges(&leaf).into_iter().filter(|(name, _)| name != ".debug_str").collect();
        assert!(places.len() >= 4, "{places:?}");
        let options = Options { debug_info: true, explain: true, ..Options::default() };
        let fuse = |bytes: &[u8]| {
            meld_fuser::fuse(vec![Input::new("leaf", bytes)], options.clone()).expect("it is fused").bytes
        };
        let expected = without_customs(&fuse(&leaf));
        let mut random = Random::new(18);
        for nth in 0..400 {
            let mut bytes = leaf.clone();
            let (name, range) = &places[nth % places.len()];
            for _ in 0..1 + random.below(6) {
                // Mostly near the front, where heads and counts are.
                let length = if random.below(2) == 0 { range.len() } else { range.len().min(64) };
                let at = range.start + random.below(length);
                let count = (1 + random.below(8)).min(range.end - at);
                let value = [0x00, 0xff, 0x80, 0x7f, 0x01, random.below(256) as u8][random.below(6)];
                bytes[at..at + count].fill(value);
            }
            let fused = fuse(&bytes);
            assert_eq!(without_customs(&fused), expected, "{nth} {name}");
            let size =
                |module: &[u8]| debug_ranges(module).iter().map(|(_, range)| range.len()).sum::<usize>();
            assert!(size(&fused) < 2 * size(&leaf), "{nth} {name}: {}", size(&fused));
        }
    }
}

/// Where the debug sections are, in a component or a module.
fn debug_ranges(bytes: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let sections = Parser::new(0).parse_all(bytes).filter_map(|payload| match payload.unwrap() {
        Payload::CustomSection(section) if section.name().starts_with(".debug_") => {
            let end = section.range().end as usize;
            Some((section.name().to_string(), end - section.data().len()..end))
        }
        _ => None,
    });
    sections.collect()
}

/// Sections that ask for more than they have: counts, references in circles, tables that everybody shares.
#[test]
fn debug_information_that_asks_for_too_much() {
    let unit = |rest: &[u8]| {
        let mut unit = vec![0; 4];
        unit.extend([4, 0, 0, 0, 0, 0, 4]);
        unit.extend(rest);
        let length = (unit.len() - 4) as u32;
        unit[..4].copy_from_slice(&length.to_le_bytes());
        unit
    };
    // One entry, with an address, a list of ranges and a reference to itself; and one without any bytes.
    let abbrev = [1, 0x11, 0, 0x11, 0x01, 0x55, 0x17, 0x31, 0x10, 0, 0, 2, 0x34, 0, 0x3f, 0x19, 0, 0, 0];
    let entry = [1, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 0, 0];
    // A list of ranges that does not end before the section does, for each of many units.
    let ranges =
        [1u32, 0x7fff_ffff].iter().cycle().take(20_000).flat_map(|n| n.to_le_bytes()).collect::<Vec<_>>();
    let many: Vec<u8> = (0..10_000).flat_map(|_| unit(&entry)).collect();
    let empty: Vec<u8> = unit(&[&entry[..], &[2; 100_000]].concat());
    let all_abbrev: Vec<u8> = [&abbrev[..18], &[3, 0x34, 0, 0x3f, 0x19, 0x3f, 0x19, 0, 0], &[0]].concat();
    // Version 5, with a format of no parts and as many files as there are.
    let mut line =
        vec![0, 0, 0, 0, 5, 0, 4, 0, 0, 0, 0, 0, 1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];
    line.extend([0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0]);
    let length = (line.len() - 4) as u32;
    line[..4].copy_from_slice(&length.to_le_bytes());
    line[8..12].copy_from_slice(&(length - 8).to_le_bytes());
    for sections in [
        vec![(".debug_info", many.clone()), (".debug_abbrev", abbrev.to_vec()), (".debug_ranges", ranges)],
        vec![(".debug_info", empty), (".debug_abbrev", all_abbrev)],
        vec![(".debug_info", many), (".debug_abbrev", abbrev.to_vec()), (".debug_line", line)],
        vec![
            (".debug_info", vec![0xff; 1000]),
            (".debug_abbrev", vec![0xff; 1000]),
            (".debug_line", vec![0xff; 1000]),
        ],
    ] {
        let mut module = wat::parse_str(r#"(module (func (export "f") (drop (i32.const 1))))"#).unwrap();
        let size: usize = sections.iter().map(|(_, data)| data.len()).sum();
        for (name, data) in &sections {
            let section = wasm_encoder::CustomSection { name: (*name).into(), data: data.into() };
            wasm_encoder::Section::append_to(&section, &mut module);
        }
        let bytes = with_module(&module);
        let options = Options { debug_info: true, explain: true, ..Options::default() };
        let fused = meld_fuser::fuse(vec![Input::new("much", bytes)], options).unwrap();
        assert!(fused.bytes.len() < 3 * size + 1000, "{} of {size}", fused.bytes.len());
        assert!(
            fused.explanation.iter().any(|note| note.optimization == "debug-info"),
            "{:?}",
            fused.explanation
        );
    }
}

/// A component around a module that exports `f`.
fn with_module(module: &[u8]) -> Vec<u8> {
    let text = r#"(component (core module (func (export "f"))) (core instance (instantiate 0))
        (func (export "f") (canon lift (core func 0 "f"))))"#;
    let component = wat::parse_str(text).unwrap();
    let module_of_text = Parser::new(0).parse_all(&component).find_map(|payload| match payload.unwrap() {
        Payload::ModuleSection { unchecked_range, .. } => Some(unchecked_range),
        _ => None,
    });
    let rest = &component[module_of_text.unwrap().end as usize..];
    let mut out = component[..8].to_vec();
    wasm_encoder::Section::append_to(&wasm_encoder::RawSection { id: 1, data: module }, &mut out);
    out.extend_from_slice(rest);
    out
}
