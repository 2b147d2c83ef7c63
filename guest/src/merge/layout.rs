//! All items of all instances, each at its place. In: an assembly. Out: for each instance, the
//! place of each of its items: one place for one definition, whoever imports it. The functions that
//! the merged module imports come first, then the items of all instances in the assembly's order.
//! Not its job: contents, and which places get an index in the merged module (`numbers`).

use super::assembly::Assembly;
use super::resolve::{BySort, Resolver, SORTS, defined, sort_of, to_index};
use crate::error::{Error, Result};
use crate::ids::{Id, IdVec, LinkId, ModuleId};
use crate::read::{CoreSort, Module, limits};
use std::rc::Rc;
use wasmparser::TypeRef;

/// From the indices of one instance's module to places.
#[derive(Debug)]
pub struct Maps {
    pub module: ModuleId,
    pub items: BySort<Vec<u32>>,
    /// The places of the instance's first element segment and of its first data segment.
    pub first_element: u32,
    pub first_data: u32,
}

/// Where everything is.
#[derive(Debug)]
pub struct Layout {
    pub maps: IdVec<LinkId, Maps>,
    /// Sort and place, one for each of the assembly's exports.
    pub exports: Vec<(CoreSort, u32)>,
    /// How many places there are of each sort; the functions' are with those that are imported.
    pub places: BySort<u32>,
    pub elements: u32,
    pub data: u32,
    /// Of each instance, the places of the first items that it defines.
    bases: IdVec<LinkId, BySort<u32>>,
}

impl Layout {
    pub fn new(assembly: &Assembly) -> Result<Layout> {
        check_budgets(assembly)?;
        let places = BySort { funcs: to_index(assembly.imports.len())?, ..BySort::default() };
        let mut layout = Layout {
            maps: IdVec::new(),
            exports: Vec::new(),
            places,
            elements: 0,
            data: 0,
            bases: IdVec::new(),
        };
        layout.place(assembly)?;
        let mut resolver = Resolver::new(assembly, &layout.bases)?;
        let mut maps = std::mem::take(&mut layout.maps);
        map_imports(assembly, &mut resolver, &mut maps)?;
        let mut exports = Vec::new();
        for export in &assembly.exports {
            let sort = match export.def {
                super::Def::Host(_) => CoreSort::Func,
                super::Def::Item { sort, .. } => sort,
            };
            exports.push((sort, resolver.resolve(export.def, sort)?));
        }
        Ok(Layout { maps, exports, ..layout })
    }

    /// The instance that defines the item at a place, and its number among those of its sort that
    /// the instance defines. None for a function that is imported.
    pub fn owner(&self, sort: CoreSort, place: u32) -> Option<(LinkId, u32)> {
        let bases = self.bases.values().as_slice();
        let instance = bases.partition_point(|base| *base.get(sort) <= place).checked_sub(1)?;
        let nth = place.checked_sub(*bases.get(instance)?.get(sort))?;
        Some((LinkId::from_index(instance), nth))
    }

    /// The place of an item that an instance defines; `nth` counts those of the sort.
    pub fn place_of(&self, sort: CoreSort, instance: LinkId, nth: u32) -> Option<u32> {
        self.bases.get(instance)?.get(sort).checked_add(nth)
    }

    /// The same as `owner` for an element segment.
    pub fn element_owner(&self, place: u32) -> Option<(LinkId, u32)> {
        self.segment_owner(place, |maps| maps.first_element)
    }

    /// The same for a data segment.
    pub fn data_owner(&self, place: u32) -> Option<(LinkId, u32)> {
        self.segment_owner(place, |maps| maps.first_data)
    }

    fn segment_owner(&self, place: u32, first: impl Fn(&Maps) -> u32) -> Option<(LinkId, u32)> {
        let maps = self.maps.values().as_slice();
        let instance = maps.partition_point(|maps| first(maps) <= place).checked_sub(1)?;
        let nth = place.checked_sub(first(maps.get(instance)?))?;
        Some((LinkId::from_index(instance), nth))
    }

    /// Gives every defined item its place; `maps` then hold no items.
    fn place(&mut self, assembly: &Assembly) -> Result<()> {
        for instance in assembly.instances.values() {
            let module = module_of(assembly, instance)?;
            self.bases.push(self.places.clone());
            for sort in SORTS {
                let next = self.places.get_mut(sort);
                *next = advance(*next, defined(module, sort))?;
            }
            self.maps.push(Maps {
                module: instance.module,
                items: BySort::default(),
                first_element: self.elements,
                first_data: self.data,
            });
            self.elements = advance(self.elements, module.elements.len())?;
            self.data = advance(self.data, module.data.len())?;
        }
        self.check_engine_limits()
    }

    /// Each input keeps to these limits; their sum need not. Tables and memories, of which engines
    /// take few, are counted once it is known which are needed.
    fn check_engine_limits(&self) -> Result<()> {
        let counts = [
            ("tables", self.places.tables, limits::GLOBALS),
            ("memories", self.places.memories, limits::GLOBALS),
            ("globals", self.places.globals, limits::GLOBALS),
            ("tags", self.places.tags, limits::TAGS),
            ("element segments", self.elements, limits::ELEMENT_SEGMENTS),
            ("data segments", self.data, limits::DATA_SEGMENTS),
        ];
        match counts.into_iter().find(|(_, count, limit)| *count as usize > *limit) {
            Some((what, _, limit)) => Err(Error::limit(format!("{what} of the merged module"), limit as u64)),
            None => Ok(()),
        }
    }
}

/// Fills `maps`: what the imports resolve to, then the items that the instance defines.
fn map_imports(assembly: &Assembly, resolver: &mut Resolver, maps: &mut IdVec<LinkId, Maps>) -> Result<()> {
    for (id, instance) in assembly.instances.iter() {
        let module = module_of(assembly, instance)?;
        if instance.imports.len() != module.imports.len() {
            return Err(
                Error::internal("an instance and its module differ in their imports").at(module.offset)
            );
        }
        let items = &mut maps[id].items;
        for (import, def) in module.imports.iter().zip(&instance.imports) {
            let sort = sort_of(&import.ty);
            items.get_mut(sort).push(resolver.resolve(*def, sort)?);
        }
        for sort in SORTS {
            let base = resolver.base(id, sort)?;
            let end = advance(base, defined(module, sort))?;
            items.get_mut(sort).extend(base..end);
        }
    }
    Ok(())
}

/// Of each function that the merged module imports, whether some instance imports it with an exact
/// type.
pub fn exact_imports(assembly: &Assembly, layout: &Layout) -> Result<Vec<bool>> {
    let mut exact = vec![false; assembly.imports.len()];
    for (id, instance) in assembly.instances.iter() {
        let functions = layout.maps.get(id).map(|maps| maps.items.funcs.as_slice()).unwrap_or_default();
        let imports = module_of(assembly, instance)?.imports.iter().map(|import| &import.ty);
        let imports = imports.filter(|ty| sort_of(ty) == CoreSort::Func);
        for (ty, place) in imports.zip(functions) {
            if let (TypeRef::FuncExact(_), Some(exact)) = (ty, exact.get_mut(*place as usize)) {
                *exact = true;
            }
        }
    }
    Ok(exact)
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
