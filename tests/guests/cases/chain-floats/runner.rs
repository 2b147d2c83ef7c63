use test::chain_floats::outer::{Float, double};

wit_bindgen::generate!({ path: "cases/chain-floats/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        // Each step adds what the leaf and the intermediate are known to add.
        let a = Float::new(10.0);
        assert_eq!(a.get(), 14.5);
        let b = Float::new(-20.0);
        assert_eq!(b.get(), -15.5);
        let c = Float::add(a, &b);
        assert_eq!((b.get(), c.get()), (-15.5, 4.5));
        assert_eq!(double(c).get(), 14.5);
    }
}
