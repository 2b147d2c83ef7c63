//! The indices of the merged module. In: items by their places in the layout, as something refers
//! to them. Out: their indices, in the order in which they were first referred to: what nothing
//! refers to gets none, and is not written. Not its job: finding what refers to what, which is
//! found on the way, while bodies and initialisers are copied.

use super::resolve::{BySort, SORTS};
use crate::error::{Error, Result};
use crate::read::{CoreSort, limits};
use std::collections::HashMap;

const NONE: u32 = u32::MAX;

/// One index space.
#[derive(Debug, Default)]
pub struct Space {
    /// By place.
    numbers: Vec<u32>,
    /// By number.
    order: Vec<u32>,
    /// The place that number 0 is kept for.
    first: Option<u32>,
}

impl Space {
    pub fn new(places: u32) -> Space {
        Space { numbers: vec![NONE; places as usize], order: Vec::new(), first: None }
    }

    /// Keeps number 0 for a place, before there are any numbers.
    fn keep_first(&mut self, place: u32) {
        if self.order.is_empty() {
            self.order.push(place);
            self.first = Some(place);
        }
    }

    /// The number of a place that has one.
    #[inline]
    pub fn get(&self, place: u32) -> Option<u32> {
        self.numbers.get(place as usize).copied().filter(|number| *number != NONE)
    }

    /// The number of a place, given to it now if it has none. None: there is no such place.
    pub fn number(&mut self, place: u32) -> Option<u32> {
        let slot = self.numbers.get_mut(place as usize)?;
        if *slot == NONE && self.first == Some(place) {
            *slot = 0;
        } else if *slot == NONE {
            // There are as many numbers as places, at most, and of these far less than 2^32.
            *slot = self.order.len() as u32;
            self.order.push(place);
        }
        Some(*slot)
    }

    /// The places that have numbers, in the order of the numbers; with the one that number 0 is kept
    /// for, whether it has it or not.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn places(&self) -> usize {
        self.numbers.len()
    }
}

/// What an item brings with it, by places.
#[derive(Debug, Default)]
pub struct Consequences {
    /// Of each table or memory, the active segments that go to it, in the order of instantiation.
    pub elements: HashMap<u32, Vec<u32>>,
    pub data: HashMap<u32, Vec<u32>>,
    /// Of each active segment, the table or memory.
    pub tables: HashMap<u32, u32>,
    pub memories: HashMap<u32, u32>,
    /// Of a global whose initialiser reads others, those.
    pub globals: HashMap<u32, Vec<u32>>,
}

/// All index spaces but that of types.
#[derive(Debug, Default)]
pub struct Numbers {
    pub items: BySort<Space>,
    pub elements: Space,
    pub data: Space,
    consequences: Consequences,
}

impl Numbers {
    /// `places` says how many there are of each sort.
    pub fn new(places: &BySort<u32>, elements: u32, data: u32, consequences: Consequences) -> Numbers {
        let mut items = BySort::default();
        for sort in SORTS {
            *items.get_mut(sort) = Space::new(*places.get(sort));
        }
        Numbers { items, elements: Space::new(elements), data: Space::new(data), consequences }
    }

    /// The number of an item. None: there is no such item.
    #[inline]
    pub fn number(&mut self, sort: CoreSort, place: u32) -> Option<u32> {
        match self.items.get(sort).get(place) {
            Some(number) => Some(number),
            None => self.first(sort, place),
        }
    }

    /// A number for an item that has none.
    #[cold]
    fn first(&mut self, sort: CoreSort, place: u32) -> Option<u32> {
        match sort {
            CoreSort::Func | CoreSort::Tag => {}
            CoreSort::Global => self.globals_before(place)?,
            // All at once, so that their order among themselves is that of instantiation.
            CoreSort::Table => {
                let segments = self.consequences.elements.get(&place);
                segments.into_iter().flatten().try_for_each(|s| self.elements.number(*s).map(drop))?;
            }
            CoreSort::Memory => {
                let segments = self.consequences.data.get(&place);
                segments.into_iter().flatten().try_for_each(|s| self.data.number(*s).map(drop))?;
            }
        }
        self.items.get_mut(sort).number(place)
    }

    /// The globals that a global's initialiser reads come before it. The way has its own stack:
    /// chains can be as long as the input. `constant::globals` has ruled out circles.
    fn globals_before(&mut self, place: u32) -> Option<()> {
        let globals = &mut self.items.globals;
        let mut open = vec![place];
        while let Some(&at) = open.last() {
            let reads = self.consequences.globals.get(&at).into_iter().flatten().copied();
            let before = open.len();
            if globals.get(at).is_none() {
                open.extend(reads.filter(|read| globals.get(*read).is_none()));
            }
            if open.len() == before {
                globals.number(at)?;
                open.pop();
            }
        }
        Some(())
    }

    /// The number of an element segment.
    pub fn element(&mut self, place: u32) -> Option<u32> {
        if let Some(&table) = self.consequences.tables.get(&place) {
            self.number(CoreSort::Table, table)?;
        }
        self.elements.number(place)
    }

    /// The number of a data segment.
    pub fn data(&mut self, place: u32) -> Option<u32> {
        if let Some(&memory) = self.consequences.memories.get(&place) {
            self.number(CoreSort::Memory, memory)?;
        }
        self.data.number(place)
    }

    /// Keeps number 0 for a memory: instructions that name memory 0 are shorter by a byte.
    pub fn keep_first_memory(&mut self, place: u32) {
        self.items.memories.keep_first(place);
    }

    /// Gives everything a number, in the order of the layout.
    pub fn all(&mut self) {
        for place in 0..self.elements.places() as u32 {
            self.elements.number(place);
        }
        for place in 0..self.data.places() as u32 {
            self.data.number(place);
        }
        for sort in SORTS {
            for place in 0..self.items.get(sort).places() as u32 {
                self.number(sort, place);
            }
        }
    }

    /// Each input keeps to what engines take of a module; their sum need not.
    pub fn check_limits(&self) -> Result<()> {
        let counts = [
            ("tables", self.items.tables.len(), limits::TABLES),
            ("memories", self.items.memories.len(), limits::MEMORIES),
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

    fn numbers(consequences: Consequences) -> Numbers {
        let places = BySort { funcs: 4, tables: 2, memories: 2, globals: 6, tags: 1 };
        Numbers::new(&places, 4, 0, consequences)
    }

    #[test]
    fn numbers_follow_the_first_reference() {
        let mut numbers = numbers(Consequences::default());
        let given = [3, 1, 3, 0].map(|place| numbers.number(CoreSort::Func, place));
        assert_eq!(given, [Some(0), Some(1), Some(0), Some(2)]);
        assert_eq!(numbers.items.funcs.order(), [3, 1, 0]);
        assert_eq!(numbers.items.funcs.get(2), None);
        assert_eq!(numbers.number(CoreSort::Func, 4), None);
    }

    #[test]
    fn a_number_is_kept_for_the_first_memory() {
        let consequences = Consequences { data: HashMap::from([(1, vec![0])]), ..Consequences::default() };
        let places = BySort { memories: 3, ..BySort::default() };
        let mut numbers = Numbers::new(&places, 0, 1, consequences);
        numbers.keep_first_memory(1);
        assert_eq!(numbers.number(CoreSort::Memory, 2), Some(1));
        assert_eq!((numbers.items.memories.get(1), numbers.data.len()), (None, 0));
        assert_eq!(numbers.number(CoreSort::Memory, 1), Some(0));
        assert_eq!(numbers.data.len(), 1);
        assert_eq!(numbers.items.memories.order(), [1, 2]);
    }

    #[test]
    fn a_global_comes_after_those_that_it_reads() {
        let globals = HashMap::from([(0, vec![5, 3]), (3, vec![4, 5]), (4, vec![2])]);
        let mut numbers = numbers(Consequences { globals, ..Consequences::default() });
        assert_eq!(numbers.number(CoreSort::Global, 0), Some(4));
        let order = numbers.items.globals.order();
        let at = |global| order.iter().position(|g| *g == global).unwrap();
        assert!(at(2) < at(4) && at(4) < at(3) && at(5) < at(3) && at(3) < at(0), "{order:?}");
        assert_eq!(order.len(), 5);
    }

    #[test]
    fn segments_of_one_table_keep_their_order_whoever_is_named_first() {
        let consequences = Consequences {
            elements: HashMap::from([(1, vec![0, 2, 3])]),
            tables: HashMap::from([(0, 1), (2, 1), (3, 1)]),
            ..Consequences::default()
        };
        let mut numbers = numbers(consequences);
        assert_eq!(numbers.element(3), Some(2));
        assert_eq!(numbers.element(1), Some(3));
        assert_eq!(numbers.elements.order(), [0, 2, 3, 1]);
        assert_eq!(numbers.items.tables.order(), [1]);
    }
}
