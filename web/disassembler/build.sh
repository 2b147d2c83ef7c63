#!/usr/bin/env bash
# Builds the crate into pkg/: WebAssembly and the JavaScript around it. Does nothing where pkg/ is newer
# than the sources. Needs the Rust target wasm32-unknown-unknown; wasm-pack is installed under target/.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
tools=$root/target/tools
version=0.15.1
built=pkg/meld_disassembler_bg.wasm

if [ -f "$built" ] &&
    [ -z "$(find src Cargo.toml build.sh "$root/guest/src/report/contents.rs" "$root/Cargo.toml" "$root/Cargo.lock" -newer "$built" -print -quit)" ]; then
    exit 0
fi

if [ "$("$tools/bin/wasm-pack" --version 2>/dev/null)" != "wasm-pack $version" ]; then
    cargo install --locked --root "$tools" --version "$version" wasm-pack
fi
# wasm-pack installs the wasm-bindgen of Cargo.lock by itself: here, not in the user's home.
export WASM_PACK_CACHE=$tools/wasm-pack
"$tools/bin/wasm-pack" build . --target web --out-dir pkg --no-pack --profile guest -- --locked
