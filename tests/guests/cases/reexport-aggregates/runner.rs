use test::base::shapes::{Shape, live};
use test::reexport_aggregates::api::{Mark, Order, follow, pack, unpack};

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-aggregates/world.wit"],
    world: "test:reexport-aggregates/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let shapes = ["a", "b", "c"].map(|name| Shape::new(name, 1.0));
        let packed = pack(shapes.into_iter().zip([2, 0, 1]).collect());
        let marks = packed.iter().map(|m| m.marks.iter().map(Mark::n).collect::<Vec<_>>());
        assert_eq!((marks.collect::<Vec<_>>(), live()), (vec![vec![0, 1], vec![], vec![0]], 3));
        let (a, c) = (&packed[0], &packed[2]);
        let check = Order::Check((&a.marks[1], Some(&c.shape)));
        assert_eq!(follow(&check, &Order::Nothing), ["mark 1 on c", "nothing"]);
        let grow = Order::Grow((&a.shape, &c.shape));
        assert_eq!(follow(&grow, &Order::Check((&c.marks[0], None))), ["a and c grown", "mark 0"]);
        assert_eq!((a.shape.size(), c.shape.size()), (2.0, 2.0));
        let (shapes, marks) = unpack(packed);
        assert_eq!((shapes.len(), marks.ok().map(|m| m.len()), live()), (3, Some(3), 3));
        let (_, single) = unpack(pack(vec![(Shape::new("x", 0.0), 1)]));
        assert_eq!(single.err().map(|m| m.n()), Some(0));
        drop(shapes);
        assert_eq!(live(), 0);
    }
}
