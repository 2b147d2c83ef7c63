use exports::test::tuples::tuples::Guest;

wit_bindgen::generate!({ path: "cases/tuples/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn one(v: (u8,)) -> (u8,) {
        v
    }
    fn swap(v: (String, u64)) -> (u64, String) {
        (v.1, v.0)
    }
    fn nested(v: ((u8, i64), (f32, (char, bool)))) -> ((u8, i64), (f32, (char, bool))) {
        v
    }
    fn many() -> (u8, u16, u32, u64, i8, i16, i32, i64, f32, f64, String) {
        (1, 2, 3, 4, -5, -6, -7, -8, 9.5, -10.5, "eleven".into())
    }
}
