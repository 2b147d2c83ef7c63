//! The types of the interface where no bindings make them, deriving what the bindings' do.

#[derive(Clone, Copy)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

#[derive(Clone)]
pub struct Person {
    pub name: String,
    pub age: u32,
    pub tags: Vec<String>,
}

#[derive(Clone)]
pub enum Shape {
    Empty,
    Circle(f64),
    Rectangle((u32, u32)),
    Label(String),
}
