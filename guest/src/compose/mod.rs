//! Several inputs to one component, on wac-graph.

use crate::error::{Error, Result};
use crate::session::{Input, WacSource};

/// The component that `inputs` (binary, each a valid component) make together.
pub fn compose(inputs: &[Input], wac: Option<&WacSource>) -> Result<Vec<u8>> {
    let _ = (inputs, wac);
    Err(Error::internal("compose is not built yet"))
}
