//! The component value types of a plan, interned. In: types with their resources already
//! resolved to definitions. Out: `TypeId`s whose equality is type equality. Not its job: layout and
//! flattening (`abi::layout`), and the names under which an interface exports its types (`wrap`).

use crate::ids::{Id, ResourceId, TypeId};
use crate::name::Name;
use indexmap::IndexSet;

/// A value type (Explainer.md, "Type Definitions"). Specialized types keep their own form;
/// `abi` despecializes them where the Canonical ABI says so. They nest no deeper than
/// `limits::TYPE_DEPTH`, on which whatever recurses over them relies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Type {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    List(TypeId),
    /// A list of a fixed number of elements.
    FixedList(TypeId, u32),
    /// Key and value.
    Map(TypeId, TypeId),
    /// Label and type of each field; at least one.
    Record(Box<[(String, TypeId)]>),
    Tuple(Box<[TypeId]>),
    /// One label for each bit; 1 to 32.
    Flags(Box<[String]>),
    Enum(Box<[String]>),
    /// Label and payload of each case; at least one.
    Variant(Box<[(String, Option<TypeId>)]>),
    Option(TypeId),
    Result {
        ok: Option<TypeId>,
        err: Option<TypeId>,
    },
    Own(ResourceId),
    Borrow(ResourceId),
    Stream(Option<TypeId>),
    Future(Option<TypeId>),
}

/// A function type (Explainer.md, "Type Definitions").
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FuncType {
    pub async_: bool,
    /// Label and type.
    pub params: Vec<(Name, TypeId)>,
    pub result: Option<TypeId>,
}

/// The interner.
#[derive(Debug, Clone, Default)]
pub struct Types {
    types: IndexSet<Type>,
}

impl Types {
    /// The id of `ty`, the same for equal types.
    pub fn intern(&mut self, ty: Type) -> TypeId {
        TypeId::from_index(self.types.insert_full(ty).0)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = (TypeId, &Type)> {
        self.types.iter().enumerate().map(|(i, ty)| (TypeId::from_index(i), ty))
    }
}

impl std::ops::Index<TypeId> for Types {
    type Output = Type;
    /// Ids come from `intern` on the same table.
    fn index(&self, id: TypeId) -> &Type {
        &self.types[id.index()]
    }
}
