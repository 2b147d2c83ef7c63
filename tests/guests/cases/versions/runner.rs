use test::library0_1_0::api::*;

wit_bindgen::generate!({ path: "cases/versions/world.wit", world: "runner", generate_all });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(swap(&Pair { a: "x".into(), b: 7 }), (7, "x".to_string()));
        let counter = Counter::new(5);
        assert_eq!((counter.next(), counter.next()), (5, 6));
        assert_eq!(test::other1_2_3::api::f(), 140);
    }
}
