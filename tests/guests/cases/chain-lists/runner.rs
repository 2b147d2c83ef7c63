use test::chain_lists::outer::{Item, concat, lengths, live};

wit_bindgen::generate!({ path: "cases/chain-lists/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let a = Item::new(&["a".into(), "\u{1f41f}".into()]);
        let b = Item::new(&[]);
        let c = Item::new(&["c".into()]);
        assert_eq!(live(), (3, 3));
        assert_eq!(lengths(&[&a, &b, &c, &a]), [2, 0, 1, 2]);
        let all = concat(vec![a, b, c]);
        assert_eq!(all.data(), ["a", "\u{1f41f}", "c"]);
        assert_eq!(live(), (1, 1));
        let parts = all.parts();
        assert_eq!(live(), (4, 4));
        assert_eq!(parts.iter().map(Item::data).collect::<Vec<_>>(), [["a"], ["\u{1f41f}"], ["c"]]);
        drop(all);
        assert_eq!(live(), (3, 3));
        drop(parts);
        assert_eq!(live(), (0, 0));
    }
}
