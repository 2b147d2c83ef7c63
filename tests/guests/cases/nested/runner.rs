use test::nested::nested::*;
use test::nested::types::VariantData;

wit_bindgen::generate!({ path: "cases/nested/world.wit", world: "runner", additional_derives: [PartialEq] });

struct Component;
export!(Component);

fn item(name: &str, data: VariantData) -> Item {
    let more = vec![None, Some((7, name.repeat(2))), None];
    Item { name: name.into(), mode: Mode::WRITE, data, more }
}

impl Guest for Component {
    fn run() {
        let items = vec![
            item("a", VariantData::None),
            item("b", VariantData::Number(Ok(u64::MAX))),
            item("c", VariantData::Number(Err(-0.5))),
            item("🐟", VariantData::Rows(vec![vec![], vec!["x".into(), "".into()]])),
        ];
        let first = Box { items: items.clone(), by_result: Ok(Some(items[3].clone())) };
        let second = Box { items: vec![], by_result: Err((Mode::all(), vec!["e".into(), "f".into()])) };
        assert_eq!(echo(&first), first);
        assert_eq!(echo(&second), second);
        let mixed = [Ok(first), Err(items), Ok(second), Err(vec![])];
        let mut flipped = flip(&mixed).unwrap();
        flipped.reverse();
        assert_eq!(flipped, mixed);
        assert_eq!(flip(&[]), None);
    }
}
