#!/usr/bin/env bash
# Installs under target/tools what build.sh builds with: wasm-pack, and the wasm-bindgen of Cargo.lock. What is there
# is kept.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
tools=$root/target/tools

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
tool wasm-pack wasm-pack 0.15.1 --locked
# Not `--locked`, as wasm-pack does it: what it is locked to is not in every registry.
tool wasm-bindgen-cli wasm-bindgen "$(sed -n '/^name = "wasm-bindgen"$/{n;s/^version = "\(.*\)"$/\1/p}' "$root/Cargo.lock")"
