//! The limit: caller and callee in one core module, linked by rustc.

#[path = "../shared/exports.rs"]
mod exports;
#[path = "../shared/loops.rs"]
mod loops;
#[path = "../shared/types.rs"]
mod types;
#[path = "../shared/work.rs"]
mod work;

use work as next;

#[path = "../shared/boundary.rs"]
mod boundary;

mod api {
    pub use crate::boundary::*;
    pub use crate::types::*;
}
