use guests::{all, at_most};
use test::hosted::{host, work};

wit_bindgen::generate!({ path: "hosted/world.wit", world: "runner" });

struct Component;
export!(Component);

impl Guest for Component {
    async fn run(n: u32) -> String {
        host::log(&format!("begin {n}"));
        let first = work::step(n % 4, format!("a{n}")).await;
        let both =
            all((0..3u32).map(|m| Box::pin(work::step(m * n % 5, format!("b{n}{m}"))) as _).collect()).await;
        let slept = host::sleep(n % 3).await;
        host::log(&format!("end {n}"));
        format!("{n}: {first} {} {slept}", both.join(" "))
    }
    async fn open(name: String) {
        work::open(name).await;
    }
    async fn wait(name: String) -> String {
        let turns = name.len() as u32 % 3;
        work::wait(name, turns).await
    }
    async fn meet(name: String) -> String {
        work::meet(name).await
    }
    async fn come(name: String) {
        work::come(name).await;
    }
    /// Drops calls that are not over.
    async fn give_up(polls: u32) -> String {
        let never = at_most(polls, host::never()).await;
        let step = at_most(polls, work::step(1000, "late".to_string())).await;
        let text = host::echo(1, "in time".to_string()).await;
        format!("{never:?} {step:?} {text}")
    }
}
