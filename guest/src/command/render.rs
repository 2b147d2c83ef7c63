//! Shows failures and figures. In: failures, statistics. Out: text in the style of rustc, or JSON.
//! Not its job: where the text goes.

use super::failure::Failure;
use crate::error::{Code, Error, shown};
use crate::interface::Statistics;
use crate::optimizations::{ASYNC, DEBUG_INFO, Note, Optimizations, TABLES, WINDOWS};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};

/// A text that an error may point into: a component in text format, a WAC document.
pub struct Source {
    pub name: String,
    pub text: String,
    pub kind: SourceKind,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// Becomes a binary, in which the offsets of most errors count.
    Component,
    /// A WAC document.
    Document,
}

/// A failure for people. `anstream` removes the styles where the output is no terminal.
pub fn failure(failure: &Failure, texts: &[Source]) -> String {
    let (message, hint) = match failure {
        Failure::Refused(error) => (&error.message, &error.hint),
        Failure::Usage { message, hint } | Failure::Files { message, hint } => (message, hint),
    };
    let mut elements: Vec<Element<'_>> = Vec::new();
    if let Failure::Refused(error) = failure {
        elements.extend(place(error, texts));
        if !error.path.is_empty() {
            elements.push(Level::NOTE.message(printable(&format!("in {}", error.path.join(", ")))).into());
        }
    }
    if let Some(hint) = hint {
        elements.push(Level::HELP.message(printable(&with_arguments(hint))).into());
    }
    let title = Level::ERROR.primary_title(printable(message)).id(failure.code());
    let report = [Group::with_title(title).elements(elements)];
    Renderer::styled().render(&report) + "\n"
}

/// What the fuser's hints speak of, and the argument for it.
const ARGUMENTS: [(&str, &str); 3] = [
    ("a WAC document", "`--wac FILE`"),
    ("which package it is", "`PACKAGE=FILE`"),
    ("as a component", "`--component`"),
];

/// A hint with the arguments for what it speaks of.
fn with_arguments(hint: &str) -> String {
    ARGUMENTS.iter().fold(hint.to_string(), |hint, (what, argument)| {
        hint.replacen(what, &format!("{what} ({argument})"), 1)
    })
}

/// Where the error is: a line of a text document, or an offset into a binary.
fn place<'a>(error: &'a Error, texts: &'a [Source]) -> Option<Element<'a>> {
    let input = error.input.as_deref()?;
    let text = texts.iter().find(|source| source.name == input);
    match (error.offset, text) {
        // These offsets count in the text, the others in the binary that it becomes.
        (Some(offset), Some(source))
            if source.kind == SourceKind::Document || error.code == Code::Malformed =>
        {
            let (before, after) = source.text.split_at(boundary_at(&source.text, offset));
            let mut line = printable(before.rsplit('\n').next().unwrap_or_default());
            let start = line.len();
            line += &printable(after.split('\n').next().unwrap_or_default());
            let number = before.matches('\n').count().saturating_add(1);
            let snippet = Snippet::source(line).line_start(number).path(shown(input));
            Some(snippet.annotation(AnnotationKind::Primary.span(start..start)).into())
        }
        (Some(offset), Some(_)) => {
            Some(Origin::path(format!("{}, offset {offset:#x} of its binary form", shown(input))).into())
        }
        (Some(offset), None) => Some(Origin::path(format!("{}, offset {offset:#x}", shown(input))).into()),
        (None, _) => Some(Origin::path(shown(input)).into()),
    }
}

/// Text from outside as it can be put on a terminal: its lines and tabs stay, whatever else would act there
/// is escaped.
fn printable(text: &str) -> String {
    let line = |line: &str| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.split('\t').map(shown).collect::<Vec<_>>().join("\t")
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// The nearest place at or before `offset` where a character begins.
fn boundary_at(text: &str, offset: u64) -> usize {
    let mut place = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
    while !text.is_char_boundary(place) {
        place -= 1;
    }
    place
}

/// A failure for programs: `{"error": {"code", "message", "input", "offset", "path", "hint"}}`,
/// where what is not known is null.
pub fn failure_json(failure: &Failure) -> Value {
    let error = match failure {
        Failure::Refused(error) => json!(error),
        Failure::Usage { message, hint } | Failure::Files { message, hint } => json!({
            "code": failure.code(), "message": message, "input": null, "offset": null, "path": [], "hint": hint,
        }),
    };
    json!({ "error": error })
}

/// JSON as it is printed.
pub fn json_text(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Figures for people, one to a line.
pub fn statistics(s: &Statistics) -> String {
    let lines: [(&str, u64); 12] = [
        ("input bytes", s.input_bytes),
        ("output bytes", s.output_bytes),
        ("component instances", s.component_instances.into()),
        ("core instances", s.core_instances.into()),
        ("functions", s.functions.into()),
        ("memories", s.memories.into()),
        ("direct calls", s.direct_calls.into()),
        ("adapters", s.adapters.into()),
        ("host imports", s.host_imports.into()),
        ("exports", s.exports.into()),
        ("resource types", s.resource_types.into()),
        ("handle tables", s.handle_tables.into()),
    ];
    lines.iter().map(|(name, figure)| format!("{name:<20}{:>15}\n", grouped(*figure))).collect()
}

/// What the optimisations have done, for people: each with the number of its notes.
pub fn explanation(notes: &[Note]) -> String {
    let mut text = String::new();
    for (name, doc) in Optimizations::LIST.iter().chain([&WINDOWS, &TABLES, &ASYNC, &DEBUG_INFO]) {
        let notes: Vec<&Note> = notes.iter().filter(|note| note.optimization == *name).collect();
        if [WINDOWS.0, TABLES.0, ASYNC.0, DEBUG_INFO.0].contains(name) && notes.is_empty() {
            continue;
        }
        text += &format!("{name}: {} ({})\n", grouped(notes.len() as u64), doc.trim_start());
        for Note { what, place, .. } in notes {
            text += &format!("  {}: {}\n", shown(place), shown(what));
        }
    }
    text
}

/// A number with its digits in groups of three.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        let shown: Vec<String> = [0, 999, 1000, 1234567].into_iter().map(grouped).collect();
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn a_hint_names_the_arguments_for_what_it_speaks_of() {
        let shown = |hint: &str| failure(&Error::new(Code::InvalidWac, "wrong").hint(hint).into(), &[]);
        assert!(
            shown("say so in a WAC document, or not").contains("in a WAC document (`--wac FILE`), or not")
        );
        assert!(shown("say which package it is").ends_with("which package it is (`PACKAGE=FILE`)\n"));
        assert!(shown("fuse it as a component").ends_with("as a component (`--component`)\n"));
    }

    #[test]
    fn an_offset_past_the_end_or_inside_a_character_has_a_place() {
        assert_eq!(boundary_at("aé", u64::MAX), 3);
        assert_eq!(boundary_at("aé", 2), 1);
    }
}
