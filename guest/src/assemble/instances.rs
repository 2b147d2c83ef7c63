//! The instances of an assembly. In: the guests' core instances, the adapter module and what its
//! imports are. Out: all instances, guests' and generated, with every import resolved to a
//! definition. Not its job: deciding what becomes of a canonical definition (`assemble`).

use super::outer::Item;
use crate::abi::side::{MemoryRef, Reallocator, Strings};
use crate::adapter::AdapterModule;
use crate::adapter::spec::{Ref, Transcoder};
use crate::error::{Error, Result};
use crate::ids::{CanonId, CoreInstanceId, Id, IdVec, InstanceId, LinkId, ModuleId};
use crate::link::{CoreDef, Plan};
use crate::merge::{Def, Instance};
use crate::read::{CoreSort, Module};
use crate::runtime::{self, HandleTables, RuntimeFunction, StringForm};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use typed_arena::Arena;

/// The instances in the making. The guests' come first, under the numbers that they have in the
/// plan; their order is the order of effects, of which the generated ones have none.
pub struct Instances<'a, 'p> {
    plan: &'p Plan<'a>,
    arena: &'a Arena<Vec<u8>>,
    /// What each used canonical definition has become.
    canons: &'p BTreeMap<CanonId, Ref>,
    pub modules: IdVec<ModuleId, Rc<Module<'a>>>,
    generated: Vec<Generated<'a>>,
    handles: Option<usize>,
    adapter: Option<usize>,
    transcoders: IndexMap<Transcoder, usize>,
    /// The adapter module's exports that are an instance's `may_leave`.
    may_leave: HashMap<InstanceId, String>,
}

struct Generated<'a> {
    id: ModuleId,
    module: Rc<Module<'a>>,
    exports: HashMap<&'a str, wasmparser::Export<'a>>,
    label: &'static str,
}

impl<'a, 'p> Instances<'a, 'p> {
    /// `runtime` is whether the boundary itself needs the
    /// handle runtime.
    pub fn new(
        plan: &'p Plan<'a>,
        arena: &'a Arena<Vec<u8>>,
        canons: &'p BTreeMap<CanonId, Ref>,
        adapters: &AdapterModule,
        tables: &HandleTables,
        runtime: bool,
    ) -> Result<Instances<'a, 'p>> {
        let mut new = Instances {
            plan,
            arena,
            canons,
            modules: plan.modules.clone(),
            generated: Vec::new(),
            handles: None,
            adapter: None,
            transcoders: IndexMap::new(),
            may_leave: adapters.may_leave.iter().cloned().collect(),
        };
        let uses = |r: &Ref| matches!(r, Ref::Runtime(_) | Ref::RuntimeMemory);
        if runtime || adapters.imports.iter().any(uses) {
            new.handles = Some(new.generate(tables.module()?.to_vec(), "handles")?);
        }
        for reference in &adapters.imports {
            if let Ref::Transcoder(t) | Ref::TranscoderLength(t) = reference
                && !new.transcoders.contains_key(t)
            {
                let guarded = matches!(t.realloc, Reallocator::Guarded(..));
                let module = runtime::transcoder(form(t.from), form(t.to), guarded)?;
                let index = new.generate(module, "transcode")?;
                new.transcoders.insert(*t, index);
            }
        }
        if !adapters.bytes.is_empty() {
            new.adapter = Some(new.generate(adapters.bytes.clone(), "adapters")?);
        }
        Ok(new)
    }

    fn generate(&mut self, bytes: Vec<u8>, label: &'static str) -> Result<usize> {
        let bytes: &'a [u8] = self.arena.alloc(bytes);
        let module = Rc::new(Module::parse(bytes, 0)?);
        let id = self.modules.push(module.clone());
        let exports = module.exports.iter().map(|export| (export.name, *export)).collect();
        self.generated.push(Generated { id, module, exports, label });
        Ok(self.generated.len() - 1)
    }

    /// All instances, with their imports. `adapters` is what the adapter module's imports are.
    pub fn link(&self, adapters: &[Ref]) -> Result<IdVec<LinkId, Instance>> {
        let mut instances = IdVec::new();
        for instance in self.plan.core_instances.values() {
            let imports = instance.imports.iter().map(|def| self.core(*def)).collect::<Result<_>>()?;
            instances.push(Instance { module: instance.module, imports, label: instance.label.clone() });
        }
        for (index, generated) in self.generated.iter().enumerate() {
            let transcoder = self.transcoders.iter().find(|(_, at)| **at == index);
            let imports = match transcoder {
                Some((transcoder, _)) => self.transcoder_imports(transcoder, &generated.module)?,
                None if Some(index) == self.adapter => {
                    adapters.iter().map(|r| self.reference(*r)).collect::<Result<_>>()?
                }
                None => Vec::new(),
            };
            instances.push(Instance { module: generated.id, imports, label: generated.label.to_string() });
        }
        Ok(instances)
    }

    /// What a boundary item is in the assembly.
    pub fn item(&self, item: Item) -> Result<Def> {
        match item {
            Item::Func(reference) => self.reference(reference),
            Item::Memory(memory) => self.memory(memory),
        }
    }

    fn reference(&self, reference: Ref) -> Result<Def> {
        match reference {
            Ref::Core(def) => self.core(def),
            Ref::Host(index) => Ok(Def::Host(index)),
            Ref::Runtime(function) => self.export(self.handles, function.export()),
            Ref::RuntimeMemory => self.export(self.handles, "memory"),
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
                let reference = self.canons.get(&id).copied();
                match reference.ok_or_else(|| Error::internal("a canonical definition has no code"))? {
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
        }
    }

    fn realloc(&self, realloc: Reallocator) -> Result<Def> {
        match realloc {
            Reallocator::Direct(def) | Reallocator::Guarded(def, _) => self.core(def),
            Reallocator::Runtime => self.reference(Ref::Runtime(RuntimeFunction::Realloc)),
        }
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
            _ => Err(Error::internal("an import of a transcoder that nobody knows")),
        };
        module.imports.iter().map(import).collect()
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
