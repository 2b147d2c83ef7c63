//! The kinds of index that merging has to do with. In: nothing, these are the types. Out: types that
//! keep them apart. Not its job: what an index means in one assembly (`definitions`, `live`).
//!
//! - A plain `u32` is an index as an input module has it, imports first.
//! - `Defined<E>` counts what one module defines, without its imports.
//! - `E` (`FuncId`, …) counts the definitions of the whole assembly.
//! - `Merged<E>` is an index of the merged module.

use crate::error::{Error, Result};
use crate::ids::{DataId, ElementId, FuncId, GlobalId, Id, MemoryId, TableId, TagId};
use crate::read::Module;
use std::marker::PhantomData;

/// What has an index space, by the id of its definitions.
pub trait Entity: Id {
    /// What one of them is called in an error.
    const WHAT: &'static str;
    /// What a module says of one that it defines. Of a function, its type index; bodies are apart.
    type Definition<'a>: 'a;
    /// All that a module defines, in the order of the binary.
    fn defined<'m, 'a>(module: &'m Module<'a>) -> &'m [Self::Definition<'a>];
    /// The value for this index space.
    fn of<T>(by: &BySort<T>) -> &T;
}

/// One value for each index space.
#[derive(Debug, Clone, Default)]
pub struct BySort<T> {
    pub funcs: T,
    pub tables: T,
    pub memories: T,
    pub globals: T,
    pub tags: T,
    pub elements: T,
    pub data: T,
}

macro_rules! entities {
    ($($id:ident $what:literal $field:ident $definitions:ident $definition:ty;)*) => {$(
        impl Entity for $id {
            const WHAT: &'static str = $what;
            type Definition<'a> = $definition;
            fn defined<'m, 'a>(module: &'m Module<'a>) -> &'m [$definition] {
                &module.$definitions
            }
            fn of<T>(by: &BySort<T>) -> &T {
                &by.$field
            }
        }
    )*};
}

entities! {
    FuncId "function" funcs functions u32;
    TableId "table" tables tables wasmparser::Table<'a>;
    MemoryId "memory" memories memories wasmparser::MemoryType;
    GlobalId "global" globals globals wasmparser::Global<'a>;
    TagId "tag" tags tags wasmparser::TagType;
    ElementId "element segment" elements elements wasmparser::Element<'a>;
    DataId "data segment" data data wasmparser::Data<'a>;
}

macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name<E>(u32, PhantomData<E>);

        impl<E: Entity> Id for $name<E> {
            fn from_index(index: usize) -> Self {
                // Budgets keep every space far below 2^32.
                $name(index as u32, PhantomData)
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }

        impl<E> $name<E> {
            /// As the binary has it.
            pub fn raw(self) -> u32 {
                self.0
            }
        }
    )*};
}

indices! {
    /// Which of the things that one module defines: an index into a section. Of segments, which are
    /// never imported, it is the module's own index.
    Defined,
    /// An index in the merged module.
    Merged,
}

impl<E: Entity> Defined<E> {
    /// What the module says of it.
    pub fn get<'m, 'a>(self, module: &'m Module<'a>) -> Option<&'m E::Definition<'a>> {
        E::defined(module).get(self.index())
    }

    /// All that a module defines.
    pub fn all<'m, 'a>(module: &'m Module<'a>) -> impl Iterator<Item = (Self, &'m E::Definition<'a>)> {
        E::defined(module).iter().enumerate().map(|(nth, definition)| (Self::from_index(nth), definition))
    }
}

/// A count as an index. The budgets keep every index space far below 2^32.
pub fn to_index(count: usize) -> Result<u32> {
    u32::try_from(count).map_err(|_| Error::limit("items of the merged module", u32::MAX.into()))
}
