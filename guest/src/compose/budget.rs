//! What keeps wac's libraries from taking for ever: they go through all of some things for each of them. In:
//! what there is of these. Out: nothing, or `LimitExceeded`. Not its job: the numbers (`read::limits`).

use super::shape::Shape;
use super::track::{Track, track};
use crate::error::{Error, Result};
use crate::read::limits;
use std::collections::HashSet;

const SMALLER: &str = "fuse some of the inputs first, and the result with the others";

/// How many inputs there may be: a composition has an instance of each at least.
pub fn inputs(count: usize) -> Result<()> {
    within(count as u64, "inputs of a composition", limits::INPUTS as u64)
}

/// How many imports and exports the inputs of these instances may have: an instance's arguments, and the
/// exports of it that are used, are looked through for each of them.
pub fn instances<'s>(shapes: impl Iterator<Item = &'s Shape>) -> Result<()> {
    let mut count = 0u64;
    let steps = shapes.fold(0u64, |steps, shape| {
        count = count.saturating_add(1);
        let (imports, exports) = (shape.imports as u64, shape.exports as u64);
        let of_one = imports.saturating_mul(imports).saturating_add(exports.saturating_mul(exports));
        steps.saturating_add(of_one)
    });
    within(count, "instances of a composition", limits::INPUTS as u64)?;
    let what = "the imports and exports of each instance, squared";
    within(steps, what, limits::COMPOSED_ITEMS_SQUARED)
}

/// The same for the instances of a document: where one is given the exports of another one, each of its imports
/// is compared with all of them.
pub fn spread<'s>(instances: impl Iterator<Item = &'s Shape> + Clone, shapes: &[Shape]) -> Result<()> {
    self::instances(instances.clone())?;
    let exports = shapes.iter().map(|shape| shape.exports as u64).max().unwrap_or_default();
    let imports = instances.fold(0u64, |imports, shape| imports.saturating_add(shape.imports as u64));
    let what = "imports of a document's instances, times exports of an input";
    within(imports.saturating_mul(exports), what, limits::COMPARED_NAMES)
}

/// How many names of imports there may be, those of the interfaces that they use among them: each that has
/// a version is compared with all.
pub fn names(names: &HashSet<&str>) -> Result<()> {
    let versions = names.iter().filter(|name| matches!(track(name), Track::Versions(_))).count();
    let steps = (versions as u64).saturating_mul(names.len() as u64);
    let what = "imports of a composition, times those that have a version";
    within(steps, what, limits::COMPARED_NAMES)
}

/// How many value types may be used outside of interfaces: each is looked for among all that interfaces export.
pub fn types(values: usize, exports: usize) -> Result<()> {
    let what = "types of imported functions, times what imported interfaces export";
    within((values as u64).saturating_mul(exports as u64), what, limits::COMPARED_TYPES)
}

fn within(count: u64, what: &str, limit: u64) -> Result<()> {
    match count > limit {
        true => Err(Error::limit(what, limit).hint(SMALLER)),
        false => Ok(()),
    }
}
