use exports::test::reexport_aggregates::api::{self, Guest, GuestMark, Marked, Order};
use test::base::shapes::Shape;

wit_bindgen::generate!({
    path: ["cases/base/world.wit", "cases/reexport-aggregates/world.wit"],
    world: "test:reexport-aggregates/intermediate",
    generate_all,
});

struct Component;
export!(Component);

struct Mark(u32);

impl GuestMark for Mark {
    fn new(n: u32) -> Mark {
        Mark(n)
    }
    fn n(&self) -> u32 {
        self.0
    }
}

impl Guest for Component {
    type Mark = Mark;

    fn pack(v: Vec<(Shape, u32)>) -> Vec<Marked> {
        let marks = |n| (0..n).map(|i| api::Mark::new(Mark(i))).collect();
        v.into_iter().map(|(shape, n)| Marked { shape, marks: marks(n) }).collect()
    }
    fn unpack(v: Vec<Marked>) -> (Vec<Shape>, Result<Vec<api::Mark>, api::Mark>) {
        let (shapes, marks): (Vec<_>, Vec<_>) = v.into_iter().map(|m| (m.shape, m.marks)).unzip();
        let mut marks: Vec<_> = marks.into_iter().flatten().collect();
        let marks = if marks.len() == 1 { Err(marks.remove(0)) } else { Ok(marks) };
        (shapes, marks)
    }
    fn follow(a: Order<'_>, b: Order<'_>) -> Vec<String> {
        [a, b]
            .map(|order| match order {
                Order::Nothing => "nothing".to_string(),
                Order::Grow((a, b)) => {
                    [a, b].into_iter().for_each(|shape| shape.grow(1.0));
                    format!("{} and {} grown", a.name(), b.name())
                }
                Order::Check((mark, None)) => format!("mark {}", mark.get::<Mark>().0),
                Order::Check((mark, Some(shape))) => {
                    format!("mark {} on {}", mark.get::<Mark>().0, shape.name())
                }
            })
            .into()
    }
}
