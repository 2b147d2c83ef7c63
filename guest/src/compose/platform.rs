//! A component with meld's platform of WASI 0.1 under it. In: the component. Out: a composition in which what
//! it imports of WASI 0.2 is met, and a command has a start for the host to call. Not its job: what these
//! components are (`platform`).

use super::composition::Composed;
use super::matching::{Matching, Met};
use super::shape::{self, RootItem};
use crate::error::{Code, Error, Result};
use crate::interface::{Composing, Input};
use crate::platform;
use crate::read::Reader;

/// The composition, and what its host does not know from WASI 0.1.
pub struct OnPlatform {
    /// In it, the component is input 0, and the only one.
    pub composed: Composed,
    /// Imports that the platform does not meet.
    left: Vec<String>,
    /// Imports of interfaces that always fail.
    failing: Vec<String>,
}

impl OnPlatform {
    /// What to tell, a sentence each.
    pub fn notes(&self) -> Vec<String> {
        let listed = |names: &[String]| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
        let mut notes = Vec::new();
        if !self.failing.is_empty() {
            let failing = listed(&self.failing);
            notes.push(format!(
                "WASI 0.1 cannot make sockets or look up names: {failing} fail with `not-supported`"
            ));
        }
        if !self.left.is_empty() {
            notes.push(format!("no part of WASI 0.1, and left to the host: {}", listed(&self.left)));
        }
        notes
    }
}

/// Puts `input` on the platform. Errors: what an input can have wrong; `Unsupported` where it has to do with
/// what is between platform and host, and for a command with imports that nothing meets; `IncompatibleTypes`.
pub fn on_platform(input: Input) -> Result<OnPlatform> {
    let name = input.name.clone();
    let items = shape::items(&Reader::outline(&input.bytes).map_err(|e| e.in_input(&name))?);
    let mut command = false;
    for item in &items {
        let (RootItem::Import(item_name) | RootItem::Export(item_name)) = item;
        platform::refuse(item_name).map_err(|e| e.in_input(&name))?;
        command |= matches!(item, RootItem::Export(export) if platform::is_command(export));
    }
    // In this order each is met by those behind it.
    let mut inputs = Vec::new();
    if command {
        inputs.push(platform::starter()?);
    }
    let this = inputs.len();
    inputs.extend([input, platform::platform()?]);
    let names: Vec<String> = inputs.iter().map(|input| input.name.clone()).collect();
    let shapes = shape::of_all(&inputs)?;
    let composing = Composing { in_order: true, ..Composing::default() };
    let mut matching = Matching::of(inputs, shapes, &composing)?;
    matching.stubs = names.len().checked_sub(1);

    let imports = matching.parts.get(this).into_iter().flat_map(|part| &part.met);
    let of = |wanted: fn(&Met) -> bool| {
        let found = imports.clone().filter(|(_, met)| wanted(met));
        found.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let left = of(|met| *met == Met::Host);
    let mut failing = of(|met| matches!(met, Met::Export(_)));
    failing.retain(|name| platform::is_refusing(name));
    if command && !left.is_empty() {
        return Err(beyond(&left).in_input(&name));
    }
    let mut composition = matching.connect()?;
    let mut composed = composition.encode(&names)?;
    composition.check(&composed, &names)?;
    for placed in &mut composed.origins {
        placed.input = placed.input.filter(|input| *input == this).map(|_| 0);
    }
    Ok(OnPlatform { composed, left, failing })
}

fn beyond(imports: &[String]) -> Error {
    let names: Vec<_> = imports.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("WASI 0.1 has nothing for the imports {} of a command", names.join(", "));
    Error::new(Code::Unsupported, message)
        .hint("give a component that exports them as an input too, or do without them as stubs")
}
