//! What can be told about an input and about a fusion.

use crate::abi::Assembled;
use crate::error::{Error, Result};
use crate::link::Plan;
use crate::session::Input;

pub use crate::interface::Statistics;

impl Statistics {
    /// The figures that are known before merging.
    pub fn of(plan: &Plan<'_>, assembled: &Assembled<'_>) -> Statistics {
        let _ = (plan, assembled);
        Statistics::default()
    }
}

/// Checks that each `INTERFACE.RESOURCE` names a resource of the plan.
pub fn check_opaque_rep(plan: &Plan<'_>, names: &[String]) -> Result<()> {
    let _ = (plan, names);
    Ok(())
}

/// What `inspect` tells; grows with `report`.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inspection {
    /// Imports and exports as WIT, where WIT can tell them.
    pub wit: String,
}

impl Inspection {
    /// Everything, for people.
    pub fn text(&self) -> String {
        self.wit.clone()
    }

    /// Everything, as a JSON document.
    pub fn json(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        format!("{value:#}\n")
    }
}

/// Tells what an input is and what fusing it would do.
pub fn inspect(input: &Input) -> Result<Inspection> {
    let _ = input;
    Err(Error::internal("inspect is not built yet"))
}
