use test::resource_aliases::{again, both, first, second};

wit_bindgen::generate!({ path: "cases/resource-aliases/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let number = first::Thing::new(5);
        let text = second::Thing::new("five");
        let other = first::Other::new();
        assert_eq!((number.value(), text.value(), other.id()), (5, "five".into(), 77));
        assert_eq!(both::values(&number, &text, &other), (5, "five".into(), 78));
        let (text, number) = both::swap(number, text);
        assert_eq!((number.value(), text.value()), (5, "five".to_string()));
        let (sum, text) = again::join(vec![number, first::Thing::new(6)], text);
        assert_eq!((sum.value(), text.value()), (11, "five".to_string()));
        assert_eq!(both::values(&sum, &text, &other), (11, "five".into(), 78));
    }
}
