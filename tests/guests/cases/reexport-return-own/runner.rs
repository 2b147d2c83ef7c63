use test::base::shapes::{Shape, live, total};
use test::reexport_return_own::api;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-return-own/world.wit"],
    world: "test:reexport-return-own/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let made: Shape = api::make("five!");
        assert_eq!((made.name().as_str(), made.size()), ("five!", 5.0));
        let tried = api::try_make("t").unwrap();
        assert_eq!(api::try_make("").err().as_deref(), Some("no name"));
        let found = api::find("f").unwrap();
        assert_eq!((found.name.as_str(), found.shape.name().as_str()), ("f", "f"));
        assert!(api::find("nobody").is_none());
        let (first, more, n) = api::all();
        assert_eq!(
            (first.name().as_str(), more.len(), more[1].shape.name().as_str(), n),
            ("first", 2, "y", u64::MAX)
        );
        assert_eq!(total(&[&made, &tried, &found.shape, &first, &more[0].shape]), 10.0);
        assert_eq!(live(), 6);
        drop((made, tried, found, first, more));
        assert_eq!(live(), 0);
    }
}
