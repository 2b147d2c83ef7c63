use exports::test::fixed_lists::fixed::{Guest, Matrix};

wit_bindgen::generate!({ path: "cases/fixed-lists/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn reverse(v: [u32; 4]) -> [u32; 4] {
        [v[3], v[2], v[1], v[0]]
    }
    fn bytes(v: [u8; 20]) -> [u8; 20] {
        v.map(|b| b.wrapping_mul(3))
    }
    fn names(a: String, b: String) -> [String; 2] {
        [b, a]
    }
    fn transpose(v: Matrix) -> [[f32; 3]; 2] {
        assert_eq!(v.name, "m");
        let m = v.rows;
        [[m[0][0], m[1][0], m[2][0]], [m[0][1], m[1][1], m[2][1]]]
    }
    fn mixed(v: [(u8, u64); 2]) -> (u8, [u64; 2]) {
        (v[0].0 + v[1].0, [v[0].1, v[1].1])
    }
    fn inner(v: Vec<[u16; 3]>) -> Vec<[u16; 3]> {
        v
    }
}
