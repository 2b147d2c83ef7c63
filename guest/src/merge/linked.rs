//! What is known before the first body is copied, and stays so. In: an assembly. Out: its definitions,
//! the constants among its globals, and what is deferred to the start function. Not its job: what
//! copying finds (`reencoder`).

use super::Body;
use super::accessors::Accessors;
use super::assembly::Assembly;
use super::constant::Constants;
use super::definitions::Definitions;
use super::entity::{Defined, Entity};
use super::reencoder::{Found, Mapper};
use super::segments::Deferred;
use super::spaces::IndexSpaces;
use crate::error::{Error, Result};
use crate::ids::{FuncId, IdVec, LinkId};
use crate::read::Module;

/// An assembly, and what each index in it means.
pub struct Linked<'a> {
    pub assembly: Assembly<'a>,
    pub definitions: Definitions,
    pub constants: Constants,
    pub accessors: Accessors,
    pub deferred: IdVec<LinkId, Deferred>,
}

/// A definition, with what is around it.
pub struct Located<'l, 'a, E: Entity> {
    pub definition: &'l E::Definition<'a>,
    /// Which of the module's definitions it is.
    pub nth: Defined<E>,
    pub module: &'l Module<'a>,
    pub spaces: &'l IndexSpaces,
    pub deferred: &'l Deferred,
    constants: &'l Constants,
    accessors: &'l Accessors,
}

impl<'a> Linked<'a> {
    /// Finds a definition. An error: no instance has it.
    pub fn locate<E: Entity>(&self, id: E) -> Result<Located<'_, 'a, E>> {
        let (owner, nth) = self.definitions.owner(id).ok_or_else(missing)?;
        let instance = self.assembly.instances.get(owner).ok_or_else(missing)?;
        let module = self.assembly.module(instance)?;
        Ok(Located {
            definition: nth.get(module).ok_or_else(missing)?,
            nth,
            module,
            spaces: self.definitions.instances.get(owner).ok_or_else(missing)?,
            deferred: self.deferred.get(owner).ok_or_else(missing)?,
            constants: &self.constants,
            accessors: &self.accessors,
        })
    }
}

impl Linked<'_> {
    /// Which function of which instance this is. An error: of none.
    pub fn body(&self, func: FuncId) -> Result<Body> {
        let (instance, _) = self.definitions.owner(func).ok_or_else(missing)?;
        let Located { nth, module, spaces, .. } = self.locate(func)?;
        Ok(Body { instance, index: spaces.index(module, nth) })
    }
}

impl<'l, E: Entity> Located<'l, '_, E> {
    /// What maps the indices in it.
    pub fn mapper<'f, 's>(&self, found: &'f mut Found<'s>) -> Mapper<'f, 's>
    where
        'l: 'f,
    {
        Mapper { spaces: self.spaces, constants: self.constants, accessors: self.accessors, found }
    }
}

pub fn missing() -> Error {
    Error::internal("the merged module refers to what no instance defines")
}
