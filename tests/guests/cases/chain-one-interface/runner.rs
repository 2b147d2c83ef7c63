use test::chain_one_interface::stack::{Stack, pass, same};

wit_bindgen::generate!({ path: "cases/chain-one-interface/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    fn run() {
        let (a, b) = (Stack::new("a"), Stack::new("b"));
        a.push("x");
        assert!(same(&a, &a) && !same(&a, &b));
        assert_eq!((a.depth(), b.depth()), (102, 101));
        let mut passed = pass(vec![a, b]);
        let (a, b) = (passed.pop().unwrap(), passed.pop().unwrap());
        let joined = Stack::join(b, a);
        assert_eq!(joined.depth(), 103);
        let popped: Vec<String> = std::iter::from_fn(|| joined.pop()).collect();
        assert_eq!(popped, ["(x)", "<a>", "<b>"]);
        assert_eq!(joined.pop(), None);
    }
}
