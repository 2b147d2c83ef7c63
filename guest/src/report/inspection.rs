//! `meld inspect`. In: one input. Out: `Inspection`, all that can be told about it: what it imports
//! and exports, what it is made of, and what fusing it would do. Not its job: fusing it; where that
//! is refused, the rest is told all the same, with the reason. And not what has been fused (`inspect`).

use super::boundaries::boundaries;
use super::structure::{Component, Module, structure};
use super::unreached::unreached;
use super::wit;
use crate::assemble;
use crate::error::{Error, Result};
use crate::interface::{Input, Statistics};
use crate::link::{self, Plan, label};
use crate::provenance::Crossing;
use crate::read::{Reader, Tree};
use serde::Serialize;
use wit_parser::Resolve;

/// All that `inspect` tells: `text` gives it for people, `json` for programs. `docs/inspect.md` describes
/// the members of the JSON form.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Inspection {
    /// The input's name.
    pub name: String,
    /// Imports and exports as WIT; empty where WIT cannot tell them.
    pub wit: String,
    /// Why WIT cannot tell them.
    pub wit_refused: Option<String>,
    /// Imports and exports as WIT, resolved: what `wasm-tools component wit --json` prints.
    pub(crate) resolve: Option<Resolve>,
    /// Where WIT cannot tell the imports and exports: these one by one.
    pub items: Vec<String>,
    /// What it is made of. None: it is a fused core module.
    pub(crate) component: Option<Component>,
    /// The core module, if it is one that was fused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) core_module: Option<Module>,
    /// The component instances with what they hold; the root is number 0.
    pub(crate) instances: Vec<Instance>,
    /// None: it has been fused.
    pub(crate) fusion: Option<Fusion>,
    /// The features, past the first version of WebAssembly, that a core module in it needs.
    pub features: Vec<&'static str>,
}

/// A component instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Instance {
    /// `root`, or the names on the way from there.
    pub name: String,
    /// The number of the instance that made this one.
    pub parent: Option<usize>,
    pub core_instances: Vec<CoreInstance>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CoreInstance {
    /// As `Plan` labels it.
    pub name: String,
    /// `Module::number` of its module.
    pub module: usize,
}

/// What fusing would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fusion {
    Refused(Refusal),
    Possible {
        boundaries: Vec<Crossing>,
        /// Root imports without which the component would do the same.
        unreached: Vec<String>,
        /// Those figures that are known before the work is done.
        statistics: Statistics,
    },
}

/// An `Error` without the input's name, which stands in `Inspection::name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Refusal {
    /// `Code::name`
    pub code: &'static str,
    pub message: String,
    pub offset: Option<u64>,
    pub path: Vec<String>,
    pub hint: Option<String>,
}

/// All that there is to tell about a component in binary form. Errors: those of reading it; where it can be read
/// and not fused, the reason is told in the result.
pub(super) fn of_component(input: &Input) -> Result<Inspection> {
    let mut reader = Reader::new(&input.bytes);
    while reader.step()? {}
    let tree = reader.finish()?;
    let (instances, fusion) = fusion(&tree);
    let component = structure(&tree);
    let mut features = Vec::new();
    component.features(&mut features);
    let component = Some(component);
    Ok(Inspection { component, instances, fusion: Some(fusion), features, ..interface(&input.name, &tree) })
}

/// What a component imports and exports.
pub(super) fn interface(name: &str, tree: &Tree<'_>) -> Inspection {
    let mut told = Inspection::new(name);
    match wit::world(tree) {
        Ok((wit, resolve)) => (told.wit, told.resolve) = (wit, Some(resolve)),
        Err(why) => (told.wit_refused, told.items) = (Some(why), wit::items(tree)),
    }
    told
}

impl Inspection {
    /// Nothing is known yet.
    pub(super) fn new(name: &str) -> Inspection {
        Inspection {
            name: name.to_string(),
            wit: String::new(),
            wit_refused: None,
            resolve: None,
            items: Vec::new(),
            component: None,
            core_module: None,
            instances: Vec::new(),
            fusion: None,
            features: Vec::new(),
        }
    }
}

fn fusion(tree: &Tree<'_>) -> (Vec<Instance>, Fusion) {
    let plan = match link::evaluate(tree) {
        Ok(plan) => plan,
        Err(error) => return (Vec::new(), Fusion::Refused(refusal(error))),
    };
    let arena = typed_arena::Arena::new();
    let fusion = match assemble::assemble(&plan, &arena, assemble::Settings::default()) {
        Ok(assembled) => {
            let boundaries = boundaries(&plan, &assembled.decisions, usize::MAX);
            let statistics = Statistics::of(&plan, &assembled);
            match unreached(tree, assembled) {
                Ok(unreached) => Fusion::Possible { boundaries, unreached, statistics },
                Err(error) => Fusion::Refused(refusal(error)),
            }
        }
        Err(error) => Fusion::Refused(refusal(error)),
    };
    (instances(&plan), fusion)
}

fn refusal(error: Error) -> Refusal {
    let Error { code, message, offset, path, hint, .. } = error;
    Refusal { code: code.name(), message, offset, path, hint }
}

fn instances(plan: &Plan<'_>) -> Vec<Instance> {
    use crate::ids::Id;
    let mut instances: Vec<Instance> = plan
        .instances
        .iter()
        .map(|(id, instance)| Instance {
            name: label(plan, id).to_string(),
            parent: instance.parent.map(|parent| parent.index()),
            core_instances: Vec::new(),
        })
        .collect();
    for core in plan.core_instances.values() {
        if let Some(owner) = instances.get_mut(core.owner.index()) {
            let core = CoreInstance { name: core.label.clone(), module: core.module.index() };
            owner.core_instances.push(core);
        }
    }
    instances
}
