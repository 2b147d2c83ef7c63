use test::resource_floats::floats::*;

wit_bindgen::generate!({ path: "cases/resource-floats/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let (a, b) = (Float::new(1.5), Float::new(-0.25));
        assert_eq!(a.get(), 1.5);
        assert_eq!(a.scale(2.0), (3.0, 2.0));
        assert_eq!(sum(&[&a, &b, &a]), 2.75);
        let c = Float::add(a, &b);
        assert_eq!(c.get(), 1.25);
        assert!(Float::new(f64::NAN).get().is_nan());
        assert_eq!(Float::new(-0.0).get().to_bits(), (-0.0f64).to_bits());
    }
}
