//! Notes below a table. In: why a cell has no figure. Out: the word for the cell, and a line for each
//! reason. Not its job: the table.

use crate::why::{Why, Word};

#[derive(Default)]
pub struct Notes(Vec<String>);

impl Notes {
    /// A cell: the figure, or the word and the number of its note.
    pub fn cell(&mut self, cell: Result<String, &Why>) -> String {
        cell.unwrap_or_else(|why| match why.word {
            Word::Nothing => why.word.to_string(),
            word => format!("{word} ({})", self.number(&why.detail)),
        })
    }

    fn number(&mut self, detail: &str) -> usize {
        let place = self.0.iter().position(|note| note == detail).unwrap_or_else(|| {
            self.0.push(detail.to_string());
            self.0.len() - 1
        });
        place + 1
    }

    pub fn render(&self) -> String {
        let line = |(i, note): (usize, &String)| format!("\n({}) `{note}`\n", i + 1);
        self.0.iter().enumerate().map(line).collect()
    }
}
