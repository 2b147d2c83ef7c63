use exports::test::maps::maps::Guest;
use std::collections::BTreeMap;

wit_bindgen::generate!({
    path: "cases/maps/world.wit",
    world: "leaf",
    map_type: "std::collections::BTreeMap",
});

struct Component;
export!(Component);

impl Guest for Component {
    fn count(words: Vec<String>) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for word in words {
            *counts.entry(word).or_insert(0) += 1;
        }
        counts
    }
    fn total(v: BTreeMap<String, u32>) -> u32 {
        v.values().sum()
    }
    fn invert(v: BTreeMap<u8, String>) -> BTreeMap<String, u8> {
        v.into_iter().map(|(k, v)| (v, k)).collect()
    }
    fn nested(v: BTreeMap<char, BTreeMap<i64, Vec<String>>>) -> BTreeMap<char, BTreeMap<i64, Vec<String>>> {
        assert_eq!(v[&'ß'][&-1], ["a", "b"]);
        v
    }
}
