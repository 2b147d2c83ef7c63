//! Calls one leaf, and another one; or falls itself.

wit_bindgen::generate!({ path: "wit", world: "runner" });

struct Component;
export!(Component);

#[inline(never)]
fn between(how: u32) -> u32 {
    let values: Vec<u32> = (1..=how + 3).collect();
    match how {
        0..10 => first::fall(how, &values),
        10..20 => second::fall(how - 10, &values),
        _ => "no number".parse::<u32>().expect("a number"),
    }
}

impl Guest for Component {
    fn run(how: u32) -> u32 {
        let before = first::fall(99, &[how, 2, 3]);
        before + between(how)
    }
}
