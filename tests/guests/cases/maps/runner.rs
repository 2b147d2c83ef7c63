use std::collections::BTreeMap;
use test::maps::maps::*;

wit_bindgen::generate!({
    path: "cases/maps/world.wit",
    world: "runner",
    map_type: "std::collections::BTreeMap",
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let counts = count(&["b".into(), "a".into(), "b".into()]);
        assert_eq!(counts, BTreeMap::from([("a".into(), 1), ("b".into(), 2)]));
        assert_eq!(total(&counts), 3);
        assert_eq!(total(&BTreeMap::new()), 0);
        assert_eq!(
            invert(&BTreeMap::from([(1, "one".into()), (2, "two".into())])),
            BTreeMap::from([("one".into(), 1), ("two".into(), 2)])
        );
        let inner = BTreeMap::from([(-1, vec!["a".to_string(), "b".to_string()]), (i64::MAX, vec![])]);
        let tree = BTreeMap::from([('ß', inner), ('x', BTreeMap::new())]);
        assert_eq!(nested(&tree), tree);
    }
}
