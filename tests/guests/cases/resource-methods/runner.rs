use test::resource_methods::counters::{Counter, live};

wit_bindgen::generate!({ path: "cases/resource-methods/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let first = Counter::new("first", -3);
        let second = Counter::new("", i32::MAX);
        assert_eq!(live(), 2);
        assert_eq!(first.name(), "first");
        assert_eq!(first.add(5), 2);
        let third = Counter::from_text("40").unwrap();
        third.merge(&first);
        third.merge(&third);
        assert_eq!(third.add(0), 84);
        assert_eq!(Counter::from_text("x").err().as_deref(), Some("not a number: x"));
        assert_eq!(Counter::total(&[&first, &second, &third, &first]), i64::from(i32::MAX) + 88);
        assert_eq!(live(), 3);
        drop(second);
        assert_eq!(live(), 2);
        assert_eq!(Counter::consume(third), ("40".to_string(), 84));
        assert_eq!(live(), 1);
        drop(first);
        assert_eq!(live(), 0);
    }
}
