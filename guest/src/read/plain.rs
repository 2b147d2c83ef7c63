//! Function types that are equal wherever they stand. In: a module's types. Out: those that another
//! type equals if it has the same parameters and results. Not its job: all other types, which are equal
//! where their whole recursion groups are.

use super::Module;
use crate::ids::{Id, ModuleId};
use std::collections::HashMap;
use wasmparser::{CompositeInnerType, FuncType, RefType, SubType, TypeRef, ValType};

/// The plain types of some modules: final, in a group of their own, and without references to other types.
#[derive(Default)]
pub struct PlainFuncTypes<'s>(HashMap<usize, Known<'s>>);

/// What is known of one module.
struct Known<'s> {
    /// By type index, the type, if it is plain.
    types: Vec<Option<&'s FuncType>>,
    /// The type indices of the functions that it imports.
    imported: Vec<u32>,
}

impl<'s> PlainFuncTypes<'s> {
    /// The type that has this index in a module, `id`. None: it is not plain, or there is none.
    pub fn get(&mut self, id: ModuleId, module: &'s Module, index: u32) -> Option<&'s FuncType> {
        self.known(id, module).types.get(index as usize).copied().flatten()
    }

    /// The type of the function that has this index in a module, `id`. None: it is not plain, or there is
    /// no such function.
    pub fn of_function(&mut self, id: ModuleId, module: &'s Module, index: u32) -> Option<&'s FuncType> {
        let known = self.known(id, module);
        let imported = known.imported.get(index as usize).copied();
        let ty = imported.or_else(|| {
            let nth = (index as usize).checked_sub(known.imported.len())?;
            module.functions.get(nth).copied()
        })?;
        self.get(id, module, ty)
    }

    fn known(&mut self, id: ModuleId, module: &'s Module) -> &Known<'s> {
        self.0.entry(id.index()).or_insert_with(|| Known { types: types(module), imported: imported(module) })
    }
}

fn imported(module: &Module) -> Vec<u32> {
    let types = module.imports.iter().filter_map(|import| match import.ty {
        TypeRef::Func(ty) | TypeRef::FuncExact(ty) => Some(ty),
        _ => None,
    });
    types.collect()
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
