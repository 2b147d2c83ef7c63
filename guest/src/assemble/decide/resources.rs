//! The canonical built-ins on resources, and destructors. In: definitions, and resource types that cross
//! the outer boundary. Out: what they have become, and what adapters have to know of each resource type.
//! Not its job: handle tables (`runtime`).

use super::Decider;
use crate::abi::func_types::{i32_to_i32, i32_to_nothing};
use crate::adapter::spec::{Function, Guards, HostResource, Ref, ResourceInfo};
use crate::assemble::decisions::Outcome;
use crate::assemble::outer::HostBuiltin;
use crate::error::Result;
use crate::ids::{IdVec, InstanceId, ResourceId};
use crate::link::{CoreDef, Plan, Resource};
use crate::read::PlainFuncTypes;
use std::collections::BTreeSet;

/// The resource types of which owners cross the outer boundary where adapters translate handles.
struct OwnersAcross {
    /// The root's exports take owners from the host.
    taken: BTreeSet<ResourceId>,
    /// They give owners to it.
    given: BTreeSet<ResourceId>,
}

/// `flag` is the instance whose `may_leave` the definition has to test.
impl Decider<'_> {
    pub fn resource_new(
        &mut self,
        instance: InstanceId,
        flag: Option<InstanceId>,
        resource: ResourceId,
    ) -> Result<Outcome> {
        if !self.proofs.tables.inside() {
            let builtin = self.host_builtin(resource, HostBuiltin::New)?;
            let guards = self.guards(flag, Vec::new());
            return Ok(self.guard(builtin, &i32_to_i32(), guards));
        }
        let check_may_leave = flag.is_some();
        let function = Function::ResourceNew { instance, resource, check_may_leave };
        Ok(Outcome::TableBuiltin(self.function(function)))
    }

    pub fn resource_rep(&mut self, instance: InstanceId, resource: ResourceId) -> Result<Outcome> {
        if !self.proofs.tables.inside() {
            return self.host_builtin(resource, HostBuiltin::Rep);
        }
        Ok(Outcome::TableBuiltin(self.function(Function::ResourceRep { instance, resource })))
    }

    pub fn resource_drop(
        &mut self,
        instance: InstanceId,
        flag: Option<InstanceId>,
        resource: ResourceId,
    ) -> Result<Outcome> {
        if !self.proofs.tables.inside() {
            let builtin = self.host_builtin(resource, HostBuiltin::Drop)?;
            let guards = self.guards(flag, Vec::new());
            return Ok(self.guard(builtin, &i32_to_nothing(), guards));
        }
        let (destroy, enter) = self.destroy(instance, resource)?;
        let storage = self.destructor_storage(Some(instance), resource);
        let task = self.destructor_task(resource);
        let guards = Guards { storage, task, ..self.guards(flag, enter) };
        let function = Function::ResourceDrop { instance, resource, destroy, guards };
        Ok(Outcome::TableBuiltin(self.function(function)))
    }

    fn host_builtin(&mut self, resource: ResourceId, builtin: HostBuiltin) -> Result<Outcome> {
        Ok(Outcome::HostImport(self.outer.builtin(resource, builtin)?))
    }

    /// What the drop of an owner in `instance` runs, and which instances that enters.
    fn destroy(&mut self, instance: InstanceId, id: ResourceId) -> Result<(Option<Ref>, Vec<InstanceId>)> {
        match &self.plan.resources[id] {
            Resource::Imported { .. } => {
                let drop = self.host_builtin(id, HostBuiltin::Drop)?;
                Ok((Some(drop.reference()), Vec::new()))
            }
            Resource::Defined { instance: implementer, dtor } => {
                let enter = self.proofs.entering.set(Some(instance), *implementer);
                Ok((dtor.map(|dtor| self.core(dtor)).transpose()?, enter))
            }
        }
    }

    fn destructor_task(&self, id: ResourceId) -> Option<InstanceId> {
        match self.plan.resources[id] {
            Resource::Defined { instance, dtor: Some(_) } => self.task_of(instance),
            _ => None,
        }
    }

    /// The destructors that the host calls: for each resource type that the component defines and
    /// that has crossed the boundary.
    pub fn destructors(&mut self) -> Result<()> {
        let mut types = PlainFuncTypes::default();
        for id in self.outer.resources() {
            let Resource::Defined { instance, dtor: Some(dtor) } = &self.plan.resources[id] else { continue };
            let enter = self.proofs.entering.set(None, *instance);
            let destructor = self.core(*dtor)?;
            let (storage, task) = (self.destructor_storage(None, id), self.destructor_task(id));
            let guards = Guards { storage, task, ..self.guards(None, enter) };
            let function = if self.proofs.tables.inside() {
                let destructor = Some(destructor);
                Ref::Adapter(self.function(Function::HostDestructor { destructor, guards }))
            } else {
                let destructor = Outcome::Direct(destructor);
                match self.guard(destructor, &i32_to_nothing(), guards) {
                    Outcome::Direct(_) if !has_plain_type(self.plan, *dtor, &mut types) => {
                        let guards = self.guards(None, Vec::new());
                        self.behind(destructor, &i32_to_nothing(), guards)
                    }
                    guarded => guarded,
                }
                .reference()
            };
            self.outer.set_destructor(id, function)?;
        }
        Ok(())
    }

    /// What the adapter module has to know of each resource type.
    pub fn resources(&mut self) -> Result<IdVec<ResourceId, ResourceInfo>> {
        let OwnersAcross { taken, given } = self.owners_across();
        let mut infos = IdVec::new();
        for (id, resource) in self.plan.resources.iter() {
            let mut host = HostResource::default();
            let implementer = match resource {
                Resource::Imported { .. } => None,
                Resource::Defined { instance, .. } => Some(*instance),
            };
            if implementer.is_some() && taken.contains(&id) {
                host.rep = Some(self.outer.builtin(id, HostBuiltin::Rep)?);
                host.drop = Some(self.outer.builtin(id, HostBuiltin::Drop)?);
            }
            if implementer.is_some() && given.contains(&id) {
                host.new = Some(self.outer.builtin(id, HostBuiltin::New)?);
            }
            infos.push(ResourceInfo { implementer, host });
        }
        Ok(infos)
    }

    fn owners_across(&self) -> OwnersAcross {
        if !self.proofs.tables.inside() {
            return OwnersAcross { taken: BTreeSet::new(), given: BTreeSet::new() };
        }
        let types = || self.proofs.used.lifts_exported.iter().map(|id| &self.plan.lifts[*id].ty);
        let elements = || self.bridges.elements(self.plan);
        let taken = types().flat_map(|ty| ty.params.iter().map(|(_, id)| *id)).chain(elements());
        let mut given = self.func_types.owned(types().filter_map(|ty| ty.result));
        given.extend(self.bridges.offered());
        OwnersAcross { taken: self.func_types.owned(taken), given }
    }
}

/// Whether the type of a core function is one that others of the same parameters and results equal: what
/// a host imports it with, and a module that is put around the fused one. (`resource` asks for the
/// parameters of a destructor alone.)
fn has_plain_type<'p>(plan: &'p Plan<'p>, def: CoreDef, types: &mut PlainFuncTypes<'p>) -> bool {
    let CoreDef::Item { instance, index, .. } = def else { return true };
    let id = plan.core_instances[instance].module;
    types.of_function(id, &plan.modules[id], index).is_some()
}
