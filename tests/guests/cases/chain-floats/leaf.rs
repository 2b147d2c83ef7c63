use exports::test::chain_floats::inner::{self, Guest, GuestFloat};

wit_bindgen::generate!({ path: "cases/chain-floats/world.wit", world: "leaf" });

struct Component;
export!(Component);

struct Float(f64);

impl Guest for Component {
    type Float = Float;
}

impl GuestFloat for Float {
    fn new(value: f64) -> Float {
        Float(value + 1.0)
    }
    fn get(&self) -> f64 {
        self.0 + 3.0
    }
    fn add(a: inner::Float, b: inner::Float) -> inner::Float {
        inner::Float::new(Float(a.get::<Float>().0 + b.get::<Float>().0 + 5.0))
    }
}
