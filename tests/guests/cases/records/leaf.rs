use exports::test::records::records::{EmptyIsh, Guest, Layout, Person};

wit_bindgen::generate!({ path: "cases/records/world.wit", world: "leaf", additional_derives: [PartialEq] });

struct Component;
export!(Component);

impl Guest for Component {
    fn small(v: EmptyIsh) -> EmptyIsh {
        v
    }
    fn echo(v: Layout) -> Layout {
        assert_eq!(v, Layout { a: 1, b: 2 << 40, c: 3, d: 4.5, e: true, f: '🐟' });
        v
    }
    fn older(v: Person, by: u8) -> Person {
        Person { age: v.age.map(|age| age + by), ..v }
    }
    fn merge(a: Person, b: Layout, c: String) -> Person {
        let mut tags = a.tags;
        tags.push(c);
        Person { tags, address: b, ..a }
    }
}
