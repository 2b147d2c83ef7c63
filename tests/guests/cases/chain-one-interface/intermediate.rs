use exports::test::chain_one_interface::stack as outer;
use test::chain_one_interface::stack as inner;

wit_bindgen::generate!({ path: "cases/chain-one-interface/world.wit", world: "intermediate" });

struct Component;
export!(Component);

struct Stack(inner::Stack);

impl outer::Guest for Component {
    type Stack = Stack;

    fn same(a: outer::StackBorrow<'_>, b: outer::StackBorrow<'_>) -> bool {
        inner::same(&a.get::<Stack>().0, &b.get::<Stack>().0)
    }
    fn pass(v: Vec<outer::Stack>) -> Vec<outer::Stack> {
        let inner = inner::pass(v.into_iter().map(|s| s.into_inner::<Stack>().0).collect());
        inner.into_iter().map(|s| outer::Stack::new(Stack(s))).collect()
    }
}

impl outer::GuestStack for Stack {
    fn new(name: String) -> Stack {
        Stack(inner::Stack::new(&format!("<{name}>")))
    }
    fn push(&self, v: String) {
        self.0.push(&format!("({v})"));
    }
    fn pop(&self) -> Option<String> {
        self.0.pop()
    }
    fn join(a: outer::Stack, b: outer::Stack) -> outer::Stack {
        outer::Stack::new(Stack(inner::Stack::join(a.into_inner::<Stack>().0, b.into_inner::<Stack>().0)))
    }
    fn depth(&self) -> u32 {
        self.0.depth() + 100
    }
}
