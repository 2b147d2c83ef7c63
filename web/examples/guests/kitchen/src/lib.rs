//! A component that exports `example:meal/kitchen`: its functions give way, and one of them writes a stream.

use exports::example::meal::kitchen::Guest;
use std::cell::RefCell;
use wit_bindgen::{StreamReader, spawn_local, yield_async};

wit_bindgen::generate!({ path: "../wit/meal.wit", world: "cook" });

struct Kitchen;

thread_local!(static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

fn note(text: String) {
    LOG.with_borrow_mut(|log| log.push(text));
}

impl Guest for Kitchen {
    async fn cook(dish: String, steps: u32) -> String {
        for step in 1..=steps {
            note(format!("{dish}: {step} of {steps}"));
            yield_async().await;
        }
        format!("{dish} is served")
    }

    async fn weigh(steps: u32) -> StreamReader<u32> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for step in 1..=steps {
                // Whoever eats may have left.
                if writer.write_one(step).await.is_some() {
                    return;
                }
            }
        });
        reader
    }

    fn log() -> Vec<String> {
        LOG.take()
    }
}

export!(Kitchen);
