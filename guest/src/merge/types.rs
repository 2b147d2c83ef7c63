//! The one type section. In: the modules' recursion groups and the host functions' types. Out: a
//! section in which equal groups stand once, each from its first use on, and for each module the
//! new index of each type. Not its job: what the types are used for.

use super::mapped::{Mapped, Unmapped};
use crate::error::{Error, Result};
use crate::ids::{Id, IdVec, ModuleId};
use crate::read::{Module, limits};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CompositeInnerType, CompositeType, Encode, FuncType, HeapType, SubType, TypeSection, ValType,
};
use wasmparser::RecGroup;

/// In the form by which groups are compared, references inside the group count from here, so that
/// the place of the group does not matter. No type section comes near this number.
const INSIDE: u32 = 1 << 31;

/// No index yet.
const NONE: u32 = u32::MAX;

/// Collects types. Two groups are equal as the specification says (valid/conventions, "rolled up"
/// recursive types): same shape, outer references to equal types, inner ones to equal positions.
#[derive(Default)]
pub struct Types<'a> {
    modules: IdVec<ModuleId, ModuleTypes<'a>>,
    section: TypeSection,
    count: u32,
    /// From a group's comparable form to the index of its first type. Only looked up, never walked.
    known: HashMap<Vec<u8>, u32>,
}

/// One module's types.
struct ModuleTypes<'a> {
    module: Rc<Module<'a>>,
    /// Of each type: its index in the merged module, or `NONE`, and which group it is in. Empty before
    /// the first use.
    types: Vec<(u32, u32)>,
    /// Of each group: its first type, as the module counts.
    firsts: Vec<u32>,
}

impl<'a> Types<'a> {
    pub fn new(modules: &IdVec<ModuleId, Rc<Module<'a>>>) -> Types<'a> {
        let mut types = Types::default();
        for module in modules.values() {
            types.modules.push(ModuleTypes {
                module: Rc::clone(module),
                types: Vec::new(),
                firsts: Vec::new(),
            });
        }
        types
    }

    /// The new index of a module's type. A first use adds its group, and those that the group
    /// refers to before it. The stack is not the call stack: chains can be as
    /// long as the input.
    pub fn index(&mut self, id: ModuleId, ty: u32) -> Mapped {
        let unmapped = || reencode::Error::UserError(Unmapped { what: "type", index: ty });
        if id.index() >= self.modules.len() {
            return Err(unmapped());
        }
        let known = &mut self.modules[id];
        if known.types.is_empty() {
            known.find_groups();
        }
        let &(index, group) = known.types.get(ty as usize).ok_or_else(unmapped)?;
        if index != NONE {
            return Ok(index);
        }
        let mut open = vec![group];
        while let Some(&group) = open.last() {
            let missing = self.add_group(id, group)?;
            if missing.is_empty() {
                open.pop();
            }
            open.extend(missing);
        }
        self.modules[id].types.get(ty as usize).map(|(index, _)| *index).ok_or_else(unmapped)
    }

    /// A heap type of a module.
    pub fn heap_type(&mut self, module: ModuleId, ty: wasmparser::HeapType) -> Mapped<HeapType> {
        OfModule { types: self, module }.heap_type(ty)
    }

    /// Adds all types of a module, in their order.
    pub fn add_module(&mut self, id: ModuleId) -> Mapped<()> {
        let groups = self.modules.get(id).map_or(0, |known| known.module.types.len());
        if groups > 0 && self.modules[id].types.is_empty() {
            self.modules[id].find_groups();
        }
        (0..groups as u32).try_for_each(|group| self.add_group(id, group).map(drop))
    }

    /// Adds one function type.
    pub fn add_function(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let func = FuncType::new(params.iter().copied(), results.iter().copied());
        let composite_type = CompositeType {
            inner: CompositeInnerType::Func(func),
            shared: false,
            descriptor: None,
            describes: None,
        };
        let ty =
            || vec![SubType { is_final: true, supertype_idx: None, composite_type: composite_type.clone() }];
        let key = comparable(ty());
        match self.known.get(&key) {
            Some(&first) => first,
            None => self.add(key, ty()),
        }
    }

    pub fn section(&self) -> &TypeSection {
        &self.section
    }

    pub fn check_limits(&self) -> Result<()> {
        if self.count as usize > limits::TYPES {
            return Err(Error::limit("types of the merged module", limits::TYPES as u64));
        }
        Ok(())
    }

    /// Adds a group of a module, unless it refers to groups that have not been added: then the
    /// result is these.
    fn add_group(&mut self, id: ModuleId, group: u32) -> Mapped<Vec<u32>> {
        let known = &self.modules[id];
        let Some((types, &start)) =
            known.module.types.get(group as usize).zip(known.firsts.get(group as usize))
        else {
            return Ok(Vec::new());
        };
        if known.types.get(start as usize).is_none_or(|(index, _)| *index != NONE) {
            return Ok(Vec::new());
        }
        let mut mapper = GroupMapper { known, start, first: INSIDE, missing: Vec::new() };
        let key = comparable(mapper.group(types)?);
        if !mapper.missing.is_empty() {
            return Ok(mapper.missing);
        }
        let first = match self.known.get(&key) {
            Some(&first) => first,
            None => {
                let written =
                    GroupMapper { known, start, first: self.count, missing: Vec::new() }.group(types)?;
                self.add(key, written)
            }
        };
        let indices = self.modules[id].types.iter_mut().skip(start as usize);
        for ((index, _), new) in indices.take_while(|(_, of)| *of == group).zip(first..) {
            *index = new;
        }
        Ok(Vec::new())
    }

    /// Writes a new group.
    fn add(&mut self, key: Vec<u8>, mut group: Vec<SubType>) -> u32 {
        let first = self.count;
        // Types are fewer than the bytes of all modules.
        self.count = first.saturating_add(group.len() as u32);
        // A group of one is written without `rec`: the same type, and no feature is needed for it.
        match (group.pop(), group.is_empty()) {
            (None, _) => {}
            (Some(only), true) => self.section.ty().subtype(&only),
            (Some(last), false) => {
                group.push(last);
                self.section.ty().rec(group);
            }
        }
        self.known.insert(key, first);
        first
    }
}

impl ModuleTypes<'_> {
    /// Finds the group of each type.
    fn find_groups(&mut self) {
        for (group, types) in (0u32..).zip(&self.module.types) {
            self.firsts.push(self.types.len() as u32);
            self.types.extend(types.types().map(|_| (NONE, group)));
        }
    }
}

/// The form by which groups are compared.
fn comparable(group: Vec<SubType>) -> Vec<u8> {
    let mut key = Vec::new();
    let mut section = TypeSection::new();
    section.ty().rec(group);
    section.encode(&mut key);
    key
}

/// Maps types where nothing else is mapped.
struct OfModule<'t, 'a> {
    types: &'t mut Types<'a>,
    module: ModuleId,
}

impl Reencode for OfModule<'_, '_> {
    type Error = Unmapped;

    fn type_index(&mut self, ty: u32) -> Mapped {
        self.types.index(self.module, ty)
    }
}

/// Maps the references inside one group: types before the group as they are known, the group's own
/// from `first`.
struct GroupMapper<'m, 'a> {
    known: &'m ModuleTypes<'a>,
    /// The group's first type.
    start: u32,
    first: u32,
    /// The groups before it that are not known.
    missing: Vec<u32>,
}

impl GroupMapper<'_, '_> {
    fn group(&mut self, group: &RecGroup) -> Mapped<Vec<SubType>> {
        group.types().map(|ty| self.sub_type(ty.clone())).collect()
    }
}

impl Reencode for GroupMapper<'_, '_> {
    type Error = Unmapped;

    fn type_index(&mut self, ty: u32) -> Mapped {
        let unmapped = reencode::Error::UserError(Unmapped { what: "type", index: ty });
        match ty.checked_sub(self.start) {
            Some(nth) => self.first.checked_add(nth).ok_or(unmapped),
            None => {
                let &(index, group) = self.known.types.get(ty as usize).ok_or(unmapped)?;
                if index == NONE {
                    self.missing.push(group);
                }
                Ok(index)
            }
        }
    }
}
