//! A command in Rust that calls JavaScript (`text`) and Python (`figures`) and prints what they say.

wit_bindgen::generate!({ path: "../wit", world: "app" });

use demo::app::figures::{self, Series};
use demo::app::text::{self, CaseStyle, Document};

fn main() {
    let first = Document::new("one fish two fish");
    first.append(" \u{1f41f} ünïcode");
    let second = Document::new("red fish");
    let both = Document::join(&[&first, &second, &first]);
    drop(first);
    println!("text: {}", both.content());
    for word in both.words() {
        println!("  {} x {}", word.text, word.count);
    }
    for style in [CaseStyle::Upper, CaseStyle::Title, CaseStyle::Repeat(2)] {
        println!("styled: {}", text::restyle("groß und klein ", style));
    }
    println!("greetings: {:?}, {:?}", text::greet("Rust"), text::greet(""));

    let counts: Vec<f64> = both.words().iter().map(|w| f64::from(w.count)).collect();
    let series = Series::new(&counts);
    series.add(0.5);
    let summary = series.summary();
    println!("figures: {} values, total {}, largest {:?}", summary.count, summary.total, summary.largest);
    println!("none: {:?}", Series::new(&[]).summary().largest);
    println!("factors: {:?}", figures::factors(2 * 2 * 3 * 65521));
    println!("parsed: {:?}, {:?}", figures::parse("-42"), figures::parse("forty"));
}
