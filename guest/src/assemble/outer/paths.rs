//! The ways to what the root imports and exports. In: exports, and paths, name by name. Out: each export
//! with its path, and a path in the two parts that core names have. Not its job: making names unique
//! (`names`).

use crate::error::{Error, Result};
use crate::link::{Export, ExportItem};
use crate::name::{Name, joined};

/// Calls `visit` with the path and the item of every export, in order, those of exported instances
/// after the instance.
pub fn visit_exports<'e>(exports: &'e [Export], visit: &mut impl FnMut(&[Name], &'e ExportItem)) {
    let mut open: Vec<(Vec<Name>, std::slice::Iter<'e, Export>)> = vec![(Vec::new(), exports.iter())];
    while let Some((prefix, iter)) = open.last_mut() {
        let Some(export) = iter.next() else {
            open.pop();
            continue;
        };
        let mut path = prefix.clone();
        path.push(export.name.clone());
        visit(&path, &export.item);
        if let ExportItem::Instance(exports) = &export.item {
            open.push((path, exports.iter()));
        }
    }
}

/// The last name of a path, and the ones before it as one.
pub fn split(path: &[Name]) -> Result<(Option<String>, String)> {
    match path.split_last() {
        None => Err(Error::internal("an item of the boundary has no name")),
        Some((name, [])) => Ok((None, name.to_string())),
        Some((name, outer)) => Ok((Some(joined(outer, "/")), name.to_string())),
    }
}
