//! Ends in a trap, in several ways and at several depths.

use exports::debug::trail::steps::Guest;

wit_bindgen::generate!({ path: "wit", world: "leaf" });

struct Component;
export!(Component);

#[inline(always)]
fn beyond(values: &[u32], at: usize) -> u32 {
    // Not a check of Rust's but the engine's: the address is in no memory.
    let far = values.as_ptr().wrapping_add(at) as usize | 0xffff_0000;
    unsafe { std::ptr::read_volatile(far as *const u32) }
}

#[inline(never)]
fn down(depth: u32, how: u32, values: &[u32]) -> u32 {
    let mut sum = 0;
    for (nth, value) in values.iter().enumerate() {
        sum += value * nth as u32;
    }
    if depth > 0 {
        return sum ^ down(depth - 1, how, values);
    }
    match how {
        0 => values[sum as usize + 1000],
        1 => sum / (values[0] - values[0]),
        2 => beyond(values, sum as usize),
        3 => {
            let mut boxed: Vec<Box<dyn Fn(u32) -> u32>> = Vec::new();
            boxed.push(Box::new(move |more| if more > 0 { core::arch::wasm32::unreachable() } else { sum }));
            boxed.iter().map(|f| f(depth + how)).sum()
        }
        _ => sum,
    }
}

impl Guest for Component {
    fn fall(how: u32, values: Vec<u32>) -> u32 {
        let text = values.iter().map(|value| value.to_string()).collect::<Vec<_>>().join(",");
        down(text.len() as u32 % 3 + 1, how, &values)
    }
}
