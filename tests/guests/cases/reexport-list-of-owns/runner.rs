use test::base::shapes::{Shape, live};
use test::reexport_list_of_owns::api;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-list-of-owns/world.wit"],
    world: "test:reexport-list-of-owns/runner",
    generate_all,
});

struct Component;
export!(Component);

fn shapes(sizes: &[f64]) -> Vec<Shape> {
    sizes.iter().map(|size| Shape::new("", *size)).collect()
}

fn sizes(shapes: &[Shape]) -> Vec<f64> {
    shapes.iter().map(Shape::size).collect()
}

impl Guest for Component {
    fn run() {
        let (low, high) = api::split(shapes(&[5.0, 1.0, 4.0, 2.0]), 3.0);
        assert_eq!((sizes(&low), sizes(&high)), (vec![1.0, 2.0], vec![5.0, 4.0]));
        let all = api::sorted(low.into_iter().chain(high).collect());
        assert_eq!((sizes(&all), live()), (vec![5.0, 4.0, 2.0, 1.0], 4));
        let nested = api::nested(vec![all, vec![], shapes(&[0.0, 7.0])]);
        assert_eq!(nested.iter().map(Vec::len).collect::<Vec<_>>(), [4, 0, 2]);
        assert!(nested[2][0].is_none());
        assert_eq!((nested[2][1].as_ref().map(Shape::size), live()), (Some(7.0), 5));
        drop(nested);
        assert_eq!(live(), 0);
    }
}
