//! Why inputs do not fit together, in the terms of the inputs. In: what wac's encoder or the validator
//! says of a composition. Out: `IncompatibleTypes`, with the interface and the input that each of the
//! types is from, as far as the graph tells. Not its job: finding out that they do not fit.

use super::composition::{Composed, Composition, place};
use super::shape::RootItem;
use super::track::{Track, track};
use super::wording::{SETTLE, STUBS, chain};
use crate::error::{Code, Error, Result};
use crate::read::{Reader, without_debug_forms};
use std::collections::HashMap;
use wac_graph::{EncodeError, NodeId};

/// What an instance is given for its imports.
type Arguments<'c> = HashMap<&'c str, NodeId>;

/// Where an interface comes from.
#[derive(PartialEq)]
enum Origin {
    Host,
    /// An export of an instance.
    Export(NodeId, String),
}

impl Composition {
    /// wac checks types by name; that resource types fit by definition is for the validator to say. Errors:
    /// `IncompatibleTypes`, and `LimitExceeded` where the composition is more than the validator takes.
    pub(super) fn check(&self, composed: &Composed, names: &[String]) -> Result<()> {
        let Err(error) = Reader::outline(&composed.bytes) else { return Ok(()) };
        let error = place(&composed.origins, error);
        if error.input.is_some() {
            return Err(error);
        }
        let made = Error::of_what_was_made("composition", &error.message);
        if made.code == Code::LimitExceeded {
            return Err(made.hint("fuse some of the inputs first, and the result with the others"));
        }
        let inputs = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let why = self.two_origins(names).unwrap_or_else(|| without_debug_forms(&error.message));
        let message = format!("the inputs {inputs} do not fit together: {why}");
        Err(Error::new(Code::IncompatibleTypes, message).hint(
            "an interface and those whose types it uses have to come from one place: \
             give the component that exports them all, or say how in a WAC document",
        ))
    }

    /// An error of wac's encoder, which is about imports that become one.
    pub(super) fn unencodable(&self, error: &EncodeError, names: &[String]) -> Error {
        let message = match error {
            EncodeError::ImportTypeMergeConflict { import, first, second, source } => format!(
                "the import `{import}` of `{}` does not fit that of `{}`: {}",
                self.called(*second, names),
                self.called(*first, names),
                chain(source.as_ref())
            ),
            error => chain(error),
        };
        Error::new(Code::IncompatibleTypes, message).hint(SETTLE)
    }

    fn called<'n>(&self, node: NodeId, names: &'n [String]) -> &'n str {
        let input = self.shape_of(node).and_then(|(input, _)| names.get(input));
        input.map_or(STUBS, String::as_str)
    }

    /// An interface of which one instance has the types from here, and another, whose export it uses,
    /// from there. A clause.
    fn two_origins(&self, names: &[String]) -> Option<String> {
        let nodes = self.instantiations();
        let arguments =
            nodes.iter().map(|node| (*node, self.graph.get_instantiation_arguments(*node).collect()));
        let arguments: HashMap<NodeId, Arguments<'_>> = arguments.collect();
        for node in nodes {
            let imports = self.imports(node);
            for (import, argument) in self.graph.get_instantiation_arguments(node) {
                let Some((provider, export)) = self.graph.get_alias_source(argument) else { continue };
                let Some((_, shape)) = self.shape_of(provider) else { continue };
                for need in shape.needs(export) {
                    let (RootItem::Import(name) | RootItem::Export(name)) = need;
                    let theirs = self.origin(&arguments, provider, need);
                    let Some(ours) = imports.get(&track(name)) else { continue };
                    let ours = self.origin(&arguments, node, &RootItem::import(ours));
                    if ours != theirs {
                        return Some(format!(
                            "`{}` has the types of `{name}` from {}, and `{}`, which exports `{import}` to it, \
                             has them from {}",
                            self.called(node, names),
                            self.told(&ours, names),
                            self.called(provider, names),
                            self.told(&theirs, names)
                        ));
                    }
                }
            }
        }
        None
    }

    /// The instance's imports; of those that are compatible, the first.
    fn imports(&self, node: NodeId) -> HashMap<Track<'_>, &str> {
        let mut imports = HashMap::new();
        if let Some(package) = self.graph[node].package() {
            for import in self.graph.types()[self.graph[package].ty()].imports.keys() {
                imports.entry(track(import)).or_insert(import.as_str());
            }
        }
        imports
    }

    fn origin(&self, arguments: &HashMap<NodeId, Arguments<'_>>, node: NodeId, item: &RootItem) -> Origin {
        match item {
            RootItem::Import(name) => {
                let argument = arguments.get(&node).and_then(|arguments| arguments.get(&**name));
                match argument.and_then(|argument| self.graph.get_alias_source(*argument)) {
                    Some((provider, export)) => Origin::Export(provider, export.to_string()),
                    None => Origin::Host,
                }
            }
            RootItem::Export(name) => Origin::Export(node, name.to_string()),
        }
    }

    fn told(&self, origin: &Origin, names: &[String]) -> String {
        match origin {
            Origin::Host => "the host".to_string(),
            Origin::Export(node, _) => format!("`{}`", self.called(*node, names)),
        }
    }
}
