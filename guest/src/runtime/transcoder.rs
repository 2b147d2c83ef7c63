//! String transcoders, put together from the texts in `transcode/`. In: encodings and address
//! types. Out: a core module as bytes. Not its job: calling it (`adapter`).

use super::{assemble, fill};
use crate::error::{Error, Result};
use crate::link::StringEncoding;

/// A text with its placeholders, other than those for address types.
type Part = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! part {
    ($file:literal $(, $name:literal = $value:literal)*) => {
        (include_str!(concat!("transcode/", $file, ".wat")), &[$((concat!("{", $name, "}"), $value)),*])
    };
}

const COMMON: Part = part!("common");
const LENGTH: Part = part!("length");
const LOAD_UTF8: Part = part!("load_utf8");
const LOAD_UTF16: Part = part!("load_utf16");
const LOAD_LATIN1_OR_UTF16: Part = part!("load_latin1_or_utf16");
const UTF8: Part = part!("utf8");
const UTF16: Part = part!("utf16");
const LATIN1: Part = part!("latin1");
const REST: Part = part!("rest");
const COPY: Part = part!("copy");
const PUT_UTF8: Part = part!("put_utf8");
const NARROW: Part = part!("narrow");
const WIDEN: Part = part!("widen");
const REPLAY: Part = part!("replay");
const END: Part = part!("end");
const LATIN1_COPY: Part =
    part!("store_string_copy", "S" = "latin1", "D" = "latin1", "UNIT" = "1", "ALIGNMENT" = "2");
const UTF16_TO_UTF16: Part = part!("utf16_to_utf16");
/// The masks pick the bits that an ASCII character has not: any of them asks for a closer look.
const UTF16_TO_ASCII: Part =
    part!("narrow_utf16", "NARROW" = "ascii", "LIMIT" = "0x80", "OTHERS" = "0xff80ff80ff80ff80");
const UTF16_TO_LATIN1: Part =
    part!("narrow_utf16", "NARROW" = "latin1", "LIMIT" = "0x100", "OTHERS" = "0xff00ff00ff00ff00");
const STORE_UTF16_TO_UTF8: Part = part!("store_string_to_utf8", "S" = "utf16", "WORST" = "3");

/// Around `realloc`.
const GUARD: [(&str, &str); 3] = [
    ("{import-may-leave}", r#"(import "to" "may-leave" (global $may-leave (mut i32)))"#),
    ("{forbid-leaving}", "(global.set $may-leave (i32.const 0))"),
    ("{allow-leaving}", "(global.set $may-leave (i32.const 1))"),
];
const NO_GUARD: [(&str, &str); 3] =
    [("{import-may-leave}", ""), ("{forbid-leaving}", ""), ("{allow-leaving}", "")];

/// How strings lie on one side of a transcoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StringForm {
    pub encoding: StringEncoding,
    /// Addresses are i64.
    pub memory64: bool,
    /// The base-2 logarithm of the size of the memory's pages, in bytes.
    pub page_bits: u32,
}

/// What a transcoder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Manner {
    /// `load_string` and `store_string`.
    #[default]
    Store,
    /// `load_string`, to the runtime's memory, in the same encoding: what will be lifted from there is what
    /// has been lifted here, in latin1+utf16 with the same tag.
    Keep,
    /// From the runtime's memory, in the same encoding, what a host has lowered to there: the calls of
    /// `realloc` that it did are done once more (`transcode/replay.wat`).
    Replay,
}

/// About how many bytes of the result a transcoder takes, for budgets.
pub const TRANSCODER_BYTES: usize = 2500;

/// The transcoder from one form to another (see `transcode/common.wat`). CanonicalABI.md, "Storing":
/// `store_string_into_range` has the same choice of functions. `guarded`: it imports the `may_leave`
/// of the destination's instance, and keeps it off while `realloc` runs. Errors: an internal one if the
/// manner does not fit the forms.
pub fn transcoder(manner: Manner, from: StringForm, to: StringForm, guarded: bool) -> Result<Vec<u8>> {
    if manner != Manner::Store && from.encoding != to.encoding || manner == Manner::Replay && from.memory64 {
        return Err(Error::internal("a string passes the runtime's memory in two encodings"));
    }
    let mut text = String::from("(module $transcode\n");
    for (part, placeholders) in [COMMON].iter().chain(parts(manner, from.encoding, to.encoding)) {
        text.push_str(&fill(part, placeholders));
    }
    text.push(')');
    for (name, form) in [("F", from), ("T", to)] {
        let bits = form.page_bits.to_string();
        let size = match form.page_bits {
            16 => String::new(),
            bits => format!("(pagesize {})", 1u64.checked_shl(bits).unwrap_or_default()),
        };
        let [bits_of, size_of] = ["page-bits", "pagesize"].map(|what| format!("{{{name}.{what}}}"));
        text = fill(&text, &[(&bits_of, &bits), (&size_of, &size)]);
    }
    // The size operand of a copy has the narrower of the two address types.
    let narrow = from.memory64 && to.memory64;
    for (name, is_64) in [("F", from.memory64), ("T", to.memory64), ("N", narrow)] {
        let placeholders = address_type(name, is_64);
        let pairs = placeholders.each_ref().map(|(name, value)| (name.as_str(), *value));
        text = fill(&text, &pairs);
    }
    assemble(&fill(&text, if guarded { &GUARD } else { &NO_GUARD }))
}

/// What `name` stands for: the address type, its highest bit as the tag of UTF-16 in latin1+utf16,
/// the conversions of its numbers to and from i64, and whether `$size` bytes, 2^28 at most, at `$at`
/// go past `$room`, all i64: for a 32-bit address the sum does not wrap.
fn address_type(name: &str, is_64: bool) -> [(String, &'static str); 5] {
    let [ty, tag, to_i64, from_i64, out_of_bounds] = if is_64 {
        let out_of_bounds = "(i32.or
          (i64.gt_u (local.get $at) (local.get $room))
          (i64.gt_u (local.get $size) (i64.sub (local.get $room) (local.get $at))))";
        ["i64", "0x8000000000000000", "", "", out_of_bounds]
    } else {
        let out_of_bounds = "(i64.gt_u (i64.add (local.get $at) (local.get $size)) (local.get $room))";
        ["i32", "0x80000000", "i64.extend_i32_u", "i32.wrap_i64", out_of_bounds]
    };
    [
        (format!("{{{name}}}"), ty),
        (format!("{{{name}.tag}}"), tag),
        (format!("{{{name}.to-i64}}"), to_i64),
        (format!("{{{name}.from-i64}}"), from_i64),
        (format!("{{{name}.out-of-bounds}}"), out_of_bounds),
    ]
}

/// The texts, besides the common one.
fn parts(manner: Manner, from: StringEncoding, to: StringEncoding) -> &'static [Part] {
    use StringEncoding::{Latin1Utf16, Utf8, Utf16};
    match (manner, to) {
        (Manner::Keep, Latin1Utf16) => &[
            LENGTH,
            LOAD_LATIN1_OR_UTF16,
            LATIN1_COPY,
            part!("latin1_to_latin1"),
            part!("keep_utf16"),
            UTF16_TO_UTF16,
            UTF16,
            COPY,
        ],
        (Manner::Replay, Utf8) => &[REPLAY, COPY, part!("replay_utf8")],
        (Manner::Replay, Utf16) => &[LENGTH, REPLAY, COPY, END, part!("replay_utf16")],
        (Manner::Replay, Latin1Utf16) => &[
            LENGTH,
            REPLAY,
            COPY,
            END,
            part!("replay_latin1_or_utf16"),
            part!("latin1_to_utf16"),
            NARROW,
            WIDEN,
        ],
        (Manner::Store | Manner::Keep, _) => stored(from, to),
    }
}

fn stored(from: StringEncoding, to: StringEncoding) -> &'static [Part] {
    use StringEncoding::{Latin1Utf16, Utf8, Utf16};
    match (from, to) {
        (Utf8, Utf8) => &[part!("utf8_to_utf8"), COPY],
        (Utf8, Utf16) => &[LENGTH, LOAD_UTF8, part!("store_utf8_to_utf16"), part!("utf8_to_utf16"), UTF8],
        (Utf8, Latin1Utf16) => &[
            LENGTH,
            LOAD_UTF8,
            REST,
            part!("store_string_to_latin1_or_utf16", "S" = "utf8"),
            WIDEN,
            part!("utf8_to_latin1"),
            part!("utf8_to_utf16"),
            UTF8,
        ],
        (Utf16, Utf8) => &[LENGTH, LOAD_UTF16, REST, STORE_UTF16_TO_UTF8, UTF16_TO_ASCII, UTF16, PUT_UTF8],
        (Utf16, Utf16) => &[
            LENGTH,
            LOAD_UTF16,
            part!("store_string_copy", "S" = "utf16", "D" = "utf16", "UNIT" = "2", "ALIGNMENT" = "2"),
            UTF16_TO_UTF16,
            UTF16,
            COPY,
        ],
        (Utf16, Latin1Utf16) => &[
            LENGTH,
            LOAD_UTF16,
            REST,
            part!("store_string_to_latin1_or_utf16", "S" = "utf16"),
            WIDEN,
            UTF16_TO_LATIN1,
            UTF16_TO_UTF16,
            UTF16,
            COPY,
        ],
        (Latin1Utf16, Utf8) => &[
            LENGTH,
            LOAD_LATIN1_OR_UTF16,
            REST,
            part!("store_string_to_utf8", "S" = "latin1", "WORST" = "2"),
            part!("latin1_to_ascii"),
            LATIN1,
            STORE_UTF16_TO_UTF8,
            UTF16_TO_ASCII,
            UTF16,
            PUT_UTF8,
        ],
        (Latin1Utf16, Utf16) => &[
            LENGTH,
            LOAD_LATIN1_OR_UTF16,
            part!("store_string_copy", "S" = "latin1", "D" = "utf16", "UNIT" = "2", "ALIGNMENT" = "2"),
            part!("latin1_to_utf16"),
            part!("store_string_copy", "S" = "utf16", "D" = "utf16", "UNIT" = "2", "ALIGNMENT" = "2"),
            UTF16_TO_UTF16,
            UTF16,
            COPY,
        ],
        (Latin1Utf16, Latin1Utf16) => &[
            LENGTH,
            LOAD_LATIN1_OR_UTF16,
            LATIN1_COPY,
            part!("latin1_to_latin1"),
            part!("store_probably_utf16_to_latin1_or_utf16"),
            NARROW,
            UTF16_TO_UTF16,
            UTF16,
            COPY,
        ],
    }
}
