//! `docs/TRAPS.md` lists the reasons for which generated code traps. In: the page, and the list in the
//! code. Out: a failure where they differ. Not its job: that a check traps for its reason.

use meld_fuser::runtime::Trap;
use std::fs;
use std::path::Path;

#[test]
fn the_page_lists_every_reason_once_in_the_order_of_the_code() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/TRAPS.md");
    let page = fs::read_to_string(page).expect("the page");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `trap: "));
    let mut listed = Vec::new();
    for row in rows {
        let (reason, rest) = row.split_once('`').expect("a name in backquotes");
        let cells: Vec<&str> = rest.split(" | ").collect();
        let full = cells.len() == 4 && cells.iter().skip(1).all(|cell| cell.len() > 1);
        assert!(full, "{reason}: a check, a section, and what wasmtime says");
        listed.push(format!("trap: {reason}"));
    }
    let names: Vec<String> = Trap::ALL.iter().map(|trap| trap.name()).collect();
    assert_eq!(listed, names);
}
