//! A component that exports `test:serving/texts`.

wit_bindgen::generate!({ path: "../wit", world: "library" });

use exports::test::serving::texts::Guest;

struct Texts;

impl Guest for Texts {
    fn answer(path: String, body: Vec<u8>) -> Result<String, String> {
        let body = String::from_utf8(body).map_err(|error| format!("{path}: {error}"))?;
        let shouted: String = body.chars().rev().flat_map(char::to_uppercase).collect();
        Ok(format!("{path}: {} bytes, {shouted}", body.len()))
    }
}

export!(Texts);
