use test::variants::variants::*;

wit_bindgen::generate!({ path: "cases/variants/world.wit", world: "runner", additional_derives: [PartialEq] });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let shapes = [
            Shape::Nothing,
            Shape::Circle(2.0),
            Shape::Square(-1.5),
            Shape::Named("🐟".into()),
            Shape::Count(u64::MAX),
            Shape::Letter(char::MAX),
            Shape::Polygon(vec![(0.0, 1.0), (2.5, -3.0)]),
        ];
        for shape in &shapes {
            assert_eq!(&echo(shape), shape);
        }
        assert_eq!(area(&shapes[1]), Ok(12.0));
        assert_eq!(area(&shapes[2]), Ok(2.25));
        assert_eq!(area(&shapes[4]), Err(shapes[4].clone()));
        let mut reversed = all(&shapes);
        reversed.reverse();
        assert_eq!(reversed, shapes);
        for tree in [
            Tree::Leaf(255),
            Tree::Pair((shapes[6].clone(), shapes[4].clone())),
            Tree::Maybe(None),
            Tree::Maybe(Some(Ok(shapes[3].clone()))),
            Tree::Maybe(Some(Err("no".into()))),
        ] {
            assert_eq!(nested(&tree), tree);
        }
        for (a, b, c) in [(1, 2, 4), (2, 4, 1), (5, 6, 3), (0, 1, 2)] {
            let (a, b, c) = (&shapes[a], &shapes[b], &shapes[c]);
            assert_eq!(joined(a, b, c), (c.clone(), a.clone(), b.clone()));
        }
    }
}
