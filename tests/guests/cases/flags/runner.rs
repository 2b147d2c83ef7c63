use test::bits::flag_sets::*;

wit_bindgen::generate!({ path: "cases/flags/world.wit", world: "runner", additional_derives: [PartialEq] });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(invert_one(One::empty()), One::A);
        assert_eq!(invert_one(One::A), One::empty());
        assert_eq!(invert_eight(Eight::A | Eight::C), !(Eight::A | Eight::C));
        assert_eq!(invert_nine(Nine::I), !Nine::I);
        assert_eq!(invert_sixteen(Sixteen::P), !Sixteen::P);
        assert_eq!(invert_seventeen(Seventeen::Q | Seventeen::A), !(Seventeen::Q | Seventeen::A));
        assert_eq!(invert_thirty_two(ThirtyTwo::D7), !ThirtyTwo::D7);
        assert_eq!(invert_thirty_two(ThirtyTwo::empty()), ThirtyTwo::all());
        let all = [
            All { a: One::A, b: Nine::I, c: ThirtyTwo::all(), d: Eight::H },
            All { a: One::empty(), b: Nine::all(), c: ThirtyTwo::B3, d: Eight::empty() },
        ];
        assert_eq!(echo(&all), all);
    }
}
