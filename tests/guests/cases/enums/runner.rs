use test::enums::enums::*;

wit_bindgen::generate!({ path: "cases/enums/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(single(Only::One), Only::One);
        assert_eq!(turn(Direction::West), Direction::North);
        assert_eq!(turn(turn(Direction::North)), Direction::South);
        for (v, n) in [(Large::C0, 0), (Large::C255, 255), (Large::C256, 256), (Large::C299, 299)] {
            assert_eq!(index(v), n);
            assert_eq!(back(v), v);
        }
        assert_eq!(
            path(&[Direction::East, Direction::West]),
            [(Direction::East, Large::C255), (Direction::West, Large::C299)]
        );
    }
}
