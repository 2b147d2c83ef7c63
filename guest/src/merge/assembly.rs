//! What `merge` takes. In: nothing, these are the types. Out: the contract between `assemble`, which
//! writes an assembly, and `merge`. Not its job: components. Here everything is core wasm: the
//! guests' modules, the adapter module and the runtime's modules are all just instances, and for
//! each import it is known what it is.

use crate::error::{Error, Result};
use crate::ids::{IdVec, LinkId, ModuleId};
use crate::read::{CoreSort, Module};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Instances of core modules, linked by definition.
#[derive(Debug, Default, Clone)]
pub struct Assembly<'a> {
    pub modules: IdVec<ModuleId, Rc<Module<'a>>>,
    /// In the order in which segments are applied and start functions run. An import may refer to
    /// an instance later in the list: only order of effects follows the list. But what a start
    /// function calls is there by then: no function of an instance of the input that comes later.
    pub instances: IdVec<LinkId, Instance>,
    /// Functions that run in the place of an instance's start function.
    pub starts: BTreeMap<LinkId, Def>,
    /// Functions that do nothing but get or set a global: `() -> (value)` or `(value) -> ()`. Their calls in
    /// bodies become that.
    pub accessors: Vec<Def>,
    /// Globals that are where a memory begins, each with the memory: 0, until the memory becomes a part of another.
    pub bases: Vec<(Def, Def)>,
    /// The functions that the merged module imports, in order.
    pub imports: Vec<HostFunc>,
    /// What the merged module exports, in order; names are unique.
    pub exports: Vec<CoreExport>,
    /// The memory that comes first. Without one, that which the most code uses.
    pub first_memory: Option<Def>,
    /// What stands in the place of the start section, for hosts that cannot be called before the module is
    /// there: a function exported under this name. It does what the module would start with, and then calls
    /// the function that `exports` has under the name, if it has one, of type `() -> ()`.
    pub entry: Option<String>,
    /// Custom sections to add, in order: name, contents.
    pub customs: Vec<(String, Vec<u8>)>,
}

impl<'a> Assembly<'a> {
    /// The module of an instance.
    pub fn module(&self, instance: &Instance) -> Result<&Rc<Module<'a>>> {
        let module = self.modules.get(instance.module);
        module.ok_or_else(|| Error::internal("an instance has no module"))
    }

    /// The functions that the merged module imports, with their numbers in `imports`.
    pub fn imported(&self) -> impl Iterator<Item = (usize, &HostFunc)> {
        self.imports.iter().enumerate().filter(|(_, import)| !import.left_out)
    }
}

/// One instance of one module.
#[derive(Debug, Clone)]
pub struct Instance {
    pub module: ModuleId,
    /// What each of the module's imports is, in the module's order.
    pub imports: Vec<Def>,
    /// For the name section.
    pub label: String,
    pub naming: Naming,
}

/// How the name section calls the functions of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// With the instance's label before the name; on request, or where the module asks for it
    /// (`read::NAMED_SECTION`).
    OnRequest,
    /// With the label, always.
    Always,
    /// By the names alone, always.
    AlwaysAlone,
}

/// A definition that an import or an export refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Def {
    /// A function that the merged module imports: index into `Assembly::imports`.
    Host(u32),
    /// An item of an instance: `index` is in the index space of `sort` of that instance's
    /// module, and may be one that the instance itself imports.
    Item { instance: LinkId, sort: CoreSort, index: u32 },
}

/// One function import of the merged module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostFunc {
    pub module: String,
    pub name: String,
    pub params: Vec<wasm_encoder::ValType>,
    pub results: Vec<wasm_encoder::ValType>,
    /// Whether it may be missing where nothing reaches it.
    pub can_be_left_out: bool,
    /// Nothing reaches it (`Merger::reached`), and the merged module does not import it.
    pub left_out: bool,
}

/// One export of the merged module.
#[derive(Debug, Clone)]
pub struct CoreExport {
    pub name: String,
    pub def: Def,
}
