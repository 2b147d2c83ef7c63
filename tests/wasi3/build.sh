#!/usr/bin/env bash
# Builds the programs here, with the WIT of WASI that the crate `wasip3` comes with. Does nothing where all is there.
set -euo pipefail
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
wit=$root/target/wasi3/wit

wasip3=$(cargo metadata --locked --format-version 1 | node -e '
    const { packages } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    console.log(require("node:path").dirname(packages.find(({ name }) => name === "wasip3").manifest_path));
')
if ! diff -rq "$wasip3/wit/deps" "$wit/deps" >/dev/null 2>&1 || ! diff -q wit/middle.wit "$wit/middle.wit" >/dev/null; then
    rm -rf "$wit"
    mkdir -p "$wit"
    cp -r "$wasip3/wit/deps" wit/middle.wit "$wit"
fi
cargo build --quiet --release --locked --target wasm32-wasip2 --target-dir "$root/target/wasi3"
