//! What the merged module consists of. In: definitions, as something live refers to them. Out: the
//! index of each, in the order in which they were first referred to, and for each sort a worklist of
//! those that have not been looked at: what they refer to is live too. What is not live gets no
//! index, and is not written. Not its job: what is live whatever refers to it (`roots`), and looking
//! at a definition, which is done on the way, while it is copied.

use super::entity::{BySort, Entity, Merged};
use crate::error::{Error, Result};
use crate::ids::{DataId, ElementId, FuncId, GlobalId, Id, IdVec, MemoryId, TableId, TagId};
use crate::read::limits;
use std::collections::HashMap;

/// Not live: no index comes near it.
const NONE: u32 = u32::MAX;

/// The live definitions of one sort.
#[derive(Debug)]
pub struct LiveSet<E> {
    /// By definition.
    indices: IdVec<E, u32>,
    /// By index.
    order: Vec<E>,
    /// How many of them have been taken from the worklist.
    taken: usize,
    /// The definition that index 0 is kept for.
    first: Option<E>,
}

impl<E: Entity> LiveSet<E> {
    /// None is live of `count` definitions.
    pub fn new(count: u32) -> LiveSet<E> {
        let indices = IdVec::filled(NONE, count as usize);
        LiveSet { indices, order: Vec::new(), taken: 0, first: None }
    }

    /// Keeps index 0 for a definition, before any has an index.
    fn keep_first(&mut self, id: E) {
        if self.order.is_empty() {
            self.order.push(id);
            self.first = Some(id);
        }
    }

    /// The index of a definition that is live.
    #[inline]
    pub fn index(&self, id: E) -> Option<Merged<E>> {
        self.indices.get(id).filter(|index| **index != NONE).map(|index| Merged::from_index(*index as usize))
    }

    pub fn is_live(&self, id: E) -> bool {
        self.index(id).is_some()
    }

    /// The index of a definition, which is live from here on. None: there is no such definition.
    fn push(&mut self, id: E) -> Option<Merged<E>> {
        let index = self.indices.get_mut(id)?;
        if *index == NONE && self.first == Some(id) {
            *index = 0;
        } else if *index == NONE {
            // There are as many indices as definitions, at most, and of these far less than 2^32.
            *index = self.order.len() as u32;
            self.order.push(id);
        }
        Some(Merged::from_index(*index as usize))
    }

    /// Takes the next definition from the worklist.
    pub fn take(&mut self) -> Option<E> {
        let id = self.order.get(self.taken).copied()?;
        self.taken = self.taken.saturating_add(1);
        Some(id)
    }

    /// The worklist is empty.
    pub fn is_done(&self) -> bool {
        self.taken >= self.order.len()
    }

    /// By index; with the one that index 0 is kept for, whether it is live or not.
    pub fn order(&self) -> &[E] {
        &self.order
    }

    /// How many indices there are.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    fn all(&self) -> impl Iterator<Item = E> + use<E> {
        self.indices.ids()
    }
}

/// What is live because something else is.
#[derive(Debug, Default)]
pub struct Implied {
    /// Of each table, the active segments that go to it, in the order of instantiation.
    pub elements: HashMap<TableId, Vec<ElementId>>,
    pub data: HashMap<MemoryId, Vec<DataId>>,
    /// Of each active segment, the table or memory that it goes to.
    pub tables: HashMap<ElementId, TableId>,
    pub memories: HashMap<DataId, MemoryId>,
    /// Of a global whose initialiser reads others, those.
    pub globals: HashMap<GlobalId, Vec<GlobalId>>,
}

/// All index spaces of the merged module but that of types.
#[derive(Debug)]
pub struct Live {
    pub funcs: LiveSet<FuncId>,
    pub tables: LiveSet<TableId>,
    pub memories: LiveSet<MemoryId>,
    pub globals: LiveSet<GlobalId>,
    pub tags: LiveSet<TagId>,
    pub elements: LiveSet<ElementId>,
    pub data: LiveSet<DataId>,
    implied: Implied,
}

/// What can be live.
pub trait Mark: Entity {
    fn set(live: &Live) -> &LiveSet<Self>;
    fn set_mut(live: &mut Live) -> &mut LiveSet<Self>;

    /// Marks what is implied by this, and has to have its index before. None: it does not exist.
    fn mark_implied(self, _live: &mut Live) -> Option<()> {
        Some(())
    }
}

macro_rules! mark {
    ($($id:ident $field:ident $($implied:ident)?;)*) => {$(
        impl Mark for $id {
            #[inline]
            fn set(live: &Live) -> &LiveSet<Self> {
                &live.$field
            }
            fn set_mut(live: &mut Live) -> &mut LiveSet<Self> {
                &mut live.$field
            }
            $(fn mark_implied(self, live: &mut Live) -> Option<()> {
                live.$implied(self)
            })?
        }
    )*};
}

mark! {
    FuncId funcs;
    TableId tables elements_of;
    MemoryId memories data_of;
    GlobalId globals globals_before;
    TagId tags;
    ElementId elements table_of;
    DataId data memory_of;
}

impl Live {
    /// `counts` says how many definitions there are of each sort.
    pub fn new(counts: &BySort<u32>, implied: Implied) -> Live {
        Live {
            funcs: LiveSet::new(counts.funcs),
            tables: LiveSet::new(counts.tables),
            memories: LiveSet::new(counts.memories),
            globals: LiveSet::new(counts.globals),
            tags: LiveSet::new(counts.tags),
            elements: LiveSet::new(counts.elements),
            data: LiveSet::new(counts.data),
            implied,
        }
    }

    /// The index of something that is referred to: it is live from here on, with what that implies.
    /// None: it does not exist.
    #[inline]
    pub fn mark<E: Mark>(&mut self, id: E) -> Option<Merged<E>> {
        match E::set(self).index(id) {
            Some(index) => Some(index),
            None => self.mark_new(id),
        }
    }

    #[cold]
    fn mark_new<E: Mark>(&mut self, id: E) -> Option<Merged<E>> {
        id.mark_implied(self)?;
        E::set_mut(self).push(id)
    }

    /// All at once, so that their order among themselves is that of instantiation.
    fn elements_of(&mut self, table: TableId) -> Option<()> {
        let segments = self.implied.elements.get(&table);
        segments.into_iter().flatten().try_for_each(|segment| self.elements.push(*segment).map(drop))
    }

    fn data_of(&mut self, memory: MemoryId) -> Option<()> {
        let segments = self.implied.data.get(&memory);
        segments.into_iter().flatten().try_for_each(|segment| self.data.push(*segment).map(drop))
    }

    fn table_of(&mut self, segment: ElementId) -> Option<()> {
        match self.implied.tables.get(&segment) {
            Some(&table) => self.mark(table).map(drop),
            None => Some(()),
        }
    }

    fn memory_of(&mut self, segment: DataId) -> Option<()> {
        match self.implied.memories.get(&segment) {
            Some(&memory) => self.mark(memory).map(drop),
            None => Some(()),
        }
    }

    /// The globals that a global's initialiser reads come before it. The stack is not the call
    /// stack: chains can be as long as the input. `constant::globals` has ruled out circles.
    fn globals_before(&mut self, global: GlobalId) -> Option<()> {
        let globals = &mut self.globals;
        let mut open = vec![global];
        while let Some(&at) = open.last() {
            let reads = self.implied.globals.get(&at).into_iter().flatten().copied();
            let before = open.len();
            if !globals.is_live(at) {
                open.extend(reads.filter(|read| !globals.is_live(*read)));
            }
            if open.len() == before {
                globals.push(at)?;
                open.pop();
            }
        }
        Some(())
    }

    /// Keeps index 0 for a memory: instructions that name memory 0 are shorter by a byte.
    pub fn keep_first_memory(&mut self, id: MemoryId) {
        self.memories.keep_first(id);
    }

    /// Marks everything, in the order of the ids.
    pub fn mark_all(&mut self) {
        for segment in self.elements.all() {
            self.elements.push(segment);
        }
        for segment in self.data.all() {
            self.data.push(segment);
        }
        self.mark_sort::<FuncId>();
        self.mark_sort::<TableId>();
        self.mark_sort::<MemoryId>();
        self.mark_sort::<GlobalId>();
        self.mark_sort::<TagId>();
    }

    fn mark_sort<E: Mark>(&mut self) {
        for id in E::set(self).all() {
            self.mark(id);
        }
    }

    /// How many indices there are, of all sorts together.
    pub fn len(&self) -> usize {
        let Live { funcs, tables, memories, globals, tags, elements, data, .. } = self;
        let items = [funcs.len(), tables.len(), memories.len(), globals.len(), tags.len()];
        let segments = [elements.len(), data.len()];
        items.iter().chain(&segments).fold(0, |sum: usize, count| sum.saturating_add(*count))
    }

    /// Each input keeps to what engines take of a module; their sum need not.
    pub fn check_limits(&self) -> Result<()> {
        let counts = [
            ("tables", self.tables.len(), limits::TABLES),
            ("memories", self.memories.len(), limits::MEMORIES),
        ];
        match counts.into_iter().find(|(_, count, limit)| count > limit) {
            Some((what, _, limit)) => Err(Error::limit(format!("{what} of the merged module"), limit as u64)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(implied: Implied) -> Live {
        let counts = BySort { funcs: 4, tables: 2, memories: 2, globals: 6, tags: 1, elements: 4, data: 0 };
        Live::new(&counts, implied)
    }

    fn id<E: Id>(number: usize) -> E {
        E::from_index(number)
    }

    fn ids<E: Id>(numbers: &[usize]) -> Vec<E> {
        numbers.iter().map(|number| id(*number)).collect()
    }

    fn index<E: Entity>(number: usize) -> Option<Merged<E>> {
        Some(Merged::from_index(number))
    }

    #[test]
    fn indices_follow_the_first_reference() {
        let mut live = live(Implied::default());
        let given = [3, 1, 3, 0].map(|func| live.mark(id::<FuncId>(func)));
        assert_eq!(given, [index(0), index(1), index(0), index(2)]);
        assert_eq!(live.funcs.order(), ids::<FuncId>(&[3, 1, 0]));
        assert_eq!(live.funcs.index(id(2)), None);
        assert_eq!(live.mark(id::<FuncId>(4)), None);
    }

    #[test]
    fn the_worklist_has_each_once_and_what_comes_while_it_is_drained() {
        let mut live = live(Implied::default());
        live.mark(id::<FuncId>(2));
        assert_eq!(live.funcs.take(), Some(id(2)));
        assert!(live.funcs.is_done());
        live.mark(id::<FuncId>(2));
        live.mark(id::<FuncId>(0));
        assert!(!live.funcs.is_done());
        assert_eq!((live.funcs.take(), live.funcs.take()), (Some(id(0)), None));
    }

    #[test]
    fn an_index_is_kept_for_the_first_memory() {
        let implied = Implied { data: HashMap::from([(id(1), ids(&[0]))]), ..Implied::default() };
        let mut live = Live::new(&BySort { memories: 3, data: 1, ..BySort::default() }, implied);
        live.keep_first_memory(id(1));
        assert_eq!(live.mark(id::<MemoryId>(2)), index(1));
        assert_eq!((live.memories.index(id(1)), live.data.len()), (None, 0));
        assert_eq!(live.mark(id::<MemoryId>(1)), index(0));
        assert_eq!(live.data.len(), 1);
        assert_eq!(live.memories.order(), ids::<MemoryId>(&[1, 2]));
    }

    #[test]
    fn a_global_comes_after_those_that_it_reads() {
        let globals = [(0, [5, 3].as_slice()), (3, &[4, 5]), (4, &[2])];
        let globals = globals.into_iter().map(|(global, reads)| (id(global), ids(reads))).collect();
        let mut live = live(Implied { globals, ..Implied::default() });
        assert_eq!(live.mark(id::<GlobalId>(0)), index(4));
        let order = live.globals.order();
        let at = |global| order.iter().position(|g| *g == id(global)).unwrap();
        assert!(at(2) < at(4) && at(4) < at(3) && at(5) < at(3) && at(3) < at(0), "{order:?}");
        assert_eq!(order.len(), 5);
    }

    #[test]
    fn segments_of_one_table_keep_their_order_whoever_is_named_first() {
        let tables = [0, 2, 3].map(|segment| (id(segment), id(1)));
        let implied = Implied {
            elements: HashMap::from([(id(1), ids(&[0, 2, 3]))]),
            tables: HashMap::from(tables),
            ..Implied::default()
        };
        let mut live = live(implied);
        assert_eq!(live.mark(id::<ElementId>(3)), index(2));
        assert_eq!(live.mark(id::<ElementId>(1)), index(3));
        assert_eq!(live.elements.order(), ids::<ElementId>(&[0, 2, 3, 1]));
        assert_eq!(live.tables.order(), ids::<TableId>(&[1]));
    }
}
