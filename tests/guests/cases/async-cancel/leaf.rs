use exports::test::async_cancel::calls::Guest;
use std::cell::Cell;
use std::future::pending;

wit_bindgen::generate!({ path: "cases/async-cancel/world.wit", world: "leaf" });

struct Component;
export!(Component);

thread_local! {
    static BEGUN: Cell<u32> = const { Cell::new(0) };
    static DROPPED: Cell<u32> = const { Cell::new(0) };
}

/// Counts the calls that begin, and those that end, by whatever way.
struct Begun;

impl Begun {
    fn new() -> Begun {
        BEGUN.set(BEGUN.get() + 1);
        Begun
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        DROPPED.set(DROPPED.get() + 1);
    }
}

impl Guest for Component {
    async fn forever() {
        let _begun = Begun::new();
        pending::<()>().await;
    }
    async fn sleep(turns: u32, text: String) -> String {
        let _begun = Begun::new();
        for _ in 0..turns {
            wit_bindgen::yield_async().await;
        }
        text
    }
    async fn full(turns: u32) -> u32 {
        let _begun = Begun::new();
        for _ in 0..turns {
            wit_bindgen::yield_async().await;
        }
        turns
    }
    fn close() {
        wit_bindgen::backpressure_inc();
    }
    fn open() {
        wit_bindgen::backpressure_dec();
    }
    fn begun() -> u32 {
        BEGUN.get()
    }
    fn dropped() -> u32 {
        DROPPED.get()
    }
}
