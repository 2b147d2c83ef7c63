//! The benchmark of meld. In: guests of its own, components of other toolchains, and other programs to
//! compare with. Out: docs/BENCHMARKS.md. Not its job: whether what meld makes is right, which the tests
//! say; here a wrong result only keeps a figure out of the table.

pub mod calls;
pub mod guests;
pub mod machine;
mod notes;
mod peer_host;
mod programs;
pub mod reach;
pub mod sampling;
mod table;
pub mod tools;
mod why;
