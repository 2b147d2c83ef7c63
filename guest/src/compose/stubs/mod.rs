//! The provider of what the host lacks. In: what a composition imports, and patterns that say which of
//! it is to be stubbed. Out: a component that exports that, with functions that trap. Like any other
//! provider it is composed under the inputs, so that nothing downstream knows of it. Not its job:
//! connecting it (`matching`, `document`).
//!
//! - `writer`: the component
//! - `interface`: in it, a component for each interface
//! - `values`: value types, wherever they are defined
//! - `core`, `flatten`: the core module, and the signatures of its functions

mod core;
mod flatten;
mod interface;
mod values;
mod writer;

use super::shape::{self, Shape};
use super::track::{Track, track};
use super::wording::{STUBS, chain};
use crate::error::{Code, Error, Result};
use crate::interface::Input;
use indexmap::IndexMap;
use std::collections::{HashMap, HashSet};
use wac_graph::types::{ItemKind, SubtypeChecker, TypeAggregator, Types};

/// What the inputs leave to the host, as one component would import it.
#[derive(Default)]
pub struct Imports {
    all: TypeAggregator,
}

impl Imports {
    /// Adds an import. Errors: `IncompatibleTypes` where it does not fit one of its name.
    pub fn add(self, types: &Types, name: &str, kind: ItemKind) -> Result<Imports> {
        let mut cache = Default::default();
        let all = self.all.aggregate(name, types, kind, &mut SubtypeChecker::new(&mut cache));
        let all = all.map_err(|error| {
            let why = chain(error.as_ref());
            Error::new(Code::IncompatibleTypes, format!("the imports `{name}` cannot be one: {why}"))
        })?;
        Ok(Imports { all })
    }

    /// The provider of all imports that a pattern names. Errors: `InvalidOption` for a pattern that
    /// names none, and for an import that is left and uses types of one that is not; `Unsupported` for
    /// what is neither a function nor an interface nor a type.
    pub fn stubs(&self, patterns: &[String]) -> Result<Stubs> {
        let imports: IndexMap<&str, ItemKind> = self.all.imports().collect();
        for pattern in patterns {
            if !imports.keys().any(|name| names(pattern, name)) {
                return Err(matches_nothing(pattern, imports.keys()));
            }
        }
        let stubbed = |name: &str| patterns.iter().any(|pattern| names(pattern, name));
        self.complete(&imports, &stubbed)?;
        let chosen = imports.iter().filter(|(name, _)| stubbed(name)).map(|(name, kind)| (*name, *kind));
        let chosen: IndexMap<&str, ItemKind> = chosen.collect();
        let bytes = writer::write(self.all.types(), &chosen, &imports)?;
        let names = chosen.keys().map(|name| name.to_string()).collect();
        Ok(Stubs { bytes, names })
    }

    /// What is left must not need a type that only a stub has.
    fn complete(&self, imports: &IndexMap<&str, ItemKind>, stubbed: &dyn Fn(&str) -> bool) -> Result<()> {
        let types = self.all.types();
        let tracks: HashSet<Track<'_>> =
            imports.keys().filter(|name| stubbed(name)).map(|name| track(name)).collect();
        for (name, kind) in imports.iter().filter(|(name, _)| !stubbed(name)) {
            let ItemKind::Instance(id) = kind else { continue };
            let mut used = types[*id].uses.values().filter_map(|used| types[used.interface].id.as_deref());
            if let Some(gone) = used.find(|used| tracks.contains(&track(used))) {
                let message = format!("the import `{name}` uses types of `{gone}`, which is stubbed");
                return Err(Error::new(Code::InvalidOption, message)
                    .hint(format!("stub `{name}` too, or leave `{gone}` to the host")));
            }
        }
        Ok(())
    }
}

/// A pattern is a name, or how names begin with `*` behind it.
fn names(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

fn matches_nothing<'n>(pattern: &str, imports: impl Iterator<Item = &'n &'n str>) -> Error {
    let imports: Vec<_> = imports.map(|name| format!("`{name}`")).collect();
    let imports = match imports.is_empty() {
        true => "nothing is imported".to_string(),
        false => format!("imported are {}", imports.join(", ")),
    };
    Error::new(Code::InvalidOption, format!("the stub `{pattern}` names no import: {imports}"))
        .hint("a stub is the name of an import, or how names begin with `*` at the end")
}

/// The exports of the provider of stubs.
pub type StubExports<'s> = HashMap<Track<'s>, &'s str>;

/// A provider of functions that trap.
pub struct Stubs {
    bytes: Vec<u8>,
    names: Vec<String>,
}

impl Stubs {
    /// The provider as an input, and its shape.
    pub fn input(&self) -> Result<(Input, Shape)> {
        let input = Input::new(STUBS, self.bytes.clone());
        let shape = shape::of(&input).map_err(|error| match error.code {
            // Shapes that no WIT makes.
            Code::Invalid => {
                let why = format!("what is stubbed cannot be exported: {}", error.message);
                Error::new(Code::Unsupported, why)
            }
            _ => error,
        })?;
        Ok((input, shape))
    }

    /// Its exports, by the track of the imports that they meet.
    pub fn exports(&self) -> StubExports<'_> {
        // Of those that are compatible, there is one: `Imports` has made one import of them.
        self.names.iter().map(|name| (track(name), name.as_str())).collect()
    }
}

/// Of what cannot be stubbed; `write` says which import it is.
fn refused(what: &str) -> Error {
    Error::new(Code::Unsupported, what)
}

fn missing() -> Error {
    Error::internal("a stub that is not lifted")
}
