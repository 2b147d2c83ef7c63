use exports::test::resource_floats::floats::{self, FloatBorrow, Guest, GuestFloat};

wit_bindgen::generate!({ path: "cases/resource-floats/world.wit", world: "leaf" });

struct Component;
export!(Component);

struct Float(f64);

impl Guest for Component {
    type Float = Float;

    fn sum(v: Vec<FloatBorrow<'_>>) -> f64 {
        v.iter().map(|f| f.get::<Float>().0).sum()
    }
}

impl GuestFloat for Float {
    fn new(value: f64) -> Float {
        Float(value)
    }
    fn get(&self) -> f64 {
        self.0
    }
    fn add(a: floats::Float, b: FloatBorrow<'_>) -> floats::Float {
        floats::Float::new(Float(a.get::<Float>().0 + b.get::<Float>().0))
    }
    fn scale(&self, by: f32) -> (f64, f32) {
        (self.0 * f64::from(by), by)
    }
}
