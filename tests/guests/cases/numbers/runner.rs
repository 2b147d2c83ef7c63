use test::numbers::numbers::*;

wit_bindgen::generate!({ path: "cases/numbers/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert!(bool(true) && !bool(false));
        for v in [0, 1, u8::MAX] {
            assert_eq!(u8(v), v);
        }
        for v in [0, 1, -1, i8::MIN, i8::MAX] {
            assert_eq!(s8(v), v);
        }
        for v in [0, 1, u16::MAX] {
            assert_eq!(u16(v), v);
        }
        for v in [0, 1, -1, i16::MIN, i16::MAX] {
            assert_eq!(s16(v), v);
        }
        for v in [0, 1, u32::MAX] {
            assert_eq!(u32(v), v);
        }
        for v in [0, 1, -1, i32::MIN, i32::MAX] {
            assert_eq!(s32(v), v);
        }
        for v in [0, 1, u64::MAX] {
            assert_eq!(u64(v), v);
        }
        for v in [0, 1, -1, i64::MIN, i64::MAX] {
            assert_eq!(s64(v), v);
        }
        for v in [0.0, -0.0, 1.5, f32::MIN, f32::MAX, f32::INFINITY, f32::MIN_POSITIVE] {
            assert_eq!(f32(v).to_bits(), v.to_bits());
        }
        for v in [0.0, -0.0, 1.5, f64::MIN, f64::MAX, f64::NEG_INFINITY, f64::EPSILON] {
            assert_eq!(f64(v).to_bits(), v.to_bits());
        }
        assert!(f32(f32::NAN).is_nan() && f64(f64::NAN).is_nan());
        order(1, -2, 3, -4, 5, -6, 7, -8, 9.5, -10.25);
        assert_eq!(get(), 0);
        set(-7);
        assert_eq!(get(), -7);
    }
}
