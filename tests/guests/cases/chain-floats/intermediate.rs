use exports::test::chain_floats::outer::{self, FloatBorrow, Guest, GuestFloat};
use test::chain_floats::inner;

wit_bindgen::generate!({ path: "cases/chain-floats/world.wit", world: "intermediate" });

struct Component;
export!(Component);

struct Float(inner::Float);

impl Guest for Component {
    type Float = Float;

    fn double(v: outer::Float) -> outer::Float {
        let v = v.into_inner::<Float>().0;
        let again = inner::Float::new(v.get());
        outer::Float::new(Float(inner::Float::add(v, again)))
    }
}

impl GuestFloat for Float {
    fn new(value: f64) -> Float {
        Float(inner::Float::new(value))
    }
    fn get(&self) -> f64 {
        self.0.get() + 0.5
    }
    fn add(a: outer::Float, b: FloatBorrow<'_>) -> outer::Float {
        let b = inner::Float::new(b.get::<Float>().0.get());
        outer::Float::new(Float(inner::Float::add(a.into_inner::<Float>().0, b)))
    }
}
