#!/usr/bin/env bash
# Installs the command `wasmtime` under target/tools, with what `wasmtime serve` needs, and builds the two
# components here. It is compiled with few optimisations: that takes a third of the time, and nothing here
# takes long. Does nothing where both are there.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
tools=$root/target/tools
version=48.0.8

case "$("$tools/bin/wasmtime" --version 2>/dev/null)" in
"wasmtime $version"*) ;;
*)
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_LTO=off \
        CARGO_PROFILE_RELEASE_DEBUG=none cargo install --locked --root "$tools" --version "$version" \
        wasmtime-cli --no-default-features --features run,serve,component-model-async,cranelift,pooling-allocator
    ;;
esac
cargo build --quiet --release --locked --target wasm32-wasip2 --target-dir "$root/target/serve"
