//! The one type section. In: the modules' recursion groups and the host functions' types. Out: a
//! section in which equal groups stand once, and for each module the new index of each type. Not
//! its job: what the types are used for.

use super::reencoder::{Unmapped, convert};
use super::resolve::to_index;
use crate::error::{Error, Result};
use crate::read::Module;
use std::collections::HashMap;
use std::rc::Rc;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CompositeInnerType, CompositeType, Encode, FuncType, SubType, TypeSection, ValType};
use wasmparser::RecGroup;

/// In the form by which groups are compared, references inside the group count from here, so that
/// the place of the group does not matter. No type section comes near this number.
const INSIDE: u32 = 1 << 31;

/// Collects types. Two groups are equal as the specification says (valid/conventions, "rolled up"
/// recursive types): same shape, outer references to equal types, inner ones to equal positions.
#[derive(Default)]
pub struct Types {
    section: TypeSection,
    count: u32,
    /// From a group's comparable form to the index of its first type. Only looked up, never walked.
    known: HashMap<Vec<u8>, u32>,
}

impl Types {
    /// Adds a module's types; the result holds the new index of each.
    pub fn add_module(&mut self, module: &Module) -> Result<Rc<[u32]>> {
        let mut map = Vec::new();
        for group in &module.types {
            self.add_group(group, &mut map).map_err(|e| e.at(module.offset))?;
        }
        Ok(map.into())
    }

    /// Adds one function type.
    pub fn add_function(&mut self, params: &[ValType], results: &[ValType]) -> Result<u32> {
        let func = FuncType::new(params.iter().copied(), results.iter().copied());
        let composite_type = CompositeType {
            inner: CompositeInnerType::Func(func),
            shared: false,
            descriptor: None,
            describes: None,
        };
        let key =
            || vec![SubType { is_final: true, supertype_idx: None, composite_type: composite_type.clone() }];
        self.intern(key(), |_| Ok(key()))
    }

    /// How many types there are.
    pub fn len(&self) -> u32 {
        self.count
    }

    pub fn section(&self) -> &TypeSection {
        &self.section
    }

    fn add_group(&mut self, group: &RecGroup, map: &mut Vec<u32>) -> Result<()> {
        let convert_group = |first: u32, map: &[u32]| -> Result<Vec<SubType>> {
            let mut mapper = GroupMapper { outside: map, first };
            let convert_type = |ty: &wasmparser::SubType| mapper.sub_type(ty.clone());
            group.types().map(convert_type).collect::<Result<_, _>>().map_err(convert)
        };
        let len = to_index(group.types().len())?;
        let first = self.intern(convert_group(INSIDE, map)?, |first| convert_group(first, map))?;
        map.extend((0..len).map(|nth| first.saturating_add(nth)));
        Ok(())
    }

    /// The index of the first type of a group that is `comparable`; a new one is written as
    /// `build` makes it for the index at which it will stand.
    fn intern(
        &mut self,
        comparable: Vec<SubType>,
        build: impl FnOnce(u32) -> Result<Vec<SubType>>,
    ) -> Result<u32> {
        let len = to_index(comparable.len())?;
        let mut key = Vec::new();
        let mut section = TypeSection::new();
        section.ty().rec(comparable);
        section.encode(&mut key);
        if let Some(&first) = self.known.get(&key) {
            return Ok(first);
        }
        let first = self.count;
        let mut group = build(first)?;
        // A group of one is written without `rec`: the same type, and no feature is needed for it.
        match (group.pop(), group.is_empty()) {
            (None, _) => return Ok(first),
            (Some(only), true) => self.section.ty().subtype(&only),
            (Some(last), false) => {
                group.push(last);
                self.section.ty().rec(group);
            }
        }
        self.count = first
            .checked_add(len)
            .filter(|&count| count < INSIDE)
            .ok_or_else(|| Error::limit("types of the merged module", INSIDE.into()))?;
        self.known.insert(key, first);
        Ok(first)
    }
}

/// Maps the references inside one group: types before the group by `outside`, the group's own
/// from `first`.
struct GroupMapper<'m> {
    outside: &'m [u32],
    first: u32,
}

impl Reencode for GroupMapper<'_> {
    type Error = Unmapped;

    fn type_index(&mut self, ty: u32) -> Result<u32, reencode::Error<Unmapped>> {
        if let Some(&index) = self.outside.get(ty as usize) {
            return Ok(index);
        }
        let inside = (ty as usize).checked_sub(self.outside.len()).and_then(|nth| u32::try_from(nth).ok());
        let index = inside.and_then(|nth| self.first.checked_add(nth));
        index.ok_or(reencode::Error::UserError(Unmapped { what: "type", index: ty }))
    }
}
