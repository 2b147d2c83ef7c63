//! The fuser's interface in wasmtime's types. In: `wit/fuser.wit`. Out: what calls the component, and
//! those types made of the library's and the library's of them. Not its job: the calls (`backend`).

#[path = "../../guest/src/component/conversions.rs"]
mod conversions;

wasmtime::component::bindgen!({ path: "../wit", world: "fuser" });

use exports::meld::fuser::fusion as wit;
use meld_fuser as lib;
