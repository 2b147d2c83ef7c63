//! Where the component that is fused comes from: one input, or several that were composed, perhaps on the platform of
//! WASI 0.1. In: errors and bytes of the component. Out: the inputs that these are about. Not its job: composing.

use crate::compose::{self, Placed};
use crate::error::Error;
use crate::provenance::Part;
use std::ops::Range;

/// Where the component that is being fused comes from.
pub enum Origin {
    /// It is the only input, of this name.
    Input(String),
    /// It was composed: a name for the whole, and where each input stands in it.
    Composition(String, Vec<Placed>),
    /// It is one of those, and was put on the platform: where all that now stands.
    OnPlatform(Box<Origin>, Vec<Placed>),
}

impl Origin {
    /// Puts the input's name, and the offset in that input, into an error about the component.
    pub fn place(&self, error: Error) -> Error {
        match self {
            Origin::Input(name) => error.in_input(name),
            Origin::Composition(name, origins) => compose::place(origins, error).in_input(name),
            Origin::OnPlatform(below, origins) => {
                let mut error = compose::place(origins, error);
                if error.input.as_deref() == Some(below.name()) {
                    error.input = None;
                }
                below.place(error)
            }
        }
    }

    /// Where the inputs are in the component, which has this many bytes.
    pub fn inputs(&self, bytes: usize) -> Vec<Range<usize>> {
        match self {
            Origin::Input(_) => std::iter::once(0..bytes).collect(),
            Origin::Composition(_, origins) => {
                let inputs = origins.iter().filter(|placed| placed.input.is_some());
                inputs.map(|placed| placed.range.clone()).collect()
            }
            Origin::OnPlatform(below, origins) => {
                let Some(Range { start, end }) = on_top(origins).map(|placed| placed.range.clone()) else {
                    return Vec::new();
                };
                let inside = below.inputs(end.saturating_sub(start));
                let moved =
                    |range: Range<usize>| range.start.saturating_add(start)..range.end.saturating_add(start);
                inside.into_iter().map(moved).collect()
            }
        }
    }

    /// Where what was there before the platform begins in the component.
    pub fn start(&self) -> usize {
        let Origin::OnPlatform(_, origins) = self else { return 0 };
        on_top(origins).map_or(0, |placed| placed.range.start)
    }

    /// Where a byte of the component comes from.
    pub fn locate(&self, offset: usize) -> Option<(Part, u64)> {
        let (below, origins) = match self {
            Origin::Input(_) => return Some((Part::Input(0), offset as u64)),
            Origin::Composition(_, origins) => (None, origins),
            Origin::OnPlatform(below, origins) => (Some(below), origins),
        };
        let (_, placed, inside) = Placed::find(origins, offset)?;
        match (placed.input, below) {
            (Some(_), Some(below)) => below.locate(inside),
            (Some(input), None) => Some((Part::Input(input as u32), inside as u64)),
            (None, _) => Some((Part::Added(placed.name.clone()), inside as u64)),
        }
    }

    /// Whether a byte of the component is of the platform.
    pub fn is_platform(&self, offset: usize) -> bool {
        let Origin::OnPlatform(_, origins) = self else { return false };
        Placed::find(origins, offset).is_some_and(|(_, placed, _)| placed.input.is_none())
    }

    /// What the whole is called.
    pub fn name(&self) -> &str {
        match self {
            Origin::Input(name) | Origin::Composition(name, _) => name,
            Origin::OnPlatform(below, _) => below.name(),
        }
    }
}

/// What was put on the platform.
fn on_top(origins: &[Placed]) -> Option<&Placed> {
    origins.iter().find(|placed| placed.input.is_some())
}
