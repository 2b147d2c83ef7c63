use test::options::options::*;

wit_bindgen::generate!({ path: "cases/options/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(number(None), None);
        assert_eq!(number(Some(41)), Some(42));
        assert_eq!(text(None), None);
        assert_eq!(text(Some("")).as_deref(), Some("!"));
        for v in [None, Some(None), Some(Some(None)), Some(Some(Some(9)))] {
            assert_eq!(nested(v), v);
        }
        let some = vec![None, Some("x".to_string()), Some(String::new())];
        assert_eq!(list(None), None);
        assert_eq!(list(Some(&some)), Some(some));
        assert_eq!(wide(Some(u64::MAX), None, Some('🐟')), (Some(u64::MAX), None, Some('🐟')));
        assert_eq!(wide(None, Some(-0.5), None), (None, Some(-0.5), None));
    }
}
