//! What the differential tests stand on. In: a component, or a core module that meld has made. Out:
//! one dynamic interface, `host::Guest`, over both, so that a test can make the same calls on the
//! original and on what it was fused to, and compare results, traps and calls of the host. Not its
//! job: the tests.

pub mod async_run;
pub mod boundary_host;
pub mod campaign;
pub mod channels;
pub mod clock;
pub mod component_host;
pub mod compose;
pub mod engine;
pub mod features;
pub mod fused;
pub mod generated;
pub mod guests;
pub mod host;
pub mod hostile;
pub mod items;
pub mod mutate;
pub mod optimiser;
pub mod random;
pub mod reading;
pub mod reason;
pub mod sandbox;
pub mod shapes;
pub mod shrink;
pub mod smith;
pub mod steps;
pub mod tasks;
pub mod text;
pub mod trace;
pub mod value;
pub mod wasi;
pub mod wasi_program;
