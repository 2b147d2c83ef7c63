//! How inputs connect, as `inspect` shows it. In: `Wiring`. Out: text for people, or a member of the JSON.
//! Not its job: finding out.

use super::failure::Failure;
use super::render;
use crate::error::{Error, shown};
use crate::interface::{ExportOf, MetBy, Misfit, Wiring};
use std::fmt::Write;

/// For people: each instance with what meets its imports, then what the composition exports.
pub fn text(wiring: &Wiring) -> String {
    let mut text = "# How the inputs connect\n".to_string();
    for (index, _) in wiring.instances.iter().enumerate() {
        _ = writeln!(text, "\n{}", label(wiring, index));
        let mut connections =
            wiring.connections.iter().filter(|connection| connection.instance as usize == index).peekable();
        if connections.peek().is_none() {
            text.push_str("  imports nothing\n");
        }
        for connection in connections {
            let met_by = met_by(wiring, &connection.import, &connection.met_by);
            _ = writeln!(text, "  {}: {met_by}", shown(&connection.import));
        }
    }
    if wiring.refused.is_some() {
        text.push_str("\nThey cannot be composed.\n");
        return text;
    }
    text.push_str("\nexports\n");
    if wiring.exports.is_empty() {
        text.push_str("  nothing\n");
    }
    for export in &wiring.exports {
        let of = match &export.of {
            Some(of) => export_of(wiring, &export.r#as, of),
            None => "of the document's own".to_string(),
        };
        _ = writeln!(text, "  {}: {of}", shown(&export.r#as));
    }
    text
}

/// What to call an instance. Several may have one name.
fn label(wiring: &Wiring, index: usize) -> String {
    let Some(instance) = wiring.instances.get(index) else { return String::new() };
    let same = wiring.instances.iter().filter(|other| other.name == instance.name).count();
    match same {
        0 | 1 => shown(&instance.name),
        _ => format!("{} (instance {index})", shown(&instance.name)),
    }
}

/// The instance, and its export if that is not called `name`.
fn export_of(wiring: &Wiring, name: &str, of: &ExportOf) -> String {
    let instance = label(wiring, of.instance as usize);
    match of.name.as_str() {
        "" => instance,
        same if same == name => instance,
        other => format!("{instance} (as {})", shown(other)),
    }
}

fn met_by(wiring: &Wiring, import: &str, met_by: &MetBy) -> String {
    match met_by {
        MetBy::Export(of) => export_of(wiring, import, of),
        MetBy::Host => "the host".to_string(),
        MetBy::Ambiguous(several) => {
            let several: Vec<_> = several.iter().map(|of| export_of(wiring, import, of)).collect();
            format!("ambiguous: {}", several.join(" or "))
        }
        MetBy::Misfit(Misfit { export, why }) => {
            format!("does not fit {}: {}", export_of(wiring, import, export), shown(why))
        }
        MetBy::Stub => "a stub, which traps".to_string(),
        MetBy::Follows(import) => format!("follows {}", shown(import)),
    }
}

/// `document`, the JSON of an inspection, with `wiring` as its first member; without an inspection, that
/// member alone. It is inserted as text: parsing the document would lose the order of its members.
pub fn json(wiring: Option<&Wiring>, document: Option<&str>) -> Result<String, Failure> {
    let Some(document) = document else {
        return Ok(render::json_text(&serde_json::json!({ "wiring": wiring })));
    };
    let rest = document.strip_prefix('{').ok_or_else(|| Error::internal("the inspection is no object"))?;
    let wiring = serde_json::to_string_pretty(&wiring).map_err(Error::internal)?;
    // Strings in JSON have no line ends.
    Ok(format!("{{\n  \"wiring\": {},{rest}", wiring.replace('\n', "\n  ")))
}
