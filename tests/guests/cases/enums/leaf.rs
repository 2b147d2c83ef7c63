use exports::test::enums::enums::*;

wit_bindgen::generate!({ path: "cases/enums/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn single(v: Only) -> Only {
        v
    }
    fn turn(v: Direction) -> Direction {
        match v {
            Direction::North => Direction::East,
            Direction::East => Direction::South,
            Direction::South => Direction::West,
            Direction::West => Direction::North,
        }
    }
    fn index(v: Large) -> u32 {
        v as u32
    }
    fn back(v: Large) -> Large {
        v
    }
    fn path(v: Vec<Direction>) -> Vec<(Direction, Large)> {
        v.into_iter().map(|d| (d, if d == Direction::West { Large::C299 } else { Large::C255 })).collect()
    }
}
