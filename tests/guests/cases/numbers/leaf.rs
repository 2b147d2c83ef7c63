use exports::test::numbers::numbers::Guest;
use std::cell::Cell;

wit_bindgen::generate!({ path: "cases/numbers/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static KEPT: Cell<i32> = const { Cell::new(0) });

impl Guest for Component {
    fn bool(v: bool) -> bool {
        v
    }
    fn u8(v: u8) -> u8 {
        v
    }
    fn s8(v: i8) -> i8 {
        v
    }
    fn u16(v: u16) -> u16 {
        v
    }
    fn s16(v: i16) -> i16 {
        v
    }
    fn u32(v: u32) -> u32 {
        v
    }
    fn s32(v: i32) -> i32 {
        v
    }
    fn u64(v: u64) -> u64 {
        v
    }
    fn s64(v: i64) -> i64 {
        v
    }
    fn f32(v: f32) -> f32 {
        v
    }
    fn f64(v: f64) -> f64 {
        v
    }
    fn order(a: u8, b: i8, c: u16, d: i16, e: u32, f: i32, g: u64, h: i64, i: f32, j: f64) {
        assert_eq!((a, b, c, d, e), (1, -2, 3, -4, 5));
        assert_eq!((f, g, h, i, j), (-6, 7, -8, 9.5, -10.25));
    }
    fn set(v: i32) {
        KEPT.set(v);
    }
    fn get() -> i32 {
        KEPT.get()
    }
}
