//! Text inputs. In: the bytes that the caller gave, binary or text. Out: a binary. Not its job:
//! looking into the binary.

use super::package;
use crate::error::{Code, Error, Result};
use crate::interface::Input;
use wast::parser::{ParseBuffer, parse};

/// Binary inputs stay as they are; text is parsed. Errors: `Malformed`, with the offset into the
/// text.
pub fn to_binary(input: Input) -> Result<Input> {
    let Input { name, bytes, package } = input;
    if !is_text(&bytes) {
        return Ok(Input { name, bytes, package });
    }
    match encode(&bytes) {
        Ok(bytes) => Ok(Input { name, bytes, package }),
        Err(error) => {
            let text = std::str::from_utf8(&bytes).ok();
            Err(text.and_then(package::in_text).unwrap_or(error).in_input(&name))
        }
    }
}

/// Whether the bytes are taken for text: a binary starts with a NUL, which no text holds.
pub fn is_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && !bytes.starts_with(b"\0")
}

fn encode(bytes: &[u8]) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::new(Code::Malformed, "neither a WebAssembly binary nor text").at(error.valid_up_to())
    })?;
    let buffer = ParseBuffer::new(text).map_err(malformed)?;
    let mut wat = parse::<wast::Wat<'_>>(&buffer).map_err(malformed)?;
    wat.encode().map_err(malformed)
}

fn malformed(error: wast::Error) -> Error {
    Error::new(Code::Malformed, error.message()).at(error.span().offset())
}
