//! Function types that are equal wherever they stand. In: a module's types. Out: those that another
//! type equals if it has the same parameters and results. Not its job: all other types (`types`).

use crate::ids::{Id, ModuleId};
use crate::read::Module;
use std::collections::HashMap;
use wasmparser::{CompositeInnerType, FuncType, RefType, SubType, ValType};

/// By module and type index, the type, if it is plain: final, in a group of its own, and without
/// references to other types.
#[derive(Default)]
pub struct PlainTypes<'s>(HashMap<usize, Vec<Option<&'s FuncType>>>);

impl<'s> PlainTypes<'s> {
    /// The type that has this index in a module.
    pub fn get(&mut self, id: ModuleId, module: &'s Module, index: u32) -> Option<&'s FuncType> {
        let types = self.0.entry(id.index()).or_insert_with(|| types(module));
        types.get(index as usize).copied().flatten()
    }
}

fn types<'s>(module: &'s Module) -> Vec<Option<&'s FuncType>> {
    let types = module.types.iter().flat_map(|group| {
        let alone = group.types().len() == 1;
        group.types().map(move |ty| if alone { plain(ty) } else { None })
    });
    types.collect()
}

fn plain(ty: &SubType) -> Option<&FuncType> {
    let composite = &ty.composite_type;
    let alone = ty.is_final
        && ty.supertype_idx.is_none()
        && !composite.shared
        && composite.descriptor_idx.is_none()
        && composite.describes_idx.is_none();
    match &composite.inner {
        CompositeInnerType::Func(func) if alone => {
            func.params().iter().chain(func.results()).all(is_plain).then_some(func)
        }
        _ => None,
    }
}

fn is_plain(ty: &ValType) -> bool {
    match ty {
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => true,
        ValType::Ref(ty) => [RefType::FUNCREF, RefType::EXTERNREF].contains(ty),
    }
}
