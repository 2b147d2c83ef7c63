//! Sections as they stand in a binary, unread. In: a module or component that has been read. Out: ids and contents; of
//! a custom section, its name and what follows. Not its job: what is in them, and finding faults.

use wasmparser::BinaryReader;

/// The sections of a module or component, in order: ids and contents.
pub fn sections(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    // The preamble comes before.
    let mut reader = BinaryReader::new(bytes.get(8..).unwrap_or_default(), 8);
    std::iter::from_fn(move || {
        let id = reader.read_u8().ok()?;
        let size = reader.read_var_u32().ok()?;
        Some((id, reader.read_bytes(size as usize).ok()?))
    })
}

/// The name of a custom section with these contents, and what follows it.
pub fn custom(contents: &[u8]) -> Option<(&str, &[u8])> {
    let mut reader = BinaryReader::new(contents, 0);
    let name = reader.read_string().ok()?;
    Some((name, contents.get(reader.current_position()..)?))
}
