use exports::test::resource_aliases::{again, both, first, second};

wit_bindgen::generate!({ path: "cases/resource-aliases/world.wit", world: "leaf" });

struct Component;
export!(Component);

struct Number(u32);
struct Other;
struct Text(String);

impl first::Guest for Component {
    type Thing = Number;
    type Other = Other;
}

impl first::GuestThing for Number {
    fn new(value: u32) -> Number {
        Number(value)
    }
    fn value(&self) -> u32 {
        self.0
    }
}

impl first::GuestOther for Other {
    fn new() -> Other {
        Other
    }
    fn id(&self) -> u32 {
        77
    }
}

impl second::Guest for Component {
    type Thing = Text;
}

impl second::GuestThing for Text {
    fn new(text: String) -> Text {
        Text(text)
    }
    fn value(&self) -> String {
        self.0.clone()
    }
}

impl both::Guest for Component {
    fn swap(a: both::Number, b: both::Text) -> (both::Thing, both::Number) {
        (b, a)
    }
    fn values(
        a: both::NumberBorrow<'_>,
        b: both::ThingBorrow<'_>,
        c: both::OtherBorrow<'_>,
    ) -> (u32, String, u32) {
        let _: &Other = c.get();
        (a.get::<Number>().0, b.get::<Text>().0.clone(), 78)
    }
}

impl again::Guest for Component {
    fn join(v: Vec<again::Thing>, t: again::Text) -> (again::Thing, again::Text) {
        (again::Thing::new(Number(v.iter().map(|n| n.get::<Number>().0).sum())), t)
    }
}
