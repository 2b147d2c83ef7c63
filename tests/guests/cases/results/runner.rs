use test::results::results::*;

wit_bindgen::generate!({ path: "cases/results/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(unit(false), Ok(()));
        assert_eq!(unit(true), Err(()));
        assert_eq!(only_ok(254), Ok(255));
        assert_eq!(only_ok(255), Err(()));
        assert!(only_err(5).is_ok());
        assert!(matches!(only_err(-1), Err(Reason::Negative)));
        assert!(matches!(only_err(i32::MAX), Err(Reason::TooLarge)));
        assert_eq!(mixed(Ok(-1.5)), Ok(-1.5));
        assert_eq!(mixed(Err(u64::MAX)), Err(u64::MAX));
        assert_eq!(text("abc").ok().as_deref(), Some("ABC"));
        let detail = text("ab!c").err().unwrap();
        assert_eq!((detail.what.as_str(), detail.at), ("ab!c", 2));
        let list = vec!["a".to_string(), "🐟".to_string()];
        assert_eq!(echo(Ok(&list)), Ok(list));
        assert_eq!(echo(Err(None)), Err(None));
        assert_eq!(echo(Err(Some("x"))), Err(Some("x".to_string())));
    }
}
