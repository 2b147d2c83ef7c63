//! What JavaScript sees of the crate. In: bytes. Out: text, and structured results as JSON. Not its job:
//! anything else.

use serde::Serialize;
use wasm_bindgen::prelude::{JsError, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "(share: number) => void")]
    pub type Progress;
    #[wasm_bindgen(method)]
    fn call(this: &Progress, receiver: &JsValue, share: f64);
}

#[wasm_bindgen]
pub struct Listing(crate::Listing);

#[wasm_bindgen]
impl Listing {
    /// `progress` is told now and then how much is done, from 0 to 1.
    #[wasm_bindgen(constructor)]
    pub fn new(bytes: &[u8], progress: &Progress) -> Listing {
        Listing(crate::Listing::new(bytes, |share| progress.call(&JsValue::UNDEFINED, share)))
    }

    /// Why the text does not go on, where it ends before the binary does.
    pub fn stopped(&self) -> Option<String> {
        self.0.stopped().map(str::to_string)
    }

    pub fn lines(&self) -> usize {
        self.0.lines()
    }

    /// Up to `count` lines with line feeds between them, counted from 0.
    pub fn text(&self, from: usize, count: usize) -> String {
        self.0.text(from, count)
    }

    /// Up to `count` lines, each as long as it is, and with a line feed behind it.
    pub fn whole(&self, from: usize, count: usize) -> String {
        self.0.whole(from, count)
    }

    /// Places as JSON.
    pub fn places(&self) -> Result<String, JsError> {
        json(self.0.places())
    }

    /// A match as JSON, or null.
    pub fn search(
        &self,
        query: &str,
        from: usize,
        backwards: bool,
        ignore_case: bool,
    ) -> Result<String, JsError> {
        json(&self.0.search(query, from, backwards, ignore_case))
    }
}

/// An outline as JSON.
#[wasm_bindgen]
pub fn outline(bytes: &[u8]) -> Result<String, JsError> {
    json(&crate::outline(bytes).map_err(|message| JsError::new(&message))?)
}

fn json(value: &impl Serialize) -> Result<String, JsError> {
    Ok(serde_json::to_string(value)?)
}
