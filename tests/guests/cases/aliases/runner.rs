use test::aliases::api::*;

wit_bindgen::generate!({ path: "cases/aliases/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let way: [Location; 2] = [Point { x: 1, y: 2 }, Point { x: -3, y: i32::MIN }];
        let places = pins(&way, Side::Right);
        assert_eq!(places.len(), 2);
        assert_eq!((places[1].0.y, places[1].1.as_str()), (i32::MIN, "Side::Right 1"));
        assert_eq!(mirror(way[0]).x, -1);
    }
}
