//! Adapters, run: every type, every direction, each check. Each test makes the same calls on a
//! component and on what it is fused to.

mod boundary;
mod calls;
mod flat;
mod handles;
mod memory;
mod probe;
mod strings;
