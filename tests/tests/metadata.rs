//! What inputs say of themselves to registries and auditors, and what of it the result says.

use anyhow::Result;
use meld_fuser::{Input, Options, OutputKind};
use meld_tests::fused;
use std::collections::BTreeMap;
use wasmparser::{BinaryReader, Parser, Payload, ProducersSectionReader};

/// Contents by name.
type Sections = BTreeMap<String, Vec<u8>>;

/// The custom sections at the root, but for those of meld's own.
fn customs(bytes: &[u8]) -> Sections {
    let mut found = Sections::new();
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 0 => {
                let name = section.name();
                if name != "name" && !name.contains("meld:") {
                    assert!(
                        found.insert(name.to_string(), section.data().to_vec()).is_none(),
                        "{name} twice"
                    );
                }
            }
            _ => {}
        }
    }
    found
}

/// `field name version` of each, in order.
fn producers(section: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for field in ProducersSectionReader::new(BinaryReader::new(section, 0)).unwrap() {
        let field = field.unwrap();
        for value in field.values {
            let value = value.unwrap();
            found.push(format!("{} {} {}", field.name, value.name, value.version));
        }
    }
    found
}

/// A component that exports `name`, and says these things.
fn component(name: &str, inner: &str, outer: &str, customs: &[(&str, &str)]) -> Input {
    let text = format!(
        r#"(component
            (core module $m (@producers {inner}) (func (export "f") (result i32) (i32.const 1)))
            (core instance $i (instantiate $m))
            (func (export "{name}") (result u32) (canon lift (core func $i "f")))
            (@producers {outer}))"#
    );
    let mut bytes = wat::parse_str(text).unwrap();
    for (name, contents) in customs {
        let (name_len, len) = (name.len() as u8, (name.len() + 1 + contents.len()) as u8);
        assert!(len < 128);
        bytes.extend([0, len, name_len]);
        bytes.extend(name.bytes().chain(contents.bytes()));
    }
    Input::new(name, bytes)
}

/// Fuses to both kinds; the sections at the root, which are the same, and what is explained.
fn fuse(inputs: &[Input]) -> Result<(Sections, Vec<String>)> {
    let mut both = Vec::new();
    for output in [OutputKind::CoreModule, OutputKind::Component] {
        let options = Options { output, ..Options::default() };
        let mut sections = customs(&fused::fuse(inputs, &options)?);
        sections.retain(|name, _| name != "component-type:meld");
        let explained = meld_fuser::fuse(inputs.to_vec(), Options { explain: true, ..options })?.explanation;
        let notes = explained.iter().filter(|note| note.optimization == "metadata");
        both.push((sections, notes.map(|note| format!("{}: {}", note.place, note.what)).collect()));
    }
    assert_eq!(both[0], both[1]);
    Ok(both.remove(0))
}

const ALL: [(&str, &str); 8] = [
    ("authors", "Ada"),
    ("description", "adds"),
    ("homepage", "https://example.org/"),
    ("licenses", "Apache-2.0 OR MIT"),
    ("revision", "abc"),
    ("source", "https://example.org/git"),
    ("version", "1.2.3"),
    (".dep-v0", "(compressed)"),
];

#[test]
fn of_one_input_all_is_kept() -> Result<()> {
    let one = component("a", r#"(language "Rust" "2024")"#, r#"(processed-by "wit-component" "1")"#, &ALL);
    let (mut sections, notes) = fuse(&[one])?;
    let meld = format!("processed-by meld {}", env!("CARGO_PKG_VERSION"));
    let said = producers(&sections.remove("producers").unwrap());
    assert_eq!(said, ["language Rust 2024", "processed-by wit-component 1", &meld]);
    let expected = ALL.iter().map(|(name, contents)| (name.to_string(), contents.as_bytes().to_vec()));
    assert_eq!(sections, expected.collect());
    assert_eq!(notes, [""; 0]);
    Ok(())
}

#[test]
fn of_several_what_the_formats_put_together() -> Result<()> {
    let one = component("a", r#"(processed-by "rustc" "1")"#, r#"(processed-by "wit-component" "1")"#, &ALL);
    let two = [("licenses", "GPL-3.0-only"), (".dep-v0", "(another)")];
    let two = component("b", r#"(processed-by "rustc" "2")"#, r#"(sdk "kit" "")"#, &two);
    // They have nothing in common: a third one makes them one composition.
    let all = Input::new(
        "all",
        wat::parse_str(
            r#"(component
                (import "a" (func (result u32))) (import "b" (func $b (result u32)))
                (export "c" (func $b)))"#,
        )?,
    );
    let (sections, notes) = fuse(&[one.clone(), two.clone(), all.clone()])?;
    let meld = format!("processed-by meld {}", env!("CARGO_PKG_VERSION"));
    let said = producers(&sections["producers"]);
    for expected in ["processed-by wit-component 1", "sdk kit ", &meld] {
        assert!(said.iter().any(|said| said == expected), "{expected}: {said:?}");
    }
    assert_eq!(
        said.iter().filter(|said| said.contains("rustc")).collect::<Vec<_>>(),
        ["processed-by rustc 2"]
    );
    // The third one says nothing of its licenses.
    assert_eq!(sections.keys().collect::<Vec<_>>(), ["producers"]);
    let left_out = |name: &str| notes.iter().any(|note| note.starts_with(&format!("`{name}`: ")));
    assert!(ALL.iter().all(|(name, _)| left_out(name)), "{notes:?}");

    let mut all = all;
    all.bytes.extend(b"\x00\x0c\x08licensesMIT");
    let (sections, notes) = fuse(&[one, two, all])?;
    let joined = String::from_utf8(sections["licenses"].clone())?;
    let mut parts: Vec<&str> = joined.split(" AND ").collect();
    parts.sort_unstable();
    assert_eq!(parts, ["(Apache-2.0 OR MIT)", "(GPL-3.0-only)", "(MIT)"]);
    assert!(notes.iter().all(|note| !note.contains("licenses")), "{notes:?}");
    Ok(())
}

#[test]
fn what_does_not_parse_is_left_out() -> Result<()> {
    let mut one = component("a", "", r#"(sdk "kit" "1")"#, &[("authors", "Ada"), ("authors", "Bea")]);
    one.bytes.extend(b"\x00\x0f\x09producers\x05\x03sdk");
    let sections = customs_all(&meld_fuser::fuse(vec![one], Options::default())?.bytes);
    let said: Vec<_> = sections.iter().filter(|(name, _)| name == "producers").collect();
    assert_eq!(said.len(), 1);
    assert!(producers(&said[0].1).contains(&"sdk kit 1".to_string()));
    assert_eq!(sections.iter().filter(|(name, _)| name == "authors").count(), 2);
    Ok(())
}

fn customs_all(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let sections = Parser::new(0).parse_all(bytes).filter_map(|payload| match payload {
        Ok(Payload::CustomSection(section)) => Some((section.name().to_string(), section.data().to_vec())),
        _ => None,
    });
    sections.collect()
}

#[test]
fn of_two_versions_the_later_one_in_the_binary_counts() -> Result<()> {
    let one = component("a", r#"(processed-by "tool" "inner")"#, r#"(processed-by "tool" "outer")"#, &[]);
    let said = producers(&fuse(&[one])?.0["producers"]);
    assert_eq!(said[0], "processed-by tool outer");
    Ok(())
}
