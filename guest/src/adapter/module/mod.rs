//! The module in the making: what is known of types, what is imported, and the functions. In: requests
//! from the code writers, by meaning. Out: indices, and at the end the module's bytes. Not its job:
//! instructions.
//!
//! - `globals`: the globals that it defines
//! - `imports`: what it imports
//! - this file: the requests
//! - `encode`: its bytes

mod encode;
mod globals;
mod imports;

pub use encode::AdapterModule;
pub use globals::Global;
pub use imports::Imports;

use super::body::{Body, FunctionRef, GlobalRef, Memory};
use super::cost::Costs;
use super::derived::{Derived, Way};
use super::helper::Helper;
use super::plain::PlainTypes;
use super::spec::{Ref, ResourceInfo, Transcoder};
use crate::abi::facts::FactTable;
use crate::abi::layout::{Layouts, Pointer, Signature};
use crate::abi::side::{MemoryRef, Reallocator, Side};
use crate::error::{Error, Result};
use crate::ids::{IdVec, InstanceId, ResourceId, TypeId};
use crate::link::{FuncType, Types};
use crate::optimizations::Optimizations;
use crate::read::{self, limits};
use crate::runtime::{self, HandleTables, RuntimeFunction, SchedulerFunction};
use indexmap::{IndexMap, IndexSet};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_encoder::ValType;

/// A function that is written.
struct Defined {
    /// Index into `Module::signatures`.
    ty: u32,
    body: Body,
    /// As `Module::at`.
    at: u32,
}

/// What a function costs beside its instructions, in bytes: its type, its name, its locals.
const AROUND_CODE: usize = 32;

/// What one module may take.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Bytes of code.
    pub code: usize,
    /// Types that are looked at for handles.
    pub handle_types: usize,
}

/// The module in the making.
pub struct Module<'a> {
    pub types: &'a Types,
    derived: &'a Derived,
    pub facts: FactTable,
    pub plain: PlainTypes<'a>,
    pub costs: Costs<'a>,
    resources: &'a IdVec<ResourceId, ResourceInfo>,
    pub tables: &'a HandleTables,
    /// The handle runtime, where its functions are inlined into adapters.
    pub inlined: Option<Rc<read::Module<'a>>>,
    layouts32: Layouts<'a>,
    layouts64: Layouts<'a>,
    /// By index into the type section.
    signatures: IndexSet<Signature>,
    imports: Imports,
    /// By index among the globals that the module defines.
    globals: IndexSet<Global>,
    /// By index; those of `spec::Function`s come first.
    defined: Vec<Option<Defined>>,
    /// Their indices in `defined`.
    helpers: IndexMap<Helper, u32>,
    /// Those of `helpers` that are not written yet, each with the `spec::Function` that is to blame.
    pending: VecDeque<(Helper, u32)>,
    /// The `spec::Function` that what is being written is for.
    pub at: u32,
    budget: Budget,
    /// Bytes of code so far, with what the functions that it calls have.
    code: usize,
    /// Instances whose `may_leave` transcoders need.
    may_leave: IndexSet<InstanceId>,
    /// How many of `defined` are `spec::Function`s.
    exported: u32,
}

impl<'a> Module<'a> {
    /// A module whose first `count` functions are to be `define`d under their index.
    pub fn new(
        derived: &'a Derived,
        resources: &'a IdVec<ResourceId, ResourceInfo>,
        tables: &'a HandleTables,
        count: usize,
        (optimizations, budget): (Optimizations, Budget),
    ) -> Result<Module<'a>> {
        let types = &derived.types;
        if count > limits::FUNCTIONS {
            return Err(Error::limit("the component needs too many adapters", limits::FUNCTIONS as u64));
        }
        let inlined = match tables.inlined(optimizations) {
            true => Some(Rc::new(read::Module::parse(tables.module()?, 0)?)),
            false => None,
        };
        Ok(Module {
            types,
            derived,
            facts: FactTable::new(types),
            plain: PlainTypes::new(types, optimizations.bulk_copies),
            costs: Costs::new(types),
            resources,
            tables,
            inlined,
            layouts32: Layouts::new(types, Pointer::I32),
            layouts64: Layouts::new(types, Pointer::I64),
            signatures: IndexSet::new(),
            imports: Imports::default(),
            globals: IndexSet::new(),
            defined: (0..count).map(|_| None).collect(),
            helpers: IndexMap::new(),
            pending: VecDeque::new(),
            at: 0,
            budget,
            code: 0,
            may_leave: IndexSet::new(),
            exported: count as u32,
        })
    }

    pub fn layouts(&self, pointer: Pointer) -> &Layouts<'a> {
        match pointer {
            Pointer::I32 => &self.layouts32,
            Pointer::I64 => &self.layouts64,
        }
    }

    /// The element of a map as a list: "despecialize".
    pub fn pair(&self, key: TypeId, value: TypeId) -> Result<TypeId> {
        let pair = self.derived.pairs.get(&(key, value)).copied();
        pair.ok_or_else(|| Error::internal("an adapter for a map without the type of its entries"))
    }

    /// The tuple of a call's parameters, where many calls take them from one of these sides to the other.
    pub fn shared_params(&self, ty: &Rc<FuncType>, from: Side, to: Side) -> Option<TypeId> {
        self.derived.params.get(&Way::new(ty, self.facts.of_params(ty), from, to)).copied()
    }

    pub fn resource(&self, id: ResourceId) -> Result<ResourceInfo> {
        self.resources.get(id).copied().ok_or_else(|| Error::internal("an adapter for an unknown resource"))
    }

    /// The address of the descriptor of an instance's handle table, in the runtime's memory.
    pub fn descriptor(&self, instance: InstanceId) -> Result<u32> {
        let table = self.tables.numbers.get(&instance).copied();
        let descriptor = table.and_then(runtime::descriptor);
        descriptor
            .ok_or_else(|| Error::internal("an adapter for handles of an instance without a handle table"))
    }

    /// The number of a type of streams or futures of which the host has ends, and that of the host's write.
    pub fn of_host(&self, ty: TypeId) -> Result<(u32, u32)> {
        let (number, _, write) = self
            .tables
            .of_host
            .get_full(&ty)
            .ok_or_else(|| Error::internal("the host has no ends of this type"))?;
        Ok((number as u32, *write))
    }

    /// The number of a resource type whose handles the host may not take.
    pub fn offered(&self, resource: ResourceId) -> Result<u32> {
        let number = self.tables.offered.get_index_of(&resource);
        Ok(number.ok_or_else(|| Error::internal("the host is offered a handle of another type"))? as u32)
    }

    /// The address of `borrows` in the descriptor of an instance's handle table.
    pub fn scope(&self, instance: InstanceId) -> Result<u32> {
        Ok(self.descriptor(instance)?.saturating_add(runtime::BORROWS))
    }

    /// The function that `reference` names, imported unless it is one of this module's own.
    pub fn function(&mut self, reference: Ref, params: &[ValType], results: &[ValType]) -> FunctionRef {
        if let Ref::Adapter(index) = reference {
            return FunctionRef::Own(index);
        }
        let signatures = &mut self.signatures;
        FunctionRef::Import(self.imports.function(reference, || signature(signatures, params, results)))
    }

    /// A function of the handle runtime, imported.
    pub fn runtime(&mut self, function: RuntimeFunction) -> FunctionRef {
        self.function(Ref::Runtime(function), function.params(), function.results())
    }

    /// A function of the scheduler, imported.
    pub fn scheduler(&mut self, function: SchedulerFunction) -> FunctionRef {
        self.function(Ref::Scheduler(function), function.params(), function.results())
    }

    /// A function that the fused module imports for a resource: `(i32) -> ()` or `(i32) -> (i32)`.
    pub fn host(&mut self, function: Option<u32>, results: usize) -> Result<FunctionRef> {
        let index =
            function.ok_or_else(|| Error::internal("an adapter needs a host function for a resource"))?;
        Ok(self.function(Ref::Host(index), &[ValType::I32], &vec![ValType::I32; results]))
    }

    /// A memory, imported.
    pub fn memory(&mut self, memory: MemoryRef) -> Memory {
        let reference = match memory {
            MemoryRef::Guest(memory) => Ref::Core(memory.def),
            MemoryRef::Runtime => Ref::RuntimeMemory,
            MemoryRef::Scheduler => Ref::SchedulerMemory,
        };
        let index = self.imports.memory(reference, memory);
        Memory { index, pointer: Pointer::new(memory.memory64()), page_bits: memory.page_bits() }
    }

    /// A transcoder's function, and its global `length` where the length can change.
    pub fn transcoder(&mut self, transcoder: Transcoder) -> (FunctionRef, Option<GlobalRef>) {
        let from = Pointer::new(transcoder.from.memory.memory64()).val_type();
        let to = Pointer::new(transcoder.to.memory.memory64());
        if let Reallocator::Guarded(_, instance) = transcoder.realloc {
            self.global(Global::MayLeave(instance));
            self.may_leave.insert(instance);
        }
        if !self.imports.contains(Ref::Transcoder(transcoder)) {
            self.code = self.code.saturating_add(runtime::TRANSCODER_BYTES);
        }
        let function = self.function(Ref::Transcoder(transcoder), &[from, from], &[to.val_type()]);
        let length = Ref::TranscoderLength(transcoder);
        let length = transcoder
            .changes_length()
            .then(|| GlobalRef::Import(self.imports.global(length, to.val_type())));
        (function, length)
    }

    /// The `realloc` of a side, and the instance that may not leave while it runs.
    pub fn realloc(&mut self, side: Side) -> Result<(FunctionRef, Option<InstanceId>)> {
        let realloc = side.realloc;
        let realloc =
            realloc.ok_or_else(|| Error::internal("an adapter allocates on a side without a realloc"))?;
        self.reallocator(realloc, side.pointer())
    }

    /// The same of a `realloc` for a memory with such addresses.
    pub fn reallocator(
        &mut self,
        realloc: Reallocator,
        pointer: Pointer,
    ) -> Result<(FunctionRef, Option<InstanceId>)> {
        let ty = pointer.val_type();
        match realloc {
            Reallocator::Direct(def) => Ok((self.function(Ref::Core(def), &[ty; 4], &[ty]), None)),
            Reallocator::Guarded(def, instance) => {
                Ok((self.function(Ref::Core(def), &[ty; 4], &[ty]), Some(instance)))
            }
            Reallocator::Adapter(index) => Ok((FunctionRef::Own(index), None)),
            Reallocator::Runtime | Reallocator::InPlace => Ok((self.runtime(RuntimeFunction::Realloc), None)),
            Reallocator::OneOf { .. } => {
                Err(Error::internal("an adapter allocates before it has chosen how"))
            }
        }
    }

    /// A global that the module defines.
    pub fn global(&mut self, global: Global) -> GlobalRef {
        GlobalRef::Own(self.globals.insert_full(global).0 as u32)
    }

    /// The index of a function that is written later, once.
    pub fn helper(&mut self, helper: Helper) -> u32 {
        if let Some(index) = self.helpers.get(&helper) {
            return *index;
        }
        let index = self.defined.len() as u32;
        self.defined.push(None);
        self.helpers.insert(helper, index);
        self.pending.push_back((helper, self.at));
        index
    }

    /// The next of `helpers` that is still to be written.
    pub fn next_helper(&mut self) -> Result<Option<(u32, Helper)>> {
        if self.defined.len() > limits::FUNCTIONS {
            return Err(Error::limit("the adapters need too many functions", limits::FUNCTIONS as u64));
        }
        let Some((helper, at)) = self.pending.pop_front() else { return Ok(None) };
        self.at = at;
        Ok(self.helpers.get(&helper).map(|index| (*index, helper)))
    }

    /// Takes a type that is looked at for handles out of the budget.
    pub fn look_for_handles(&mut self) -> Result<()> {
        let left = self.budget.handle_types.checked_sub(1);
        self.budget.handle_types = left.ok_or_else(|| {
            Error::limit(
                "types that calls with borrows are searched for handles",
                limits::HANDLE_TYPES as u64,
            )
        })?;
        Ok(())
    }

    /// Function `index` is done.
    pub fn define(&mut self, index: u32, results: &[ValType], body: Body) -> Result<()> {
        // A leak costs a local and nothing else: no reason to refuse an input.
        debug_assert_eq!(body.temporaries(), 0, "function {index} does not give back a local");
        self.code = self.code.saturating_add(body.len()).saturating_add(AROUND_CODE);
        if self.code > self.budget.code {
            return Err(Error::limit("bytes of generated code", self.budget.code as u64));
        }
        let params: Vec<ValType> = body.params().iter().map(|param| param.ty).collect();
        for trap in body.traps() {
            self.function(Ref::Trap(*trap), &[], &[]);
        }
        let ty = signature(&mut self.signatures, &params, results);
        let slot = self.defined.get_mut(index as usize);
        *slot.ok_or_else(|| Error::internal("an adapter outside its module"))? =
            Some(Defined { ty, body, at: self.at });
        Ok(())
    }
}

/// The index of a function type in the type section.
fn signature(signatures: &mut IndexSet<Signature>, params: &[ValType], results: &[ValType]) -> u32 {
    let signature = Signature { params: params.to_vec(), results: results.to_vec() };
    signatures.insert_full(signature).0 as u32
}
