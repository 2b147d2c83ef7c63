//! What the documents say about the code. `docs/SPECIFICATION.md` says which file and function does
//! what each function of the specification does; other pages name files, and things in them. In: the
//! pages. Out: a failure for what is not there. Not its job: whether a function does what a page says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const CODE: [&str; 2] = [".rs", ".wat"];

#[test]
fn the_index_lists_every_function_once() {
    let page = fs::read_to_string(root().join("docs/SPECIFICATION.md")).expect("the page");
    let mut listed = BTreeSet::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, specified, places, why, _] = cells.as_slice() else {
            panic!("a row has three cells: {line}");
        };
        for name in specified.split(' ') {
            assert!(listed.insert(name), "{name} is listed twice");
        }
        let named = places.split("; ").all(|place| links(place).len() == 1 && place.ends_with('`'));
        assert!(named || *places == "—" && !why.is_empty(), "neither functions nor why not: {line}");
    }
    let count = format!(" {} functions and methods.", listed.len());
    assert!(page.contains(&count), "the tables have{count}");
}

#[test]
fn what_the_pages_name_is_there() {
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let folder = page.parent().expect("its folder");
        for (target, after) in links(&text) {
            let (file, _) = target.split_once('#').unwrap_or((target, ""));
            let place = format!("{}: {target}", page.strip_prefix(root()).unwrap_or(&page).display());
            if file.is_empty() || file.contains("://") {
                continue;
            }
            if !folder.join(file).exists() {
                wrong.push(format!("{place} is not there"));
            } else if CODE.iter().any(|end| file.ends_with(end)) {
                let code = fs::read_to_string(folder.join(file)).expect("code");
                let missing = named(after).into_iter().filter(|name| !defines(&code, name));
                wrong.extend(missing.map(|name| format!("{place} does not define {name}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn pages() -> Vec<PathBuf> {
    let mut pages = vec![root().join("web/package/README.md"), root().join("docs/examples/hosts/README.md")];
    for folder in [root(), root().join("docs"), root().join("docs/decisions")] {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        pages.extend(entries.filter(|path| path.extension().is_some_and(|end| end == "md")));
    }
    pages
}

/// The target of each link and picture, and the text after it.
fn links(text: &str) -> Vec<(&str, &str)> {
    let targets = [("](", ')'), ("src=\"", '"'), ("srcset=\"", '"')].into_iter().flat_map(|(open, close)| {
        let ends = text.match_indices(open).filter_map(move |(at, _)| text.get(at + open.len()..));
        ends.filter_map(move |rest| rest.split_once(close))
    });
    targets.collect()
}

/// The names that follow a link directly, in backquotes.
fn named(mut after: &str) -> Vec<&str> {
    let mut names = Vec::new();
    while let Some((name, rest)) = after.strip_prefix(" `").and_then(|rest| rest.split_once('`')) {
        names.push(name);
        after = rest;
    }
    names
}

/// Whether code defines a function, type, constant or macro: in Rust `name`, in WebAssembly's text
/// `$name`.
fn defines(code: &str, name: &str) -> bool {
    let kinds = ["(func ", "fn ", "struct ", "enum ", "type ", "const ", "macro_rules! "];
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || "-_".contains(c));
    kinds.iter().any(|kind| {
        let definition = format!("{kind}{name}");
        code.match_indices(&definition).any(|(at, _)| code.get(at + definition.len()..).is_some_and(ends))
    })
}
