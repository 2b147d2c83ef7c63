#!/usr/bin/env bash
# Builds the crate into pkg/: WebAssembly and the JavaScript around it. Does nothing where pkg/ is newer
# than the sources. Needs the Rust target wasm32-unknown-unknown; wasm-pack and wasm-bindgen are installed under target/.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
tools=$root/target/tools
built=pkg/meld_disassembler_bg.wasm

if [ -f "$built" ] &&
    [ -z "$(find src Cargo.toml build.sh "$root/guest/src/report/contents.rs" "$root/Cargo.toml" "$root/Cargo.lock" -newer "$built" -print -quit)" ]; then
    exit 0
fi

./tools.sh
# wasm-pack takes the wasm-bindgen that is on the way, where it is that of Cargo.lock; else it would compile its own.
PATH=$tools/bin:$PATH
"$tools/bin/wasm-pack" build . --target web --out-dir pkg --no-pack --profile guest -- --locked
