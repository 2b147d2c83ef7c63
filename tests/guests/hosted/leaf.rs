use exports::test::hosted::work::Guest;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use test::hosted::host;
use wit_bindgen::{FutureReader, FutureWriter};

wit_bindgen::generate!({ path: "hosted/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local!(static OPEN: RefCell<BTreeSet<String>> = const { RefCell::new(BTreeSet::new()) });
thread_local!(static MET: RefCell<BTreeMap<String, FutureWriter<u32>>> = const { RefCell::new(BTreeMap::new()) });

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
    /// Waits until somebody comes, in another call of the host's, and goes on after that is over.
    async fn meet(name: String) -> String {
        let (writer, reader) = wit_future::new(|| 0);
        MET.with_borrow_mut(|met| met.insert(name.clone(), writer));
        let number = reader.await;
        for _ in 0..3 {
            wit_bindgen::yield_async().await;
        }
        host::log(&format!("{name} has met {number}"));
        name
    }
    async fn come(name: String) {
        if let Some(writer) = MET.with_borrow_mut(|met| met.remove(&name)) {
            writer.write(name.len() as u32).await.expect("somebody reads");
        }
    }
    fn keep(_: FutureReader<u32>) {}
}
