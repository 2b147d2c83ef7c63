//! `meld inspect`: the door. In: one input. Out: `Inspection`, of a component or of a core module that meld fused.
//! Not its job: what there is to tell about a component (`inspection`).

use super::inspection::{Inspection, interface, of_component};
use super::structure::module;
use crate::error::Result;
use crate::ids::{Id, ModuleId};
use crate::interface::Input;
use crate::read::{self, BOUNDARY_SECTION, Module, Reader};
use crate::wrap;
use wasmparser::{Encoding, Parser, Payload};

/// Tells what an input, binary or text, is and what fusing it would do; of a core module that was fused, what it
/// is. Errors: `Malformed`, `Invalid` and `NotAComponent` for what is no valid component and not fused,
/// `Unsupported` and `LimitExceeded` for one that cannot be read; where it can be read and not fused, the reason
/// is told in the result.
pub fn inspect(input: &Input) -> Result<Inspection> {
    let text = read::is_text(&input.bytes);
    let input = read::to_binary(input.clone())?;
    let inspection = match is_fused(&input.bytes) {
        true => of_fused(&input),
        false => of_component(&input),
    };
    inspection.map_err(|error| {
        let error = error.in_input(&input.name);
        if text { error.in_binary_of_text() } else { error }
    })
}

/// Whether these are the bytes of a core module that says what its boundary is.
fn is_fused(bytes: &[u8]) -> bool {
    for (nth, payload) in Parser::new(0).parse_all(bytes).enumerate() {
        match payload {
            Ok(Payload::Version { encoding: Encoding::Module, .. }) => {}
            Ok(Payload::CustomSection(section)) if section.name() == BOUNDARY_SECTION => return true,
            Ok(_) if nth > 0 => {}
            _ => return false,
        }
    }
    false
}

/// Its imports and exports are those of the component that wrapping makes. Errors: `Malformed` and `Invalid`.
fn of_fused(input: &Input) -> Result<Inspection> {
    let core = module(&Module::input(&input.bytes)?, ModuleId::from_index(0));
    let mut told = match wrap::wrap(input.clone()) {
        Ok(component) => interface(&input.name, &Reader::outline(&component)?),
        Err(error) => Inspection { wit_refused: Some(error.message), ..Inspection::new(&input.name) },
    };
    told.features.clone_from(&core.features);
    told.core_module = Some(core);
    Ok(told)
}
