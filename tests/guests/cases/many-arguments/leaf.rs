#![allow(clippy::too_many_arguments)]
use exports::test::many_arguments::many::Guest;

wit_bindgen::generate!({ path: "cases/many-arguments/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    #[rustfmt::skip]
    fn sixteen(
        a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32,
        i: u32, j: u32, k: u32, l: u32, m: u32, n: u32, o: u32, p: u32,
    ) -> u32 {
        let all = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p];
        all.iter().zip(1..).map(|(v, n)| v * n).sum()
    }
    #[rustfmt::skip]
    fn seventeen(
        a: u8, b: u16, c: u32, d: u64, e: i8, f: i16, g: i32, h: i64,
        i: f32, j: f64, k: bool, l: char, m: u8, n: u64, o: u8, p: u64, q: u8,
    ) -> u64 {
        assert_eq!((a, b, c, d), (1, 2, 3, 4));
        assert_eq!((e, f, g, h), (-5, -6, -7, -8));
        assert_eq!((i, j, k, l), (9.5, -10.5, true, '🐟'));
        assert_eq!((m, n, o, p, q), (13, u64::MAX, 15, 1 << 40, 17));
        p + u64::from(q)
    }
    #[rustfmt::skip]
    fn strings(
        a: String, b: String, c: String, d: String, e: String, f: String, g: String, h: String, i: String,
    ) -> Vec<String> {
        vec![i, h, g, f, e, d, c, b, a]
    }
    #[rustfmt::skip]
    fn mixed(
        a: Vec<String>, b: Option<String>, c: Result<String, u64>, d: (u8, String, f64),
        e: Vec<u8>, f: String, g: u8, h: Vec<Vec<u16>>,
    ) -> (String, Vec<u8>, u64) {
        assert_eq!(a, ["a", "b"]);
        assert_eq!(b.as_deref(), Some("some"));
        assert_eq!(c, Err(u64::MAX));
        assert_eq!(d, (1, "tuple".to_string(), -1.5));
        assert_eq!(h, [vec![], vec![1, 2, 3]]);
        (f, e, u64::from(g))
    }
}
