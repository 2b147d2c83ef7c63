use test::base::shapes::{Shape, live};
use test::reexport_statics::api::Factory;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-statics/world.wit"],
    world: "test:reexport-statics/runner",
    generate_all,
});

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let made = Factory::make(5);
        assert_eq!(made.iter().map(Shape::size).collect::<Vec<_>>(), [0.0, 2.0, 4.0, 1.0, 3.0]);
        let factories = [Factory::itself(), Factory::itself()];
        assert_eq!(Factory::measure(&made[2], &made[1]), 2.0);
        assert_eq!(Factory::measure(&made[2], &made[2]), 1.0);
        let largest = Factory::largest(made).unwrap();
        assert_eq!((largest.name().as_str(), live()), ("2", 1));
        assert!(Factory::largest(Vec::new()).is_none());
        drop((largest, factories));
        assert_eq!(live(), 0);
    }
}
