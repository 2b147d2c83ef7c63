//! What is to be reached. In: figures. Out: for each bound the ratio, and whether it holds. Not its job:
//! the figures.

use crate::calls::{Column, Row};
use crate::table::{ratio, table};

/// A bound on a ratio of two medians of one run.
pub struct Verdict {
    pub what: String,
    pub of: String,
    pub at_most: f64,
    /// None where one of the two could not be had.
    pub ratio: Option<f64>,
}

/// Rows of the calls, by their names, and what meld may take of another column's time.
const CALLS: [(&[&str], &[(Column, f64)]); 6] = [
    (&["scalar"], &[(Column::On, 0.25), (Column::Limit, 1.2)]),
    (&["method", "borrow", "construct", "pass"], &[(Column::On, 0.03), (Column::Off, 0.15)]),
    (&["string-in", "string-in-out"], &[(Column::On, 0.7)]),
    (&["bytes"], &[(Column::On, 1.0), (Column::Limit, 1.3)]),
    (&["points"], &[(Column::On, 0.4)]),
    (&["people", "shapes"], &[(Column::On, 0.7)]),
];

pub fn calls(rows: &[Row]) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (names, bounds) in CALLS {
        for row in rows.iter().filter(|row| names.contains(&row.what.as_str())) {
            for (column, at_most) in bounds {
                let ratio = quotient(row, Column::Meld, *column);
                let what = format!("{}, {}", row.title(), row.shape.title());
                verdicts.push(Verdict { what, of: column.title().to_string(), at_most: *at_most, ratio });
            }
        }
    }
    verdicts
}

/// How much of one column's time another takes.
pub fn quotient(row: &Row, part: Column, whole: Column) -> Option<f64> {
    Some(row.cell(part).ok()? / row.cell(whole).ok()?)
}

pub fn render(verdicts: &[Verdict]) -> String {
    let line = |verdict: &Verdict| {
        let reached = match verdict.ratio {
            Some(found) if found <= verdict.at_most => "yes",
            Some(_) => "**no**",
            None => "not known",
        };
        vec![
            verdict.what.clone(),
            verdict.of.clone(),
            format!("≤ {}", verdict.at_most),
            verdict.ratio.map_or("–".to_string(), ratio),
            reached.to_string(),
        ]
    };
    let rows: Vec<_> = verdicts.iter().map(line).collect();
    table(&["meld", "as a part of", "to reach", "is", "reached"], &rows)
}
