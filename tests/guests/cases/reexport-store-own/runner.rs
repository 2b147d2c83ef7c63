use test::base::shapes::{Shape, live};
use test::reexport_store_own::api::Store;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-store-own/world.wit"],
    world: "test:reexport-store-own/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let store = Store::new();
        for i in 0..5 {
            assert_eq!(store.put(Shape::new("s", f64::from(i))), i);
        }
        assert_eq!((store.size(3), store.size(5), live()), (Some(3.0), None, 5));
        let old = store.swap(2, Shape::new("new", 22.0)).ok().unwrap();
        assert_eq!((old.size(), store.size(2)), (2.0, Some(22.0)));
        let back = store.swap(9, old).err().unwrap();
        assert_eq!((back.name().as_str(), live()), ("s", 6));
        drop(back);
        let all = Store::drain(store);
        assert_eq!((all.len(), all[2].name().as_str(), live()), (5, "new", 5));
        drop(all);
        let dropped = Store::new();
        dropped.put(Shape::new("x", 0.0));
        dropped.put(Shape::new("y", 0.0));
        assert_eq!(live(), 2);
        drop(dropped);
        assert_eq!(live(), 0);
    }
}
