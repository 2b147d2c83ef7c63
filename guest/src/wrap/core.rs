//! The core instance, with what it imports and what it exports. In: the core module and its
//! boundary. Out: core definitions in the component that is being made. Not its job: types
//! (`types`), and the modules that tie the knot (`shim`).

use super::shim;
use super::wrapper::{ROOT, Wrapper};
use crate::assemble::boundary::{
    ChannelBuiltin, CoreType, CoreValType, ImportKind, Options, TaskBuiltin, ValueType,
};
use crate::error::{Error, Result};
use indexmap::IndexMap;
use wasm_encoder::{CanonicalOption, ExportKind, Module, ModuleArg, ValType};

/// A function that the core instance, or a resource type, gets from the shim.
pub(super) struct Slot {
    ty: CoreType,
    what: SlotKind,
}

pub(super) enum SlotKind {
    /// Index into `Boundary::imports`.
    Import(usize),
    /// A core export.
    Destructor(String),
}

/// The instance of the shim module, in the core instance index space.
#[derive(Clone, Copy)]
pub(super) struct Shim {
    instance: u32,
}

impl Wrapper<'_, '_> {
    pub fn slots(&self) -> Vec<Slot> {
        let mut slots = Vec::new();
        for (n, import) in self.boundary.imports.iter().enumerate() {
            if needs_core(&import.kind) {
                slots.push(Slot { ty: import.core.clone(), what: SlotKind::Import(n) });
            }
        }
        for resource in &self.boundary.resources {
            if let Some(dtor) = &resource.dtor
                && !resource.imported
            {
                let ty = CoreType { params: vec![CoreValType::I32], results: Vec::new() };
                slots.push(Slot { ty, what: SlotKind::Destructor(dtor.clone()) });
            }
        }
        slots
    }

    pub fn shim(&mut self, slots: &[Slot]) -> Result<Option<Shim>> {
        if slots.is_empty() {
            return Ok(None);
        }
        let module = shim::shim(&core_types(slots));
        let builder = self.encoder.builder(ROOT)?;
        let module = builder.core_module_raw(None, &module);
        let instance = builder.core_instantiate(None, module, []);
        Ok(Some(Shim { instance }))
    }

    /// The shim's function for a slot.
    pub fn slot(&mut self, shim: Option<Shim>, slot: usize) -> Result<u32> {
        let shim = shim.ok_or_else(|| Error::internal("there is no shim"))?;
        let builder = self.encoder.builder(ROOT)?;
        Ok(builder.core_alias_export(None, shim.instance, &slot.to_string(), ExportKind::Func))
    }

    pub fn resource_type(&self, index: u32) -> Result<u32> {
        let resource = self.boundary.resources.get(index as usize);
        let id =
            resource.and_then(|r| r.id).ok_or_else(|| Error::internal("a resource type without an id"))?;
        self.resource_types.get(&id).copied().ok_or_else(|| Error::internal("an unknown resource type"))
    }

    /// Instantiates the core module, in whose place there is an empty one for now. `start`: the name
    /// under which it exports what is to run when all is there.
    pub fn core_instance(&mut self, slots: &[Slot], shim: Option<Shim>, start: Option<&str>) -> Result<()> {
        let boundary = self.boundary;
        let mut arguments: IndexMap<&str, Vec<(&str, ExportKind, u32)>> = IndexMap::new();
        let mut slot = 0;
        for import in &boundary.imports {
            let index = match &import.kind {
                kind if needs_core(kind) => {
                    slot += 1;
                    self.slot(shim, slot - 1)?
                }
                ImportKind::Func { path, options, .. } => {
                    let func = self.imported_func(path)?;
                    let options = self.options(options)?;
                    self.encoder.builder(ROOT)?.lower_func(None, func, options)
                }
                ImportKind::ResourceNew(n) => {
                    let ty = self.resource_type(*n)?;
                    self.encoder.builder(ROOT)?.resource_new(ty)
                }
                ImportKind::ResourceRep(n) => {
                    let ty = self.resource_type(*n)?;
                    self.encoder.builder(ROOT)?.resource_rep(ty)
                }
                ImportKind::ResourceDrop(n) => {
                    let ty = self.resource_type(*n)?;
                    self.encoder.builder(ROOT)?.resource_drop(ty)
                }
                ImportKind::TaskReturn { path, .. } => {
                    let result = self.exported_result(path)?;
                    self.encoder.builder(ROOT)?.task_return(result, [])
                }
                ImportKind::Task { builtin, .. } => self.task_builtin(*builtin, None)?,
                ImportKind::Channel { builtin, ty, options } => self.channel(*builtin, *ty, options)?,
            };
            arguments.entry(&import.module).or_default().push((&import.name, ExportKind::Func, index));
        }
        let builder = self.encoder.builder(ROOT)?;
        let module = builder.core_module_raw(None, &Module::HEADER);
        let mut instances = Vec::new();
        for (name, functions) in arguments {
            let instance = builder.core_instantiate_exports(None, functions);
            instances.push((name, ModuleArg::Instance(instance)));
        }
        self.core = builder.core_instantiate(None, module, instances);
        match shim {
            Some(shim) => self.fixup(slots, shim, start),
            None => Ok(()),
        }
    }

    /// A built-in for tasks, with the index of the memory that it needs.
    fn task_builtin(&mut self, builtin: TaskBuiltin, memory: Option<u32>) -> Result<u32> {
        let stream = match builtin {
            TaskBuiltin::StreamNew | TaskBuiltin::StreamRead | TaskBuiltin::StreamWrite => {
                self.unit_stream()?
            }
            _ => 0,
        };
        let memory = || memory.ok_or_else(|| Error::internal("a built-in without its memory"));
        let builder = self.encoder.builder(ROOT)?;
        Ok(match builtin {
            TaskBuiltin::ContextGet => builder.context_get(ValType::I32, 0),
            TaskBuiltin::ContextSet => builder.context_set(ValType::I32, 0),
            TaskBuiltin::TaskCancel => builder.task_cancel(),
            TaskBuiltin::ThreadYield => builder.thread_yield(false),
            TaskBuiltin::WaitableSetNew => builder.waitable_set_new(),
            TaskBuiltin::WaitableSetWait => builder.waitable_set_wait(false, memory()?),
            TaskBuiltin::WaitableSetPoll => builder.waitable_set_poll(false, memory()?),
            TaskBuiltin::WaitableJoin => builder.waitable_join(),
            TaskBuiltin::SubtaskCancel => builder.subtask_cancel(false),
            TaskBuiltin::SubtaskCancelAsync => builder.subtask_cancel(true),
            TaskBuiltin::SubtaskDrop => builder.subtask_drop(),
            TaskBuiltin::StreamNew => builder.stream_new(stream),
            TaskBuiltin::StreamRead => builder.stream_read(stream, [CanonicalOption::Async]),
            TaskBuiltin::StreamWrite => builder.stream_write(stream, [CanonicalOption::Async]),
        })
    }

    /// A built-in on streams or futures of the boundary's type `ty`.
    fn channel(&mut self, builtin: ChannelBuiltin, ty: u32, options: &Options) -> Result<u32> {
        use ChannelBuiltin::{CancelRead, CancelWrite, DropReadable, DropWritable, New, Read, Write};
        let future = matches!(self.boundary.types.get(ty as usize), Some(ValueType::Future(_)));
        let ty = self.channel_type(ty)?;
        let async_ = options.async_;
        let options = self.options(options)?;
        let builder = self.encoder.builder(ROOT)?;
        Ok(match (builtin, future) {
            (New, false) => builder.stream_new(ty),
            (New, true) => builder.future_new(ty),
            (Read, false) => builder.stream_read(ty, options),
            (Read, true) => builder.future_read(ty, options),
            (Write, false) => builder.stream_write(ty, options),
            (Write, true) => builder.future_write(ty, options),
            (CancelRead, false) => builder.stream_cancel_read(ty, async_),
            (CancelRead, true) => builder.future_cancel_read(ty, async_),
            (CancelWrite, false) => builder.stream_cancel_write(ty, async_),
            (CancelWrite, true) => builder.future_cancel_write(ty, async_),
            (DropReadable, false) => builder.stream_drop_readable(ty),
            (DropReadable, true) => builder.future_drop_readable(ty),
            (DropWritable, false) => builder.stream_drop_writable(ty),
            (DropWritable, true) => builder.future_drop_writable(ty),
        })
    }

    /// The index of the type of a stream without elements.
    fn unit_stream(&mut self) -> Result<u32> {
        if let Some(index) = self.unit_stream {
            return Ok(index);
        }
        let (index, encoder) = self.encoder.builder(ROOT)?.ty(None);
        encoder.defined_type().stream(None);
        self.unit_stream = Some(index);
        Ok(index)
    }

    fn fixup(&mut self, slots: &[Slot], shim: Shim, start: Option<&str>) -> Result<()> {
        let boundary = self.boundary;
        let builder = self.encoder.builder(ROOT)?;
        let table = builder.core_alias_export(None, shim.instance, shim::TABLE, ExportKind::Table);
        let mut arguments = vec![(shim::TABLE.to_string(), ExportKind::Table, table)];
        for (n, slot) in slots.iter().enumerate() {
            let index = match &slot.what {
                SlotKind::Destructor(export) => self.core_export(ExportKind::Func, export)?,
                SlotKind::Import(n) => match boundary.imports.get(*n).map(|import| &import.kind) {
                    Some(ImportKind::Func { path, options, .. }) => {
                        let func = self.imported_func(path)?;
                        let options = self.options(options)?;
                        self.encoder.builder(ROOT)?.lower_func(None, func, options)
                    }
                    Some(ImportKind::TaskReturn { path, options, .. }) => {
                        let result = self.exported_result(path)?;
                        let options = self.options(options)?;
                        self.encoder.builder(ROOT)?.task_return(result, options)
                    }
                    Some(ImportKind::Task { builtin, memory: Some(memory) }) => {
                        let memory = self.core_export(ExportKind::Memory, memory)?;
                        self.task_builtin(*builtin, Some(memory))?
                    }
                    Some(ImportKind::Channel { builtin, ty, options }) => {
                        self.channel(*builtin, *ty, options)?
                    }
                    _ => return Err(Error::internal("a slot that is no function")),
                },
            };
            arguments.push((n.to_string(), ExportKind::Func, index));
        }
        if let Some(start) = start {
            let index = self.core_export(ExportKind::Func, start)?;
            arguments.push((shim::START.to_string(), ExportKind::Func, index));
        }
        let module = shim::fixup(&core_types(slots), start.is_some());
        let builder = self.encoder.builder(ROOT)?;
        let module = builder.core_module_raw(None, &module);
        let arguments: Vec<_> = arguments.iter().map(|(name, kind, i)| (name.as_str(), *kind, *i)).collect();
        let instance = builder.core_instantiate_exports(None, arguments);
        builder.core_instantiate(None, module, [("", ModuleArg::Instance(instance))]);
        Ok(())
    }
}

/// Whether an import of the core module needs an export of it.
pub(super) fn needs_core(kind: &ImportKind) -> bool {
    match kind {
        ImportKind::Func { options, .. }
        | ImportKind::TaskReturn { options, .. }
        | ImportKind::Channel { options, .. } => options.memory.is_some() || options.realloc.is_some(),
        ImportKind::Task { memory, .. } => memory.is_some(),
        _ => false,
    }
}

fn core_types(slots: &[Slot]) -> Vec<CoreType> {
    slots.iter().map(|slot| slot.ty.clone()).collect()
}
