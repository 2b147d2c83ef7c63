//! The module in the making: imports, globals, functions and what is known of types. In: requests
//! from the code writers, by meaning. Out: indices, and at the end the module's bytes. Not its
//! job: instructions.

use super::AdapterModule;
use super::body::{Body, FunctionRef, GlobalRef, Memory};
use super::cost::Costs;
use super::helper::Helper;
use super::plain::PlainTypes;
use crate::abi::facts::FactTable;
use crate::abi::layout::{Layouts, Pointer, Signature};
use crate::abi::side::{MemoryRef, Reallocator, Side};
use crate::adapter::spec::{Ref, ResourceInfo, Transcoder};
use crate::error::{Error, Result};
use crate::ids::{IdVec, InstanceId, ResourceId, TypeId};
use crate::link::Types;
use crate::optimizations::Optimizations;
use crate::read::{self, limits};
use crate::runtime::{self, HandleTables, RuntimeFunction};
use indexmap::{IndexMap, IndexSet};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use wasm_encoder::{
    CodeSection, ConstExpr, EntityType, ExportKind, ExportSection, FunctionSection, GlobalSection,
    GlobalType, ImportSection, MemoryType, NameMap, NameSection, TypeSection, ValType,
};

/// Globals that the module defines: all mutable and private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Global {
    /// 1 while the instance may call out: `may_leave`.
    MayLeave(InstanceId),
    /// 1 while the instance can be entered: `may_enter`.
    MayEnter(InstanceId),
    /// 1 while the module takes an owner back from the host, whose `resource.drop` then must not
    /// run the destructor.
    HoldDestructor,
    /// The n-th result of a function with more than one, until the next instruction of its caller.
    Result(u32, ValType),
}

impl Global {
    fn ty(self) -> ValType {
        match self {
            Global::Result(_, ty) => ty,
            _ => ValType::I32,
        }
    }
}

/// What an import is, with its index in its own index space.
#[derive(Debug, Clone, Copy)]
enum Import {
    Function { index: u32, ty: u32 },
    Memory { index: u32, memory: MemoryRef },
    Global { index: u32, ty: ValType },
}

/// How many imports of each sort there are.
#[derive(Debug, Clone, Copy, Default)]
struct Imported {
    functions: u32,
    memories: u32,
    globals: u32,
}

struct Defined {
    name: String,
    ty: u32,
    body: Body,
}

/// The module in the making.
pub struct Module<'a> {
    pub types: &'a Types,
    /// For each key and value type of a map in `types`, the tuple of them.
    pairs: &'a BTreeMap<(TypeId, TypeId), TypeId>,
    pub facts: FactTable,
    pub plain: PlainTypes<'a>,
    pub costs: Costs<'a>,
    resources: &'a IdVec<ResourceId, ResourceInfo>,
    pub tables: &'a HandleTables,
    /// The handle runtime, where adapters contain pieces of it.
    pub pieces: Option<Rc<read::Module<'a>>>,
    layouts32: Layouts<'a>,
    layouts64: Layouts<'a>,
    signatures: IndexSet<Signature>,
    imports: IndexMap<Ref, Import>,
    imported: Imported,
    globals: IndexSet<Global>,
    /// By index; those of `spec::Function`s come first.
    defined: Vec<Option<Defined>>,
    helpers: IndexMap<Helper, u32>,
    /// Those of `helpers` that are not written yet.
    pending: VecDeque<Helper>,
    /// Instances whose `may_leave` transcoders need.
    may_leave: IndexSet<InstanceId>,
    /// How many of `defined` are `spec::Function`s.
    exported: u32,
}

impl<'a> Module<'a> {
    /// A module whose first `count` functions are to be `define`d under their index.
    pub fn new(
        types: &'a Types,
        pairs: &'a BTreeMap<(TypeId, TypeId), TypeId>,
        resources: &'a IdVec<ResourceId, ResourceInfo>,
        tables: &'a HandleTables,
        count: usize,
        optimizations: Optimizations,
    ) -> Result<Module<'a>> {
        if count > limits::FUNCTIONS {
            return Err(Error::limit("the component needs too many adapters", limits::FUNCTIONS as u64));
        }
        let pieces = match tables.inlined(optimizations) {
            true => Some(Rc::new(read::Module::parse(tables.module()?, 0)?)),
            false => None,
        };
        Ok(Module {
            types,
            pairs,
            facts: FactTable::new(types),
            plain: PlainTypes::new(types, optimizations.bulk_copies),
            costs: Costs::new(types),
            resources,
            tables,
            pieces,
            layouts32: Layouts::new(types, Pointer::I32),
            layouts64: Layouts::new(types, Pointer::I64),
            signatures: IndexSet::new(),
            imports: IndexMap::new(),
            imported: Imported::default(),
            globals: IndexSet::new(),
            defined: (0..count).map(|_| None).collect(),
            helpers: IndexMap::new(),
            pending: VecDeque::new(),
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
        let pair = self.pairs.get(&(key, value)).copied();
        pair.ok_or_else(|| Error::internal("an adapter for a map without the type of its entries"))
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

    /// The scope of what the one call of an instance that can be in progress borrows.
    pub fn scope(&self, instance: InstanceId) -> Result<u32> {
        Ok(self.descriptor(instance)?.saturating_add(runtime::BORROWS))
    }

    /// The function that `reference` names, imported unless it is one of this module's own.
    pub fn function(&mut self, reference: Ref, params: &[ValType], results: &[ValType]) -> FunctionRef {
        if let Ref::Adapter(index) = reference {
            return FunctionRef::Own(index);
        }
        if let Some(Import::Function { index, .. }) = self.imports.get(&reference) {
            return FunctionRef::Import(*index);
        }
        let ty = self.signature(params, results);
        let index = next(&mut self.imported.functions);
        self.imports.insert(reference, Import::Function { index, ty });
        FunctionRef::Import(index)
    }

    /// A function of the handle runtime, imported.
    pub fn runtime(&mut self, function: RuntimeFunction) -> FunctionRef {
        self.function(Ref::Runtime(function), function.params(), function.results())
    }

    /// A function that the fused module imports for a resource, all i32.
    pub fn host(&mut self, function: Option<u32>, results: usize) -> Result<FunctionRef> {
        let index =
            function.ok_or_else(|| Error::internal("an adapter needs a host function for a resource"))?;
        Ok(self.function(Ref::Host(index), &[ValType::I32], &vec![ValType::I32; results]))
    }

    pub fn memory(&mut self, memory: MemoryRef) -> Memory {
        let reference = match memory {
            MemoryRef::Guest(memory) => Ref::Core(memory.def),
            MemoryRef::Runtime => Ref::RuntimeMemory,
        };
        let index = match self.imports.get(&reference) {
            Some(Import::Memory { index, .. }) => *index,
            _ => {
                let index = next(&mut self.imported.memories);
                self.imports.insert(reference, Import::Memory { index, memory });
                index
            }
        };
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
        let function = self.function(Ref::Transcoder(transcoder), &[from, from], &[to.val_type()]);
        let length = transcoder.changes_length().then(|| self.transcoder_length(transcoder, to));
        (function, length)
    }

    fn transcoder_length(&mut self, transcoder: Transcoder, to: Pointer) -> GlobalRef {
        let reference = Ref::TranscoderLength(transcoder);
        if let Some(Import::Global { index, .. }) = self.imports.get(&reference) {
            return GlobalRef::Import(*index);
        }
        let index = next(&mut self.imported.globals);
        self.imports.insert(reference, Import::Global { index, ty: to.val_type() });
        GlobalRef::Import(index)
    }

    /// The `realloc` of a side, and the instance that may not leave while it runs.
    pub fn realloc(&mut self, side: Side) -> Result<(FunctionRef, Option<InstanceId>)> {
        let pointer = side.pointer();
        let ty = pointer.val_type();
        match side.realloc {
            Some(Reallocator::Direct(def)) => Ok((self.function(Ref::Core(def), &[ty; 4], &[ty]), None)),
            Some(Reallocator::Guarded(def, instance)) => {
                Ok((self.function(Ref::Core(def), &[ty; 4], &[ty]), Some(instance)))
            }
            Some(Reallocator::Runtime) => Ok((self.runtime(RuntimeFunction::Realloc), None)),
            None => Err(Error::internal("an adapter allocates on a side without a realloc")),
        }
    }

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
        self.pending.push_back(helper);
        index
    }

    /// The next of `helpers` that is still to be written.
    pub fn next_helper(&mut self) -> Result<Option<(u32, Helper)>> {
        if self.defined.len() > limits::FUNCTIONS {
            return Err(Error::limit("the adapters need too many functions", limits::FUNCTIONS as u64));
        }
        Ok(self.pending.pop_front().and_then(|helper| Some((*self.helpers.get(&helper)?, helper))))
    }

    /// Function `index` is done.
    pub fn define(&mut self, index: u32, name: String, results: &[ValType], body: Body) -> Result<()> {
        let params: Vec<ValType> = body.params().iter().map(|param| param.ty).collect();
        let ty = self.signature(&params, results);
        let slot = self.defined.get_mut(index as usize);
        *slot.ok_or_else(|| Error::internal("an adapter outside its module"))? =
            Some(Defined { name, ty, body });
        Ok(())
    }

    fn signature(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let signature = Signature { params: params.to_vec(), results: results.to_vec() };
        self.signatures.insert_full(signature).0 as u32
    }

    /// The module's bytes.
    pub fn finish(self) -> Result<AdapterModule> {
        let Imported { functions: imported_functions, globals: imported_globals, .. } = self.imported;
        let mut functions = FunctionSection::new();
        let mut exports = ExportSection::new();
        let mut code = CodeSection::new();
        let mut names = NameMap::new();
        for (n, defined) in (0..).zip(self.defined) {
            let Defined { name, ty, body } =
                defined.ok_or_else(|| Error::internal("an adapter was never written"))?;
            functions.function(ty);
            if n < self.exported {
                exports.export(&n.to_string(), ExportKind::Func, imported_functions.saturating_add(n));
            }
            names.append(imported_functions.saturating_add(n), &name);
            code.function(&body.finish(imported_functions, imported_globals)?);
            if code.byte_len() > limits::MERGED_BYTES {
                return Err(Error::limit("the adapters' code is too long", limits::MERGED_BYTES as u64));
            }
        }
        let mut may_leave = Vec::new();
        for instance in &self.may_leave {
            if let Some(n) = self.globals.get_index_of(&Global::MayLeave(*instance)) {
                let name = format!("may-leave {n}");
                exports.export(&name, ExportKind::Global, imported_globals.saturating_add(n as u32));
                may_leave.push((*instance, name));
            }
        }
        let mut name_section = NameSection::new();
        name_section.module("adapters");
        name_section.functions(&names);

        let mut module = wasm_encoder::Module::new();
        module
            .section(&type_section(&self.signatures))
            .section(&import_section(&self.imports))
            .section(&functions)
            .section(&global_section(&self.globals))
            .section(&exports)
            .section(&code)
            .section(&name_section);
        Ok(AdapterModule {
            bytes: module.finish(),
            imports: self.imports.keys().copied().collect(),
            may_leave,
        })
    }
}

fn next(counter: &mut u32) -> u32 {
    let index = *counter;
    *counter = counter.saturating_add(1);
    index
}

fn type_section(signatures: &IndexSet<Signature>) -> TypeSection {
    let mut section = TypeSection::new();
    for Signature { params, results } in signatures {
        section.ty().function(params.iter().copied(), results.iter().copied());
    }
    section
}

/// The imports are named by number: `AdapterModule::imports` says what each is.
fn import_section(imports: &IndexMap<Ref, Import>) -> ImportSection {
    let mut section = ImportSection::new();
    for (n, import) in imports.values().enumerate() {
        let ty = match *import {
            Import::Function { ty, .. } => EntityType::Function(ty),
            Import::Memory { memory, .. } => EntityType::Memory(MemoryType {
                minimum: 0,
                maximum: None,
                memory64: memory.memory64(),
                shared: false,
                page_size_log2: Some(memory.page_bits()).filter(|bits| *bits != 16),
            }),
            Import::Global { ty, .. } => {
                EntityType::Global(GlobalType { val_type: ty, mutable: true, shared: false })
            }
        };
        section.import("", &n.to_string(), ty);
    }
    section
}

fn global_section(globals: &IndexSet<Global>) -> GlobalSection {
    let mut section = GlobalSection::new();
    for global in globals {
        let initial = match global {
            Global::MayLeave(_) | Global::MayEnter(_) => ConstExpr::i32_const(1),
            Global::HoldDestructor | Global::Result(_, ValType::I32) => ConstExpr::i32_const(0),
            Global::Result(_, ValType::F32) => ConstExpr::f32_const(0.0.into()),
            Global::Result(_, ValType::F64) => ConstExpr::f64_const(0.0.into()),
            Global::Result(..) => ConstExpr::i64_const(0),
        };
        let ty = GlobalType { val_type: global.ty(), mutable: true, shared: false };
        section.global(ty, &initial);
    }
    section
}
