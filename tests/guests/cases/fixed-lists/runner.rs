use test::fixed_lists::fixed::*;

wit_bindgen::generate!({ path: "cases/fixed-lists/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(reverse([1, 2, 3, u32::MAX]), [u32::MAX, 3, 2, 1]);
        let many: [u8; 20] = std::array::from_fn(|i| i as u8 * 10);
        assert_eq!(bytes(many), many.map(|b| b.wrapping_mul(3)));
        assert_eq!(names("a", "🐟"), ["🐟", "a"]);
        let matrix = Matrix { rows: [[1.0, 2.0], [3.0, 4.0], [5.0, 6.5]], name: "m".into() };
        assert_eq!(transpose(&matrix), [[1.0, 3.0, 5.0], [2.0, 4.0, 6.5]]);
        assert_eq!(mixed([(1, u64::MAX), (2, 7)]), (3, [u64::MAX, 7]));
        assert_eq!(inner(&[[1, 2, 3], [4, 5, u16::MAX]]), [[1, 2, 3], [4, 5, u16::MAX]]);
    }
}
