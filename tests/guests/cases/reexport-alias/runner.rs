use test::base::shapes::{Shape, live};
use test::reexport_alias::{api, forms};

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-alias/world.wit"],
    world: "test:reexport-alias/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let a = forms::rename(Shape::new("old", 3.0), "new");
        let both = api::collect(a, Shape::new("b", 4.0));
        assert_eq!((both[1].size(), live()), (3.0, 2));
        assert_eq!(api::names(&both[0], &both[1]), "b,new");
        drop(both);
        assert_eq!(live(), 0);
    }
}
