//! What is known of types by way of what they are aliases of. In: ids of the validator's types, and what is
//! known of some of them. Out: what is known of the first of these that a type is an alias of. Not its job:
//! what that is.

use std::collections::HashMap;
use wasmparser::component_types::ComponentAnyTypeId;
use wasmparser::types::Types;

/// Remembers the chains that it has followed: n aliases, each of the one before, take n steps and not their
/// square.
pub struct Aliases<'t, T> {
    types: &'t Types,
    known: HashMap<ComponentAnyTypeId, T>,
    /// Types of which nothing is known but by way of another one, and which that is. Holds until something
    /// becomes known of one of them.
    passed: HashMap<ComponentAnyTypeId, Way>,
    #[cfg(test)]
    pub peeled: usize,
}

#[derive(Debug, Clone, Copy)]
struct Way {
    /// None: there is no such type.
    to: Option<ComponentAnyTypeId>,
    steps: usize,
}

impl<'t, T> Aliases<'t, T> {
    pub fn new(types: &'t Types) -> Aliases<'t, T> {
        Aliases {
            types,
            known: HashMap::new(),
            passed: HashMap::new(),
            #[cfg(test)]
            peeled: 0,
        }
    }

    /// What is known of exactly this type.
    pub fn get(&self, id: ComponentAnyTypeId) -> Option<&T> {
        self.known.get(&id)
    }

    /// Makes something known of a type. Gives what was known of it before.
    pub fn insert(&mut self, id: ComponentAnyTypeId, what: T) -> Option<T> {
        if self.passed.contains_key(&id) {
            self.passed = HashMap::new();
        }
        self.known.insert(id, what)
    }

    /// What is known of the type, or else of the first of those that it is an alias of, if there is one.
    pub fn first(&mut self, id: ComponentAnyTypeId) -> Option<&T> {
        let way = self.way(id);
        way.to.and_then(|to| self.known.get(&to))
    }

    /// The types that somebody goes through to find the same who does not remember any.
    pub fn steps(&mut self, id: ComponentAnyTypeId) -> usize {
        self.way(id).steps
    }

    fn way(&mut self, id: ComponentAnyTypeId) -> Way {
        let mut met = Vec::new();
        let mut next = Some(id);
        let mut way = Way { to: None, steps: 0 };
        while let Some(id) = next {
            if self.known.contains_key(&id) {
                way = Way { to: Some(id), steps: 1 };
                break;
            }
            if let Some(passed) = self.passed.get(&id) {
                way = *passed;
                break;
            }
            #[cfg(test)]
            {
                self.peeled += 1;
            }
            met.push(id);
            next = self.types.peel_alias(id);
        }
        // Most chains are so short that remembering them is no gain.
        let remembered = met.len() > 1;
        for id in met.into_iter().rev() {
            way.steps = way.steps.saturating_add(1);
            if remembered {
                self.passed.insert(id, way);
            }
        }
        way
    }
}
