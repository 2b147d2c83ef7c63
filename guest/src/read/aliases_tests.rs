//! Types that are aliases of each other. In: nothing. Out: whether what is known of one is found by way of the
//! others, and how long that takes.

use super::aliases::Aliases;
use super::tests::{binary, read};
use super::tree::Tree;
use wasmparser::component_types::{ComponentAnyTypeId, ComponentEntityType};

/// A component that exports n types, each an alias of the one before.
fn chain(n: usize) -> Vec<u8> {
    let exports = (0..n).map(|i| match i.checked_sub(1) {
        Some(before) => format!(r#"(export $t{i} "t{i}" (type $t{before}))"#),
        None => r#"(export $t0 "t0" (type $x))"#.to_string(),
    });
    binary(&format!("(component (type $x u32) {})", exports.collect::<String>()))
}

fn ids(tree: &Tree<'_>) -> Vec<ComponentAnyTypeId> {
    let created = tree.root_items().map(|(_, _, item)| match item.map(|item| item.ty) {
        Some(ComponentEntityType::Type { created, .. }) => created,
        other => panic!("{other:?}"),
    });
    created.collect()
}

#[test]
fn what_is_known_later_is_found_as_well() {
    let bytes = chain(9);
    let tree = read(&bytes).expect("it is valid");
    let t = ids(&tree);
    let mut aliases = Aliases::new(&tree.types);
    assert_eq!(aliases.first(t[8]), None);
    assert_eq!(aliases.insert(t[2], "two"), None);
    assert_eq!(aliases.first(t[1]), None);
    assert_eq!(aliases.first(t[8]), Some(&"two"));
    assert_eq!(aliases.get(t[8]), None);
    assert_eq!(aliases.insert(t[5], "five"), None);
    assert_eq!(
        [8, 6, 5, 4, 2].map(|i| *aliases.first(t[i]).unwrap_or(&"")),
        ["five", "five", "five", "two", "two"]
    );
    assert_eq!([8, 6, 5, 4, 2].map(|i| aliases.steps(t[i])), [4, 2, 1, 3, 1]);
}

#[test]
fn a_chain_is_gone_through_once() {
    let bytes = chain(1000);
    let tree = read(&bytes).expect("it is valid");
    let t = ids(&tree);
    let mut aliases: Aliases<'_, ()> = Aliases::new(&tree.types);
    for id in &t {
        assert!(aliases.first(*id).is_none());
    }
    assert!(aliases.peeled <= 2 * t.len(), "{}", aliases.peeled);
}
