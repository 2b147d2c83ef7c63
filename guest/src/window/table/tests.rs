//! Where parts lie, and what the module is made of afterwards. Not their job: what it does (`tests/`).

use super::super::{Lowered, Part};
use super::layout::Stays;

/// What becomes of a module in text form.
fn lowered(text: &str) -> Lowered {
    super::super::tests::lowered(text, 0).unwrap()
}

/// Of each table: the one that it is in, its base there, and how many elements it can have.
fn parts(text: &str) -> Vec<(u32, u64, u64)> {
    lowered(text).parts.iter().map(|part| (part.table, part.base, part.most)).collect()
}

fn stays(text: &str) -> Vec<Option<Stays>> {
    lowered(text).parts.iter().map(|part| part.stays).collect()
}

fn tables(module: &[u8]) -> Vec<String> {
    let text = wasmprinter::print_bytes(module).unwrap();
    text.lines().map(str::trim).filter(|line| line.starts_with("(table")).map(str::to_string).collect()
}

const CALL: &str = "(func (param i32) (call_indirect";

#[test]
fn one_table_or_none_is_nothing_to_do() {
    assert!(lowered("(module)").module.is_none());
    let one = lowered(&format!("(module (memory 1) (table 1 funcref) {CALL} (local.get 0))))"));
    assert!(one.module.is_none() && one.parts.is_empty());
    // Nor are two that have nothing in common, but that is told.
    let two = lowered("(module (table 1 funcref) (table 1 externref))");
    assert!(two.module.is_none());
    assert_eq!(two.parts.iter().map(|part| part.stays).collect::<Vec<_>>(), [Some(Stays::Alone); 2]);
}

#[test]
fn what_most_code_uses_comes_first() {
    let text = format!("(module (table 5 funcref) (table 7 funcref) {CALL} 1 (local.get 0))))");
    assert_eq!(parts(&text), [(0, 7, 5), (0, 0, 7)]);
    let module = lowered(&text).module.unwrap();
    assert_eq!(tables(&module), ["(table (;0;) 12 12 funcref)"]);
    assert_eq!(
        parts("(module (table 0 funcref) (table 0 0 funcref) (table 3 funcref))"),
        [(0, 0, 0), (0, 0, 0), (0, 0, 3)]
    );
}

#[test]
fn what_grows_has_room_and_one_is_open() {
    let grow = |table: u32| format!("(func (drop (table.grow {table} (ref.null func) (i32.const 1))))");
    let grows = [0, 1, 2, 3, 0].map(grow).concat();
    let text = format!(
        "(module (table 5 funcref) (table 3000 funcref) (table 5 9 funcref) (table 8 4000 funcref)
            (table 4 funcref) {grows})"
    );
    let Lowered { module, parts, .. } = lowered(&text);
    let module = module.unwrap();
    let most: Vec<(bool, u64)> = parts.iter().map(|part| (part.open, part.most)).collect();
    // The others: four times as many, the declared maximum, 1024, as many as there are.
    let behind = 12_000 + 9 + 1024 + 4;
    let room = u64::from(u32::MAX) - 1 - behind;
    assert_eq!(most, [(true, room), (false, 12_000), (false, 9), (false, 1024), (false, 4)]);
    assert_eq!(tables(&module), [format!("(table (;0;) {} 4294967294 funcref)", behind + 5)]);
    // In the order of their bases, there is no gap and no overlap.
    let mut all: Vec<&Part> = parts.iter().collect();
    all.sort_by_key(|part| part.base);
    let ends =
        all.iter().scan(0, |end, part| Some((part.base, std::mem::replace(end, part.base + part.most))));
    assert!(ends.into_iter().all(|(base, end)| base == end), "{all:?}");
    assert!(all.last().unwrap().open);
}

#[test]
fn a_declared_maximum_is_that_of_the_open_part() {
    let text = "(module (table 5 funcref) (table 6 20 funcref)
        (func (result i32) (table.grow 1 (ref.null func) (i32.const 1))))";
    assert_eq!(parts(text), [(0, 0, 5), (0, 5, 20)]);
    assert_eq!(tables(&lowered(text).module.unwrap()), ["(table (;0;) 11 25 funcref)"]);
}

#[test]
fn what_cannot_be_a_part_stays() {
    let text = r#"(module
        (table 1 funcref) (table (export "t") 1 funcref) (table i64 1 funcref) (table 1 externref)
        (table 1 funcref (ref.func 0)) (table 1 (ref func) (ref.func 0)) (table 2 funcref)
        (func))"#;
    use Stays::*;
    assert_eq!(
        stays(text),
        [None, Some(Exported), Some(Wide), Some(Alone), Some(Initialised), Some(NotNullable), None]
    );
    // Those that stay come behind, in their order; the exported one is still that one.
    let module = lowered(text).module.unwrap();
    assert_eq!(
        tables(&module),
        [
            "(table (;0;) 3 3 funcref)",
            "(table (;1;) 1 funcref)",
            "(table (;2;) i64 1 funcref)",
            "(table (;3;) 1 externref)",
            "(table (;4;) 1 funcref ref.func 0)",
            "(table (;5;) 1 (ref func) ref.func 0)"
        ]
    );
    assert!(wasmprinter::print_bytes(&module).unwrap().contains(r#"(export "t" (table 1))"#));
}

#[test]
fn where_a_table_is_used_atomically_all_stay() {
    let text = "(module (table 1 (ref null any)) (table 2 funcref) (table 3 funcref)
        (func (drop (table.atomic.get seq_cst 0 (i32.const 0)))))";
    assert!(lowered(text).module.is_none());
}

#[test]
fn each_type_of_elements_has_its_table() {
    let text = "(module (table 1 externref) (table 2 funcref) (table 3 externref) (table 4 funcref))";
    assert_eq!(parts(text), [(0, 0, 1), (1, 0, 2), (0, 1, 3), (1, 2, 4)]);
}

#[test]
fn together_they_are_no_larger_than_engines_take() {
    let text = format!(
        "(module (table 5000001 funcref) (table 5000000 funcref) (table 5000000 funcref) {CALL} 1 (local.get 0)))
            {CALL} 2 (local.get 0))))"
    );
    assert_eq!(stays(&text), [Some(Stays::TooLarge), None, None]);
    // Where nothing is left to be put together, nothing is done.
    assert!(lowered("(module (table 5000001 funcref) (table 5000000 funcref))").module.is_none());
}

#[test]
fn segments_lie_in_their_parts_or_in_no_table() {
    let text = "(module (table 4 funcref) (table 4 funcref)
        (elem (table 0) (i32.const 1) func 0 0) (elem (table 1) (i32.const 2) func 0 0)
        (elem (table 0) (i32.const 3) func 0 0) (elem (table 0) (i32.const 5) func)
        (elem (table 1) (i32.const -1) func 0) (elem (table 1) (i32.const 4) func)
        (func))";
    let text = wasmprinter::print_bytes(lowered(text).module.unwrap()).unwrap();
    let offsets = text.lines().filter_map(|line| Some(line.split_once("(elem ")?.1.split_once("const ")?.1));
    let offsets: Vec<&str> = offsets.filter_map(|rest| Some(rest.split_once(')')?.0)).collect();
    assert_eq!(offsets, ["1", "6", "-1", "-1", "-1", "8"]);
}
