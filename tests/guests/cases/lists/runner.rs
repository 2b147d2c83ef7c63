use test::lists::lists::*;

wit_bindgen::generate!({ path: "cases/lists/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(sum(&[]), 0);
        assert_eq!(sum(&[u32::MAX, 1, 2]), u64::from(u32::MAX) + 3);
        assert_eq!(bytes(&[1, 2, 255]), [255, 2, 1]);
        assert_eq!(bools(&[true, false, true]), [false, true, false]);
        assert_eq!(shorts(&[i16::MIN, -1, i16::MAX]), [i16::MIN, -1, i16::MAX]);
        assert_eq!(longs(&[u64::MAX, 0]), [u64::MAX, 0]);
        assert_eq!(floats(&[1.5, -0.0]), [1.5, -0.0]);
        assert_eq!(doubles(&[1e300]), [1e300]);
        assert_eq!(strings(&["b".into(), String::new(), "a".into()]), ["", "a", "b"]);
        let tree =
            vec![vec![], vec![vec![], vec!["x".to_string(), "🐟".to_string()]], vec![vec![String::new()]]];
        assert_eq!(nested(&tree), tree);
        let moved = points(&[Point { x: 1, y: 2.5 }, Point { x: 254, y: -0.5 }]);
        assert_eq!((moved[0].x, moved[0].y, moved[1].x, moved[1].y), (2, -2.5, 255, 0.5));
        assert_eq!(pairs(&[(1, u64::MAX), (2, 3)]), [(u64::MAX, 1), (3, 2)]);
        let some = [Some(vec![1, 2]), None, Some(vec![])];
        assert_eq!(options(&some), some);
        let large = make(100_000);
        assert_eq!(large.len(), 100_000);
        assert!(large.iter().enumerate().all(|(i, v)| i as u32 == *v));
        assert_eq!(sum(&large), 4_999_950_000);
        assert_eq!(empties(1000).len(), 1000);
    }
}
