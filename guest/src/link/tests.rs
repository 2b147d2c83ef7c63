//! Plans of components written as text. In: nothing. Out: whether evaluation gives the definitions
//! that the specification says.

mod budgets;
mod identity;
mod root;
mod unsupported;

use super::{Export, ExportItem, Func, Plan, evaluate};
use crate::error::{Error, Result};
use crate::read::{Reader, Tree};

/// The binary of a component in text.
fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn tree(bytes: &[u8]) -> Result<Tree<'_>> {
    let mut reader = Reader::new(bytes);
    while reader.step()? {}
    reader.finish()
}

/// Hands the plan of a valid component to `check`; a plan borrows from the bytes.
fn with_plan<T>(text: &str, check: impl FnOnce(&Plan<'_>) -> T) -> T {
    let bytes = binary(text);
    let tree = tree(&bytes).unwrap_or_else(|error| panic!("{error}"));
    let plan = evaluate(&tree).unwrap_or_else(|error| panic!("{error} {:?}", error.path));
    check(&plan)
}

/// The error with which evaluation refuses a valid component.
fn refusal(text: &str) -> Error {
    refusal_of(&binary(text))
}

fn refusal_of(bytes: &[u8]) -> Error {
    let tree = tree(bytes).unwrap_or_else(|error| panic!("{error}"));
    evaluate(&tree).map(drop).expect_err("it is refused")
}

fn export<'p>(exports: &'p [Export], name: &str) -> &'p ExportItem {
    &exports.iter().find(|export| export.name == name).unwrap_or_else(|| panic!("no export {name}")).item
}

fn func(item: &ExportItem) -> Func {
    match item {
        ExportItem::Func(func) => *func,
        other => panic!("{other:?} is no function"),
    }
}

fn instance(item: &ExportItem) -> &[Export] {
    match item {
        ExportItem::Instance(exports) => exports,
        other => panic!("{other:?} is no instance"),
    }
}
