//! The interface that both of the tests' hosts offer. In: nothing, these are types. Out: `Guest`,
//! what it returns, and what it tells about its calls of the host. Not its job: running anything
//! (`component_host`, `boundary_host`).

use crate::reason::{HostTrap, Reason};
use crate::value::{FuncType, Path, Resource, ResourceType, Value};
use std::sync::Arc;

/// Serves the imports: called with the way to the function, its type and the arguments; an error
/// is a trap. An `own` argument that the host defines is the host's again; it may hand it out anew.
/// That the guest has dropped the last owner of one is told as a call of the resource's path with
/// `[drop]` before its last name, with the resource as its argument; what comes back is ignored.
pub type Serve = Box<dyn FnMut(&[String], &FuncType, &[Value]) -> anyhow::Result<Option<Value>> + Send>;

/// A function at the root's imports or exports, or in an instance there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub path: Path,
    pub ty: Arc<FuncType>,
}

/// How a call ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Returned(Option<Value>),
    /// After a trap a guest can be neither called nor entered again: each further call traps.
    Trapped(Reason),
}

impl Outcome {
    /// That of a trap.
    pub fn trapped(error: &wasmtime::Error) -> Outcome {
        Outcome::Trapped(Reason::of(error))
    }
}

/// What a guest does to the host.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A call of an import. The result is missing where `Serve` traps.
    Call { path: Path, args: Vec<Value>, result: Option<Option<Value>> },
    /// The guest has dropped the last owner of a resource that the host defines: the way to the
    /// resource type, and the representation.
    Drop { resource: Path, rep: u32 },
}

/// A guest: a component, or a core module with a `meld:boundary`.
///
/// Misuse (an unknown path, a value of the wrong type, a resource that the host does not own)
/// panics, so that a test cannot take it for a trap.
pub trait Guest {
    /// Forgets everything: as new, with the same code and another host.
    fn renew(&mut self, serve: Serve);
    /// Runs what runs at instantiation. To be called once, before all else.
    fn instantiate(&mut self) -> Outcome;
    /// Calls an export. `Own` arguments that the guest defines leave the host.
    fn call(&mut self, path: &[&str], args: &[Value]) -> Outcome;
    /// Drops a resource that the guest defines and the host owns: `Resource::Guest`'s number.
    fn drop_resource(&mut self, guest: u32) -> Outcome;
    /// What has happened since this was last called.
    fn take_events(&mut self) -> Vec<Event>;
    /// The functions that the guest imports, in its order.
    fn imports(&self) -> &[Function];
    /// The functions that the guest exports, in its order.
    fn exports(&self) -> &[Function];
    /// The resources that the guest defines and the host owns now, in the order of their arrival.
    fn owned(&self) -> Vec<(u32, Arc<ResourceType>)>;
}

/// What a host keeps while a guest runs.
pub(crate) struct State {
    pub serve: Serve,
    pub events: Vec<Event>,
}

impl State {
    pub fn new(serve: Serve) -> State {
        State { serve, events: Vec::new() }
    }

    /// Serves one call and writes it down. An error is a `HostTrap`.
    pub fn serve(&mut self, function: &Function, args: Vec<Value>) -> wasmtime::Result<Option<Value>> {
        let served = (self.serve)(&function.path, &function.ty, &args);
        let result = served.as_ref().ok().cloned();
        if let Some(result) = &result {
            function.ty.check_result(result.as_ref());
        }
        self.events.push(Event::Call { path: function.path.clone(), args, result });
        served.map_err(|error| wasmtime::Error::new(HostTrap(format!("{error:#}"))))
    }

    pub fn drop(&mut self, resource: &ResourceType, rep: u32) {
        let mut path = resource.path.clone();
        if let Some(name) = path.last_mut() {
            name.insert_str(0, "[drop]");
        }
        let ty = FuncType { params: Vec::new(), result: None };
        let _ = (self.serve)(&path, &ty, &[Value::Own(Resource::Host(rep))]);
        self.events.push(Event::Drop { resource: resource.path.clone(), rep });
    }
}

/// What the host owns of what the guest defines.
pub(crate) struct Owned<T>(Vec<(Arc<ResourceType>, Option<T>)>);

impl<T: Copy> Owned<T> {
    pub fn new() -> Owned<T> {
        Owned(Vec::new())
    }

    /// Something arrives.
    pub fn add(&mut self, ty: Arc<ResourceType>, thing: T) -> Resource {
        self.0.push((ty, Some(thing)));
        Resource::Guest(self.0.len() as u32 - 1)
    }

    pub fn get(&self, number: u32) -> T {
        let entry = self.0.get(number as usize).and_then(|(_, thing)| *thing);
        entry.unwrap_or_else(|| panic!("the host does not own resource {number}"))
    }

    pub fn take(&mut self, number: u32) -> (Arc<ResourceType>, T) {
        let thing = self.get(number);
        let entry = &mut self.0[number as usize];
        entry.1 = None;
        (entry.0.clone(), thing)
    }

    pub fn list(&self) -> Vec<(u32, Arc<ResourceType>)> {
        let entries = self.0.iter().enumerate();
        entries.filter(|(_, (_, t))| t.is_some()).map(|(i, (ty, _))| (i as u32, ty.clone())).collect()
    }
}
