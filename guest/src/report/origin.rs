//! Where a fused core module came from, as far as it says so. In: its section `meld:provenance`, read. Out: what of
//! it is told: inputs and instances with their share of the code, memories by name, boundaries. Not its job:
//! reading the section (`provenance`).

use crate::error::shown;
use crate::provenance::{self, Crossing, Found, Function, Origin, Part, Untold};
use serde::Serialize;
use std::fmt::Write;

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
    /// The share of the functions that fusing has made. None, like the shares of all others: the code is not that
    /// which the module was fused with.
    pub generated: Option<Code>,
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
    pub name: String,
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
    pub instance: Option<String>,
    pub base: Option<u64>,
}

impl Code {
    fn of(functions: &[Function], is: impl Fn(Origin) -> bool) -> Code {
        let mut code = Code::default();
        for function in functions.iter().filter(|function| is(function.origin)) {
            code.functions = code.functions.saturating_add(1);
            code.bytes = code.bytes.saturating_add(function.bytes);
        }
        code
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
    let functions = functions.ok();
    // By instance, then by input and by what was added.
    let mut shares = vec![Code::default(); provenance.instances.len()];
    for Function { origin, bytes } in functions.iter().flatten() {
        if let Origin::Instance { instance, .. } = origin
            && let Some(share) = shares.get_mut(*instance as usize)
        {
            share.functions = share.functions.saturating_add(1);
            share.bytes = share.bytes.saturating_add(*bytes);
        }
    }
    let mut of_inputs = vec![Code::default(); provenance.inputs.len()];
    let mut added: Vec<Share> = Vec::new();
    for (instance, share) in provenance.instances.iter().zip(&shares) {
        let part = provenance.modules.get(instance.module as usize).map(|module| &module.of);
        let sum = match part {
            Some(Part::Input(input)) => of_inputs.get_mut(*input as usize),
            Some(Part::Added(name)) => {
                let at = added.iter().position(|part| part.name == *name).unwrap_or_else(|| {
                    added.push(Share {
                        name: name.clone(),
                        code: functions.as_ref().map(|_| Code::default()),
                    });
                    added.len().saturating_sub(1)
                });
                added.get_mut(at).and_then(|part| part.code.as_mut())
            }
            None => None,
        };
        if let Some(sum) = sum {
            sum.functions = sum.functions.saturating_add(share.functions);
            sum.bytes = sum.bytes.saturating_add(share.bytes);
        }
    }
    let told = |code: Code| functions.as_ref().map(|_| code);
    let label =
        |instance: u32| provenance.instances.get(instance as usize).map(|instance| instance.name.clone());
    let memories = provenance
        .memories
        .iter()
        .map(|memory| MemoryOf { instance: memory.instance.and_then(label), base: memory.base });
    let memories = memories.collect();
    let generated = functions
        .as_ref()
        .map(|functions| Code::of(functions, |origin| matches!(origin, Origin::Generated(_))));
    let instances = provenance.instances.iter().zip(shares);
    let instances = instances.map(|(instance, code)| Share { name: instance.name.clone(), code: told(code) });
    let instances = instances.collect();
    let inputs = provenance.inputs.into_iter().zip(of_inputs);
    let inputs = inputs.map(|(input, code)| OfInput { input, code: told(code) }).collect();
    let (meld, options, boundaries) = (provenance.meld, provenance.options, provenance.boundaries);
    Known { meld, options, inputs, added, instances, generated, memories, boundaries }
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
            let of =
                instance.as_deref().map_or_else(|| "handle tables and values on their way".into(), shown);
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
