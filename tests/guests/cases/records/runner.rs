use test::records::records::*;

wit_bindgen::generate!({ path: "cases/records/world.wit", world: "runner", additional_derives: [PartialEq] });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        assert_eq!(small(EmptyIsh { only: 255 }).only, 255);
        let layout = Layout { a: 1, b: 2 << 40, c: 3, d: 4.5, e: true, f: '🐟' };
        assert_eq!(echo(layout), layout);
        let person = Person { name: "Ünal".into(), age: Some(40), tags: vec!["x".into()], address: layout };
        let aged = older(&person, 2);
        assert_eq!(aged, Person { age: Some(42), ..person.clone() });
        let other = Layout { a: 9, b: 0, c: u16::MAX, d: -0.0, e: false, f: 'z' };
        let merged = merge(&aged, other, "y");
        assert_eq!(merged.tags, ["x", "y"]);
        assert_eq!((merged.address, merged.age), (other, Some(42)));
        assert_eq!(older(&Person { age: None, ..person }, 1).age, None);
    }
}
