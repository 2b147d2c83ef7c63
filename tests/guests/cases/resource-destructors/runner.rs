use test::resource_destructors::things::*;

wit_bindgen::generate!({ path: "cases/resource-destructors/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let a = Thing::new("a");
        let b = Thing::new("b");
        let token = issue();
        assert_eq!(log(), ["new a", "new b"]);
        drop(a);
        drop(token);
        drop(b);
        assert_eq!(log(), ["drop a", "drop token", "drop b"]);
        let outer = Thing::new("outer");
        for name in ["x", "y"] {
            let middle = Thing::new(name);
            middle.nest(Thing::new("inner"));
            outer.nest(middle);
        }
        assert_eq!(log(), ["new outer", "new x", "new inner", "new y", "new inner"]);
        drop(outer);
        assert_eq!(log(), ["drop outer", "drop x", "drop inner", "drop y", "drop inner"]);
        assert!(log().is_empty());
    }
}
