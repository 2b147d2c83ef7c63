//! What the bytes are spent on.

use super::{NESTED, binary};
use crate::{Encoding, outline};
use serde_json::Value;
use std::collections::BTreeMap;

/// The sections that `inspect` tells, everything nested summed up.
fn inspected(part: &Value, sizes: &mut BTreeMap<String, u64>) {
    for section in part["sections"].as_array().expect("sections") {
        let kind = section["kind"].as_str().expect("a kind");
        if kind != "component" && kind != "core module" {
            *sizes.entry(kind.to_string()).or_default() += section["bytes"].as_u64().expect("a size");
        }
    }
    for nested in part["definitions"].as_array().into_iter().flatten() {
        for part in nested.as_object().expect("one kind of part").values() {
            inspected(part, sizes);
        }
    }
}

#[test]
fn sizes_are_those_that_inspect_tells() {
    let bytes = binary(NESTED);
    let outline = outline(&bytes).expect("valid");
    let inspection = meld_fuser::inspect(&meld_fuser::Input::new("x", bytes.clone())).expect("valid");
    let json = serde_json::to_value(&inspection).expect("JSON");
    let mut expected = BTreeMap::new();
    inspected(&json["component"], &mut expected);
    let sizes: BTreeMap<_, _> = outline.sections.iter().map(|s| (s.kind.clone(), s.bytes)).collect();
    assert_eq!(sizes, expected);
    assert_eq!(sizes.len(), outline.sections.len());
    // The name of the section, and "one" and "two!".
    assert_eq!(sizes.get("custom \"notes\""), Some(&((1 + 5 + 3) + (1 + 5 + 4))));
    assert!(sizes.contains_key("custom \"component-name\""), "{sizes:?}");

    assert_eq!((outline.encoding, outline.bytes), (Encoding::Component, bytes.len()));
    assert_eq!((outline.components, outline.functions), (1, 4));
    let modules: Vec<_> = outline.modules.iter().map(|m| (m.name.as_deref(), m.functions)).collect();
    assert_eq!(modules, [(Some("store"), 3), (Some("other"), 1)]);
    let memories = &outline.modules[0].memories;
    let limits: Vec<_> = memories.iter().map(|m| (m.imported, m.minimum, m.maximum, m.shared)).collect();
    assert_eq!(limits, [(true, 3, Some(4), false), (false, 1, None, false), (false, 2, Some(65536), true)]);
    assert!(memories.iter().all(|memory| memory.page_size == 65536 && !memory.memory64));
}

#[test]
fn a_module_has_an_outline_too() {
    let bytes = binary("(module (memory i64 1) (func) (func))");
    let outline = outline(&bytes).expect("valid");
    assert_eq!((outline.encoding, outline.components, outline.functions), (Encoding::Module, 0, 2));
    let kinds: Vec<_> = outline.sections.iter().map(|section| section.kind.as_str()).collect();
    assert_eq!(kinds, ["type", "function", "memory", "code"]);
    // All is there: magic and version, an id and a size for each section.
    let contents: u64 = outline.sections.iter().map(|section| section.bytes).sum();
    assert_eq!(contents + 8 + 4 * 2, bytes.len() as u64);
    assert_eq!(outline.modules[0].bytes, bytes.len() as u64);
    assert!(outline.modules[0].memories[0].memory64);
}

#[test]
fn an_outline_of_something_else_is_refused() {
    for bytes in [&b""[..], b"(module)", b"\0asm", b"\0asm\x01\0\0\0\x0a"] {
        let error = outline(bytes).expect_err("no binary");
        assert!(!error.is_empty());
    }
}
