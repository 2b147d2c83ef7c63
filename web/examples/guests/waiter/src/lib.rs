//! A component that exports `example:meal/table`, and has all dishes cooked at once.

use example::meal::kitchen::{cook, log, weigh};
use exports::example::meal::table::Guest;
use std::future::poll_fn;
use std::task::Poll;

wit_bindgen::generate!({ path: "../wit/meal.wit", world: "waiter" });

struct Waiter;

impl Guest for Waiter {
    async fn serve(dishes: Vec<String>) -> Vec<String> {
        let count = dishes.len();
        let calls = (0u32..).zip(dishes).map(|(nth, dish)| cook(dish, count as u32 - nth));
        let mut calls: Vec<_> = calls.map(|call| Some(Box::pin(call))).collect();
        let mut seen = Vec::new();
        poll_fn(|context| {
            for slot in &mut calls {
                if let Some(call) = slot
                    && let Poll::Ready(served) = call.as_mut().poll(context)
                {
                    seen.extend(log());
                    seen.push(served);
                    *slot = None;
                }
            }
            if calls.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        seen.extend(log());
        seen
    }

    async fn weight(steps: u32) -> u64 {
        let mut parts = weigh(steps).await;
        let mut all = 0;
        while let Some(part) = parts.next().await {
            all += u64::from(part);
        }
        all
    }
}

export!(Waiter);
