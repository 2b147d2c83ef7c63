use test::many_arguments::many::*;

wit_bindgen::generate!({ path: "cases/many-arguments/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(sixteen(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16), 1496);
        assert_eq!(
            seventeen(1, 2, 3, 4, -5, -6, -7, -8, 9.5, -10.5, true, '🐟', 13, u64::MAX, 15, 1 << 40, 17),
            (1 << 40) + 17
        );
        assert_eq!(
            strings("1", "", "3", "vier", "5", "6", "7", "ächt", "9"),
            ["9", "ächt", "7", "6", "5", "vier", "3", "", "1"]
        );
        assert_eq!(
            mixed(
                &["a".into(), "b".into()],
                Some("some"),
                Err(u64::MAX),
                (1, "tuple", -1.5),
                &[1, 2, 255],
                "f",
                7,
                &[vec![], vec![1, 2, 3]]
            ),
            ("f".to_string(), vec![1, 2, 255], 7)
        );
    }
}
