//! The disassembler on small binaries, and on damaged ones.

mod damaged;
mod long;
mod outlines;
mod places;

use crate::Listing;

/// Two components with a module each, which share names, and a module that they both come with.
const NESTED: &str = r#"(component $app
  (component $a
    (core module $store
      (type (func (param i32) (result i32)))
      (import "host" "log" (func $log (param i32)))
      (import "host" "memory" (memory 3 4))
      (memory $own 1)
      (memory 2 65536 shared)
      (data (i32.const 0) "grape")
      (func $get (param i32) (result i32) (local i64) i32.const 7 call $log local.get 0)
      (func (export "put") (export "also"))
      (func)
      (@custom "notes" "one")))
  (core module $other
    (@custom "notes" "two!")
    (func (export "Get") (nop) (nop))))"#;

fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

fn listing(bytes: &[u8]) -> Listing {
    Listing::new(bytes, |_| ())
}

fn line(listing: &Listing, at: usize) -> String {
    listing.text(at, 1).trim().to_string()
}
