use exports::test::hosted::work::Guest;
use std::cell::RefCell;
use std::collections::BTreeSet;
use test::hosted::host;

wit_bindgen::generate!({ path: "hosted/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static OPEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) });

impl Guest for Component {
    async fn step(turns: u32, text: String) -> String {
        let slept = host::sleep(turns).await;
        let echoed = host::echo(slept / 2, text).await;
        format!("<{slept} {echoed}>")
    }
    async fn open(name: String) {
        OPEN.with_borrow_mut(|open| open.insert(name));
    }
    /// Waits until somebody has opened it: a call of its own, which another call of the host's may have made.
    async fn wait(name: String, turns: u32) -> String {
        while !OPEN.with_borrow(|open| open.contains(&name)) {
            match turns {
                0 => wit_bindgen::yield_async().await,
                turns => drop(host::sleep(turns).await),
            }
        }
        host::log(&format!("{name} is open"));
        name
    }
}
