//! Index spaces of the merged module. In: an assembly. Out: for each instance, the new index of
//! each of its items. Imports of the merged module come first, then the items of all instances in
//! the assembly's order. Not its job: contents; the order of globals may still change
//! (`constant`).

use super::assembly::Assembly;
use super::resolve::{BySort, Resolver, SORTS, defined, sort_of, to_index};
use super::types::Types;
use crate::error::{Error, Result};
use crate::ids::{Id, IdVec, LinkId};
use crate::read::{CoreSort, Module, limits};
use std::rc::Rc;
use wasmparser::TypeRef;

/// From the indices of one instance's module to those of the merged module.
#[derive(Debug)]
pub struct Maps {
    pub items: BySort<Vec<u32>>,
    /// One map for all instances of a module.
    pub types: Rc<[u32]>,
    /// The merged index of the instance's first element segment and of its first data segment.
    pub first_element: u32,
    pub first_data: u32,
}

/// Where everything goes.
pub struct Layout {
    pub types: Types,
    pub maps: IdVec<LinkId, Maps>,
    /// Of each function that the merged module imports: its type, and whether some instance
    /// imports it with an exact type.
    pub imports: Vec<(u32, bool)>,
    /// Sort and index, one for each of the assembly's exports.
    pub exports: Vec<(CoreSort, u32)>,
    /// Functions, imports included.
    pub functions: u32,
    pub elements: u32,
    pub data: u32,
}

impl Layout {
    pub fn new(assembly: &Assembly) -> Result<Layout> {
        check_budgets(assembly)?;
        let mut types = Types::default();
        let mut imports = Vec::new();
        for host in &assembly.imports {
            imports.push((types.add_function(&host.params, &host.results)?, false));
        }
        let mut layout = Layout {
            types,
            maps: IdVec::new(),
            imports,
            exports: Vec::new(),
            functions: to_index(assembly.imports.len())?,
            elements: 0,
            data: 0,
        };
        let bases = layout.place(assembly)?;
        let mut resolver = Resolver::new(assembly, bases)?;
        layout.map_imports(assembly, &mut resolver)?;
        for export in &assembly.exports {
            let sort = match export.def {
                super::Def::Host(_) => CoreSort::Func,
                super::Def::Item { sort, .. } => sort,
            };
            layout.exports.push((sort, resolver.resolve(export.def, sort)?));
        }
        Ok(layout)
    }

    /// Gives every defined item its place; `maps` then hold the defined items only.
    fn place(&mut self, assembly: &Assembly) -> Result<IdVec<LinkId, BySort<u32>>> {
        let mut module_types = vec![None; assembly.modules.len()];
        let mut next = BySort { funcs: self.functions, ..BySort::default() };
        let mut bases = IdVec::new();
        for instance in assembly.instances.values() {
            let module = module_of(assembly, instance)?;
            let known = module_types.get_mut(instance.module.index()).ok_or_else(no_module)?;
            let types = match known {
                Some(types) => Rc::clone(types),
                None => Rc::clone(known.insert(self.types.add_module(module)?)),
            };
            bases.push(next.clone());
            for sort in SORTS {
                let next = next.get_mut(sort);
                *next = advance(*next, defined(module, sort))?;
            }
            self.maps.push(Maps {
                items: BySort::default(),
                types,
                first_element: self.elements,
                first_data: self.data,
            });
            self.elements = advance(self.elements, module.elements.len())?;
            self.data = advance(self.data, module.data.len())?;
        }
        self.functions = next.funcs;
        self.check_engine_limits(&next)?;
        Ok(bases)
    }

    /// Each input keeps to these limits; their sum need not. `next` is how many there are of each
    /// sort.
    fn check_engine_limits(&self, next: &BySort<u32>) -> Result<()> {
        let counts = [
            ("types", self.types.len(), limits::TYPES),
            ("tables", next.tables, limits::TABLES),
            ("memories", next.memories, limits::MEMORIES),
            ("globals", next.globals, limits::GLOBALS),
            ("tags", next.tags, limits::TAGS),
            ("element segments", self.elements, limits::ELEMENT_SEGMENTS),
            ("data segments", self.data, limits::DATA_SEGMENTS),
        ];
        match counts.into_iter().find(|(_, count, limit)| *count as usize > *limit) {
            Some((what, _, limit)) => Err(Error::limit(format!("{what} of the merged module"), limit as u64)),
            None => Ok(()),
        }
    }

    /// Fills `maps`: what the imports resolve to, then the items that `place` has placed.
    fn map_imports(&mut self, assembly: &Assembly, resolver: &mut Resolver) -> Result<()> {
        for (id, instance) in assembly.instances.iter() {
            let module = module_of(assembly, instance)?;
            if instance.imports.len() != module.imports.len() {
                return Err(
                    Error::internal("an instance and its module differ in their imports").at(module.offset)
                );
            }
            let items = &mut self.maps[id].items;
            for (import, def) in module.imports.iter().zip(&instance.imports) {
                let sort = sort_of(&import.ty);
                let index = resolver.resolve(*def, sort)?;
                if let (TypeRef::FuncExact(_), Some(host)) =
                    (&import.ty, self.imports.get_mut(index as usize))
                {
                    host.1 = true;
                }
                items.get_mut(sort).push(index);
            }
            for sort in SORTS {
                let base = resolver.base(id, sort)?;
                let end = advance(base, defined(module, sort))?;
                items.get_mut(sort).extend(base..end);
            }
        }
        Ok(())
    }
}

/// The module of an instance.
pub fn module_of<'r, 'a>(
    assembly: &'r Assembly<'a>,
    instance: &super::Instance,
) -> Result<&'r Rc<Module<'a>>> {
    assembly.modules.get(instance.module).ok_or_else(no_module)
}

fn no_module() -> Error {
    Error::internal("an instance has no module")
}

fn advance(next: u32, by: usize) -> Result<u32> {
    next.checked_add(to_index(by)?).ok_or_else(|| Error::limit("items of the merged module", u32::MAX.into()))
}

/// Instantiation can double at each level of nesting, so that a small component asks for a huge
/// module. With these two budgets no index and no section comes near 2^32: an index or a length
/// in the output is at most three times as long as in the input.
fn check_budgets(assembly: &Assembly) -> Result<()> {
    let mut bytes = 0usize;
    let mut functions = assembly.imports.len();
    for instance in assembly.instances.values() {
        let module = module_of(assembly, instance)?;
        bytes = bytes.saturating_add(module.bytes.len());
        functions = functions.saturating_add(module.functions.len());
    }
    if bytes > limits::MERGED_BYTES {
        return Err(Error::limit(
            "bytes of core modules, counted once per instance",
            limits::MERGED_BYTES as u64,
        ));
    }
    // One more for a start function.
    if functions >= limits::FUNCTIONS {
        return Err(Error::limit("functions of the merged module", limits::FUNCTIONS as u64));
    }
    Ok(())
}
