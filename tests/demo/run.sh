#!/usr/bin/env bash
# Builds two components from source, fuses them, and runs the result. Says what it does. Expects what
# `just demo` builds before: `meld`, `meld.wasm` and `run-component`.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
meld=target/release/meld
out=target/demo
mkdir -p "$out"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '$ %s\n' "$*"; "$@"; }

say "1. Two components in Rust: a program, and the library that it imports"
cargo build --quiet --release --locked --target wasm32-wasip2 \
    --manifest-path tests/demo/Cargo.toml --target-dir "$out/build"
cp "$out/build/wasm32-wasip2/release/app.wasm" "$out/app.wasm"
cp "$out/build/wasm32-wasip2/release/greeter.wasm" "$out/greeter.wasm"
ls -l "$out/app.wasm" "$out/greeter.wasm"

say "2. Fuse them into one component, around one core module"
run "$meld" fuse "$out/app.wasm" "$out/greeter.wasm" -o "$out/fused.wasm" --component --stats

say "3. Run the result"
run target/release/run-component "$out/fused.wasm"

say "4. The same as a core module on WASI 0.1, for hosts without components: here Node.js"
run "$meld" fuse "$out/app.wasm" "$out/greeter.wasm" -o "$out/one.wasm" --wasi 0.1
run node --no-warnings docs/examples/wasi-0.1/node.mjs "$out/one.wasm"

say "5. The fuser is a component itself: here it runs as one, and writes the same bytes"
run target/release/run-component --dir "$out" target/meld.wasm \
    fuse app.wasm greeter.wasm -o fused.again.wasm --component
cmp "$out/fused.wasm" "$out/fused.again.wasm" && echo "identical"

say "The same in a browser"
echo "npx -y rust-just web builds the page and serves it on http://localhost:4173"
