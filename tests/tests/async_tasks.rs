//! Random programs over tasks (`tasks`), fused: they do what they did when the specification's own `definitions.py` has
//! been found to allow that (`just tasks`). In: tests/spec/tasks.txt. Out: nothing. Not its job: streams
//! (`async_channels`).

use meld_tests::tasks::{program, run};

/// The digest of each seed, from 0 on.
const ALLOWED: &str = include_str!("../spec/tasks.txt");

/// Every second seed, from `first` on.
fn check(first: u64) {
    let mut wrong = Vec::new();
    for (seed, digest) in (0..).zip(ALLOWED.lines()).skip(first as usize).step_by(2) {
        match run::fused(seed, &program(seed)) {
            Ok(outcome) if outcome.digest() == digest => {}
            Ok(outcome) => wrong.push(format!("seed {seed}: it now does {outcome:?}")),
            Err(error) => wrong.push(format!("seed {seed}: {error:#}")),
        }
    }
    assert!(wrong.is_empty(), "`just tasks` looks whether that is allowed, too. {}", wrong.join("\n"));
}

#[test]
fn with_several_memories() {
    check(0);
}

#[test]
fn with_one_memory() {
    check(1);
}
