//! Where a fused core module came from, as far as it says so. In: its section `meld:provenance`, read. Out: what of
//! it is told: inputs and instances with their share of the code, memories by name, boundaries. Not its job:
//! reading the section (`provenance`).

use crate::error::shown;
use crate::name::{Name, end};
use crate::provenance::{self, Crossing, Found, Function, Origin, Untold};
use indexmap::IndexMap;
use serde::Serialize;
use std::fmt::Write;

/// So much of an instance's name is shown in a line, in bytes.
const LABEL: usize = 256;

/// What a core module says of where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Told {
    Known(Box<Known>),
    /// Why nothing can be told.
    Unreadable {
        unreadable: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Known {
    /// The fuser.
    pub meld: provenance::Meld,
    pub options: provenance::Options,
    pub inputs: Vec<OfInput>,
    /// What meld has put between or under the inputs.
    pub added: Vec<Share>,
    pub instances: Vec<Share>,
    /// The share of the functions that fusing has made.
    pub generated: Option<Code>,
    /// Why there are no shares: the code is not that which the module was fused with, or the section does not fit it.
    pub untold: Option<String>,
    /// Whose each memory is, or each part of the one.
    pub memories: Vec<MemoryOf>,
    pub boundaries: Vec<Crossing>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct OfInput {
    #[serde(flatten)]
    pub input: provenance::Input,
    pub code: Option<Code>,
}

/// What something has of the module's code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Share {
    pub name: Name,
    pub code: Option<Code>,
}

/// Functions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Code {
    pub functions: u32,
    /// Of their bodies.
    pub bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct MemoryOf {
    /// The instance's label; none for that of handle tables and of values on their way.
    pub instance: Option<Name>,
    pub base: Option<u64>,
}

impl Code {
    fn add(&mut self, more: Code) {
        self.functions = self.functions.saturating_add(more.functions);
        self.bytes = self.bytes.saturating_add(more.bytes);
    }
}

/// What is told of a module with these bytes. None: it says nothing.
pub fn told(module: &[u8]) -> Option<Told> {
    Some(match provenance::find(module)? {
        Ok(found) => Told::Known(Box::new(known(found))),
        Err(Untold::Unreadable(unreadable)) => Told::Unreadable { unreadable },
        Err(Untold::Changed) => return None,
    })
}

fn known(Found { provenance, functions }: Found) -> Known {
    let (mut shares, mut generated) = (vec![Code::default(); provenance.instances.len()], Code::default());
    for Function { origin, bytes } in functions.iter().flatten() {
        let share = match origin {
            Origin::Instance { instance, .. } => shares.get_mut(*instance as usize),
            Origin::Generated(_) => Some(&mut generated),
        };
        share.into_iter().for_each(|share| share.add(Code { functions: 1, bytes: *bytes }));
    }
    let mut of_modules = vec![Code::default(); provenance.modules.len()];
    let mut of_inputs = vec![Code::default(); provenance.inputs.len()];
    let mut added: IndexMap<&str, Code> = IndexMap::new();
    for (instance, share) in provenance.instances.iter().zip(&shares) {
        if let Some(sum) = of_modules.get_mut(instance.module as usize) {
            sum.add(*share);
        }
    }
    for (module, share) in provenance.modules.iter().zip(of_modules) {
        let sum = match (module.input, &module.added) {
            (Some(input), _) => of_inputs.get_mut(input as usize),
            (None, Some(name)) => Some(added.entry(name).or_default()),
            (None, None) => None,
        };
        sum.into_iter().for_each(|sum| sum.add(share));
    }
    let told = |code: Code| functions.is_ok().then_some(code);
    // One name can be that of many memories.
    let names: Vec<Name> = provenance.instances.iter().map(|instance| Name::from(&*instance.name)).collect();
    let label = |instance: u32| names.get(instance as usize).cloned();
    let memory =
        |of: &provenance::MemoryOf| MemoryOf { instance: of.instance.and_then(label), base: of.base };
    let memories = provenance.memories.iter().map(memory).collect();
    let instances =
        names.iter().zip(shares).map(|(name, code)| Share { name: name.clone(), code: told(code) });
    let untold = functions.as_ref().err().map(|why| match why {
        Untold::Changed => "its code has been changed since it was fused".to_string(),
        Untold::Unreadable(why) => why.clone(),
    });
    Known {
        untold,
        instances: instances.collect(),
        memories,
        added: added.into_iter().map(|(name, code)| Share { name: name.into(), code: told(code) }).collect(),
        generated: told(generated),
        inputs: provenance
            .inputs
            .into_iter()
            .zip(of_inputs)
            .map(|(input, code)| OfInput { input, code: told(code) })
            .collect(),
        meld: provenance.meld,
        options: provenance.options,
        boundaries: provenance.boundaries,
    }
}

impl Told {
    /// Lines, for people.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Told::Known(known) => known.lines(),
            Told::Unreadable { unreadable } => {
                vec![format!("where it came from cannot be read: {}", shown(unreadable))]
            }
        }
    }
}

impl Known {
    fn lines(&self) -> Vec<String> {
        let provenance::Meld { version, sha256 } = &self.meld;
        let build = sha256.as_ref().map(|sha256| format!(" (SHA-256 {})", shown(sha256))).unwrap_or_default();
        let mut lines = vec![format!("made by meld {}{build} of", shown(version))];
        for OfInput { input, code } in &self.inputs {
            let provenance::Input { name, bytes, sha256, .. } = input;
            lines.push(format!("  {}: {bytes} bytes, SHA-256 {}{}", shown(name), shown(sha256), part(code)));
        }
        lines
            .extend(self.added.iter().map(|Share { name, code }| format!("  {}{}", shown(name), part(code))));
        match &self.generated {
            Some(_) => lines.push(format!("  what joins them{}", part(&self.generated))),
            None => {
                lines.push("its code has been changed since: which function was which is not known".into())
            }
        }
        for (nth, MemoryOf { instance, base }) in self.memories.iter().enumerate() {
            let of = instance.as_deref().map(|name| shown(&end(name, LABEL)));
            let of = of.unwrap_or_else(|| "handle tables and values on their way".into());
            lines.push(match base {
                Some(base) => format!("memory 0 from {base:#x}: {of}"),
                None => format!("memory {nth}: {of}"),
            });
        }
        lines
    }
}

fn part(code: &Option<Code>) -> String {
    let mut text = String::new();
    if let Some(Code { functions, bytes }) = code {
        let s = if *functions == 1 { "" } else { "s" };
        // Writing into a string does not fail.
        let _ = write!(text, ": {functions} function{s} of {bytes} bytes");
    }
    text
}
