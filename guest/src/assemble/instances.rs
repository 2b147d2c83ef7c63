//! The instances of an assembly. In: the guests' core instances, the adapter module and what its
//! imports are. Out: all instances, guests' and generated, with every import resolved to a
//! definition. Not its job: deciding what becomes of a canonical definition (`decide`).

use super::boundary::TaskBuiltin;
use super::decisions::{Outcome, SchedulerImports};
use super::outer::ExportedItem;
use crate::abi::side::{MemoryRef, Reallocator, Strings};
use crate::adapter::AdapterModule;
use crate::adapter::spec::{Function, Ref, Transcoder};
use crate::error::{Error, Result};
use crate::ids::{CanonId, CoreInstanceId, Id, IdVec, InstanceId, LinkId, ModuleId};
use crate::link::{CoreDef, Plan};
use crate::merge::{Def, Instance, Naming};
use crate::read::{CoreSort, Module};
use crate::runtime::{self, HandleTables, RuntimeFunction, StringForm};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use typed_arena::Arena;

/// The instances in the making. The guests' come first, under the numbers that they have in the
/// plan; their order is the order of effects, of which the generated ones have none.
pub struct Instances<'a, 'p> {
    plan: &'p Plan<'a>,
    arena: &'a Arena<Vec<u8>>,
    /// What each used canonical definition has become.
    canons: &'p BTreeMap<CanonId, Outcome>,
    pub modules: IdVec<ModuleId, Rc<Module<'a>>>,
    generated: Vec<Generated<'a>>,
    /// Where the functions that trap, the handle runtime, the adapter module and the transcoders are in
    /// `generated`.
    traps: Option<usize>,
    handles: Option<usize>,
    scheduler: Option<usize>,
    adapter: Option<usize>,
    transcoders: HashMap<Transcoder, usize>,
    /// The adapter module's exports that are an instance's `may_leave`.
    may_leave: HashMap<InstanceId, String>,
    /// Those that are the base of a memory.
    bases: Vec<(MemoryRef, String)>,
}

/// An instance of a generated module.
#[derive(Clone)]
struct Generated<'a> {
    id: ModuleId,
    module: Rc<Module<'a>>,
    exports: Rc<HashMap<&'a str, wasmparser::Export<'a>>>,
    role: Role,
}

/// What a generated instance is there for.
#[derive(Debug, Clone)]
enum Role {
    Traps,
    Handles,
    Scheduler(SchedulerImports),
    Transcoder(Transcoder),
    Adapters,
}

impl Role {
    fn label(&self) -> &'static str {
        match self {
            Role::Traps => "traps",
            Role::Handles => "handles",
            Role::Scheduler(_) => "scheduler",
            Role::Transcoder(_) => "transcode",
            Role::Adapters => "adapters",
        }
    }

    fn naming(&self) -> Naming {
        match self {
            Role::Traps | Role::Adapters => Naming::AlwaysAlone,
            Role::Handles | Role::Scheduler(_) | Role::Transcoder(_) => Naming::Always,
        }
    }
}

impl<'a, 'p> Instances<'a, 'p> {
    /// `runtime` is whether the boundary itself needs the handle runtime. The adapter module's bytes are taken.
    pub fn new(
        plan: &'p Plan<'a>,
        arena: &'a Arena<Vec<u8>>,
        canons: &'p BTreeMap<CanonId, Outcome>,
        adapters: &mut AdapterModule,
        tables: &HandleTables,
        (runtime, scheduler): (bool, Option<SchedulerImports>),
    ) -> Result<Instances<'a, 'p>> {
        let mut new = Instances {
            plan,
            arena,
            canons,
            modules: plan.modules.clone(),
            generated: Vec::new(),
            traps: None,
            handles: None,
            scheduler: None,
            adapter: None,
            transcoders: HashMap::new(),
            may_leave: adapters.may_leave.iter().cloned().collect(),
            bases: std::mem::take(&mut adapters.bases),
        };
        let traps = |r: &Ref| matches!(r, Ref::Trap(_) | Ref::Transcoder(_));
        let uses = |r: &Ref| matches!(r, Ref::Runtime(_) | Ref::RuntimeMemory);
        let runtime = runtime || scheduler.is_some();
        if runtime || adapters.imports.iter().any(|r| traps(r) || uses(r)) {
            new.traps = Some(new.generate(runtime::traps(scheduler.is_some()), Role::Traps)?);
        }
        if runtime || adapters.imports.iter().any(uses) {
            new.handles = Some(new.generate(tables.module()?.to_vec(), Role::Handles)?);
        }
        if let Some(imports) = scheduler {
            new.scheduler = Some(new.generate(runtime::SCHEDULER.to_vec(), Role::Scheduler(imports))?);
        }
        new.transcoders(&adapters.imports)?;
        if !adapters.bytes.is_empty() {
            new.adapter = Some(new.generate(std::mem::take(&mut adapters.bytes), Role::Adapters)?);
        }
        Ok(new)
    }

    /// One instance for each transcoder among the adapter module's imports, one module for each form.
    fn transcoders(&mut self, adapters: &[Ref]) -> Result<()> {
        // Which of `generated` is the first of each form.
        let mut forms: HashMap<_, usize> = HashMap::new();
        for reference in adapters {
            let (Ref::Transcoder(transcoder) | Ref::TranscoderLength(transcoder)) = reference else {
                continue;
            };
            if self.transcoders.contains_key(transcoder) {
                continue;
            }
            let guarded = matches!(transcoder.realloc, Reallocator::Guarded(..));
            let manner = transcoder.manner;
            let form = (manner, form(transcoder.from), form(transcoder.to), guarded);
            let role = Role::Transcoder(*transcoder);
            let first = forms.get(&form).and_then(|first| self.generated.get(*first)).cloned();
            let index = match first {
                Some(first) => self.instantiate(Generated { role, ..first }),
                None => self.generate(runtime::transcoder(manner, form.1, form.2, guarded)?, role)?,
            };
            forms.entry(form).or_insert(index);
            self.transcoders.insert(*transcoder, index);
        }
        Ok(())
    }

    /// An instance of a new module; the result is its index in `generated`.
    fn generate(&mut self, bytes: Vec<u8>, role: Role) -> Result<usize> {
        let bytes: &'a [u8] = self.arena.alloc(bytes);
        let module = Rc::new(Module::parse(bytes, 0)?);
        let id = self.modules.push(module.clone());
        let exports = Rc::new(module.exports.iter().map(|export| (export.name, *export)).collect());
        Ok(self.instantiate(Generated { id, module, exports, role }))
    }

    fn instantiate(&mut self, generated: Generated<'a>) -> usize {
        self.generated.push(generated);
        self.generated.len() - 1
    }

    /// All instances, with their imports. `adapters` is what the adapter module's imports are.
    pub fn link(&self, adapters: &[Ref]) -> Result<IdVec<LinkId, Instance>> {
        let mut instances = IdVec::new();
        for instance in self.plan.core_instances.values() {
            let imports = instance.imports.iter().map(|def| self.core(*def)).collect::<Result<_>>()?;
            let (module, label) = (instance.module, instance.label.clone());
            instances.push(Instance { module, imports, label, naming: Naming::OnRequest });
        }
        for Generated { id, module, role, .. } in &self.generated {
            let imports = match role {
                Role::Traps => Vec::new(),
                Role::Handles => self.handles_imports(module)?,
                Role::Scheduler(imports) => self.scheduler_imports(imports, module)?,
                Role::Transcoder(transcoder) => self.transcoder_imports(transcoder, module)?,
                Role::Adapters => adapters.iter().map(|r| self.reference(*r)).collect::<Result<_>>()?,
            };
            let (module, label, naming) = (*id, role.label().to_string(), role.naming());
            instances.push(Instance { module, imports, label, naming });
        }
        Ok(instances)
    }

    /// What runs in the place of start functions.
    pub fn starts(&self, starts: &BTreeMap<CoreInstanceId, Ref>) -> Result<BTreeMap<LinkId, Def>> {
        starts.iter().map(|(id, start)| Ok((self.guest(*id), self.reference(*start)?))).collect()
    }

    /// The functions of the adapter module that only access a global. `functions` are all of them.
    pub fn accessors(&self, functions: &[Function]) -> Result<Vec<Def>> {
        let only =
            |function: &Function| matches!(function, Function::ContextGet(_) | Function::ContextSet(_));
        let accessors = (0..).zip(functions).filter(|(_, function)| only(function));
        accessors.map(|(index, _)| self.reference(Ref::Adapter(index))).collect()
    }

    /// What a boundary item is in the assembly.
    pub fn item(&self, item: ExportedItem) -> Result<Def> {
        match item {
            ExportedItem::Func(reference) => self.reference(reference),
            ExportedItem::Memory(memory) => self.memory(memory),
        }
    }

    fn reference(&self, reference: Ref) -> Result<Def> {
        match reference {
            Ref::Core(def) => self.core(def),
            Ref::Host(index) => Ok(Def::Host(index)),
            Ref::Runtime(function) => self.export(self.handles, function.export()),
            Ref::RuntimeMemory => self.export(self.handles, "memory"),
            Ref::Scheduler(function) => self.export(self.scheduler, function.export()),
            Ref::SchedulerMemory => self.export(self.scheduler, "memory"),
            Ref::Trap(trap) => self.trap(trap.reason()),
            Ref::Transcoder(t) => self.export(self.transcoders.get(&t).copied(), "transcode"),
            Ref::TranscoderLength(t) => self.export(self.transcoders.get(&t).copied(), "length"),
            Ref::Adapter(index) => self.export(self.adapter, &index.to_string()),
        }
    }

    fn core(&self, def: CoreDef) -> Result<Def> {
        match def {
            CoreDef::Item { instance, sort, index } => {
                Ok(Def::Item { instance: self.guest(instance), sort, index })
            }
            CoreDef::Canon(id) => {
                let outcome = self.canons.get(&id).copied();
                let outcome = outcome.ok_or_else(|| Error::internal("a canonical definition has no code"))?;
                match outcome.reference() {
                    Ref::Core(CoreDef::Canon(_)) => {
                        Err(Error::internal("a canonical definition in a circle"))
                    }
                    reference => self.reference(reference),
                }
            }
        }
    }

    fn memory(&self, memory: MemoryRef) -> Result<Def> {
        match memory {
            MemoryRef::Guest(memory) => self.core(memory.def),
            MemoryRef::Runtime => self.reference(Ref::RuntimeMemory),
            MemoryRef::Scheduler => self.reference(Ref::SchedulerMemory),
        }
    }

    /// A memory, if it is there: the runtime is where something uses it.
    pub fn used_memory(&self, memory: MemoryRef) -> Result<Option<Def>> {
        match memory {
            MemoryRef::Runtime if self.handles.is_none() => Ok(None),
            memory => self.memory(memory).map(Some),
        }
    }

    fn realloc(&self, realloc: Reallocator) -> Result<Def> {
        match realloc {
            Reallocator::Direct(def) | Reallocator::Guarded(def, _) => self.core(def),
            Reallocator::Adapter(index) | Reallocator::OneOf { function: index, .. } => {
                self.reference(Ref::Adapter(index))
            }
            Reallocator::Runtime | Reallocator::InPlace => {
                self.reference(Ref::Runtime(RuntimeFunction::Realloc))
            }
        }
    }

    /// `Assembly::bases`
    pub fn bases(&self) -> Result<Vec<(Def, Def)>> {
        let def = |(memory, name): &(MemoryRef, String)| {
            Ok((self.export(self.adapter, name)?, self.memory(*memory)?))
        };
        self.bases.iter().map(def).collect()
    }

    fn may_leave(&self, realloc: Reallocator) -> Result<Def> {
        let name = match realloc {
            Reallocator::Guarded(_, instance) => self.may_leave.get(&instance),
            _ => None,
        };
        self.export(self.adapter, name.ok_or_else(|| Error::internal("a realloc without a flag"))?)
    }

    fn transcoder_imports(&self, transcoder: &Transcoder, module: &Module<'_>) -> Result<Vec<Def>> {
        let import = |import: &wasmparser::Import<'_>| match (import.module, import.name) {
            ("from", "memory") => self.memory(transcoder.from.memory),
            ("to", "memory") => self.memory(transcoder.to.memory),
            ("to", "realloc") => self.realloc(transcoder.realloc),
            ("to", "may-leave") => self.may_leave(transcoder.realloc),
            ("trap", reason) => self.trap(reason),
            _ => Err(Error::internal("a transcoder has an unknown import")),
        };
        module.imports.iter().map(import).collect()
    }

    fn handles_imports(&self, module: &Module<'_>) -> Result<Vec<Def>> {
        module.imports.iter().map(|import| self.trap(import.name)).collect()
    }

    fn scheduler_imports(&self, imports: &SchedulerImports, module: &Module<'_>) -> Result<Vec<Def>> {
        let import = |import: &wasmparser::Import<'_>| match (import.module, import.name) {
            ("trap", reason) => self.trap(reason),
            ("handles", name) => self.export(self.handles, name),
            ("adapters", "start") => self.reference(Ref::Adapter(imports.start)),
            ("adapters", "callback") => self.reference(Ref::Adapter(imports.callback)),
            ("adapters", "resolve") => self.reference(Ref::Adapter(imports.resolve)),
            ("adapters", "copy") => self.reference(Ref::Adapter(imports.copy)),
            ("adapters", "host-new") => self.reference(Ref::Adapter(imports.host_channels.new)),
            ("adapters", "host-copy") => self.reference(Ref::Adapter(imports.host_channels.copy)),
            ("adapters", "host-cancel") => self.reference(Ref::Adapter(imports.host_channels.cancel)),
            ("adapters", "host-drop") => self.reference(Ref::Adapter(imports.host_channels.drop)),
            ("adapters", "take-back") => self.reference(Ref::Adapter(imports.host_channels.take_back)),
            ("host", name) => {
                let builtins = TaskBuiltin::ALL.iter().zip(&imports.host);
                let found = builtins.into_iter().find(|(builtin, _)| builtin.name() == name);
                let missing = || Error::internal("the scheduler has an unknown import of the host's");
                self.reference(*found.ok_or_else(missing)?.1)
            }
            _ => Err(Error::internal("the scheduler has an unknown import")),
        };
        module.imports.iter().map(import).collect()
    }

    /// The function that traps for a reason.
    fn trap(&self, reason: &str) -> Result<Def> {
        self.export(self.traps, reason)
    }

    /// An export of a generated instance, by name.
    fn export(&self, generated: Option<usize>, name: &str) -> Result<Def> {
        let missing = || Error::internal(format!("a generated module has no `{name}`"));
        let at = generated.ok_or_else(missing)?;
        let export = self.generated.get(at).and_then(|g| g.exports.get(name)).ok_or_else(missing)?;
        let instance = LinkId::from_index(self.plan.core_instances.len().saturating_add(at));
        Ok(Def::Item { instance, sort: CoreSort::from(export.kind), index: export.index })
    }

    fn guest(&self, instance: CoreInstanceId) -> LinkId {
        LinkId::from_index(instance.index())
    }
}

/// What a transcoder has to know of strings, whatever memory they are in.
fn form(strings: Strings) -> StringForm {
    let Strings { memory, encoding } = strings;
    StringForm { encoding, memory64: memory.memory64(), page_bits: memory.page_bits() }
}
