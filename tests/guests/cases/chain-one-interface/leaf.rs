use exports::test::chain_one_interface::stack::{self, Guest, GuestStack, StackBorrow};
use std::cell::RefCell;

wit_bindgen::generate!({ path: "cases/chain-one-interface/world.wit", world: "leaf" });

struct Component;
export!(Component);

struct Stack(RefCell<Vec<String>>);

impl Guest for Component {
    type Stack = Stack;

    fn same(a: StackBorrow<'_>, b: StackBorrow<'_>) -> bool {
        std::ptr::eq(a.get::<Stack>(), b.get::<Stack>())
    }
    fn pass(v: Vec<stack::Stack>) -> Vec<stack::Stack> {
        v.into_iter().rev().collect()
    }
}

impl GuestStack for Stack {
    fn new(name: String) -> Stack {
        Stack(RefCell::new(vec![name]))
    }
    fn push(&self, v: String) {
        self.0.borrow_mut().push(v);
    }
    fn pop(&self) -> Option<String> {
        self.0.borrow_mut().pop()
    }
    fn join(a: stack::Stack, b: stack::Stack) -> stack::Stack {
        let mut all = a.get::<Stack>().0.take();
        all.append(&mut b.get::<Stack>().0.borrow_mut());
        stack::Stack::new(Stack(RefCell::new(all)))
    }
    fn depth(&self) -> u32 {
        self.0.borrow().len() as u32
    }
}
