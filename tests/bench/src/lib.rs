//! The benchmark of meld. In: guests of its own, components of other toolchains, and other programs to
//! compare with. Out: docs/BENCHMARKS.md. Not its job: whether what meld makes is right, which the tests
//! say; here a wrong result only keeps a figure out of the table.

pub mod after;
pub mod calls;
pub mod fusing;
pub mod guests;
mod inputs;
pub mod kernels;
pub mod languages;
mod machine;

mod notes;
pub mod page;
mod peer_host;
pub mod process;
mod programs;
mod reach;
pub mod sampling;
mod table;
pub mod tasks;
mod tools;
mod why;
