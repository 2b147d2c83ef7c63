use exports::test::lists::lists::{Guest, Point};

wit_bindgen::generate!({ path: "cases/lists/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn sum(v: Vec<u32>) -> u64 {
        v.into_iter().map(u64::from).sum()
    }
    fn bytes(v: Vec<u8>) -> Vec<u8> {
        v.into_iter().rev().collect()
    }
    fn bools(v: Vec<bool>) -> Vec<bool> {
        v.into_iter().map(|b| !b).collect()
    }
    fn shorts(v: Vec<i16>) -> Vec<i16> {
        v
    }
    fn longs(v: Vec<u64>) -> Vec<u64> {
        v
    }
    fn floats(v: Vec<f32>) -> Vec<f32> {
        v
    }
    fn doubles(v: Vec<f64>) -> Vec<f64> {
        v
    }
    fn strings(mut v: Vec<String>) -> Vec<String> {
        v.sort();
        v
    }
    fn nested(v: Vec<Vec<Vec<String>>>) -> Vec<Vec<Vec<String>>> {
        v
    }
    fn points(v: Vec<Point>) -> Vec<Point> {
        v.into_iter().map(|p| Point { x: p.x + 1, y: -p.y }).collect()
    }
    fn pairs(v: Vec<(u8, u64)>) -> Vec<(u64, u8)> {
        v.into_iter().map(|(a, b)| (b, a)).collect()
    }
    fn options(v: Vec<Option<Vec<u16>>>) -> Vec<Option<Vec<u16>>> {
        v
    }
    fn make(n: u32) -> Vec<u32> {
        (0..n).collect()
    }
    fn empties(n: u32) -> Vec<Vec<u8>> {
        vec![Vec::new(); n as usize]
    }
}
