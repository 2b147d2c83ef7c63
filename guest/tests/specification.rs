//! `docs/SPECIFICATION.md` says which file and function does what each function of the specification
//! does. In: its tables. Out: a failure for a file or a function that is not there. Not its job:
//! whether the function does it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

#[test]
fn the_index_names_what_is_there() {
    let page = fs::read_to_string(docs().join("SPECIFICATION.md")).expect("the page");
    let mut listed = BTreeSet::new();
    let mut wrong = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, specified, places, why, _] = cells.as_slice() else {
            panic!("a row has three cells: {line}");
        };
        for name in quoted(specified) {
            if !listed.insert(name) {
                wrong.push(format!("{name} is listed twice"));
            }
        }
        match *places {
            "—" if why.is_empty() => {
                wrong.push(format!("{specified} is nowhere, and the page does not say why"))
            }
            "—" => {}
            places => places.split("; ").for_each(|place| wrong.extend(missing(place))),
        }
    }
    let count = format!(" {} functions and methods.", listed.len());
    assert!(page.contains(&count), "the tables have{count}");
    assert!(wrong.is_empty(), "docs/SPECIFICATION.md:\n{}", wrong.join("\n"));
}

/// What is not there of a place: `[…](file) `function` `function``.
fn missing(place: &str) -> Vec<String> {
    let parts = place.split_once("](").and_then(|(_, rest)| rest.split_once(')'));
    let Some((file, names)) = parts else { return vec![format!("{place} is no link to a file")] };
    let Ok(text) = fs::read_to_string(docs().join(file)) else { return vec![format!("{file} is not there")] };
    let names = quoted(names);
    if names.is_empty() {
        return vec![format!("no function of {file} is named")];
    }
    let absent = names.into_iter().filter(|name| !defines(&text, file, name));
    absent.map(|name| format!("{file} has no function {name}")).collect()
}

/// Whether a file defines a function: in Rust `name`, in WebAssembly's text `$name`.
fn defines(text: &str, file: &str, name: &str) -> bool {
    let wat = file.ends_with(".wat");
    if wat != name.starts_with('$') {
        return false;
    }
    let definition = if wat { format!("(func {name}") } else { format!("fn {name}") };
    let ends = |rest: &str| rest.starts_with(if wat { [' ', '\n'] } else { ['(', '<'] });
    text.match_indices(&definition).any(|(at, _)| text.get(at + definition.len()..).is_some_and(ends))
}

/// What stands in backquotes.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}
