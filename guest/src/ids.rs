//! Typed indices: each index space of the plan has its own type, so that an index of one space
//! cannot be used in another. In: nothing. Out: the index types and `IdVec`. Not its job: what
//! the indexed things are.

use std::marker::PhantomData;

/// An index into one particular space.
pub trait Id: Copy + Eq {
    fn from_index(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl Id for $name {
            fn from_index(index: usize) -> Self {
                // Budgets (`read::limits`) keep every space far below 2^32.
                $name(index as u32)
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A core module of the input: one definition, however often it is instantiated.
    ModuleId,
    /// A component of the input: one definition, however often it is instantiated.
    ComponentId,
    /// One core instance of the plan, in the order of instantiation.
    CoreInstanceId,
    /// One component instance of the plan; the root is number 0.
    InstanceId,
    /// One resource type of the plan: each evaluation of a definition makes a new one.
    ResourceId,
    /// One `canon lift`, evaluated.
    LiftId,
    /// One function that the root component imports.
    ImportId,
    /// One core function that a canonical definition other than `lift` makes.
    CanonId,
    /// A component value type, interned: equal ids mean equal types.
    TypeId,
    /// One instance in the input of `merge`.
    LinkId,
    /// One function in the input of `merge`: those that the host supplies, then those that each
    /// instance defines, in the order of the instances. Whoever imports it means it by this id.
    FuncId,
    /// One table that an instance in the input of `merge` defines, in the order of the instances; so
    /// are the following.
    TableId,
    MemoryId,
    GlobalId,
    TagId,
    /// One element segment.
    ElementId,
    /// One data segment.
    DataId,
    /// One set of index spaces while instantiation is evaluated (`link::scope`).
    ScopeId,
    /// The exports of one component instance while instantiation is evaluated.
    ExportsId,
    /// The exports of one inline core instance while instantiation is evaluated.
    InlineId,
}

/// A vector indexed by one type of index only.
#[derive(Debug, Clone)]
pub struct IdVec<I, T> {
    items: Vec<T>,
    space: PhantomData<fn(I)>,
}

impl<I, T> Default for IdVec<I, T> {
    fn default() -> Self {
        IdVec { items: Vec::new(), space: PhantomData }
    }
}

impl<I: Id, T> IdVec<I, T> {
    pub fn new() -> Self {
        Self::default()
    }

    /// `count` times `item`.
    pub fn filled(item: T, count: usize) -> Self
    where
        T: Clone,
    {
        IdVec { items: vec![item; count], space: PhantomData }
    }

    /// Adds `item` at the end and gives its index.
    pub fn push(&mut self, item: T) -> I {
        let id = I::from_index(self.items.len());
        self.items.push(item);
        id
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn get(&self, id: I) -> Option<&T> {
        self.items.get(id.index())
    }

    pub fn get_mut(&mut self, id: I) -> Option<&mut T> {
        self.items.get_mut(id.index())
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (I, &T)> + ExactSizeIterator {
        self.items.iter().enumerate().map(|(i, item)| (I::from_index(i), item))
    }

    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    pub fn ids(&self) -> impl DoubleEndedIterator<Item = I> + ExactSizeIterator + use<I, T> {
        (0..self.items.len()).map(I::from_index)
    }
}

/// Ids come from `push` on the same vector, so this holds for every id that the program made;
/// numbers read from an input are looked up with `get` where they are read.
impl<I: Id, T> std::ops::Index<I> for IdVec<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.items[id.index()]
    }
}

impl<I: Id, T> std::ops::IndexMut<I> for IdVec<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.items[id.index()]
    }
}
