//! The size of what comes of boundaries that multiply (`meld_tests::shapes::meeting`): twice the input gives
//! about twice the output, and where it does not, a budget says at which boundary.

use meld_fuser::{Code, Error, Input, Options, OutputKind, fuse};
use meld_tests::shapes::meeting;

fn fused(text: &str) -> Result<usize, Error> {
    let options = Options { output: OutputKind::CoreModule, ..Options::default() };
    let bytes = wat::parse_str(text).expect("the text parses");
    Ok(fuse(vec![Input::new("input", bytes)], options)?.bytes.len())
}

#[test]
fn what_many_have_stands_once() {
    let shapes: [(&str, meeting::Make); 6] = [
        ("lowers", meeting::lowers),
        ("lifts", meeting::lifts),
        ("strings", meeting::strings),
        ("parameters", meeting::parameters),
        ("flat", meeting::flat),
        ("borrows", meeting::borrows),
    ];
    for (name, shape) in shapes {
        let [once, twice] = [100, 200].map(|n| fused(&shape(n)).expect("it is fused"));
        assert!(twice < once * 5 / 2, "{name}: {once}, then {twice}");
    }
}

#[test]
fn the_budget_names_the_boundary() {
    let error = fused(&meeting::memories(800)).expect_err("it is too much");
    assert_eq!(error.code, Code::LimitExceeded);
    let message = &error.message;
    assert!(message.starts_with("at the boundary `") && message.contains(" -> "), "{message}");
    assert!(message.contains("bytes of generated code: the limit is "), "{message}");
    assert!(error.offset.is_some());
}
