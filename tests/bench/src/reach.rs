//! What is to be reached. In: figures. Out: for each bound the ratio, and whether it holds. Not its job:
//! the figures.

use crate::after;
use crate::calls::{Column, Row};
use crate::fusing::{Kind, Measured, Program, find};
use crate::inputs::Name;
use crate::table::{ratio, table};

/// A bound on a ratio of two medians of one run.
pub struct Verdict {
    pub what: String,
    pub of: String,
    pub at_most: f64,
    /// None where one of the two could not be had.
    pub ratio: Option<f64>,
}

/// What meld may take of another column's time.
type Bounds = &'static [(Column, f64)];

/// Rows of the calls, by their names.
const CALLS: [(&[&str], Bounds); 6] = [
    (&["scalar"], &[(Column::On, 0.25), (Column::Limit, 1.2)]),
    (&["method", "borrow", "construct", "pass"], &[(Column::On, 0.03), (Column::Off, 0.15)]),
    (&["string-in", "string-in-out"], &[(Column::On, 0.7)]),
    (&["bytes"], &[(Column::On, 1.0), (Column::Limit, 1.3)]),
    (&["points"], &[(Column::On, 0.4)]),
    (&["people", "shapes"], &[(Column::On, 0.7)]),
];

/// Fusing: time against other programs, memory against the input, and the size of what comes out.
pub fn fusing(all: &[Measured]) -> Vec<Verdict> {
    let input = Name::JavaScript;
    let core = Some(Kind::Core);
    let time = |program, kind| Some(find(all, input, program, kind)?.nanoseconds);
    let times = [
        (
            "the command, inside wasmtime",
            Program::InWasmtime,
            "the peer's native release",
            time(Program::Peer, core),
            0.1,
        ),
        ("natively", Program::Native, "`wasm-tools validate`", time(Program::Validate, None), 2.0),
    ];
    let mut verdicts: Vec<_> = times
        .map(|(what, program, of, whole, at_most)| {
            let ratio = time(program, core).zip(whole).map(|(part, whole)| part / whole);
            let what = format!("time to fuse, {what}: {}, to a core module", input.title());
            Verdict { what, of: of.to_string(), at_most, ratio }
        })
        .into();
    for input in Name::FUSED {
        for (program, how) in [(Program::Native, "natively"), (Program::InWasmtime, "the command")] {
            for kind in Kind::ALL {
                let found =
                    all.iter().find(|m| (m.input.name, m.program, m.kind) == (input, program, Some(kind)));
                let ratio =
                    found.and_then(|m| Some(m.figures.as_ref().ok()?.peak as f64 / m.input.bytes as f64));
                let what = format!("peak memory, {how}: {}, to a {}", input.title(), kind.title());
                verdicts.push(Verdict { what, of: "the input".into(), at_most: 3.0, ratio });
            }
        }
    }
    verdicts
}

/// The output in wasmtime.
pub fn after(rows: &[after::Row]) -> Vec<Verdict> {
    let verdicts = |row: &after::Row| {
        let verdict = |what: &str, [composed, fused]: [f64; 2]| Verdict {
            what: format!("{what}: {}", row.name.title()),
            of: "composed".to_string(),
            at_most: 1.0,
            ratio: Some(fused / composed),
        };
        [verdict("size", row.bytes.map(|b| b as f64)), verdict("time to compile", row.compile)]
    };
    let mut all: Vec<_> = rows.iter().flat_map(verdicts).collect();
    all.sort_by_key(|verdict| verdict.what.starts_with("time"));
    all
}

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
