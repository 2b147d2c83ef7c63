use guests::{all, at_most};
use std::future::Future;
use std::pin::Pin;
use test::async_cancel::calls::*;

wit_bindgen::generate!({ path: "cases/async-cancel/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    async fn run() {
        // It may have run before.
        let before = begun();
        let counts = || (begun() - before, dropped() - before);
        // Cancelled while it runs: by dropping the call.
        assert_eq!(at_most(2, sleep(100, "never".into())).await, None);
        assert_eq!(counts(), (1, 1));
        assert_eq!(at_most(50, sleep(3, "done".into())).await.as_deref(), Some("done"));
        assert_eq!(counts(), (2, 2));
        assert_eq!(at_most(3, forever()).await, None);
        assert_eq!(counts(), (3, 3));
        // Cancelled before it starts: backpressure keeps it from starting.
        close();
        assert_eq!(at_most(4, full(1)).await, None);
        assert_eq!(counts(), (3, 3));
        // Calls that wait to start do so when they may.
        let mut calls: Vec<Pin<Box<dyn Future<Output = u32>>>> =
            (0..5u32).map(|n| Box::pin(full(n)) as _).collect();
        calls.push(Box::pin(async {
            for _ in 0..3 {
                wit_bindgen::yield_async().await;
            }
            assert_eq!(begun() - before, 3);
            open();
            99
        }));
        assert_eq!(all(calls).await, [0, 1, 2, 3, 4, 99]);
        assert_eq!(counts(), (8, 8));
    }
}
