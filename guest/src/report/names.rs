//! Resources that options name. In: the plan and names. Out: nothing, or an error that lists names
//! near the one that does not exist. Not its job: what the option does.

use crate::error::{Code, Error, Result};
use crate::link::{Plan, ResourceName};
use crate::read::limits;

/// How many names an error lists.
const LISTED: usize = 6;

/// Checks that each `INTERFACE.RESOURCE` names a resource type that is imported, exported or
/// defined inside under that name. The interface goes with or without its version; a type outside
/// of any interface is named alone. Errors: `InvalidOption`.
pub fn check_opaque_rep(plan: &Plan<'_>, names: &[String]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let Some(known) = &plan.resource_names else {
        let limit = limits::EVALUATION_STEPS as u64;
        return Err(Error::limit("names of exports of instances", limit));
    };
    for wanted in names {
        if !known.iter().any(|name| is(name, wanted)) {
            return Err(unknown(known, wanted));
        }
    }
    Ok(())
}

fn is(name: &ResourceName, wanted: &str) -> bool {
    // A version holds dots, a resource's name does not: the last dot is the one that divides.
    match (name.interface.as_deref(), wanted.rsplit_once('.')) {
        (Some(interface), Some((wanted, resource))) => {
            name.name == resource && (interface == wanted || without_version(interface) == wanted)
        }
        (None, _) => name.name == wanted,
        (Some(_), None) => false,
    }
}

fn without_version(interface: &str) -> &str {
    interface.split_once('@').map_or(interface, |(name, _)| name)
}

fn unknown(known: &[ResourceName], wanted: &str) -> Error {
    let (interface, resource) = wanted.rsplit_once('.').unwrap_or(("", wanted));
    let near = |name: &&ResourceName| {
        let other = name.interface.as_deref().unwrap_or_default();
        name.name == resource || without_version(other) == without_version(interface)
    };
    let mut listed: Vec<String> = known.iter().filter(near).map(written).collect();
    let all = listed.is_empty();
    if all {
        listed = known.iter().map(written).collect();
    }
    listed.sort();
    listed.dedup();
    let more = listed.len().saturating_sub(LISTED);
    listed.truncate(LISTED);
    let mut hint = match (listed.is_empty(), all) {
        (true, _) => "the input has no resource types".to_string(),
        (false, true) => format!("its resources are {}", listed.join(", ")),
        (false, false) => format!("there is {}", listed.join(", ")),
    };
    if more > 0 {
        hint.push_str(&format!(", and {more} more"));
    }
    Error::new(Code::InvalidOption, format!("there is no resource `{wanted}`")).hint(hint)
}

fn written(name: &ResourceName) -> String {
    match &name.interface {
        Some(interface) => format!("`{interface}.{}`", name.name),
        None => format!("`{}`", name.name),
    }
}
