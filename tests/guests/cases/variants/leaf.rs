use exports::test::variants::variants::*;

wit_bindgen::generate!({ path: "cases/variants/world.wit", world: "leaf" });

struct Component;
export!(Component);

impl Guest for Component {
    fn echo(v: Shape) -> Shape {
        v
    }
    fn area(v: Shape) -> Result<f64, Shape> {
        match v {
            Shape::Nothing => Ok(0.0),
            Shape::Circle(r) => Ok(3.0 * r * r),
            Shape::Square(a) => Ok(f64::from(a) * f64::from(a)),
            other => Err(other),
        }
    }
    fn all(v: Vec<Shape>) -> Vec<Shape> {
        v.into_iter().rev().collect()
    }
    fn nested(v: Tree) -> Tree {
        v
    }
    fn joined(a: Shape, b: Shape, c: Shape) -> (Shape, Shape, Shape) {
        (c, a, b)
    }
}
