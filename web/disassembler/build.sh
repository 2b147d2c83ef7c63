#!/usr/bin/env bash
# Builds the crate into pkg/: WebAssembly and the JavaScript around it. Does nothing where pkg/ is newer
# than the sources. Needs the Rust target wasm32-unknown-unknown; wasm-pack and wasm-bindgen are installed under target/.
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

# Tools that run for a second or two: optimised, they would be compiled for minutes.
# Usage: tool PACKAGE PROGRAM VERSION [what `cargo install` takes]
tool() {
    case "$("$tools/bin/$2" --version 2>/dev/null)" in
    "$2 $3") ;;
    *)
        CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_LTO=off \
            CARGO_PROFILE_RELEASE_DEBUG=none CARGO_TARGET_DIR="$tools/build" \
            cargo install --root "$tools" --version "$3" "$1" --bin "$2" "${@:4}"
        ;;
    esac
}
tool wasm-pack wasm-pack "$version" --locked
# wasm-pack takes the wasm-bindgen that is on the way, where it is that of Cargo.lock; else it would compile its own.
# Not `--locked`, as with wasm-pack: what it is locked to is not in every registry.
tool wasm-bindgen-cli wasm-bindgen "$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p}' "$root/Cargo.lock")"
PATH=$tools/bin:$PATH
"$tools/bin/wasm-pack" build . --target web --out-dir pkg --no-pack --profile guest -- --locked
