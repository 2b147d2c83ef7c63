//! What an instance's own code can come to. In: a plan. Out: the canonical definitions that some
//! functions can call, and the functions that can call some definitions. Not its job: what follows from
//! that (`leaving`, `storage`).

use crate::ids::{CanonId, CoreInstanceId, IdVec, InstanceId, ModuleId};
use crate::link::{CoreDef, Plan};
use crate::read::{CoreSort, Module};
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{BinaryReader, ConstExpr, ElementItems, Operator, TableInit, TypeRef, WasmFeatures};

/// Bytes of function bodies, and references outside of them, that are looked at for one plan, each as often
/// as it is; past that, nothing is known. So the
/// answer costs little beside copying the code.
const BUDGET: usize = 8 << 20;

/// Looks at core code, as far as the budget goes.
pub struct Confinement<'p, 'a> {
    plan: &'p Plan<'a>,
    /// For each module the positions of function imports among its imports.
    imported: IdVec<ModuleId, Vec<usize>>,
    /// The core instances of each component instance.
    owned: BTreeMap<InstanceId, Vec<CoreInstanceId>>,
    budget: usize,
}

/// The canonical definitions that some functions can call.
pub enum Reach {
    /// The code is too large to look at, or has what is not understood: any definition.
    Unknown,
    /// These at most.
    Only(BTreeSet<CanonId>),
}

impl Reach {
    pub fn may_include(&self, id: CanonId) -> bool {
        match self {
            Reach::Unknown => true,
            Reach::Only(canons) => canons.contains(&id),
        }
    }
}

/// Which function of one component instance names which.
pub struct Callers {
    /// Who is named, and by whom, in order.
    named: Vec<(CoreDef, CoreDef)>,
    /// The functions that call by reference or through a table, and those that they can come to.
    indirect: Vec<CoreDef>,
    referenced: BTreeSet<CoreDef>,
}

impl Callers {
    /// The functions that can call one of `targets`, by whatever way; these are among them.
    pub fn coming_to(&self, targets: impl IntoIterator<Item = CanonId>) -> BTreeSet<CoreDef> {
        let mut left: Vec<CoreDef> = targets.into_iter().map(CoreDef::Canon).collect();
        let mut found: BTreeSet<CoreDef> = left.iter().copied().collect();
        let mut indirectly = false;
        while let Some(def) = left.pop() {
            let from = self.named.partition_point(|(callee, _)| *callee < def);
            let named = self.named.iter().skip(from).take_while(|(callee, _)| *callee == def);
            left.extend(named.map(|(_, caller)| *caller).filter(|caller| found.insert(*caller)));
            if !indirectly && self.referenced.contains(&def) {
                indirectly = true;
                left.extend(self.indirect.iter().copied().filter(|caller| found.insert(*caller)));
            }
        }
        found
    }
}

/// The functions that one body names.
#[derive(Default)]
struct Named {
    called: Vec<u32>,
    referenced: Vec<u32>,
    /// It calls by reference or through a table.
    indirectly: bool,
}

impl<'p, 'a> Confinement<'p, 'a> {
    pub fn new(plan: &'p Plan<'a>) -> Confinement<'p, 'a> {
        let mut imported = IdVec::new();
        for module in plan.modules.values() {
            imported.push(imported_functions(module));
        }
        let mut owned: BTreeMap<InstanceId, Vec<CoreInstanceId>> = BTreeMap::new();
        for (id, core) in plan.core_instances.iter() {
            owned.entry(core.owner).or_default().push(id);
        }
        Confinement { plan, imported, owned, budget: BUDGET }
    }

    /// The canonical definitions that the functions `roots` of the component instance `owner` can
    /// call, by whatever way.
    ///
    /// Core code only knows the core instances of its own component instance, and leaves that only
    /// through a canonical definition. A call by reference or through a table can come to every
    /// function that the code of the instance takes a reference of: in a segment, in the initial
    /// value of a global or of a table, or with `ref.func`.
    pub fn reach(&mut self, owner: InstanceId, roots: &BTreeSet<CoreDef>) -> Reach {
        self.canons(owner, roots).map_or(Reach::Unknown, Reach::Only)
    }

    fn canons(&mut self, owner: InstanceId, roots: &BTreeSet<CoreDef>) -> Option<BTreeSet<CanonId>> {
        let mut canons = BTreeSet::new();
        let mut seen: BTreeSet<CoreDef> = roots.clone();
        let mut left: Vec<CoreDef> = roots.iter().copied().collect();
        let mut indirectly = false;
        while let Some(def) = left.pop() {
            let (instance, index) = match def {
                CoreDef::Canon(id) => {
                    canons.insert(id);
                    continue;
                }
                CoreDef::Item { instance, index, .. } => (instance, index),
            };
            let core = &self.plan.core_instances[instance];
            let nth = (index as usize).checked_sub(self.imported[core.module].len())?;
            let named = self.named(&self.plan.modules[core.module], nth)?;
            let mut found = Vec::new();
            for function in named.called.into_iter().chain(named.referenced) {
                found.push(self.function(instance, function)?);
            }
            if named.indirectly && !indirectly {
                indirectly = true;
                found.extend(self.referenced(owner)?);
            }
            left.extend(found.into_iter().filter(|def| seen.insert(*def)));
        }
        Some(canons)
    }

    /// The functions of a component instance, by whom they call. None: the code is too large to look at,
    /// or has what is not understood.
    pub fn callers(&mut self, owner: InstanceId) -> Option<Callers> {
        let (mut named, mut indirect) = (Vec::new(), Vec::new());
        let mut referenced = BTreeSet::new();
        for id in self.owned.get(&owner).cloned().unwrap_or_default() {
            let module = &self.plan.modules[self.plan.core_instances[id].module];
            let imported = self.imported[self.plan.core_instances[id].module].len();
            for function in outside_of_bodies(module)? {
                referenced.insert(self.function(id, function)?);
            }
            for nth in 0..module.bodies.len() {
                let index = u32::try_from(imported.checked_add(nth)?).ok()?;
                let caller = self.function(id, index)?;
                let body = self.named(module, nth)?;
                for function in body.called {
                    named.push((self.function(id, function)?, caller));
                }
                for function in body.referenced {
                    named.push((self.function(id, function)?, caller));
                    referenced.insert(self.function(id, function)?);
                }
                if body.indirectly {
                    indirect.push(caller);
                }
            }
        }
        named.sort_unstable();
        named.dedup();
        Some(Callers { named, indirect, referenced })
    }

    /// All functions that core code of a component instance takes a reference of.
    fn referenced(&mut self, owner: InstanceId) -> Option<Vec<CoreDef>> {
        let mut found = Vec::new();
        for id in self.owned.get(&owner).cloned().unwrap_or_default() {
            let module = &self.plan.modules[self.plan.core_instances[id].module];
            let mut functions = outside_of_bodies(module)?;
            self.budget = self.budget.checked_sub(functions.len())?;
            for nth in 0..module.bodies.len() {
                functions.extend(self.named(module, nth)?.referenced);
            }
            for function in functions {
                found.push(self.function(id, function)?);
            }
        }
        Some(found)
    }

    /// The definition of a function of a core instance's index space.
    pub fn function(&self, instance: CoreInstanceId, index: u32) -> Option<CoreDef> {
        let core = &self.plan.core_instances[instance];
        match self.imported[core.module].get(index as usize) {
            Some(position) => core.imports.get(*position).copied(),
            None => Some(CoreDef::Item { instance, sort: CoreSort::Func, index }),
        }
    }

    /// What the `nth` body of a module names. `read` has noted where instructions that name something
    /// stand.
    fn named(&mut self, module: &Module, nth: usize) -> Option<Named> {
        let bytes = module.bodies.get(nth)?.as_bytes();
        self.budget = self.budget.checked_sub(bytes.len())?;
        let mut named = Named::default();
        for site in module.sites.of(nth)? {
            let (opcode, immediates) = bytes.get(site.at..)?.split_first()?;
            let index = || BinaryReader::new_features(immediates, 0, WasmFeatures::all()).read_var_u32().ok();
            match opcode {
                // call, return_call; ref.func.
                0x10 | 0x12 => named.called.push(index()?),
                0xd2 => named.referenced.push(index()?),
                // call_indirect, return_call_indirect, call_ref, return_call_ref; continuations.
                0x11 | 0x13..=0x15 | 0xe0..=0xef => named.indirectly = true,
                _ => {}
            }
        }
        Some(named)
    }
}

/// The positions of a module's function imports among its imports.
fn imported_functions(module: &Module) -> Vec<usize> {
    let function = |ty: &TypeRef| matches!(ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
    (0..).zip(&module.imports).filter(|(_, import)| function(&import.ty)).map(|(at, _)| at).collect()
}

/// The functions that segments, globals and tables refer to.
fn outside_of_bodies(module: &Module) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for element in &module.elements {
        match &element.items {
            ElementItems::Functions(functions) => {
                for function in functions.clone() {
                    found.push(function.ok()?);
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for expression in expressions.clone() {
                    in_constant(&expression.ok()?, &mut found)?;
                }
            }
        }
    }
    for global in &module.globals {
        in_constant(&global.init_expr, &mut found)?;
    }
    for table in &module.tables {
        if let TableInit::Expr(expression) = &table.init {
            in_constant(expression, &mut found)?;
        }
    }
    Some(found)
}

fn in_constant(expression: &ConstExpr, found: &mut Vec<u32>) -> Option<()> {
    for operator in expression.get_operators_reader() {
        if let Operator::RefFunc { function_index } = operator.ok()? {
            found.push(function_index);
        }
    }
    Some(())
}
