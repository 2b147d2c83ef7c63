use exports::test::bits::flag_sets::*;

wit_bindgen::generate!({ path: "cases/flags/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn invert_one(v: One) -> One {
        !v
    }
    fn invert_eight(v: Eight) -> Eight {
        !v
    }
    fn invert_nine(v: Nine) -> Nine {
        !v
    }
    fn invert_sixteen(v: Sixteen) -> Sixteen {
        !v
    }
    fn invert_seventeen(v: Seventeen) -> Seventeen {
        !v
    }
    fn invert_thirty_two(v: ThirtyTwo) -> ThirtyTwo {
        !v
    }
    fn echo(v: Vec<All>) -> Vec<All> {
        v
    }
}
