//! Where the bytes of function bodies go. In: what is copied as it is, stretch by stretch, while a body is
//! written. Out: for a place in the old body, the same place in the new one. Not its job: copying (`merge`,
//! `window`), and what stands at a place.

/// Bytes that were copied as they are. Places are relative to the body, which begins behind its size.
#[derive(Debug, Clone, Copy)]
struct Run {
    old: u32,
    new: u32,
    len: u32,
}

/// The moves of some bodies, in the order in which they were written.
#[derive(Debug, Default)]
pub struct Moves {
    runs: Vec<Run>,
    /// For each body, where its runs end.
    ends: Vec<usize>,
}

impl Moves {
    /// Bytes of the body at `old` have been copied to `new`. What lies between two such stretches has become
    /// something else; a stretch without bytes says that what follows begins there.
    pub fn copied(&mut self, old: usize, new: usize, len: usize) {
        // A body has far less than 2^32 bytes (`read::limits`).
        self.runs.push(Run { old: old as u32, new: new as u32, len: len as u32 });
    }

    /// What is in front of the code of the body that has not ended has got longer by this.
    pub fn shift(&mut self, by: usize) {
        let start = self.ends.last().copied().unwrap_or_default();
        for run in self.runs.get_mut(start..).unwrap_or_default() {
            run.new = run.new.saturating_add(by as u32);
        }
    }

    /// A body has ended, and the next begins. A body without stretches has no places.
    pub fn end(&mut self) {
        self.ends.push(self.runs.len());
    }

    /// Where a place of the `nth` body has gone, in bytes from the start of either. None: it lies inside of
    /// something that is not the same any more.
    pub fn place(&self, nth: usize, old: usize) -> Option<usize> {
        let start = match nth.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        let runs = self.runs.get(start..*self.ends.get(nth)?)?;
        // The body's own start; what is declared there may be written in another way.
        if old == 0 && !runs.is_empty() {
            return Some(0);
        }
        let old = u32::try_from(old).ok()?;
        // The first that does not end before it: where something was inserted between two, it is in front of that.
        let run = runs.get(runs.partition_point(|run| run.old.saturating_add(run.len) < old))?;
        Some(run.new.checked_add(old.checked_sub(run.old)?)? as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_where_its_byte_has_gone() {
        let mut moves = Moves::default();
        moves.end();
        moves.copied(2, 1, 4);
        // The index at 6 is longer now.
        moves.copied(7, 7, 3);
        moves.end();
        let places: Vec<Option<usize>> = (0..12).map(|old| moves.place(1, old)).collect();
        let expected = [
            Some(0),
            None,
            Some(1),
            Some(2),
            Some(3),
            Some(4),
            Some(5),
            Some(7),
            Some(8),
            Some(9),
            Some(10),
            None,
        ];
        assert_eq!(places, expected);
        assert_eq!((moves.place(0, 0), moves.place(2, 0)), (None, None));
    }

    #[test]
    fn what_is_inserted_belongs_to_what_follows() {
        let mut moves = Moves::default();
        moves.copied(1, 0, 5);
        // Four bytes are inserted at 6; and then the instruction at 6 is another one, of two bytes.
        moves.copied(6, 9, 0);
        moves.copied(8, 12, 1);
        moves.shift(3);
        moves.end();
        assert_eq!(
            [5, 6, 7, 8, 9].map(|old| moves.place(0, old)),
            [Some(7), Some(8), None, Some(15), Some(16)]
        );
    }
}
