//! The caller of async calls.

wit_bindgen::generate!({ path: "tasks", world: "tasks-caller" });

use bench::tasks::ops;
use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wit_bindgen::{StreamResult, spawn_local};

struct Component;
export!(Component);

/// The sizes of writes, in elements.
const BYTES: u32 = 65_536;
const PEOPLE: u32 = 64;

impl Guest for Component {
    async fn run_at_once(n: u32) -> u64 {
        let mut sum = 0;
        for a in 0..n {
            sum += u64::from(ops::at_once(a).await);
        }
        sum
    }
    async fn run_waiting(n: u32) -> u64 {
        let mut sum = 0;
        for a in 0..n {
            sum += u64::from(ops::waiting(a).await);
        }
        sum
    }
    async fn run_bytes(n: u32) -> u64 {
        let mut stream = ops::bytes(n, BYTES).await;
        let (mut sum, mut buffer) = (0, Vec::with_capacity(BYTES as usize));
        loop {
            let (result, mut read) = stream.read(buffer).await;
            sum += read.len() as u64 + read.first().copied().map_or(0, u64::from);
            if result == StreamResult::Dropped {
                return sum;
            }
            read.clear();
            buffer = read;
        }
    }
    async fn run_people(n: u32) -> u64 {
        let mut stream = ops::people(n, PEOPLE).await;
        let (mut sum, mut buffer) = (0, Vec::with_capacity(PEOPLE as usize));
        loop {
            let (result, mut read) = stream.read(buffer).await;
            sum += read.iter().map(|p| p.name.len() as u64 + u64::from(p.age)).sum::<u64>();
            if result == StreamResult::Dropped {
                return sum;
            }
            read.clear();
            buffer = read;
        }
    }
    async fn run_answer(n: u32) -> u64 {
        let mut sum = 0;
        for a in 0..n {
            sum += u64::from(ops::answer(a).await.await);
        }
        sum
    }
    async fn run_many(n: u32) -> u64 {
        let all = Rc::new(All::default());
        for a in 0..n {
            let all = all.clone();
            spawn_local(async move {
                let value = ops::waiting(a).await;
                all.sum.set(all.sum.get() + u64::from(value));
                all.done.set(all.done.get() + 1);
                if let Some(waker) = all.waker.take() {
                    waker.wake();
                }
            });
        }
        poll_fn(|cx| {
            all.waker.set(Some(cx.waker().clone()));
            if all.done.get() == n { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        all.sum.get()
    }
}

/// What calls at once come to.
#[derive(Default)]
struct All {
    sum: Cell<u64>,
    done: Cell<u32>,
    waker: Cell<Option<Waker>>,
}
