//! Features of WebAssembly as arguments of Binaryen's tools. In: the names that `inspect` has for them. Out: one
//! line. Not its job: finding out which there are (`report`).

use super::failure::Failure;
use crate::error::Error;

/// A feature's name, and what `wasm-opt --help` calls it. Some are one to Binaryen, and it takes `--enable-gc`, and
/// the element segments of bulk memory, only together with reference types.
const FLAGS: [(&str, &str); 22] = [
    ("mutable-global", "--enable-mutable-globals"),
    ("saturating-float-to-int", "--enable-nontrapping-float-to-int"),
    ("sign-extension", "--enable-sign-ext"),
    ("multi-value", "--enable-multivalue"),
    ("bulk-memory", "--enable-bulk-memory --enable-reference-types"),
    ("reference-types", "--enable-reference-types"),
    ("simd", "--enable-simd"),
    ("relaxed-simd", "--enable-relaxed-simd"),
    ("threads", "--enable-threads"),
    ("shared-everything-threads", "--enable-shared-everything"),
    ("tail-call", "--enable-tail-call"),
    ("multi-memory", "--enable-multimemory"),
    ("memory64", "--enable-memory64"),
    ("exceptions", "--enable-exception-handling"),
    ("legacy-exceptions", "--enable-exception-handling"),
    ("extended-const", "--enable-extended-const"),
    ("function-references", "--enable-reference-types --enable-gc"),
    ("gc", "--enable-reference-types --enable-gc"),
    ("custom-page-sizes", "--enable-custom-page-sizes"),
    ("stack-switching", "--enable-stack-switching"),
    ("wide-arithmetic", "--enable-wide-arithmetic"),
    ("custom-descriptors", "--enable-custom-descriptors"),
];

/// The arguments with a space between, each once.
pub fn line(features: &[String]) -> Result<String, Failure> {
    let mut flags: Vec<&str> = Vec::new();
    for feature in features {
        let known = FLAGS.iter().find(|(name, _)| name == feature);
        let (_, more) = known.ok_or_else(|| Error::internal(format!("an unknown feature: {feature}")))?;
        for flag in more.split(' ') {
            if !flags.contains(&flag) {
                flags.push(flag);
            }
        }
    }
    Ok(flags.join(" ") + "\n")
}
